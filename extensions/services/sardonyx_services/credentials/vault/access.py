"""Tokens for servers: given on request, renewed while the server runs, ended with it."""

import asyncio
import logging
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.errors import BusyError, CredentialsError, NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.revocation import Person
from sardonyx_services.credentials.vault.badge import AUDIENCE, Badge
from sardonyx_services.credentials.vault.client import GoneError, RefusedError, Vault, Wrapped
from sardonyx_services.credentials.vault.hub import HubServers
from sardonyx_services.credentials.vault.lease_store import LeaseStore
from sardonyx_services.credentials.vault.leases import STOPPED, Lease, Look, Verdict, judge, successors
from sardonyx_services.people.errors import AwayError
from sardonyx_services.people.groups import group_names
from sardonyx_spawner.language import _

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)
LIFE_S = 3600.0
"""Of a token of which Vault did not say it."""
MOST = 4
"""Tokens that a server may have at once."""
AT_ONCE = 16
PEOPLE_EVERY_S = 2.0
"""So often is looked who was removed, left a class or joined one: of a database in a file it takes next to nothing."""
BUSY = 10
"""At most one part of so many of the time is spent with it."""
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0


class VaultAccess:
    """Gives tokens, and tends those that were given; it knows their accessors, never the tokens.

    Args:
        person_of: looks somebody up; called in several threads at once.
        look_up: the same, called in one thread at a time, again and again.
        look_every_s: so often is the hub asked which servers run.
    """

    def __init__(
        self,
        vault: Vault,
        issuer: Issuer,
        hub: HubServers,
        store: LeaseStore,
        person_of: Callable[[str], Person | None],
        *,
        look_up: Callable[[str], Person | None],
        issued: Callable[[Issued], None],
        look_every_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._vault, self._issuer, self._hub, self._store = vault, issuer, hub, store
        self._person_of, self._issued, self._look_every_s, self._clock = person_of, issued, look_every_s, clock
        self._look_up = look_up
        self._badge = Badge(vault, issuer)
        self._look = Look()
        self._next_look = self._next_people = 0.0
        self._not_before = 0.0
        self._refused: dict[str, float] = {}
        self._said = ""
        self._issuing: set[tuple[str, str]] = set()
        self._wake = asyncio.Event()

    @property
    def count(self) -> int:
        """How many tokens are tended."""
        return len(self._store.all())

    async def issue(self, caller: Caller) -> Wrapped:
        """Return a new token for a server, wrapped.

        Raises:
            CredentialsError: there is none for it, or none now.
        """
        caller.wants(AUDIENCE)
        server = caller.name, caller.server
        alive = [lease for lease in self._store.of(*server) if not lease.ending and lease.until > self._clock()]
        if server in self._issuing or len(alive) >= MOST:
            raise BusyError
        self._issuing.add(server)
        try:
            return await self._issue(caller)
        except RefusedError as error:
            self._say(error.said)
            raise
        finally:
            self._issuing.discard(server)

    async def _issue(self, caller: Caller) -> Wrapped:
        person = await asyncio.to_thread(self._person_of, caller.name)
        if person is None:
            raise NotAllowedError(_("You are not known here any more. Sign in again."))
        if person.is_temporary:
            raise NotAllowedError(_("Accounts of events keep no secrets in Vault."))
        groups = group_names(person.memberships)
        session = f"{person.id}-{caller.run}"
        # What could not be ended is not given: first the broker's own token.
        await self._badge.token()
        wrapped = await self._vault.login_wrapped(self._issuer.token(person.id, AUDIENCE, session, groups))
        now = self._clock()
        lease = Lease(
            wrapped.accessor, person.id, caller.name, caller.server, caller.run, groups, now, renewed=now, life_s=LIFE_S
        )
        self._keep([lease])
        try:
            life_s = await self._with_badge(lambda own: self._vault.life(own, lease.accessor))
        except CredentialsError:
            self._end([lease], "Vault did not say how long it lives")
            raise
        self._keep([replace(lease, life_s=life_s)])
        until = datetime.fromtimestamp(now, UTC) + timedelta(seconds=life_s)
        self._issued(
            Issued(
                time=datetime.fromtimestamp(now, UTC),
                service=AUDIENCE,
                person=person.id,
                name=caller.name,
                server=caller.server,
                session=session,
                places=groups,
                until=until,
            )
        )
        self._wake.set()
        return wrapped

    def ended(self, name: str, server: str) -> None:
        """End the tokens of a server that has stopped, now."""
        self._end(self._store.of(name, server), STOPPED)

    async def tend(self) -> None:
        """Renew and end tokens for as long as the service runs; nothing that goes wrong ends this."""
        while True:
            self._wake.clear()
            try:
                await self.look_again()
                await self.look_at_people()
                await self.turn()
            except Exception:
                log.exception("A round of renewing tokens of Vault failed; the next one follows")
                self._not_before = self._clock() + LONGEST_PAUSE_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._pause_s())

    async def look_again(self) -> None:
        """Ask the hub which servers run, if it is time to."""
        began = self._clock()
        if began < self._next_look:
            return
        self._next_look = began + self._look_every_s * random.uniform(0.9, 1.1)  # noqa: S311 - not a secret
        if not self._store.all():
            return
        try:
            running = await self._hub.running()
        except UnavailableError:
            log.warning("The hub does not say which servers run; tokens of Vault are kept until it does")
            return
        self._look = replace(self._look, began=began, running=running)

    async def look_at_people(self) -> None:
        """Ask who is still here and belongs where, if it is time to: whoever was removed keeps nothing until the hub is asked."""
        began = self._clock()
        if began < self._next_people:
            return
        names = {lease.name for lease in self._store.all()}
        try:
            people = await asyncio.to_thread(self._people, names)
            self._look = replace(self._look, people_began=began, people=people)
        except (AwayError, SQLAlchemyError) as error:
            self._say(f"Whose tokens of Vault have to end cannot be looked up now: {type(error).__name__}")
        # A database that is asked about each of thousands is left in peace for longer.
        pause_s = max(PEOPLE_EVERY_S, BUSY * (self._clock() - began))
        self._next_people = began + min(pause_s, max(self._look_every_s, PEOPLE_EVERY_S))

    async def turn(self) -> None:
        """Do with each token what is due."""
        now, leases = self._clock(), self._store.all()
        if now < self._not_before:
            return
        replaced = successors(leases)
        due = [(lease, judge(lease, self._look, replaced.get(lease.accessor), now)) for lease in leases]
        self._drop(lease.accessor for lease, verdict in due if verdict.action == "forget")
        self._refused = {accessor: until for accessor, until in self._refused.items() if until > now}
        gate = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            # Ends come before renewals.
            for action in ("revoke", "renew"):
                for lease, verdict in due:
                    if verdict.action == action and lease.accessor not in self._refused:
                        group.create_task(self._do(lease, verdict, gate))

    async def _do(self, lease: Lease, verdict: Verdict, gate: asyncio.Semaphore) -> None:
        async with gate:
            if self._clock() < self._not_before or not self._store.has(lease.accessor):
                return
            pause_s = min(LONGEST_PAUSE_S, lease.life_s / 10) * random.uniform(0.5, 1)  # noqa: S311 - not a secret
            try:
                await self._badge.token()
            except CredentialsError as error:
                self._wait(error, pause_s)
                return
            try:
                await (self._revoke(lease, verdict.why) if verdict.action == "revoke" else self._renew(lease))
                self._said = ""
            except GoneError:
                self._drop([lease.accessor])
            except RefusedError as error:
                # This one only: others may be welcome.
                self._say(error.said)
                self._refused[lease.accessor] = self._clock() + pause_s
            except CredentialsError as error:
                self._wait(error, pause_s)

    async def _revoke(self, lease: Lease, why: str) -> None:
        await self._with_badge(lambda own: self._vault.revoke(own, lease.accessor))
        self._drop([lease.accessor])
        log.info("Vault's token of %s, server “%s”, has ended: %s", lease.name, lease.server, why)

    async def _renew(self, lease: Lease) -> None:
        began = self._clock()
        life_s = await self._with_badge(lambda own: self._vault.renew(own, lease.accessor))
        # Its server may have stopped meanwhile.
        now = next(
            (known for known in self._store.of(lease.name, lease.server) if known.accessor == lease.accessor), None
        )
        if now is not None:
            self._keep([replace(now, renewed=began, life_s=life_s)])

    def _wait(self, error: CredentialsError, pause_s: float) -> None:
        """Leave Vault alone for a moment; tokens that are there go on."""
        self._say(error.said if isinstance(error, RefusedError) else str(error))
        self._not_before = self._clock() + pause_s

    async def _with_badge(self, call: Callable[[str], Awaitable[Answer]]) -> Answer:
        try:
            return await call(await self._badge.token())
        except RefusedError as error:
            if "permission denied" not in error.said:
                raise
            # Somebody has ended our own token.
            self._badge.forget()
            return await call(await self._badge.token())

    def _people(self, names: Iterable[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
        found = {name: self._look_up(name) for name in names}
        return {name: (person.id, group_names(person.memberships)) for name, person in found.items() if person}

    def _pause_s(self) -> float:
        now = self._clock()
        waits = (
            self._next_look,
            self._next_people,
            self._not_before,
            *self._refused.values(),
            *(x.renew_at for x in self._store.all()),
        )
        # What was due and is still there waits for the hub.
        wait_s = min((moment for moment in waits if moment > now), default=now + LONGEST_PAUSE_S) - now
        return min(max(wait_s, SHORTEST_PAUSE_S), LONGEST_PAUSE_S)

    def _end(self, leases: Iterable[Lease], why: str) -> None:
        self._keep([replace(lease, ending=why) for lease in leases])
        self._wake.set()

    def _keep(self, leases: list[Lease]) -> None:
        try:
            self._store.put(leases)
        except sqlite3.Error as error:
            self._say(f"The file of Vault's tokens cannot be written, so they do not outlive this service: {error}")

    def _drop(self, accessors: Iterable[str]) -> None:
        try:
            self._store.drop(accessors)
        except sqlite3.Error as error:
            self._say(f"The file of Vault's tokens cannot be written: {error}")

    def _say(self, text: str) -> None:
        """Say it once, not for each token."""
        if text != self._said:
            self._said = text
            log.warning("%s", text)
