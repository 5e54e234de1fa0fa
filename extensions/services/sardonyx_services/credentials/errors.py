"""Why keys cannot be had, in a sentence that says what to do; the code is for programs."""


class CredentialsError(Exception):
    """Keys that cannot be had; `status` is the HTTP status of the answer."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class NotAllowedError(CredentialsError):
    """The caller is not a server of this place."""

    def __init__(self, message: str = "Only a running server gets keys. Ask from inside your server.") -> None:
        super().__init__("AccessDenied", message, 403)


class UnavailableError(CredentialsError):
    """Hub or store do not answer now."""

    def __init__(self, message: str) -> None:
        super().__init__("ServiceUnavailable", message, 503)
