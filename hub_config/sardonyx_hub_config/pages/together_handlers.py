"""Working together in one server: its owner invites people by name, sees who is invited, and takes it back."""

from typing import Any

from jupyterhub.handlers.base import BaseHandler
from tornado import web

from sardonyx_hub_config.said import SaidError
from sardonyx_spawner.language import _
from sardonyx_spawner.shares import end_shares, share, who_came, who_may

MOST = 30
LONGEST = 100


def together_handlers() -> list[tuple[Any, ...]]:
    """Return the handlers, by path below /hub."""
    server = "([^/]+)(?:/([^/]+))?"
    return [
        (rf"/together/{server}", TogetherHandler),
        (rf"/together-end/{server}", TogetherEndHandler),
        (rf"/together-leave/{server}", TogetherLeaveHandler),
        (r"/team-server/([a-z0-9]+)", TeamServerHandler),
    ]


class TogetherHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """The page of one server; it needs no script.

    It is its owner's alone: neither an administrator nor an invited person, who both may enter the server, gets it; and
    tokens count for nothing here (`BaseHandler` of JupyterHub takes none), so no program in a server invites anybody.
    """

    @web.authenticated
    async def get(self, user_name: str, server_name: str | None = None) -> None:
        """Show who is invited; `name` stands in the form, for a link by which somebody asks."""
        await self.show(self.own(user_name, server_name), said=self.get_query_argument("name", "")[:LONGEST])

    @web.authenticated
    async def post(self, user_name: str, server_name: str | None = None) -> None:
        """Invite somebody.

        The answer is the same whether anybody has that name or not: the page is not there to find out who is here.
        """
        spawner = self.own(user_name, server_name)
        if not (spawner.ready and spawner.running.collaboration):
            raise SaidError(409, _("People can be invited into a server that runs, and whose profile allows it."))
        name = self.authenticator.normalize_username(self.get_body_argument("name", "").strip())
        refused = self._refused(spawner, name)
        if refused:
            await self.show(spawner, refused, name, 400)
            return
        share(self.db, spawner.orm_spawner, name)
        self.note(spawner, *spawner.running.invited, name)
        self.back(spawner)

    def own(self, user_name: str, server_name: str | None) -> Any:
        """Return somebody's own server; others, and those that never ran, are not there."""
        user, name = self.current_user, server_name or ""
        if user.name != user_name or name not in user.orm_spawners:
            raise web.HTTPError(404)
        return user.spawners[name]

    def _refused(self, spawner: Any, name: str) -> str:
        if not name or len(name) > LONGEST or not name.isprintable() or not self.authenticator.validate_username(name):
            return _("Write the name with which somebody signs in here.")
        if name == spawner.user.name:
            return _("This is your own server: you are in it already.")
        if name in spawner.running.mates:
            return _("They are of your team, and let in already.")
        if len({*spawner.running.invited, name}) > MOST:
            return _("You have invited {count} people: take one invitation back first.").format(count=MOST)
        return ""

    def note(self, spawner: Any, *names: str) -> None:
        """Write down who is invited."""
        spawner.running = spawner.running.inviting(names)
        spawner.orm_spawner.state = spawner.get_state()
        self.db.commit()

    def back(self, spawner: Any) -> None:
        """Go to the page."""
        name = f"/{spawner.name}" if spawner.name else ""
        self.redirect(f"{self.hub.base_url}together/{self.current_user.escaped_name}{name}")

    def _called(self, name: str) -> str:
        person = self.authenticator.people.by_name(name)
        return person.full_name or name if person is not None else name

    async def show(self, spawner: Any, refused: str = "", said: str = "", status: int = 200) -> None:
        """Show the page.

        Args:
            refused: why nobody was invited; "" = nobody was to be.
            said: what stands in the form.
        """
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        html = await self.render_template(
            "together.html",
            server=spawner,
            # Who got another name since is there with both.
            invited=tuple(
                name
                for name in dict.fromkeys([*spawner.running.invited, *who_may(self.db, spawner.orm_spawner)])
                if name in spawner.running.invited or name not in spawner.running.mates
            ),
            mates={name: self._called(name) for name in spawner.running.mates},
            came=who_came(self.db, spawner.orm_spawner),
            refused=refused,
            said=said,
        )
        self.finish(html)


class TogetherEndHandler(TogetherHandler):
    """Takes an invitation back."""

    async def get(self, user_name: str, server_name: str | None = None) -> None:
        """Lead to the page: an address takes nothing back."""
        self.redirect(f"{self.hub.base_url}together/{'/'.join(filter(None, (user_name, server_name)))}")

    @web.authenticated
    async def post(self, user_name: str, server_name: str | None = None) -> None:
        """Take it back, also while the server does not run; who is in it is out after seconds."""
        spawner, name = self.own(user_name, server_name), self.get_body_argument("name", "")
        if name not in spawner.running.mates:
            end_shares(self.db, spawner.orm_spawner, name)
        self.note(spawner, *(each for each in spawner.running.invited if each != name))
        self.back(spawner)


class TogetherLeaveHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Lets an invited person give an invitation back."""

    @web.authenticated
    async def post(self, owner_name: str, server_name: str | None = None) -> None:
        """Give it back, and go home."""
        for each in list(self.current_user.orm_user.shared_with_me):
            if (each.owner.name, each.spawner.name) == (owner_name, server_name or ""):
                end_shares(self.db, each.spawner, self.current_user.name)
        self.redirect(self.hub.base_url + "home")


class TeamServerHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Leads somebody into the server of their team."""

    @web.authenticated
    async def get(self, team: str) -> None:
        """Go there, or to the form of a server of one's own where there is none, or where it is another team's.

        Who has come into the team a moment ago is let in by that.
        """
        for user in self.users.values():
            for spawner in user.spawners.values():
                if spawner.ready and spawner.running.team == team:
                    spawner.follow_team()
                    if self.current_user.name in (user.name, *spawner.running.mates):
                        self.redirect(spawner.server.base_url)
                        return
        self.redirect(self.hub.base_url + "spawn")
