"""JupyterLab's command palette, by the keyboard."""

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as LateError

TRIES, PATIENCE_MS = 5, 4_000


def open_palette(page: Page) -> Locator:
    """Open it, and return where one writes. JupyterLab knows its shortcuts last: on a busy machine somebody presses again."""
    found = page.locator(".lm-CommandPalette-input")
    for left in reversed(range(TRIES)):
        page.keyboard.press("Control+Shift+C")
        try:
            found.wait_for(timeout=PATIENCE_MS)
            break
        except LateError:
            if not left:
                raise
    return found
