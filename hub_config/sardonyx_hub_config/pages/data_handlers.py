"""The page “Data”: what somebody can reach, how to use it in a server, and keys for their own computer."""

from datetime import UTC, datetime
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from tornado import web

from sardonyx_hub_config.pages import snippets
from sardonyx_hub_config.pages.data_places import Reached, lives_offered, reached
from sardonyx_hub_config.pages.keys_service import KeysService, KeysServiceError, LaptopWish
from sardonyx_hub_config.pages.shared_links import LinkShown, links_shown
from sardonyx_hub_config.settings.storage import StorageSettings


def data_handlers(keys_address: str, storage: StorageSettings) -> list[tuple[Any, ...]]:
    """Return the handlers, by path below /hub."""
    known = {"keys": KeysService(keys_address), "storage": storage}
    return [(r"/data", DataPageHandler, known), (r"/data/key", LaptopKeyHandler, known)]


class DataPageHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """The page itself; it needs no script."""

    def initialize(self, keys: KeysService, storage: StorageSettings) -> None:
        """Take what the page is made from."""
        self.keys, self.storage = keys, storage

    @web.authenticated
    async def get(self) -> None:
        """Show it, or as much of it as can be known now."""
        await self.show()

    async def show(self, refused: str = "", status: int = 200) -> None:
        """Show the page.

        Args:
            refused: why no key was made; "" = none was wanted.
        """
        found: Reached | None = None
        links: tuple[LinkShown, ...] = ()
        away = ""
        try:
            answer = await self.keys.access_of(self.current_user)
            found, links = reached(answer), links_shown(answer)
        except KeysServiceError as error:
            away, status = error.message, error.status
        longest_s = self.storage.laptop_key_lifetime_s
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        html = await self.render_template(
            "data.html",
            found=found,
            links=links,
            away=away,
            refused=refused,
            running=found.of_running(self._running()) if found else {},
            tabs=snippets.TABS,
            needs=snippets.needs(),
            snippets=snippets.for_servers(found) if found else (),
            lives=lives_offered(longest_s) if longest_s else (),
            laptops_are_off=self.storage.laptop_key_lifetime is None,
            said=dict(self.request.body_arguments) and self._said(),
        )
        self.finish(html)

    def _said(self) -> dict[str, str]:
        return {name: self.get_body_argument(name, "") for name in ("group", "may", "life")}

    def _running(self) -> dict[str, datetime | None]:
        spawners = self.current_user.spawners
        return {name: _aware(spawners[name].orm_spawner.started) for name in spawners if spawners[name].ready}


class LaptopKeyHandler(DataPageHandler):
    """Makes keys for somebody's own computer, from a plain form, and shows them once."""

    async def get(self) -> None:
        """Lead to the page: an address makes no keys."""
        self.redirect(f"{self.hub.base_url}data")

    @web.authenticated
    async def post(self) -> None:
        """Make keys for who has signed in; nothing in the form says for whom."""
        said = self._said()
        wish = LaptopWish(said["group"], said["may"] != "write", said["life"])
        try:
            made = await self.keys.make_laptop_keys(self.current_user, wish)
        except KeysServiceError as error:
            await self.show(error.message, error.status)
            return
        self.set_header("Cache-Control", "no-store")
        html = await self.render_template(
            "data_key.html",
            snippets=snippets.for_laptop(made, self.storage.address_for_laptops, self.storage.region),
            until=datetime.fromisoformat(made["Expiration"]),
            is_read_only=wish.read_only,
        )
        self.finish(html)


def _aware(then: datetime | None) -> datetime | None:
    return then.replace(tzinfo=UTC) if then is not None and then.tzinfo is None else then
