"""By what a request says who asks: a server's token, in the one header for it."""

from fastapi import Request

from sardonyx_services.credentials.errors import NotAllowedError
from sardonyx_spawner.language import _

BROWSERS = ("origin", "cookie", "referer", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-dest")
PROXIES = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "x-proxycontextpath")
NEVER = (*BROWSERS, *PROXIES)
"""Headers that no program sends which wants keys: a page of somebody else's sends them, or a proxy that one can talk into it."""


def token_of(request: Request, hosts: tuple[str, ...]) -> str:
    """Return a server's token: from the Authorization header, from nowhere else, and never through a browser or a proxy.

    Args:
        hosts: Host headers that are answered.

    Raises:
        NotAllowedError: there is none, or the request came another way.
    """
    if request.headers.get("host", "") not in hosts:
        raise NotAllowedError(_("This address is not the one for keys. Ask from inside your server."))
    if any(name in request.headers for name in NEVER) or "token" in request.query_params:
        raise NotAllowedError
    return authorization(request)


def authorization(request: Request) -> str:
    """Return the token of a request, whatever way it came.

    Raises:
        NotAllowedError: there is none, or more than one.
    """
    given = request.headers.getlist("authorization")
    words = given[0].split() if len(given) == 1 else []
    if len(words) == 2 and words[0].lower() in {"token", "bearer"}:  # noqa: PLR2004 - scheme and token
        return words[1]
    if len(words) == 1:
        return words[0]
    raise NotAllowedError
