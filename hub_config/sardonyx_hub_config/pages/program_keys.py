"""Keys for programs: those that people made, and not those with which their servers speak to the hub.

Whoever ended such a one took the storage away from a server that runs.
"""

from typing import Any

from jupyterhub.apihandlers.users import UserTokenAPIHandler
from jupyterhub.handlers.pages import TokenPageHandler
from jupyterhub.scopes import needs_scope
from jupyterhub.user import User

from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.server_keys import keys_of_servers
from sardonyx_hub_config.visits import end_visits, entered
from sardonyx_spawner.language import _


class KeysPageHandler(TokenPageHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """The page, as upstream's, which lists the keys of servers among those that people made."""

    def render_template(self, name: str, sync: bool = False, **known: Any) -> Any:  # noqa: FBT001, FBT002 - upstream's
        """Leave out what belongs to servers."""
        if "api_tokens" in known:
            of_servers = keys_of_servers(self.current_user)
            known["api_tokens"] = [key for key in known["api_tokens"] if key.api_id not in of_servers]
        return super().render_template(name, sync, **known)


class KeyAPIHandler(UserTokenAPIHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """In front of JupyterHub's own, which ends any key."""

    @needs_scope("tokens")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def delete(self, user_name: str, token_id: str) -> None:
        """End a key and what is open with it, but not that of a server that runs: administrators and services may."""
        user, asker = self.find_user(user_name), self.current_user
        is_operator = not isinstance(asker, User) or asker.admin
        if user is not None and not is_operator and token_id in keys_of_servers(user):
            raise SaidError(
                403, _("This key belongs to a server that runs, and ends with it. Stop the server instead.")
            )
        clients = {key.client_id for key in user.api_tokens if key.api_id == token_id} if user is not None else set()
        super().delete(user_name, token_id)
        for each in await end_visits(entered(self.users.values(), user, clients)):
            self.log.warning("A server of %s (%r) was not told that a key has ended", each.user.name, each.name)
