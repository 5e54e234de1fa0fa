"""Runs Python in a new kernel of a running server, as a notebook does."""

import asyncio
import json
import uuid
from concurrent.futures import ThreadPoolExecutor

from support.addresses import client as client_of
from support.addresses import plain, websocket
from tornado.websocket import WebSocketClientConnection

PATIENCE_S = 60


def run_in_kernel(url: str, token: str, code: str) -> str:
    """Return what a piece of code prints, or the name and text of its error.

    In a thread of its own, because a browser of Playwright's keeps a loop running in the thread of the tests.
    """
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, _run(url, token, code)).result()


async def _run(url: str, token: str, code: str) -> str:
    headers = {"Authorization": f"token {token}"}
    base = plain(url)
    async with client_of(url, headers=headers, timeout=PATIENCE_S) as client:
        await client.get(f"{base}lab")
        xsrf = {"X-XSRFToken": client.cookies["_xsrf"]}
        answer = await client.post(f"{base}api/kernels", json={}, headers=xsrf)
        assert answer.status_code == 201, answer.text
        kernel = answer.json()["id"]
        said = await _execute(await websocket(url, f"api/kernels/{kernel}/channels", headers), code)
        await client.delete(f"{base}api/kernels/{kernel}", headers=xsrf)
    return said


async def _execute(socket: WebSocketClientConnection, code: str) -> str:
    request = uuid.uuid4().hex
    header = {"msg_id": request, "msg_type": "execute_request", "username": "", "session": request, "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    await socket.write_message(json.dumps(message))
    said = ""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            text = await socket.read_message()
            assert isinstance(text, str)
            got = json.loads(text)
            if got["parent_header"].get("msg_id") != request:
                continue
            if got["msg_type"] == "stream":
                said += got["content"]["text"]
            if got["msg_type"] == "error":
                said += f"{got['content']['ename']}: {got['content']['evalue']}"
            if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                break
        socket.close()
        while await socket.read_message() is not None:
            pass
    return said
