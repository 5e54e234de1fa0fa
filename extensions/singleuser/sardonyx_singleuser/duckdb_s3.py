"""DuckDB finds keys by itself too: an IPython extension, loaded in every notebook.

The other clients read the environment. DuckDB reads keys only from a secret made in each of its connections
(1.5; its own variables take static keys only), so each new connection gets one that renews itself.
"""

import functools
import importlib.util
import os
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

EXTENSIONS = ("httpfs", "aws")


def load_ipython_extension(_shell: object) -> None:
    """Wait for `import duckdb`; importing it here would cost every kernel its time."""
    if not os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        return
    if "duckdb" in sys.modules:
        equip(sys.modules["duckdb"])
    elif not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def equip(duckdb: ModuleType) -> None:
    """Give every new connection a secret, and the default one too."""
    connect = duckdb.connect

    @functools.wraps(connect)
    def connect_with_keys(*arguments: Any, **options: Any) -> Any:
        connection = connect(*arguments, **options)
        _try_to_add_secret(connection)
        return connection

    duckdb.connect = connect_with_keys  # type: ignore[attr-defined]
    _try_to_add_secret(duckdb.default_connection())


def add_secret(connection: Any) -> None:
    """Make the secret in one connection."""
    where = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    for name in EXTENSIONS:
        connection.execute(f"LOAD '{_extension(name)}'")
    # Without validation: where the keys service is away for a moment, the keys come with the first use.
    connection.execute(
        "CREATE OR REPLACE SECRET sardonyx (TYPE s3, PROVIDER credential_chain, VALIDATION 'none', REFRESH auto,"
        f" ENDPOINT '{where.netloc}', USE_SSL {str(where.scheme == 'https').lower()}, URL_STYLE 'path',"
        f" REGION '{os.environ['AWS_REGION']}')"
    )


def _try_to_add_secret(connection: Any) -> None:
    try:
        add_secret(connection)
    except Exception as error:  # noqa: BLE001 - a person's import or connection must not fail because of us
        # Said once for each reason and place by Python's own rule for warnings.
        warnings.warn(f"DuckDB has no keys for s3:// addresses: {error}", RuntimeWarning, stacklevel=4)


def _extension(name: str) -> Path:
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    if spec is None or spec.origin is None:
        raise LookupError(f"the package duckdb-extension-{name} is not in this environment")
    found = sorted(Path(spec.origin).parent.rglob(f"{name}.duckdb_extension"))
    if not found:
        raise LookupError(f"the package duckdb-extension-{name} has no extension for this machine")
    return found[-1]


class _Finder(MetaPathFinder):
    """Steps aside at once, and equips duckdb after its own import."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "duckdb":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Equipping(spec.loader)
        return spec


class _Equipping(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        equip(module)
