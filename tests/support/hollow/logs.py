"""The port of a kubelet at which the API server asks for logs; what a server says there is a few steps and a line."""

import asyncio
import json
import ssl
from collections.abc import Callable

from aiohttp import web
from support.hollow.told import Told

from sardonyx_spawner import contract

STEPS = ("Opened your files", "Starting JupyterLab")
LINE = b"[I] Jupyter Server is running\n"
NOT_FOUND = 404


class Logs:
    """Answers as the kubelets of all hollow nodes.

    Args:
        runs: (namespace, name of a Pod) -> whether it is there.
    """

    def __init__(self, told: Told, runs: Callable[[str, str], bool]) -> None:
        self._told, self._runs = told, runs

    async def start(self) -> None:
        """Listen."""
        application = web.Application()
        application.router.add_get("/containerLogs/{namespace}/{pod}/{container}", self._log)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        encrypted = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        encrypted.load_cert_chain(self._told.certificate, self._told.key)
        await web.TCPSite(runner, self._told.address, self._told.port, ssl_context=encrypted).start()

    async def _log(self, request: web.Request) -> web.StreamResponse:
        namespace, pod = request.match_info["namespace"], request.match_info["pod"]
        if not self._runs(namespace, pod):
            return web.Response(status=NOT_FOUND)
        answer = web.StreamResponse()
        await answer.prepare(request)
        for step in STEPS:
            told = json.dumps({"message": step, "state": "done"})
            await answer.write(f"{contract.PROGRESS_MARK}{told}\n".encode())
        await answer.write(LINE)
        # Whoever follows it hangs up first, or hears of the end.
        while "follow" in request.query and self._runs(namespace, pod):  # noqa: ASYNC110 - Pods tell nobody
            await asyncio.sleep(1)
        await answer.write_eof()
        return answer
