"""Messages meant for the person in front of the screen."""

from collections.abc import Sequence

LONGEST_QUOTE = 40


class UserError(Exception):
    """Say what was wrong and what to do, in words the person knows.

    Only this class and its children may reach a page or a REST answer; every other exception is a bug or an
    outage and is logged. `field` names the form field to point at, if there is one.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class UnknownProfileError(UserError):
    """A profile that does not exist, or that the person may not see: the two are not told apart."""

    def __init__(self, slug: str, offered: Sequence[str]) -> None:
        way_out = (
            f"Choose one of: {', '.join(offered)}."
            if offered
            else "Nothing is offered to you yet: ask who runs this place."
        )
        super().__init__(f"The profile {quote(slug)} is not available to you. {way_out}", field="profile")


class ChoiceError(UserError):
    """Several answers that cannot be accepted, each with its own message and field."""

    def __init__(self, faults: Sequence[UserError]) -> None:
        super().__init__(" ".join(fault.message for fault in faults), field=faults[0].field if faults else "")
        self.faults = tuple(faults)


def quote(text: str) -> str:
    """Quote what somebody sent, short and printable: it may be a megabyte of anything."""
    shown = "".join(c if c.isprintable() else "·" for c in text[:LONGEST_QUOTE])
    return f"“{shown}…”" if len(text) > LONGEST_QUOTE else f"“{shown}”"
