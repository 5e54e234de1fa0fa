"""Why keys cannot be had, in a sentence that says what to do; the code is for programs."""

from sardonyx_spawner.language import SaidError, _

INSIDE = _("Only a running server gets keys. Ask from inside your server.")


class CredentialsError(SaidError):
    """Keys that cannot be had; `status` is the HTTP status of the answer."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code, self.status = code, status


class NotAllowedError(CredentialsError):
    """The caller is not a server of this place, or asks for what is not theirs."""

    def __init__(self, message: str = INSIDE) -> None:
        super().__init__("AccessDenied", message, 403)


class BadRequestError(CredentialsError):
    """What is asked for makes no sense."""

    def __init__(self, message: str) -> None:
        super().__init__("InvalidRequest", message, 400)


class UnavailableError(CredentialsError):
    """Hub or store do not answer now."""

    def __init__(self, message: str, code: str = "ServiceUnavailable") -> None:
        super().__init__(code, message, 503)


class BusyError(UnavailableError):
    """Too many ask at once."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Too many servers ask for keys at this moment. Keys that you have go on working; try again in some seconds."
            ),
            "SlowDown",
        )
