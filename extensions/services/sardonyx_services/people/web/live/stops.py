"""Stopping servers where a class, a lesson or an event is over: many beside each other, and none is held up by another."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial

from sardonyx_services.people.web.hub import Hub, Server, stop_same
from sardonyx_services.people.web.live.runs import AT_ONCE
from sardonyx_services.people.web.rounds import alone
from sardonyx_spawner.language import Said


@dataclass(frozen=True)
class Stops:
    """Stops them; what does not stop now is stopped at the next look.

    Args:
        not_yet: what the log says where the hub is away, before its own words.
        fault: what it says of everything else.
    """

    hub: Hub
    not_yet: str
    fault: str

    async def stop(self, servers: Iterable[Server], why: Said, *, of: Collection[str] = ()) -> None:
        """Stop servers, a few at a time.

        Args:
            servers: as they were listed. What is another one by then goes on.
            why: for their people.
            of: names of people whose servers stop, whatever these are by then.
        """
        turns = asyncio.Semaphore(AT_ONCE)

        async def stop(server: Server) -> None:
            if server.name in of:
                await self.hub.stop(server.name, why, server.server)
            else:
                await stop_same(self.hub, server, why)

        async def in_turn(server: Server) -> None:
            async with turns:
                await alone(partial(stop, server), self.not_yet, self.fault)

        await asyncio.gather(*map(in_turn, servers))
