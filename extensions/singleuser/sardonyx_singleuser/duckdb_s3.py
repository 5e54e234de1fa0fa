"""DuckDB finds keys by itself, too: each connection has a secret, and the secret always has keys that live.

The other clients read the environment. DuckDB reads keys only from a secret made in each of its databases (1.5; its own
variables take static keys only). Such a secret renews itself when a file is opened to read, and nowhere else: COPY TO and
glob with expired keys fail. So it is made again before the keys in it expire, for as long as a connection is there.
"""

import atexit
import functools
import importlib.util
import json
import os
import threading
import urllib.request
import warnings
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import _

EXTENSIONS = ("httpfs", "aws")
LEAST_LEFT_S = 20 * 60
"""A query may write for so long; the keys service gives no keys that live shorter, as far as the store lets it."""
RETRY_S = 5.0
PATIENCE_S = 10.0


def equip(duckdb: ModuleType) -> None:
    """Give every new connection a secret, and the default one too.

    Remove when DuckDB finds keys by itself, or renews the secret for what it writes (duckdb 1.5 does neither).
    """
    if getattr(duckdb, "_sardonyx_keeper", None) is not None:
        return
    try:
        _equip(duckdb)
    except AttributeError as error:
        # Another version: a person's import must not fail because of us.
        _warn(error)


def _equip(duckdb: ModuleType) -> None:
    connection_class = duckdb.DuckDBPyConnection
    connect, cursor = duckdb.connect, connection_class.cursor
    keeper = duckdb._sardonyx_keeper = Keeper(cursor, duckdb.default_connection)  # type: ignore[attr-defined]  # noqa: SLF001 - ours

    @functools.wraps(connect)
    def connect_with_keys(*arguments: Any, **options: Any) -> Any:
        connection = connect(*arguments, **options)
        _try_to_keep(keeper, connection)
        return connection

    @functools.wraps(cursor)
    def cursor_with_keys(connection: Any) -> Any:
        # It goes on when the connection that it came from is forgotten.
        found = cursor(connection)
        keeper.watch(found)
        return found

    duckdb.connect = connect_with_keys  # type: ignore[attr-defined]
    connection_class.cursor = connection_class.duplicate = cursor_with_keys
    _try_to_keep(keeper, duckdb.default_connection())


class Keeper:
    """Makes the secrets again before their keys expire, in a thread: whatever the person's own code is doing then.

    Args:
        new_cursor: makes another connection to the database of one.
        default: returns the connection of those who make none; DuckDB keeps it, and nobody its Python object.
    """

    def __init__(self, new_cursor: Callable[[Any], Any], default: Callable[[], Any]) -> None:
        self._new_cursor, self._default = new_cursor, default
        self._watched: weakref.WeakSet[Any] = weakref.WeakSet()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        # A thread inside of DuckDB must not meet the end of the interpreter.
        atexit.register(self._stop)

    def keep(self, connection: Any) -> None:
        """Make the secret in a connection's database, and keep it good."""
        for name in EXTENSIONS:
            connection.execute(f"LOAD '{extension_path(name)}'")
        try:
            # DuckDB itself waits a second for keys, and the first ones of a server may take longer.
            seconds_left()
            make_secret(connection, "exists")
        except Exception:  # noqa: BLE001 - the keys service is away for a moment; the thread tries again until it is back
            make_secret(connection, "none")
        self.watch(connection)

    def watch(self, connection: Any) -> None:
        """Keep the secret good while this connection is there."""
        self._watched.add(connection)
        # A fork has no threads but the one that forked.
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="DuckDB keys", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        pause_s = 0.0
        while not self._stopped.wait(pause_s):
            try:
                # Asked before: what the secrets get then lives at least as long.
                pause_s = pause_until_renewal(seconds_left())
            except (OSError, ValueError, KeyError):
                # The keys that are there may be good for a long time yet.
                pause_s = RETRY_S
            else:
                pause_s = pause_s if self._renew() else min(pause_s, RETRY_S)

    def _renew(self) -> bool:
        is_done = True
        for connection in (self._default(), *self._watched):
            try:
                # A connection of our own: the person's may be at work.
                own = self._new_cursor(connection)
            except Exception:  # noqa: BLE001 - it was closed
                self._watched.discard(connection)
                continue
            try:
                make_secret(own, "exists")
            except Exception:  # noqa: BLE001 - whatever it is, the keys of before may be good, and the next try may do better
                is_done = False
            finally:
                own.close()
        return is_done

    def _stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)


def pause_until_renewal(left_s: float) -> float:
    """Return after how many seconds to make the secrets again, from how long the keys live.

    The keys service has new ones when the old ones live for another 20 minutes (see `Broker` there).
    """
    return max(left_s - LEAST_LEFT_S, left_s / 4, 0.5)


def seconds_left() -> float:
    """Ask the keys service how long its keys live."""
    request = urllib.request.Request(  # noqa: S310 - an address of the server's own environment
        os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        headers={"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=PATIENCE_S) as answer:
        end = datetime.fromisoformat(json.load(answer)["Expiration"])
    return (end - datetime.now(UTC)).total_seconds()


def make_secret(connection: Any, validation: str) -> None:
    """Make the secret in a connection's database, with the keys of now.

    Args:
        validation: "exists" = without keys there is an error, and the secret of before stays; "none" = they may come later.
    """
    where = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    connection.execute(
        f"CREATE OR REPLACE SECRET sardonyx (TYPE s3, PROVIDER credential_chain, VALIDATION '{validation}', REFRESH auto,"
        f" ENDPOINT '{where.netloc}', USE_SSL {str(where.scheme == 'https').lower()}, URL_STYLE 'path',"
        # Other buckets are those of stores that the person has told DuckDB of.
        f" REGION '{os.environ['AWS_REGION']}', SCOPE 's3://{os.environ[contract.S3_BUCKET]}/')"
    )


def _try_to_keep(keeper: Keeper, connection: Any) -> None:
    try:
        keeper.keep(connection)
    except Exception as error:  # noqa: BLE001 - a person's import or connection must not fail because of us
        _warn(error)


def _warn(error: Exception) -> None:
    # Said once for each reason and place by Python's own rule for warnings.
    said = _("DuckDB has no keys for s3:// addresses: {reason}").format(reason=error)
    warnings.warn(said, RuntimeWarning, stacklevel=4)


def extension_path(name: str) -> Path:
    """Return where the packaged extension of DuckDB is.

    Raises:
        LookupError: it is not in this environment.
    """
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    if spec is None or spec.origin is None:
        raise LookupError(_("the package duckdb-extension-{name} is not in this environment").format(name=name))
    found = sorted(Path(spec.origin).parent.rglob(f"{name}.duckdb_extension"))
    if not found:
        raise LookupError(_("the package duckdb-extension-{name} has no extension for this machine").format(name=name))
    return found[-1]
