"""Where a request comes from, for counting guesses: said by proxies that are trusted, never by the client."""

from collections.abc import Set as AbstractSet

from tornado.httputil import HTTPServerRequest

LOOPBACK = frozenset({"127.0.0.1", "::1"})


def client_address(request: HTTPServerRequest, trusted: AbstractSet[str]) -> str:
    """Return the client's address: the last one in X-Forwarded-For that is not a trusted proxy's.

    Not tornado's `remote_ip`: it believes X-Real-Ip, which our proxy passes on as the client sent it (tornado 6.5).

    Args:
        trusted: addresses of reverse proxies in front of our own proxy.
    """
    forwarded = ",".join(request.headers.get_list("X-Forwarded-For"))
    last = ""
    for address in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        last = address
        if address not in trusted:
            break
    return last or str(request.remote_ip or "")
