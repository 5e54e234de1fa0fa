"""Who gets an answer of the way to keys on a server's loopback: a program that shows its secret, no browser and no proxy.

The keys service has the same rule at its own door (`sardonyx_services.credentials.service`); a test compares both.
"""

import hmac
from email.message import Message
from urllib.parse import parse_qsl, urlsplit

from sardonyx_singleuser.language import _

BROWSERS = ("origin", "cookie", "referer", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-dest")
PROXIES = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "x-proxycontextpath")
NEVER = (*BROWSERS, *PROXIES)
"""Headers that no program sends which wants keys: a page of somebody else's sends them, or a proxy that one can talk into it."""


def refusal(headers: Message, target: str, hosts: tuple[str, ...], authorization: str) -> str | None:
    """Return why a request gets nothing; None = it is one of a program of this server.

    Args:
        target: path and query, as they stand in the request.
        hosts: names with ports under which one asks here.
        authorization: what stands in the header of that name, exactly.
    """
    if headers.get_all("Host", []) not in [[host] for host in hosts]:
        return _("This address is not the one for keys. Ask from inside your server.")
    given = headers.get_all("Authorization", [])
    is_known = len(given) == 1 and hmac.compare_digest(given[0].encode(), authorization.encode())
    in_address = any(name == "token" for name, _value in parse_qsl(urlsplit(target).query, keep_blank_values=True))
    if any(name in headers for name in NEVER) or in_address or not is_known:
        return _("Only a running server gets keys. Ask from inside your server.")
    return None
