"""Does once, before the first server, what each server would do again: imports, caches, first use of everything.

It starts a server that nobody will use, as any server is started, and opens its page. The hub that such a server asks
for its version and its visitors is a few lines of our own, in the same loop. Nothing of a library is changed: the code
that was executed is copied to one place, and done once more there.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from gc import get_objects
from typing import Any
from urllib.parse import quote

from sardonyx_singleuser.forkserver.neighbours import Neighbours

MARK = "sardonyx-warm-"
"""Begin of the name of the folder in which the throw-away server lives: nothing of it may stay."""
SOCKET = "server.sock"
NAME = "warm"
PREFIX = f"/user/{NAME}/"
FIRST = ("api/me",)
"""Asked for by nobody yet, but answered as the hub is that looks for a new server."""
PAGES = (
    "lab",
    "lab/api/settings",
    "api/kernelspecs",
    "api/contents?content=1",
    "api/me",
    "git/settings",
    "static/nothing",
)
"""Those that a person's browser opens first."""
HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP)
"""Signals that a server takes over at its start."""


def warm(place: str | None = None) -> None:
    """Start a server, use it, and clear it away.

    Args:
        place: the folder in which it has its own; None = that for temporary files.
    """
    folder, before = tempfile.mkdtemp(prefix=MARK, dir=place), dict(os.environ)
    handlers = {number: signal.getsignal(number) for number in HANDLED}
    try:
        # Already for the imports: what reads its home then is found by the tests, see `own_home`.
        os.environ["HOME"] = folder
        _import_all()
        os.chdir(folder)
        # Python keeps the last 512 patterns: without those of the imports there is room for all that a start needs.
        re.purge()
        neighbours = Neighbours()
        with neighbours.note():
            _serve_once(folder, FIRST)
        neighbours.gather(__name__.partition(".")[0])
        # Python fits code to what it is used with, in place: in the copies, before there are children.
        _serve_once(folder, PAGES)
    finally:
        os.chdir("/")
        os.environ.clear()
        os.environ.update(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Let an optional package look as if it were not installed."""
    there = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]  # what Python's documentation says for this purpose
    try:
        yield
    finally:
        del sys.modules[name]
        if there is not None:
            sys.modules[name] = there


def _import_all() -> None:
    with _without("aiodns"):
        # With it, aiohttp resolves names in threads of a C library that no child would have.
        import aiohttp  # noqa: F401, PLC0415 - importing takes its time, which is what this is about
    import jupyterhub.singleuser.extension  # noqa: F401, PLC0415
    import jupyterlab.labapp  # noqa: F401, PLC0415

    from sardonyx_singleuser import lingering, own_packages  # noqa: F401, PLC0415
    from sardonyx_singleuser.lazy_extensions import import_lazy  # noqa: PLC0415

    import_lazy()
    # What everybody's first server would look up in the shared packages.
    own_packages.kernel_packages()


def _serve_once(folder: str, pages: Iterable[str]) -> None:
    from sardonyx_singleuser import launcher  # noqa: PLC0415 - see above
    from sardonyx_singleuser.plan import Plan  # noqa: PLC0415 - see above

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    hub = socket.create_server(("127.0.0.1", 0))
    pretended = loop.run_until_complete(asyncio.start_server(_answer, sock=hub))
    # The server's hub knows everybody: nobody else may reach it, and only who we are can open the folder.
    listening = f"{folder}/{SOCKET}"
    os.environ.update(_variables(folder, f"http://127.0.0.1:{hub.getsockname()[1]}/hub/api", listening))
    server = launcher.make_server([f"--ServerApp.sock={listening}"], Plan("", ()))
    loop.run_until_complete(_visit(listening, pages))
    server.stop()
    # Its own ending stops the loop.
    server.io_loop.start()
    pretended.close()
    _clear(server, loop)


def _variables(folder: str, api: str, listening: str) -> dict[str, str]:
    return {
        "HOME": folder,
        "JUPYTER_PREFER_ENV_PATH": "no",
        "JUPYTER_RUNTIME_DIR": f"{folder}/run",
        "JUPYTERHUB_API_TOKEN": NAME,
        "JUPYTERHUB_API_URL": api,
        "JUPYTERHUB_ACTIVITY_URL": f"{api}/users/{NAME}/activity",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_CLIENT_ID": f"jupyterhub-user-{NAME}",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps([f"access:servers!server={NAME}/"]),
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{PREFIX}oauth_callback",
        "JUPYTERHUB_OAUTH_SCOPES": json.dumps([f"access:servers!server={NAME}/"]),
        "JUPYTERHUB_ROOT_DIR": folder,
        "JUPYTERHUB_SERVER_NAME": "",
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_SERVICE_URL": f"http+unix://{quote(listening, safe='')}{PREFIX}",
        "JUPYTERHUB_USER": NAME,
    }


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as a hub does that knows everybody."""
    from jupyterhub import __version__  # noqa: PLC0415 - see above

    with suppress(OSError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        person: dict[str, Any] = {"name": NAME, "kind": "user", "admin": False, "groups": [], "version": __version__}
        body = json.dumps({**person, "scopes": [f"access:servers!server={NAME}/"]}).encode()
        head = f"HTTP/1.1 200 OK\r\nX-JupyterHub-Version: {__version__}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
    writer.close()


async def _visit(listening: str, pages: Iterable[str]) -> None:
    for page in pages:
        reader, writer = await asyncio.open_unix_connection(listening)
        lines = (f"GET {PREFIX}{page} HTTP/1.1", "Host: localhost", f"Authorization: token {NAME}")
        writer.write("\r\n".join((*lines, "Connection: close", "", "")).encode())
        await writer.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await reader.read()
        writer.close()


def _clear(server: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Take away what the throw-away server has left in this process."""
    from jupyter_client.provisioning import KernelProvisionerFactory  # noqa: PLC0415 - see above

    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    server.io_loop.close()
    asyncio.set_event_loop(None)
    for kind in (*type(server).mro(), KernelProvisionerFactory):
        # Applications are singletons (traitlets), and what makes kernels has this application's settings.
        if hasattr(kind, "clear_instance"):
            kind.clear_instance()
    for found in get_objects():
        # Threads of a pool are missing in children, and the pool would wait for them. One that has none stays as it is:
        # JupyterLab has such a pool for all its servers.
        if isinstance(found, ThreadPoolExecutor) and found._threads:  # noqa: SLF001 - nothing public tells it
            found.shutdown()
