"""Somebody at a Sardonyx without a browser: pages, forms, cookies and a server, over HTTP."""

import html
import re
import time
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any

import httpx
from support import web
from support.kernels import run_in_kernel
from support.visitors import Site

PASSWORD = "correct horse battery"
PATIENCE_S = 120
FORM = re.compile(r'<form(?=[^>]* method="post")[^>]* action="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@dataclass
class Member:
    """One person; several places may share the cookies, as they do in one browser.

    Args:
        given: each cookie that a place gave, as it said so.
    """

    stack: Site
    name: str
    cookies: CookieJar = field(default_factory=CookieJar)
    given: list[str] = field(default_factory=list)

    def ask(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Ask for an address, below the place's unless it is a whole one."""
        whole = url if "://" in url else f"{self.stack.url}{url}"
        with web.Client(cookies=self.cookies, timeout=60) as client:
            answer = client.request(method, whole, **options)
        for each in (*answer.history, answer):
            self.given += each.headers.get_list("set-cookie")
        return answer

    def cookie(self, name: str, path: str) -> str:
        """Return the value of a cookie; "" = there is none."""
        found = [each for each in self.cookies if (each.name, each.path) == (name, path)]
        return (found[0].value or "") if found else ""

    def send(self, url: str, **answers: str) -> httpx.Response:
        """Open a page, and send the form in it, with what it has hidden; redirects are not followed."""
        page = self.ask("GET", url)
        form = FORM.search(page.text)
        assert form is not None, page.text
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}
        action = page.url.join(html.unescape(form[1]))
        return self.ask("POST", str(action), data={**hidden, **answers})

    def sign_in(self, then: str = "") -> httpx.Response:
        """Sign in with the password; return where that leads."""
        query = f"?{httpx.QueryParams(next=then)}" if then else ""
        return self.send(f"/hub/login{query}", username=self.name, password=PASSWORD)

    def is_in(self) -> bool:
        """Tell whether the place knows who it is."""
        return f'"user": "{self.name}"' in self.ask("GET", "/hub/home").text

    def api(self, method: str, path: str, token: str, body: object = None) -> httpx.Response:
        """Ask the hub's REST API with a key, as programs do."""
        headers = {"Authorization": f"token {token}"}
        return web.request(method, f"{self.stack.url}/hub/api{path}", headers=headers, json=body, timeout=60)

    def key(self) -> str:
        """Make a key for programs, as the page for them does."""
        xsrf = self.cookie("_xsrf", f"{self.stack.path}/hub/")
        made = self.ask("POST", f"/hub/api/users/{self.name}/tokens", json={}, headers={"X-XSRFToken": xsrf})
        assert made.status_code == 201, made.text
        return str(made.json()["token"])

    def start(self, token: str) -> None:
        """Start the server, and wait for it."""
        answer = self.api("POST", f"/users/{self.name}/server", token, {"profile": "python"})
        assert answer.status_code in {201, 202}, answer.text
        deadline = time.monotonic() + PATIENCE_S
        while not self.servers(token).get("", {}).get("ready"):
            assert time.monotonic() < deadline, self.servers(token)
            time.sleep(0.3)

    def servers(self, token: str) -> dict[str, dict[str, object]]:
        """Return what the hub says of the servers."""
        found: dict[str, dict[str, object]] = self.api("GET", f"/users/{self.name}", token).json()["servers"]
        return found

    def run(self, token: str, code: str) -> str:
        """Run Python in a new kernel of the server, through the proxy."""
        return run_in_kernel(f"{self.stack.url}/user/{self.name}/", token, code)
