"""The processes of previews, as the server has them: started for a file, ended soon after the last question."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from sardonyx_singleuser.contract import LANGUAGE
from sardonyx_singleuser.language import _
from sardonyx_singleuser.preview.sources import Source, refusal
from sardonyx_singleuser.storage.errors import AWAY, INVALID, StorageError

MOST, IDLE_S = 3, 60.0
PATIENCE_S = {"first": 45.0, "count": 120.0, "column": 120.0, "query": 60.0}
"""Question -> so long it may take."""
LONGEST_ANSWER = 64 << 20
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", LANGUAGE, "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables; the token of the server is none of a preview's."""
NO_STORE: Mapping[str, str] = {}


class Engine:
    """One process, for one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None

    @property
    def is_busy(self) -> bool:
        """Whether it has a question to answer."""
        return self._turn.locked()

    async def ask(self, what: str, arguments: Sequence[str], store: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer to a question.

        Args:
            store: where the file is, and keys; {} = it is on this machine.

        Raises:
            StorageError: there is none; whoever gives up waiting ends the process, too.
        """
        async with self._turn:
            self._keep()
            asked = {"what": what, "arguments": arguments, "source": asdict(self.source), "store": store}
            try:
                async with asyncio.timeout(PATIENCE_S[what]):
                    answer = await self._answer(json.dumps(asked).encode() + b"\n")
            except TimeoutError:
                self.close()
                raise StorageError(
                    _(
                        "This took longer than {seconds} seconds and was stopped. Ask for less, with fewer columns or a"
                        " WHERE, or read the file in a notebook."
                    ).format(seconds=round(PATIENCE_S[what])),
                    INVALID,
                ) from None
            except BaseException:
                self.close()
                raise
            self._keep()
        if "message" in answer:
            raise StorageError(str(answer["message"]), INVALID)
        return answer

    def close(self) -> None:
        """End the process."""
        if self._end is not None:
            self._end.cancel()
        if self._child is not None and self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.kill()
        self._child = None

    async def _answer(self, asked: bytes) -> dict[str, Any]:
        child = self._child
        if child is None or child.returncode is not None:
            child = self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", "sardonyx_singleuser.preview.engine"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=LONGEST_ANSWER,
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
                start_new_session=True,
            )
        line = b""
        if child.stdin is not None and child.stdout is not None:
            with suppress(ConnectionError):
                child.stdin.write(asked)
                await child.stdin.drain()
                line = await child.stdout.readline()
        if not line.endswith(b"\n"):
            raise StorageError(
                _(
                    "The preview ended before it had an answer; it may have needed more memory than there is."
                    " Try again, or ask for less."
                ),
                AWAY,
            )
        found: dict[str, Any] = json.loads(line)
        return found

    def _keep(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = asyncio.get_running_loop().call_later(IDLE_S, self._close_if_idle)

    def _close_if_idle(self) -> None:
        if not self.is_busy:
            self.close()


class Previews:
    """All that are shown."""

    def __init__(self) -> None:
        self._engines: dict[Source, Engine] = {}

    async def ask(
        self, source: Source, what: str, arguments: Sequence[str], store: Mapping[str, str]
    ) -> dict[str, Any]:
        """Ask something about a file.

        Raises:
            StorageError: it cannot be shown.
        """
        if said := refusal(source):
            raise StorageError(said, INVALID)
        engine = self._engines.pop(source, None) or Engine(source)
        # The one that was asked last is the last.
        self._engines[source] = engine
        for old in [known for known in self._engines.values() if not known.is_busy and known is not engine][: 1 - MOST]:
            self._engines.pop(old.source).close()
        return await engine.ask(what, arguments, store)

    def close(self) -> None:
        """End all of them."""
        for engine in self._engines.values():
            engine.close()
        self._engines.clear()
