"""Debugs a kernel as JupyterLab does."""

import asyncio
from typing import Any

from support.live_kernel import LiveKernel, connect, hang_up

PATIENCE_S = 20
CELL = "x = 1\ny = x + 1\nprint(y)"
LINE = 2
"""In which `CELL` stops."""


async def debug(running: LiveKernel, command: str, **arguments: Any) -> dict[str, Any]:
    """Ask the debugger for something; return its answer."""
    told = {"type": "request", "command": command, "seq": 1, "arguments": arguments}
    return await running.ask("debug_request", channel="control", **told)


async def switch_on(running: LiveKernel) -> None:
    """Let the kernel be debugged."""
    assert (await debug(running, "initialize", clientID="tests", adapterID="x", linesStartAt1=True))["success"]
    assert (await debug(running, "attach"))["success"]


async def break_in(running: LiveKernel, code: str = CELL, line: int = LINE) -> None:
    """Let a cell stop in a line."""
    file = (await debug(running, "dumpCell", code=code))["body"]["sourcePath"]
    asked = {"breakpoints": [{"line": line}], "source": {"path": file}, "sourceModified": False}
    assert (await debug(running, "setBreakpoints", **asked))["body"]["breakpoints"][0]["verified"]
    await debug(running, "configurationDone")


async def switch_off(running: LiveKernel) -> None:
    """Let it be debugged no more."""
    assert (await debug(running, "disconnect", restart=False, terminateDebuggee=False))["success"]


async def stopped(running: LiveKernel) -> int:
    """Wait until a cell stands; return its thread."""
    async with asyncio.timeout(PATIENCE_S):
        while not (threads := (await elsewhere(running, "debugInfo"))["body"]["stoppedThreads"]):  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.1)
    return int(threads[0])


async def elsewhere(running: LiveKernel, command: str, **arguments: Any) -> dict[str, Any]:
    """Ask the debugger over a connection of its own, while another waits for a cell."""
    socket = await connect(running.url, running.id, running.client.headers["Authorization"])
    answer = await debug(
        LiveKernel(running.id, running.began, running.url, running.client, socket), command, **arguments
    )
    await hang_up(socket)
    return answer
