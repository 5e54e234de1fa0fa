"""The page behind a one-time link: choose a name and a password, and be signed in."""

import time

from jupyterhub.handlers.base import BaseHandler

from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.sign_in.passwords import password_fault
from sardonyx_hub_config.sign_in.proven import Proven
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.sign_in_links import FIRST_ADMINISTRATOR, hashed
from sardonyx_services.people.usernames import NameRefusedError, local_name
from sardonyx_spawner.language import N_, _, in_a_row

OVER = N_("This link was used already, or is too old.")
AGAIN, ASK = (
    N_("Start Sardonyx again for a new one."),
    N_("Sign in with the password that you chose with it, or ask the people who run this place for another link."),
)
"""What to do while there is no administrator yet; and afterwards."""


class WelcomeHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """GET only shows the page, so that a mail program that looks at links does not use one up."""

    async def get(self) -> None:
        """Show the page."""
        invited = self._invited()
        await self._show(name=invited or "admin", is_invited=bool(invited))

    async def post(self) -> None:
        """Make the account or set its password, and sign in."""
        invited = self._invited()
        name = self.get_body_argument("username", "")
        # As it was typed: the sign-in page does not take off blanks either.
        password = self.get_body_argument("password", "", strip=False)
        fault = password_fault(password, self.authenticator.minimum_password_length)
        if fault:
            await self._show(name=invited or name, is_invited=bool(invited), password_fault=fault)
            return
        people, hashes = self.authenticator.people, self.authenticator.local.passwords
        try:
            name = invited or local_name(name)
            # Nothing is awaited before the link has ended: it is good for one of two who use it together.
            if invited:
                people.set_password(name, hashes.hashed(password))
            else:
                people.add_account(name, hashes.hashed(password), is_admin=True)
                people.one_time_links.end(FIRST_ADMINISTRATOR)
        except (NameRefusedError, PeopleError) as error:
            await self._show(name=name, is_invited=bool(invited), name_fault=error.message)
            return
        self.authenticator.local.welcome(name, self.authenticator.address_of(self))
        user = await self.login_user(Proven(people.by_name(name)))
        self.redirect(self.get_next_url(user))

    def _token(self) -> str:
        return hashed(self.get_argument("token", ""))

    def _invited(self) -> str:
        """Return the name of who is invited; "" = the first administrator, who chooses one."""
        people = self.authenticator.people
        purpose = people.one_time_links.purpose(self._token(), time.time())
        if purpose == FIRST_ADMINISTRATOR and not people.has_admin():
            return ""
        person = people.by_id(purpose)
        if person is None:
            raise SaidError(403, in_a_row([_(OVER), _(ASK) if people.has_admin() else _(AGAIN)]))
        return str(person.name)

    async def _show(self, *, name: str, is_invited: bool, name_fault: str = "", password_fault: str = "") -> None:
        if name_fault or password_fault:
            self.set_status(400)
        # The address holds the token: no other place may learn it.
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        html = await self.render_template(
            "welcome.html",
            token=self.get_argument("token", ""),
            username=name,
            is_name_fixed=is_invited,
            name_fault=name_fault,
            password_fault=password_fault,
            minimum=self.authenticator.minimum_password_length,
            xsrf=self.xsrf_token.decode("ascii"),
        )
        self.finish(html)
