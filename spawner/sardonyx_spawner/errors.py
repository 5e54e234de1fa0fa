"""Messages meant for the person in front of the screen."""

from collections.abc import Sequence

from sardonyx_spawner.language import Said, SaidError, _, in_a_row

LONGEST_QUOTE = 40


class UserError(SaidError):
    """Say what was wrong and what to do, in words the person knows.

    Only this class and its children may reach a page or a REST answer; every other exception is a bug or an
    outage and is logged.
    """


class UnknownProfileError(UserError):
    """A profile that does not exist, or that the person may not see: the two are not told apart."""

    def __init__(self, slug: str, offered: Sequence[str]) -> None:
        super().__init__(
            not_available(slug, offered) if offered else _("Nothing is offered to you yet. Ask who runs this place."),
            field="profile",
        )


class ChoiceError(UserError):
    """Answers that cannot be accepted: each of `faults` has its own message and field."""

    def __init__(self, faults: Sequence[UserError]) -> None:
        first, *_ = faults
        super().__init__(in_a_row([_with_name(fault) for fault in faults]), field=first.field)
        self.faults = tuple(faults)


def not_available(value: str, offered: Sequence[str]) -> Said:
    """Say that a value cannot be chosen, the same way whether it does not exist or is kept for others."""
    return _("{value} is not available to you. Choose one of: {offered}.").format(
        value=quote(value), offered=", ".join(offered)
    )


def quote(text: str) -> Said:
    """Quote what somebody sent, short and printable: it may be a megabyte of anything."""
    shown = "".join(c if c.isprintable() else "·" for c in text[:LONGEST_QUOTE])
    return _("“{text}”").format(text=f"{shown}…" if len(text) > LONGEST_QUOTE else shown)


def _with_name(fault: UserError) -> str:
    name = fault.field.rpartition(".")[2]
    return _("{name}: {fault}").format(name=name, fault=fault.message) if name else fault.message
