"""Sign-in by a link in a course of a learning platform (LTI 1.3): the platform says that somebody comes, then who."""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from jupyterhub.handlers.base import BaseHandler
from tornado.httputil import url_concat

from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.services.people import PATH as CLASSES
from sardonyx_hub_config.sign_in.platform import Platform
from sardonyx_hub_config.sign_in.proven import Proven
from sardonyx_services.people.courses import Arrival, State
from sardonyx_spawner.language import N_, _

BEGUN = "sardonyx-launch"
"""Cookie of a launch that was begun in this browser."""

LASTS_DAYS = 10 / (24 * 60)
HANDED_ON = ("iss", "login_hint", "lti_message_hint", "client_id", "target_link_uri", "lti_deployment_id")
WITHOUT_CLASS: dict[State, str] = {
    "waiting": N_("There is no class for this course yet. Whoever teaches it opens this link in {site} first."),
    "outside": N_("You are neither a student nor a teacher of this course in {site}, so you are not in its class."),
    "over": N_("The class of this course is over."),
}
"""Why somebody who is signed in arrives in no class."""


def platform_handlers(platforms: Mapping[str, Platform]) -> list[tuple[Any, ...]]:
    """Return the handlers of learning platforms, by path below /hub.

    Args:
        platforms: by slug.
    """
    found = []
    for slug, platform in platforms.items():
        found.append((f"/lti/{slug}/login", LoginHandler, {"platform": platform}))
        found.append((f"/lti/{slug}/launch", LaunchHandler, {"platform": platform}))
    return found


class _PlatformHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Belongs to one platform, whose pages send the form: our own token cannot be in it."""

    def initialize(self, platform: Platform) -> None:
        """Belong to one platform."""
        self._platform = platform

    def check_xsrf_cookie(self) -> None:
        """Check nothing: a launch is bound to this browser by what it began with."""

    @property
    def _public_url(self) -> str:
        url: str = self.authenticator.public_url
        return url


class LoginHandler(_PlatformHandler):
    """Takes the platform's word that somebody comes, and asks it who."""

    async def post(self) -> None:
        """Send the browser back to the platform with a launch that is begun here."""
        settings = self._platform.settings
        hint, client = self.get_argument("login_hint", ""), self.get_argument("client_id", settings.client_id)
        if self.get_argument("iss", "") != settings.issuer or client != settings.client_id or not hint:
            raise SaidError(
                400,
                _("This link is not set up as {site} should have it. Tell the people who run this place.").format(
                    site=settings.title
                ),
            )
        if self.request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}:
            await self._show_window()
            return
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._begin(json.dumps([self._platform.slug, state, nonce]))
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": settings.client_id,
            "redirect_uri": f"{self._public_url}/hub/lti/{self._platform.slug}/launch",
            "login_hint": hint,
            "state": state,
            "nonce": nonce,
        }
        if message := self.get_argument("lti_message_hint", ""):
            asked["lti_message_hint"] = message
        self.redirect(url_concat(settings.authorize_url, asked))

    get = post  # platforms may send either (1EdTech Security Framework 1.0, section 5.1.1.1)

    def _begin(self, value: str) -> None:
        # The platform's page posts its answer: without SameSite=None browsers would leave the cookie out.
        elsewhere = {"samesite": "None", "secure": True} if self._public_url.startswith("https://") else {}
        self._set_cookie(BEGUN, value, expires_days=LASTS_DAYS, httponly=True, path=self.hub.base_url, **elsewhere)

    async def _show_window(self) -> None:
        """Offer a window of its own: in a frame of another site browsers keep no cookies."""
        at = urlsplit(self._platform.settings.authorize_url)
        html = await self.render_template(
            "launch.html",
            site=self._platform.settings.title,
            action=self.request.path,
            handed_on={name: value for name in HANDED_ON if (value := self.get_argument(name, ""))},
        )
        self.set_header("Content-Security-Policy", f"frame-ancestors {at.scheme}://{at.netloc}")
        self.set_header("Cache-Control", "no-store")
        self.finish(html)


class LaunchHandler(_PlatformHandler):
    """Takes the platform's word who comes."""

    async def post(self) -> None:
        """Sign them in, and lead them to their class; where else the platform would lead them does not count."""
        nonce = self._begun(self.get_body_argument("state", ""))
        token = self.get_body_argument("id_token", "")
        launched = await self._platform.launched(token, nonce)
        await self.login_user(Proven(launched.person))
        self.redirect(self._where(launched.arrival))

    def _where(self, arrival: Arrival | None) -> str:
        """Return the page at which somebody arrives."""
        if arrival is None:
            return f"{self.hub.base_url}home"
        if arrival.state in WITHOUT_CLASS:
            raise SaidError(403, _(WITHOUT_CLASS[arrival.state]).format(site=self._platform.settings.title))
        page = f"classes/{arrival.group}" if arrival.group else f"courses/{arrival.course}"
        return f"{self.base_url}{CLASSES}{page}"

    def _begun(self, state: str) -> str:
        """Return the nonce of the launch that this browser began, once."""
        try:
            slug, begun, nonce = json.loads(self.get_secure_cookie(BEGUN, max_age_days=LASTS_DAYS) or b"")
        except ValueError:
            slug, begun, nonce = "", "", ""
        self.clear_cookie(BEGUN, path=self.hub.base_url)
        is_same = secrets.compare_digest(str(begun).encode(), state.encode())
        if not nonce or slug != self._platform.slug or not is_same:
            raise SaidError(
                400,
                _(
                    "This was begun in another browser, or too long ago. Open the link in {site} again, in a new window."
                ).format(site=self._platform.settings.title),
            )
        return str(nonce)
