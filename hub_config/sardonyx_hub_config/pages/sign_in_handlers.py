"""The sign-in page, which says why whoever had a card is signed out; and signing out, which reaches what is open in servers."""

from typing import Any

from jupyterhub import orm
from jupyterhub.handlers.login import LoginHandler, LogoutHandler

from sardonyx_hub_config.sign_in.card_cookie import forget, is_replaced
from sardonyx_hub_config.visits import end_visits, entered


class SignInHandler(LoginHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """The page, as upstream's, with a reason for who had a card."""

    def _render(self, login_error: str | None = None, username: str | None = None, **known: Any) -> Any:
        return super()._render(login_error, username, card_is_replaced=is_replaced(self), **known)


class SignOutHandler(LogoutHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """As upstream's, which ends the keys of this browser's session, and tells no server."""

    async def handle_logout(self) -> None:
        """Tell the servers that gave this session a key; one that does not answer goes on, as its owner wanted only to leave."""
        for each in await end_visits(getattr(self, "_entered", [])):
            self.log.warning("A server of %s (%r) was not told that a session has ended", each.user.name, each.name)

    async def default_handle_logout(self) -> None:
        """End the session, and know which servers gave it a key."""
        user, session = self.current_user, self.get_session_cookie()
        if user is not None and session:
            keys = self.db.query(orm.APIToken).filter_by(user_id=user.id, session_id=session)
            clients = {key.client_id for key in keys}
            self._entered = [
                each for each in entered(self.users.values(), user, clients) if each.oauth_client_id in clients
            ]
        forget(self)
        await super().default_handle_logout()
