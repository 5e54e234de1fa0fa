"""What can be wrong with people and accounts, in words for the person or the operator."""

from sardonyx_spawner.language import SaidError, _


class PeopleError(SaidError):
    """Say what cannot be done with a person or an account, and what to do instead."""


class InUseError(PeopleError):
    """Somebody else has the name of an account that was to be made."""

    def __init__(self, name: str) -> None:
        super().__init__(_("There is already somebody called “{name}”. Choose another name.").format(name=name))


class NameTakenError(PeopleError):
    """The name belongs to somebody who signs in another way."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "The name “{name}” is already used here by somebody who signs in another way. Ask the people who run this place for help."
            ).format(name=name)
        )


class RemovedError(PeopleError):
    """Somebody was removed here, and their provider does not know."""

    def __init__(self) -> None:
        super().__init__(_("Your access to this place was ended. Ask the people who run this place."))


class DatabaseError(PeopleError):
    """Say what is wrong with the database, to the operator: in English, as all that operators read."""


class DatabaseAwayError(DatabaseError):
    """Say that no database answers now; it may be about to start."""


class AwayError(PeopleError):
    """The database does not answer."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The database of this place does not answer. Try again in a minute, or tell the people who run this place."
            )
        )
