"""Which names people may have here, and what a provider's name becomes."""

import re
import unicodedata

from sardonyx_spawner.language import SaidError, _

LONGEST, LONGEST_ADDRESS = 64, 254
_LOCAL = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_PROVIDER = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?")
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")


class NameRefusedError(SaidError, ValueError):
    """A name that nobody can have here; the message says what a name looks like."""


def normal(name: str) -> str:
    """Return a name as it is kept: without regard to case and to ways of writing the same letters."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def local_name(name: str) -> str:
    """Return the name of a local account.

    Raises:
        NameRefusedError: it has other characters, dots in a row, or is too long.
    """
    # Not normal(): a look-alike letter has to be refused here, not quietly turned into the one that it imitates, and
    # lower() does so with the sign of the kelvin.
    return _checked(_small(name.strip()), _LOCAL)


def provider_name(name: object) -> str:
    """Return the name of somebody whom a provider knows.

    Raises:
        NameRefusedError: it cannot be a name here.
    """
    if not isinstance(name, str):
        raise NameRefusedError(_("Your provider does not tell your name. Ask the people who run this place for help."))
    try:
        return _checked(_small(name.strip()), _PROVIDER)
    except NameRefusedError as error:
        raise NameRefusedError(
            _(
                "Your name at the provider cannot be one here. {reason} Ask the people who run this place for help."
            ).format(reason=error.message)
        ) from error


def invited_name(text: str) -> str:
    """Return the name or the mail address by which somebody is invited, as it is kept.

    Raises:
        NameRefusedError: it is neither.
    """
    text = _small(text.strip())
    return text if len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) else _checked(text, _PROVIDER)


def _small(name: str) -> str:
    """Return a name in small letters; one with a letter that only looks like a plain one as it is: it is refused."""
    return name.lower() if name.isascii() else name


def _checked(name: str, pattern: re.Pattern[str]) -> str:
    if len(name) > LONGEST:
        raise NameRefusedError(_("A name has at most {count} characters.").format(count=LONGEST))
    if pattern.fullmatch(name) is None or ".." in name:
        raise NameRefusedError(
            _("A name has the letters a to z, digits, and dots or dashes between them, such as amina or amina-2.")
        )
    return name
