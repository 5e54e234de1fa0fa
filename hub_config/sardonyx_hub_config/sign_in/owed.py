"""What the hub owes to a change of people: sessions end with a new password, and who was removed is forgotten.

The people store is changed by the command line too, beside a running hub or without one; the hub carries out what it
finds there every few seconds, and before anybody signs in under a name.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from jupyterhub import orm
from jupyterhub.user import User

from sardonyx_hub_config.server_keys import keys_of_servers
from sardonyx_hub_config.visits import end_visits, entered
from sardonyx_services.people.models import CLEAR, HOME, LET_GO
from sardonyx_services.people.records import Owed
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.language import N_, _

EVERY_S = 2.0
PATIENCE_S = 60.0
UNANSWERED = N_(
    "Sign-ins were ended, and this server did not answer when it was told. It was stopped, so that nobody stays in it."
)
"""For its person and for who leads their event."""


class OwedWork:
    """Carries out what is owed, one after the other; what fails is tried again.

    Args:
        clear: deletes what a person has on this machine, by their id; may take a while.
    """

    def __init__(self, app: Any, people: PeopleStore, clear: Callable[[str], None]) -> None:
        self._app, self._people, self._clear = app, people, clear
        self._one_at_a_time = asyncio.Lock()
        self._stopped: dict[str, int] = {}

    async def run(self) -> None:
        """Go on for as long as the hub runs."""
        while True:
            try:
                await self.carry_out()
                await self.clear_left()
            except Exception:
                # A database that is away: all is tried again.
                self._app.log.exception("It cannot be looked now what is owed to changes of people")
            await asyncio.sleep(EVERY_S)

    async def carry_out(self, name: str | None = None) -> None:
        """End sessions and servers of all to whom that is owed, or of those who have or had a name.

        For a name that cannot be said to be done unless it is; of all, what fails for one keeps no other waiting.
        """
        if not self._people.owed(name):
            return
        async with self._one_at_a_time:
            for owed in self._people.owed(name):
                if owed.what != HOME:
                    with self._going_on(owed) if name is None else nullcontext():
                        await self._end(owed)
                        # Their home goes later: by its id, so that their name is free now.
                        self._settle(owed, HOME if owed.what == CLEAR else "")

    async def clear_left(self) -> None:
        """Delete what those have on this machine of whom nothing else is left; nobody's sign-in waits for it."""
        for owed in self._people.owed():
            if owed.what == HOME:
                with self._going_on(owed):
                    await asyncio.to_thread(self._clear, owed.person)
                    self._settle(owed)

    def stopped(self, person: str) -> int:
        """Return how many servers of somebody were stopped when their sessions were ended last; asked again, it is 0."""
        return self._stopped.pop(person, 0)

    async def _end(self, owed: Owed) -> None:
        found = orm.User.find(self._app.db, owed.name)
        if found is not None:
            user, is_gone = self._app.users[found], owed.what in {LET_GO, CLEAR}
            servers = entered(self._app.users.values(), user, self._end_sessions(user, servers_too=is_gone))
            if is_gone:
                servers = [each for each in servers if each.user.name != user.name]
            silent = [each for each in await end_visits(servers) if each.user.name == user.name]
            for spawner in silent:
                spawner.note_end(_(UNANSWERED))
                await self._stop(user, spawner.name)
            # What nobody has asked for of the last time is not of this one.
            self.stopped(owed.person)
            if silent:
                self._stopped[owed.person] = len(silent)
            if is_gone:
                await self.let_go(user)

    def _settle(self, owed: Owed, left: str = "") -> None:
        self._people.settle(owed, left)
        self._app.log.info("Done for %s (%s): %s", owed.name, owed.person, owed.what)

    @contextmanager
    def _going_on(self, owed: Owed) -> Iterator[None]:
        """What fails for one is tried again, and the others do not wait for it: a server that does not stop, a full disk."""
        try:
            yield
        except Exception:
            self._app.log.exception(
                "What is owed to %s (%s) could not be done yet: %s", owed.name, owed.person, owed.what
            )

    async def let_go(self, user: User) -> None:
        """Stop all servers of a hub user, and forget them."""
        for name in list(user.spawners):
            await self._stop(user, name)
        await user.delete_spawners()
        self._app.users.delete(user)

    async def _stop(self, user: User, name: str) -> None:
        spawner = user.spawners[name]
        async with asyncio.timeout(PATIENCE_S):
            while spawner.pending:  # noqa: ASYNC110 - JupyterHub tells nobody when it is over
                await asyncio.sleep(0.1)
        if spawner.active:
            await self._app.proxy.delete_user(user, name)
            await user.stop(name)

    def _end_sessions(self, user: User, *, servers_too: bool) -> set[str]:
        """End them, and return which servers and services gave them, as clients of JupyterHub's OAuth."""
        user.orm_user.cookie_id = orm.new_token()
        # A server that runs needs its own token; it is the same person's.
        kept = frozenset[str]() if servers_too else keys_of_servers(user)
        ended = [token for token in user.orm_user.api_tokens if token.api_id not in kept]
        clients = {token.client_id for token in ended}
        for token in ended:
            self._app.db.delete(token)
        self._app.db.commit()
        return clients
