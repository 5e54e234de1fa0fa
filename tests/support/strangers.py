"""What somebody asks of a server by a program, which minds no rule of browsers: with the cookies of theirs, or a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from support import web
from support.visitors import Visitor

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
"""Source: RFC 6455, section 1.3."""


@dataclass(frozen=True)
class Asking:
    """Somebody, by what they show of themselves."""

    headers: Mapping[str, str]

    def ask(self, method: str, url: str, told: Any = None) -> httpx.Response:
        """Return an answer, wherever it leads."""
        return web.request(method, url, headers=self.headers, json=told, timeout=60)

    def opens(self, url: str) -> int:
        """Ask for a websocket; return the answer's status, which is 101 where there is one."""
        with web.Client(timeout=60) as client, client.stream("GET", url, headers={**self.headers, **UPGRADE}) as answer:
            return answer.status_code


def by_cookies(visitor: Visitor, at: str) -> Asking:
    """Return somebody with all that their browser keeps, from all paths; the more exact ones count.

    Args:
        at: whose server it is; what they have for their own is shown under that name, too.
    """
    kept = sorted(visitor.page.context.cookies(), key=lambda each: len(each.get("path", "")))
    cookies = {each.get("name", ""): each.get("value", "") for each in kept}
    cookies[f"jupyterhub-user-{at}"] = cookies[f"jupyterhub-user-{visitor.name}"]
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return Asking(
        {"Cookie": said, "X-XSRFToken": cookies["_xsrf"], "Origin": visitor.stack.url.removesuffix(visitor.stack.path)}
    )


def by_token(visitor: Visitor) -> Asking:
    """Return somebody with the token of their own server, which no rule against forged requests concerns."""
    token = visitor.run("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()
    return Asking({"Authorization": f"token {token}"})
