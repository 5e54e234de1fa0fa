"""People at a real browser who come to a place on the cluster."""

from playwright.sync_api import Browser
from support.cluster.place import Place
from support.visitors import PASSWORD, Visitor

WINDOW, PHONE = (1280, 900), (390, 844)
PATIENCE_S = 30


def visitor(place: Place, browser: Browser, size: tuple[int, int] = WINDOW) -> Visitor:
    """Return somebody who has never been here."""
    width, height = size
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    return Visitor(place, page)


def come(place: Place, browser: Browser, name: str) -> Visitor:
    """Let somebody sign in."""
    place.add_person(name, PASSWORD)
    found = visitor(place, browser)
    found.sign_in(name)
    return found
