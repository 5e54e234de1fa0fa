"""The language in which a server speaks to its person, as the hub has told it; the words are gettext's.

Nothing is looked up before it is said: what is imported is the fork server's, which is everybody's and has no language.
"""

import os
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from sardonyx_singleuser.contract import LANGUAGE

DOMAIN = "sardonyx"
LOCALE = Path(__file__).with_name("locale")


def _(message: str) -> str:
    """Return a text in the person's language; one that is not translated stays English."""
    return _catalogue(os.environ.get(LANGUAGE, "")).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a text that fits a number."""
    return _catalogue(os.environ.get(LANGUAGE, "")).ngettext(one, many, count)


def N_(message: str) -> str:  # noqa: N802 - as everybody calls it
    """Mark a text that is translated where it is said."""
    return message


def language() -> str:
    """Return the language of the pages, "en" or "fr"."""
    return str(_catalogue(os.environ.get(LANGUAGE, "")).info().get("language", "en"))


def give_jupyterlab() -> None:
    """Let JupyterLab begin in this language: a default of its settings, so what its person chooses there wins."""
    folder = LOCALE / os.environ.get(LANGUAGE, "")
    if (folder / "labconfig").is_dir() and folder != LOCALE:
        told = os.environ.get("JUPYTER_CONFIG_PATH", "")
        os.environ["JUPYTER_CONFIG_PATH"] = f"{told}:{folder}".lstrip(":")


@cache
def _catalogue(wanted: str) -> NullTranslations:
    return translation(DOMAIN, LOCALE, [wanted], fallback=True)
