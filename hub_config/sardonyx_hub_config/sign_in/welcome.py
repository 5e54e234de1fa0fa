"""The page behind a one-time link: choose a name and a password, and be signed in."""

import time

from jupyterhub.handlers.base import BaseHandler

from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.sign_in.links import FIRST_ADMINISTRATOR, hashed, invited
from sardonyx_hub_config.sign_in.passwords import password_fault
from sardonyx_hub_config.sign_in.usernames import NameRefusedError, local_name
from sardonyx_services.people.errors import PeopleError

OVER = "This link was used already, or is too old. Start Sardonyx again for a new one, or ask the people who run this place."


class WelcomeHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """GET only shows the page, so that a mail program that looks at links does not use one up."""

    async def get(self) -> None:
        """Show the page."""
        purpose = self._purpose()
        await self._show(name=invited(purpose) or "admin")

    async def post(self) -> None:
        """Make the account or set its password, and sign in."""
        purpose = self._purpose()
        name, password = self.get_body_argument("username", ""), self.get_body_argument("password", "")
        fixed = invited(purpose)
        fault = password_fault(password, self.authenticator.minimum_password_length)
        if fault:
            await self._show(name=name, password_fault=fault)
            return
        try:
            name = fixed or local_name(name)
        except NameRefusedError as error:
            await self._show(name=name, name_fault=str(error))
            return
        people, hashes = self.authenticator.people, self.authenticator.local.passwords
        try:
            if fixed:
                people.set_password(fixed, hashes.hashed(password))
            else:
                people.add_account(name, hashes.hashed(password), is_admin=purpose == FIRST_ADMINISTRATOR)
        except PeopleError as error:
            await self._show(name=name, name_fault=str(error))
            return
        people.use_link(self._token())
        user = await self.login_user({"username": name, "password": password})
        self.redirect(self.get_next_url(user))

    def _token(self) -> str:
        return hashed(self.get_argument("token", ""))

    def _purpose(self) -> str:
        purpose: str = self.authenticator.people.link_purpose(self._token(), time.time())
        if not purpose:
            raise SaidError(403, OVER)
        return purpose

    async def _show(self, *, name: str, name_fault: str = "", password_fault: str = "") -> None:
        if name_fault or password_fault:
            self.set_status(400)
        # The address holds the token: no other place may learn it.
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        html = await self.render_template(
            "welcome.html",
            token=self.get_argument("token", ""),
            username=name,
            is_name_fixed=bool(invited(self._purpose())),
            name_fault=name_fault,
            password_fault=password_fault,
            minimum=self.authenticator.minimum_password_length,
            xsrf=self.xsrf_token.decode("ascii"),
        )
        self.finish(html)
