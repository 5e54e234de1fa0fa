"""What cannot be done in the data store, in a sentence for the person."""

FORBIDDEN, NOT_FOUND, CONFLICT, TOO_LARGE, AWAY = 403, 404, 409, 413, 503
INVALID = 400


class StorageError(Exception):
    """The message is one sentence, or two, for the person.

    Args:
        status: as HTTP knows it.
    """

    def __init__(self, message: str, status: int = INVALID) -> None:
        super().__init__(message)
        self.status = status
