"""What somebody keeps open in a server: websockets, and the page of a program that is fed for as long as it is looked at."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

from support.addresses import websocket

_XSRF = 'document.cookie.split("; ").map((c) => c.split("=")).find(([n]) => n === "_xsrf")?.[1] ?? ""'
STATUS = f"""async (path) => (await fetch(path, {{ headers: {{ "X-XSRFToken": {_XSRF} }} }})).status"""
"""(path) -> with which status a server answers a page that is open."""
FEED = """
import http.server, pathlib, threading, time
class Feed(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        while True:
            self.wfile.write(b"data: on" + bytes([10, 10]))
            time.sleep(0.2)
feed = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Feed)
pathlib.Path("feed.txt").write_text(str(feed.server_port))
feed.serve_forever()
"""
"""A program of a kernel: a page that never ends, at the port that it writes into `feed.txt`."""
_OPEN = f"""async ([base, port]) => {{
  window.ended = {{}};
  const open = (name, path) => new Promise((ok, bad) => {{
    const socket = new WebSocket(`ws://${{location.host}}${{base}}${{path}}`);
    socket.onclose = ({{ code }}) => {{ window.ended[name] = code; }};
    socket.onopen = ok;
    socket.onerror = bad;
  }});
  const headers = {{ "X-XSRFToken": {_XSRF} }};
  const [kernel] = await (await fetch(`${{base}}api/kernels`, {{ headers }})).json();
  await open("kernel", `api/kernels/${{kernel.id}}/channels`);
  const terminal = await (await fetch(`${{base}}api/terminals`, {{ method: "POST", headers }})).json();
  await open("terminal", `terminals/websocket/${{terminal.name}}`);
  await open("events", "api/events/subscribe");
  const reader = (await fetch(`${{base}}proxy/${{port}}/`, {{ headers: {{ ...headers, Accept: "text/event-stream" }} }})).body.getReader();
  await reader.read();
  const read = () => reader.read().then(({{ done }}) => done || read());
  read().catch(() => {{}}).then(() => {{ window.ended.feed = 0; }});
  return kernel.id;
}}"""
_GET = f"""async (path) => {{
  const reader = (await fetch(path, {{ headers: {{ "X-XSRFToken": {_XSRF}, Accept: "text/event-stream" }} }})).body.getReader();
  const {{ value }} = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}}"""


_ONE = """async ([name, path]) => {
  window.ended ??= {};
  delete window.ended[name];
  const socket = new WebSocket(`ws://${location.host}${path}`);
  socket.onclose = ({ code }) => { window.ended[name] = code; };
  await new Promise((ok, bad) => { socket.onopen = ok; socket.onerror = bad; });
}"""


def keep_one_open(page: Any, name: str, path: str) -> None:
    """Open a websocket, and keep it under a name."""
    page.evaluate(_ONE, [name, path])


def keep_open(page: Any, base: str, port: str) -> str:
    """Open what can be kept open, at the first kernel, a new terminal and a fed page; return the id of that kernel."""
    found: str = page.evaluate(_OPEN, [base, port])
    return found


def ended(page: Any) -> dict[str, int]:
    """Return what of that has ended, and with which code, as far as it has any."""
    found: dict[str, int] = page.evaluate("window.ended")
    return found


def begins(page: Any, path: str) -> str:
    """Return what a server says first at an address, as a page that is open asks it."""
    found: str = page.evaluate(_GET, path)
    return found


def program(url: str, token: str) -> "Future[int | None]":
    """Open a websocket to a server as a program does, by its key; return its code when it ends, from a thread of its own."""
    is_open = Event()

    async def wait() -> int | None:
        socket = await websocket(url, "api/events/subscribe", {"Authorization": f"token {token}"})
        is_open.set()
        while await socket.read_message() is not None:
            pass
        socket.close()
        return socket.close_code

    found = (pool := ThreadPoolExecutor(1)).submit(asyncio.run, wait())
    pool.shutdown(wait=False)
    assert is_open.wait(30)
    return found
