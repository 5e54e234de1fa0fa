"""A kernel of a running server, used as JupyterLab uses it: REST for its life, a websocket for what it does."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from support.addresses import client as client_of
from support.addresses import plain, websocket
from tornado.websocket import WebSocketClientConnection

PATIENCE_S = 60
TRANSPORT = "import json, sys; print(json.load(open(sys.argv[sys.argv.index('-f') + 1]))['transport'])"
"""Says in a kernel how its server reaches it."""


@dataclass
class Said:
    """What came of a cell."""

    stdout: str = ""
    stderr: str = ""
    error: str = ""
    traceback: list[str] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)
    reply: dict[str, Any] = field(default_factory=dict)


@dataclass
class LiveKernel:
    """The kernel.

    Args:
        began: when it was asked for, by the monotonic clock.
    """

    id: str
    began: float
    url: str
    client: httpx.AsyncClient
    socket: WebSocketClientConnection

    async def run(self, code: str, answer: str | None = None) -> Said:
        """Run a cell to its end; answer what it asks for."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "stop_on_error": True}
        request = await self.send("execute_request", {**content, "allow_stdin": answer is not None})
        said, is_idle = Said(), False
        async with asyncio.timeout(PATIENCE_S):
            while not (is_idle and said.reply):
                got = await self.next_of(request)
                content, kind = got["content"], got["msg_type"]
                if kind == "stream":
                    setattr(said, content["name"], getattr(said, content["name"]) + content["text"])
                elif kind == "error":
                    said.error = f"{content['ename']}: {content['evalue']}"
                    said.traceback = content["traceback"]
                elif kind in {"display_data", "execute_result"}:
                    said.data.append(content["data"])
                elif kind == "input_request":
                    await self.send("input_reply", {"value": answer}, channel="stdin")
                elif kind == "execute_reply":
                    said.reply = content
                is_idle = is_idle or (kind == "status" and content["execution_state"] == "idle")
        return said

    async def ask(self, kind: str, channel: str = "shell", **content: Any) -> dict[str, Any]:
        """Send a request and return its reply."""
        request = await self.send(kind, content, channel=channel)
        wanted = kind.replace("_request", "_reply")
        async with asyncio.timeout(PATIENCE_S):
            while (got := await self.next_of(request))["msg_type"] != wanted:
                pass
        return dict(got["content"])

    async def send(self, kind: str, content: dict[str, Any], channel: str = "shell") -> str:
        """Send a message; return its number."""
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": kind, "username": "", "session": "tests", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel}
        await self.socket.write_message(json.dumps(message))
        return number

    async def state(self) -> str:
        """Return what the server says of it; "gone" if it knows it no more."""
        answer = await self.client.get(f"{plain(self.url)}api/kernels/{self.id}")
        return str(answer.json()["execution_state"]) if answer.status_code == 200 else "gone"

    async def post(self, what: str) -> None:
        """Interrupt or restart it."""
        answer = await self.client.post(f"{plain(self.url)}api/kernels/{self.id}/{what}", json={}, headers=self.xsrf())
        assert answer.status_code in {200, 204}, answer.text

    async def restart(self) -> None:
        """Restart it, and connect again, as JupyterLab does."""
        await self.post("restart")
        await hang_up(self.socket)
        self.socket = await connect(self.url, self.id, self.client.headers["Authorization"])

    def xsrf(self) -> dict[str, str]:
        """Return what JupyterLab sends with each change."""
        return {"X-XSRFToken": self.client.cookies["_xsrf"]}

    async def next_of(self, request: str) -> dict[str, Any]:
        """Return what comes next of a message's answers."""
        while True:
            text = await self.socket.read_message()
            assert isinstance(text, str), "the connection to the kernel was closed"
            got: dict[str, Any] = json.loads(text)
            if got["parent_header"].get("msg_id") == request:
                return got


@asynccontextmanager
async def live_kernel(url: str, token: str, name: str = "python3", path: str = "") -> AsyncIterator[LiveKernel]:
    """Start one, and end it."""
    headers = {"Authorization": f"token {token}"}
    base = plain(url)
    async with client_of(url, headers=headers, timeout=PATIENCE_S) as client:
        await client.get(f"{base}lab")
        xsrf = {"X-XSRFToken": client.cookies["_xsrf"]}
        began = time.monotonic()
        answer = await client.post(f"{base}api/kernels", json={"name": name, "path": path}, headers=xsrf)
        assert answer.status_code == 201, answer.text
        number = answer.json()["id"]
        kernel = LiveKernel(number, began, url, client, await connect(url, number, headers["Authorization"]))
        try:
            yield kernel
        finally:
            await hang_up(kernel.socket)
            await client.delete(f"{base}api/kernels/{number}", headers=xsrf)


async def connect(url: str, kernel: str, authorization: str) -> WebSocketClientConnection:
    """Return a connection to a kernel."""
    path = f"api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
    return await websocket(url, path, {"Authorization": authorization})


async def hang_up(socket: WebSocketClientConnection) -> None:
    """Close a connection, and wait until it is."""
    socket.close()
    while await socket.read_message() is not None:
        pass
