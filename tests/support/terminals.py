"""A terminal of a running server, used as JupyterLab uses it."""

import asyncio
import json

from support.addresses import client, plain, websocket

PATIENCE_S = 30.0


async def in_terminal(url: str, token: str, command: str, until: str, patience_s: float = PATIENCE_S) -> str:
    """Type a command into a new terminal; return all that is shown until something is.

    Args:
        until: what the command says at its end, and is not typed so.

    Raises:
        TimeoutError: it was not shown.
    """
    authorization = {"Authorization": f"token {token}"}
    async with client(url, headers=authorization, timeout=PATIENCE_S) as asking:
        name = (await asking.post(f"{plain(url)}api/terminals")).json()["name"]
        socket = await websocket(url, f"terminals/websocket/{name}", authorization)
        shown = ""
        try:
            await socket.write_message(json.dumps(["stdin", f"{command}\r"]))
            async with asyncio.timeout(patience_s):
                while until not in shown:
                    kind, *said = json.loads(await socket.read_message() or "[]")
                    shown += said[0] if kind == "stdout" else ""
            return shown
        finally:
            socket.close()
            await asking.delete(f"{plain(url)}api/terminals/{name}")
