"""How a page is made: the hub's own templates around ours, so that both look alike."""

from importlib import resources
from typing import Any

import segno
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from sardonyx_services.links.headers import disposition
from sardonyx_services.people.web.callers import Callers
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.configuration import PeopleConfiguration
from sardonyx_services.people.web.words import Words
from sardonyx_spawner.language_in_templates import Translation
from sardonyx_spawner.material import MOST

HEADERS = {
    "Cache-Control": "no-store",
    # Who opens it, such as a page in somebody's server at the same address, does not get hold of its window.
    "Cross-Origin-Opener-Policy": "noopener-allow-popups",
    "Content-Security-Policy": "frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""With each page."""
SEE_OTHER = 303


class Pages:
    """Makes pages.

    Args:
        root: path of this service's pages, with a slash at both ends.
        hub: path of the hub's.
    """

    def __init__(self, configuration: PeopleConfiguration, callers: Callers, root: str, hub: str) -> None:
        ours = str(resources.files("sardonyx_services.people.web") / "templates")
        self._callers = callers
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(ours), FileSystemLoader(configuration.templates)]),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=[Translation],
        )
        self._known: dict[str, Any] = {
            "place": configuration.title,
            "contact": configuration.contact,
            "sardonyx_version": configuration.version,
            "base_url": hub,
            "classes_url": root,
            "logout_url": f"{hub}logout",
            "announcement": "",
            "words": Words(),
            "has_provider_groups": configuration.has_provider_groups,
            "has_passwords": configuration.has_passwords,
            "newcomers": configuration.newcomers,
            "static_url": lambda path: f"{hub}static/{path}",
            "most_repositories": MOST,
            "event_rules": configuration.events,
            "makers": configuration.makers,
            # On a cluster homes are volumes, which this service reads not.
            "archives_have_homes": not configuration.cluster_instance,
            "tool_titles": configuration.tools,
            "here": "classes",
        }

    @property
    def place(self) -> str:
        """What this place is called."""
        return str(self._known["place"])

    def page(
        self, request: Request, caller: Caller, template: str, status: int = 200, /, **told: object
    ) -> HTMLResponse:
        """Return a page for somebody.

        Args:
            told: what its template is told.
        """
        text = self._environment.get_template(template).render(
            **self._known,
            user=caller,
            own_name=caller.shown_name if caller.is_temporary else caller.name,
            parsed_scopes={"admin-ui"} if caller.is_admin else frozenset(),
            xsrf_token=self._callers.sign(request),
            **told,
        )
        return HTMLResponse(text, status, HEADERS)

    def open(self, template: str, /, **told: object) -> HTMLResponse:
        """Return a page for whoever asks, signed in or not."""
        text = self._environment.get_template(template).render(**self._known, user=None, xsrf_token="", **told)
        return HTMLResponse(text, headers=HEADERS)

    def fault(self, message: str, status: int) -> HTMLResponse:
        """Return the page that says why there is no other one."""
        text = self._environment.get_template("refused.html").render(
            **self._known, user=None, xsrf_token="", message=message
        )
        return HTMLResponse(text, status, HEADERS)


def see(path: str) -> Response:
    """Lead a browser to a page, also after a form that it sent."""
    return RedirectResponse(path, SEE_OTHER)


def as_file(name: str) -> dict[str, str]:
    """Return the headers of what a browser keeps as a file."""
    return {"Content-Disposition": disposition(name), "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def qr_code(text: str) -> str:
    """Return a QR code as an SVG picture, black on white, which is what cameras read."""
    return segno.make(text, error="m").svg_inline(scale=1, border=2, omitsize=True, dark="#000", light="#fff")
