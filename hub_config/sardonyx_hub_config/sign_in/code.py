"""The page on which people type the code of their card; its QR code, and the link of an event, lead here, too."""

from jupyterhub.handlers.base import BaseHandler

from sardonyx_hub_config.services.people import PATH
from sardonyx_hub_config.sign_in.card_cookie import is_replaced, remember
from sardonyx_hub_config.sign_in.local import SignInRefusedError
from sardonyx_hub_config.sign_in.proven import Proven

LONGEST = 200
ASK_NAME = "ask-name"
"""What Enter in a field sends as `do`, until it was asked for a name."""


class CodeHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """GET only shows the page: a code in the address signs nobody in until they say so."""

    async def get(self) -> None:
        """Show the page, with the code of the address in its field."""
        await self._show(code=self.get_argument("code", "")[:LONGEST])

    async def post(self) -> None:
        """Let them in, and lead them to their event."""
        code, name, proof = (self.get_body_argument(name, "")[:LONGEST] for name in ("code", "shown_name", "proof"))
        if self.current_user is not None:
            # Two people at one browser: who comes second does not go on with the other's server.
            await self._show(code=code)
            return
        if self.get_body_argument("do", "") == ASK_NAME and not name.strip():
            # Enter in the field of the code: without a script, too, they see that they can have a name.
            await self._show(code=code, proof=proof, asks_name=True)
            return
        door, people = self.authenticator.door, self.authenticator.people
        try:
            entry = door.enter(code, name, self.authenticator.address_of(self), proof)
        except SignInRefusedError as error:
            self.set_status(429 if error.wait_s else 403)
            await self._show(code=code, proof=proof, shown_name=name, fault=error.message)
            return
        await self.login_user(Proven(people.by_id(entry.person)))
        remember(self, people.seats.of_person(entry.person))
        self.redirect(f"{self.base_url}{PATH}events/{entry.event}")

    async def _show(
        self, *, code: str, proof: str = "", shown_name: str = "", fault: str = "", asks_name: bool = False
    ) -> None:
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        html = await self.render_template(
            "code.html",
            code=code,
            proof=proof,
            shown_name=shown_name,
            fault=fault,
            asks_name=asks_name,
            card_is_replaced=is_replaced(self),
            signed_in=self.current_user.name if self.current_user is not None else "",
            xsrf=self.xsrf_token.decode("ascii"),
        )
        self.finish(html)
