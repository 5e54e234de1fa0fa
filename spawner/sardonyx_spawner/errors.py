"""Messages meant for the person in front of the screen."""


class UserError(Exception):
    """Say what was wrong and what to do, in words the person knows.

    Only this class and its children may reach a page or a REST answer; every other exception is a bug or an
    outage and is logged. `field` names the form field to point at, if there is one.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
