"""What is installed is compiled: no process compiles it again where Python writes nothing down."""

import importlib.util
from pathlib import Path

import kubernetes_asyncio


def test_what_was_never_imported_is_compiled_too() -> None:
    """Of a package of which tests import the least."""
    sources = list(Path(kubernetes_asyncio.__file__).parent.rglob("*.py"))

    missing = [path for path in sources if not Path(importlib.util.cache_from_source(str(path))).exists()]

    assert len(sources) > 500
    assert missing == []
