"""What a Pod wrote: its steps while it starts, and its log for whoever may read it."""

from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

from kubernetes_asyncio.client import ApiException

from sardonyx_spawner import contract
from sardonyx_spawner.kube.manifest import CONTAINER
from sardonyx_spawner.kube.refusals import AWAY
from sardonyx_spawner.language import _
from sardonyx_spawner.server_log import LogUnreadableError

MARK = contract.PROGRESS_MARK.encode()
PART_BYTES = 1 << 16
PATIENCE_S = 10


class PodLog:
    """The log of a Pod that is there."""

    def __init__(self, api: Any, namespace: str, pod: str) -> None:
        self._api, self._where = api, {"name": pod, "namespace": namespace, "container": CONTAINER}

    async def steps(self) -> AsyncIterator[bytes]:
        """Yield what the user side tells of its start, for as long as the Pod writes."""
        left = b""
        async for part in self._stream(follow=True):
            *lines, left = (left + part).split(b"\n")
            left = left[-PART_BYTES:]
            for line in lines:
                if line.startswith(MARK):
                    yield line[len(MARK) :]

    async def end(self, most: int) -> bytes:
        """Return at most so many bytes from its end, without what was meant for the hub.

        Raises:
            LogUnreadableError: the cluster does not say.
        """
        found = bytearray()
        async for part in self.parts():
            found += part
            del found[:-most]
        return bytes(found)

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield what it holds now, whole lines at a time, without what was meant for the hub.

        Raises:
            LogUnreadableError: the cluster does not say.
        """
        left = b""
        try:
            async for part in self._stream(follow=False):
                *lines, left = (left + part).split(b"\n")
                yield b"".join(line + b"\n" for line in lines if not line.startswith(MARK))
        except AWAY as error:
            raise LogUnreadableError(_("The log cannot be read at the moment. Try again in a minute.")) from error
        yield left

    async def _stream(self, *, follow: bool) -> AsyncIterator[bytes]:
        limits = {} if follow else {"_request_timeout": PATIENCE_S}
        answer = await self._api.read_namespaced_pod_log(**self._where, follow=follow, _preload_content=False, **limits)
        with closing(answer):
            if answer.status >= 400:  # noqa: PLR2004 - an error of HTTP
                raise ApiException(http_resp=None, status=answer.status, reason=answer.reason)
            async for part in answer.content.iter_chunked(PART_BYTES):
                yield part
