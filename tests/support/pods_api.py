"""As much of a cluster's API as tells of Pods: it can be away, and what there is changes as a test says."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class PodsApi:
    """Tells of the Pods of the namespace "lab"."""

    def __init__(self) -> None:
        self.pods: dict[str, dict[str, Any]] = {}
        self._seen: dict[str, dict[str, Any]] = {}
        self.status = 200
        """What it answers with; 200 = it is there."""
        self.looks = 0
        self.deleted: list[str] = []
        self.url = ""

    def put(self, name: str, **status: Any) -> None:
        """Let a Pod be there."""
        self.pods[name] = {
            "metadata": {"namespace": "lab", "name": name, "resourceVersion": "5"},
            "status": {"phase": "Running", **status},
        }

    async def answer_list(self, request: web.Request) -> web.StreamResponse:
        """Answer a look, or a watch: that hears nothing, and ends when the API goes away."""
        if self.status != 200:
            return web.json_response({"kind": "Status", "message": "not now"}, status=self.status)
        if "watch" not in request.query:
            self.looks += 1
            self._seen = dict(self.pods)
            return web.json_response({"metadata": {"resourceVersion": "5"}, "items": [*self.pods.values()]})
        answer = web.StreamResponse()
        await answer.prepare(request)
        # As a real one, which tells all that happened since the look.
        known = self._seen
        while self.status == 200:
            for name in {*known} ^ {*self.pods}:
                kind, pod = ("ADDED", self.pods[name]) if name in self.pods else ("DELETED", known[name])
                await answer.write(json.dumps({"type": kind, "object": pod}).encode() + b"\n")
            known = dict(self.pods)
            await asyncio.sleep(0.01)
        return answer

    async def answer_delete(self, request: web.Request) -> web.StreamResponse:
        """Take something away."""
        kind, name = request.match_info["kind"], request.match_info["name"]
        self.deleted.append(f"{kind}/{name}")
        if kind == "pods":
            self.pods.pop(name, None)
        return web.json_response({"kind": "Status", "status": "Success"})


@asynccontextmanager
async def pods_api() -> AsyncIterator[PodsApi]:
    """Serve one."""
    api, app = PodsApi(), web.Application()
    app.router.add_get("/api/v1/namespaces/lab/pods", api.answer_list)
    app.router.add_delete("/api/v1/namespaces/lab/{kind}/{name}", api.answer_delete)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    api.url = f"http://{host}:{port}"
    try:
        yield api
    finally:
        api.status = 503
        await runner.cleanup()
