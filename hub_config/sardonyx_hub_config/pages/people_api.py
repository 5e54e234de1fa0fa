"""People over JupyterHub's REST API, where a change there has to be a change of the people store too."""

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.apihandlers.users import UserAPIHandler
from jupyterhub.scopes import Scope, needs_scope
from tornado import web

from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.services.people import WORD_SCOPE
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.errors import PeopleError
from sardonyx_spawner.language import _


class PersonAPIHandler(UserAPIHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """In front of JupyterHub's own, which knows only its own database."""

    @needs_scope("delete:users")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def delete(self, user_name: str) -> None:
        """Remove somebody: named servers stop too, which upstream's forgets; the name is free, the id never used again."""
        user = self.find_user(user_name)
        if user is None:
            raise web.HTTPError(404)
        if user.name == self.current_user.name:
            raise SaidError(400, _("You cannot remove yourself. Another administrator can."))
        people = self.authenticator.people
        try:
            removed = people.remove(user_name)
            people.actions.add(self._by(), "remove", whom=(removed.id,))
        except PeopleError:
            # Made over this API, and never signed in.
            await self.authenticator.owed.let_go(user)
        await self.authenticator.owed.carry_out(user_name)
        self.set_status(204)

    @needs_scope("admin:users")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def patch(self, user_name: str) -> None:
        """Change somebody, but not their name: files, data and keys go by the person behind it."""
        body = self.get_json_body() or {}
        if isinstance(body, dict) and body.get("name", user_name) != user_name:
            raise SaidError(
                400, _("Nobody can be given another name here: files and data belong to the person behind it.")
            )
        await super().patch(user_name)
        user = self.find_user(user_name)
        people = self.authenticator.people
        person = people.by_name(user_name)
        if user is not None and person is not None and person.is_admin != bool(user.admin):
            people.set_admin(user_name, is_admin=bool(user.admin))
            people.actions.add(self._by(), "admin" if user.admin else "admin-end", whom=(person.id,))

    def _by(self) -> str:
        """Return the id of who asks; a program is no person."""
        user = self.current_user
        by = self.authenticator.people.by_name(user.name) if user.kind == "user" else None
        return by.id if by is not None else OPERATOR


class LeftAloneAPIHandler(APIHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """What nobody would lead without somebody, for the page that asks before it removes them."""

    @needs_scope("delete:users")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    def get(self, user_name: str) -> None:
        """Return the titles of these classes and events, oldest first."""
        people = self.authenticator.people
        person = people.by_name(user_name)
        # Who was made over this API and never signed in leads nothing.
        left = people.leading.by_them_alone([person.id]) if person is not None else []
        self.write({"titles": [group.title for group in left]})


class EndSessionsAPIHandler(APIHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """For the service of classes and events, which has given somebody another card: nobody waits for the next round."""

    async def post(self, user_name: str) -> None:
        """End what the people store says is to end, and no more; answer how many servers were stopped for it."""
        if self.parsed_scopes.get(WORD_SCOPE) is not Scope.ALL:
            raise web.HTTPError(403)
        owed, person = self.authenticator.owed, self.authenticator.people.by_name(user_name)
        await owed.carry_out(user_name)
        self.write({"stopped": owed.stopped(person.id) if person is not None else 0})
