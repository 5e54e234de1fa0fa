"""Takes back links by which somebody shares files, from a plain form of the page “Data”."""

from typing import Any

from tornado import web

from sardonyx_hub_config.pages.data_handlers import DataPageHandler
from sardonyx_hub_config.pages.keys_service import KeysService, KeysServiceError
from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.settings.storage import StorageSettings


def link_handlers(keys_address: str, storage: StorageSettings) -> list[tuple[Any, ...]]:
    """Return the handler, by its path below /hub."""
    return [(r"/data/links/end", TakeBackHandler, {"keys": KeysService(keys_address), "storage": storage})]


class TakeBackHandler(DataPageHandler):
    """Takes one back; who it belongs to is who has signed in, whatever the form says."""

    async def get(self) -> None:
        """Lead to the page: an address takes nothing back."""
        self.redirect(f"{self.hub.base_url}data")

    @web.authenticated
    async def post(self) -> None:
        """Do it, and go back to the list."""
        try:
            await self.keys.take_back_link(self.current_user, self.get_body_argument("mark", ""))
        except KeysServiceError as error:
            raise SaidError(error.status, error.message) from error
        self.redirect(f"{self.hub.base_url}data#links", status=303)
