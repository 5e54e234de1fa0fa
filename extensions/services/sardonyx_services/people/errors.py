"""What can be wrong with people and accounts, in words for the person or the operator."""


class PeopleError(Exception):
    """Say what cannot be done with a person or an account, and what to do instead."""


class NameTakenError(PeopleError):
    """The name belongs to somebody who signs in another way."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The name “{name}” is already used here by somebody who signs in another way. Ask the people who run this place for help."
        )


class RemovedError(PeopleError):
    """Somebody was removed here, and their provider does not know."""

    def __init__(self) -> None:
        super().__init__("Your access to this place was ended. Ask the people who run this place.")
