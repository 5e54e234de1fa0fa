"""Requests of the service of classes, which alone may ask for keys to what is not its caller's."""

import hmac
import json
from collections.abc import Awaitable, Callable

from fastapi import Request

from sardonyx_services.credentials.errors import BadRequestError, NotAllowedError
from sardonyx_spawner.language import _

LARGEST = 8192


def told_by(own_token: str, token_of: Callable[[Request], str]) -> Callable[..., Awaitable[tuple[str, ...]]]:
    """Return what reads such a request: (request, names of fields) -> what is in these.

    Args:
        own_token: that service's.
        token_of: returns the token of a request, or refuses it.
    """

    async def told(request: Request, *names: str) -> tuple[str, ...]:
        if not hmac.compare_digest(token_of(request).encode(), own_token.encode()):
            raise NotAllowedError(_("Only the service of classes asks here."))
        body = await request.body()
        try:
            found = json.loads(body[:LARGEST])
            return tuple(str(found[name]) for name in names)
        except (ValueError, KeyError, TypeError) as error:
            said = _("Say what is wanted, as JSON, with {names}.")
            raise BadRequestError(said.format(names=", ".join(f'"{name}"' for name in names))) from error

    return told
