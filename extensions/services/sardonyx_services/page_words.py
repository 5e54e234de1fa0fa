"""What every page of this place says, whichever process makes it: times, and its language."""

from datetime import UTC, datetime

from markupsafe import Markup

from sardonyx_spawner.dates import in_utc, say_ago
from sardonyx_spawner.language import LANGUAGES, _, script_texts, spoken


def timed(then: datetime, said: str) -> Markup:
    """Return a moment as it is said, which a script says by the clocks of the reader."""
    return Markup('<time datetime="{iso}">{said}</time>').format(iso=in_utc(then).isoformat(), said=said)


class PageWords:
    """What the templates of all pages call."""

    def ago(self, then: datetime | None) -> str:
        """Say how long ago something was."""
        return say_ago(then, datetime.now(UTC)) if then else _("never")

    def hour(self, then: datetime) -> str:
        """Say a time of the day, for who has no script: "22:10 UTC"."""
        return _("{time} UTC").format(time=f"{in_utc(then).astimezone(UTC):%H:%M}")

    def iso(self, then: datetime | None) -> str:
        """Return a time for the script that shows it in the reader's zone."""
        return in_utc(then).isoformat() if then else ""

    def language(self) -> str:
        """Return the language that is spoken, for the page itself."""
        return spoken()

    def languages(self) -> dict[str, str]:
        """Return those that can be chosen, by code."""
        return LANGUAGES

    def of_scripts(self) -> dict[str, object]:
        """Return what page scripts say in this language, by the English text."""
        return dict(script_texts())
