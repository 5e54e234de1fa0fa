"""In which language each request is answered, and how somebody chooses another one."""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.user import User

from sardonyx_spawner.language import LANGUAGES, speak, wished

COOKIE = "sardonyx-language"
YEAR_DAYS = 365


def language_handlers() -> list[tuple[Any, ...]]:
    """Return the handlers, by path below /hub."""
    return [(r"/language", LanguageHandler)]


class InTheirLanguage:
    """Mix-in, first among the bases of every handler of the hub: finds out who asks, and speaks their language.

    What a person has chosen counts most, then what was last chosen in this browser, then what the browser asks for.
    """

    async def prepare(self: Any) -> None:
        """Speak it before anything else is said."""
        # That of the whole place: pages of a provider have its own one as theirs.
        place, here = self.settings["authenticator"], self.get_cookie(COOKIE, "")
        usual = (here if here in LANGUAGES else "") or wished(self.request.headers.get("Accept-Language", ""))
        usual = usual or place.language
        # Also for what goes wrong before it is known who asks.
        speak(usual)
        try:
            await super().prepare()  # type: ignore[misc]  # the other base has it
        finally:
            # Also where it refuses the request.
            user = getattr(self, "_jupyterhub_user", None)
            if isinstance(user, User):
                speak(place.people.languages.of(user.name) or usual, user.name)


@cache
def in_their_language(handler: type) -> type:
    """Return a handler that speaks the language of who asks."""
    if not issubclass(handler, BaseHandler):
        return handler
    return type(handler.__name__, (InTheirLanguage, handler), {"__module__": handler.__module__})


class LanguageHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Keeps a choice, from a plain form: with who has signed in, and in this browser for its sign-in page."""

    async def post(self) -> None:
        """Keep it, and go back to the page that it was chosen on."""
        language = self.get_body_argument("language", "")
        if language in LANGUAGES:
            if self.current_user is not None:
                self.authenticator.people.languages.choose(self.current_user.name, language)
            cookie = {"httponly": True, "secure": self.request.protocol == "https", "samesite": "Lax"}
            self.set_cookie(COOKIE, language, expires_days=YEAR_DAYS, path=self.hub.base_url, **cookie)
        self.redirect(self._back())

    def _back(self) -> str:
        came_from = urlsplit(self.request.headers.get("Referer", ""))
        # Its path only: a form on another site could name any.
        base = str(self.hub.base_url)
        if not came_from.path.startswith(base):
            return f"{base}home"
        return f"{came_from.path}?{came_from.query}" if came_from.query else str(came_from.path)
