"""What the hub owes to a change of people: sessions end with a new password, and who was removed is forgotten.

The people store is changed by the command line too, beside a running hub or without one; the hub carries out what it
finds there every few seconds, and before anybody signs in under a name.
"""

import asyncio
from typing import Any

from jupyterhub import orm
from jupyterhub.user import User

from sardonyx_services.people.models import LET_GO
from sardonyx_services.people.store import PeopleStore

EVERY_S = 2.0
PATIENCE_S = 60.0


class OwedWork:
    """Carries out what is owed, one after the other; what fails is tried again."""

    def __init__(self, app: Any, people: PeopleStore) -> None:
        self._app, self._people = app, people
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Go on for as long as the hub runs."""
        while True:
            try:
                await self.carry_out()
            except Exception:
                # A server that does not stop, a disk that is full: the sessions have ended already, the rest is tried again.
                self._app.log.exception("What is owed to a change of people could not be done yet")
            await asyncio.sleep(EVERY_S)

    async def carry_out(self, name: str | None = None) -> None:
        """Do all that is owed, or what is owed to those who have or had a name."""
        if not self._people.owed(name):
            return
        async with self._one_at_a_time:
            for owed in self._people.owed(name):
                found = orm.User.find(self._app.db, owed.name)
                if found is not None:
                    user = self._app.users[found]
                    self._end_sessions(user, servers_too=owed.what == LET_GO)
                    if owed.what == LET_GO:
                        await self.let_go(user)
                self._people.settle(owed)
                self._app.log.info("Done for %s (%s): %s", owed.name, owed.person, owed.what)

    async def let_go(self, user: User) -> None:
        """Stop all servers of a hub user, and forget them."""
        for name in list(user.spawners):
            spawner = user.spawners[name]
            async with asyncio.timeout(PATIENCE_S):
                while spawner.pending:  # noqa: ASYNC110 - JupyterHub tells nobody when it is over
                    await asyncio.sleep(0.1)
            if spawner.active:
                await self._app.proxy.delete_user(user, name)
                await user.stop(name)
        await user.delete_spawners()
        self._app.users.delete(user)

    def _end_sessions(self, user: User, *, servers_too: bool) -> None:
        user.orm_user.cookie_id = orm.new_token()
        for token in list(user.orm_user.api_tokens):
            # A server that runs needs its own token; it is the same person's.
            if servers_too or not _is_of_a_server(user, token):
                self._app.db.delete(token)
        self._app.db.commit()


def _is_of_a_server(user: User, token: orm.APIToken) -> bool:
    return any(spawner.api_token and token.match(spawner.api_token) for spawner in user.spawners.values())
