"""Waits for `import duckdb`, and gives it keys then; imported by every Python of a server, so nothing heavy is in here.

A notebook's kernel may be a fork of a process that had no keys yet: it comes here as an IPython extension. Every other
Python comes through `sardonyx_singleuser.pth`, which Python reads when it starts.
"""

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

NAME = "duckdb"


def load_ipython_extension(_shell: object) -> None:
    """Do the same in a notebook."""
    wait_for_import()


def wait_for_import() -> None:
    """Let duckdb have keys as soon as somebody imports it; importing it here would cost every Python its time."""
    if not os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        return
    if NAME in sys.modules:
        _equip(sys.modules[NAME])
    elif _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


def _equip(duckdb: ModuleType) -> None:
    from sardonyx_singleuser.duckdb_s3 import equip  # noqa: PLC0415 - only where there is a DuckDB

    equip(duckdb)


class _Finder:
    """Lets the usual finder find duckdb, also for those who only ask whether it is there."""

    @staticmethod
    def find_spec(fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != NAME:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            equipping: Any = _Equipping(spec.loader)
            spec.loader = equipping
        return spec


class _Equipping:
    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        # For those who read a package's files through its loader.
        return getattr(self._loader, name)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        if _Finder in sys.meta_path:
            sys.meta_path.remove(_Finder)
        _equip(module)
