"""What is installed is compiled: no process compiles it again where Python writes nothing down."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import kubernetes_asyncio
import pytest
from support.compiled_cache import keep_compiled
from support.kept_folder import kept_folder
from uv import find_uv_bin


def test_what_was_never_imported_is_compiled_too() -> None:
    """Of a package of which tests import the least."""
    sources = list(Path(kubernetes_asyncio.__file__).parent.rglob("*.py"))

    missing = [path for path in sources if not Path(importlib.util.cache_from_source(str(path))).exists()]

    assert len(sources) > 500
    assert missing == []


def test_what_is_compiled_once_is_there_for_the_next_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a wheel that has files to be moved as well: uv installs no wheel whose such folder has more than it lists."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(kept_folder("uv")))
    wheel = _wheel(tmp_path)
    first, second = tmp_path / "first", tmp_path / "second"
    _install(wheel, first, "--compile-bytecode")

    keep_compiled(first)
    _install(wheel, second)

    assert _compiled_of(second) == ["straight"]
    assert _compiled_of(first) == ["moved", "straight"]


def test_a_cache_that_is_not_the_tests_own_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It belongs to whoever runs the tests, and serves other projects."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    wheel = _wheel(tmp_path)
    _install(wheel, tmp_path / "first", "--compile-bytecode")

    keep_compiled(tmp_path / "first")
    _install(wheel, tmp_path / "second")

    assert _compiled_of(tmp_path / "second") == []


def _wheel(folder: Path) -> Path:
    path = folder / "sample-1-py3-none-any.whl"
    metadata = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {
        "straight.py": "A = 1\n",
        "sample-1.data/purelib/moved.py": "B = 2\n",
        "sample-1.dist-info/WHEEL": metadata,
        "sample-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: sample\nVersion: 1\n",
    }
    listed = "".join(f"{name},,\n" for name in (*files, "sample-1.dist-info/RECORD"))
    with ZipFile(path, "w") as archive:
        for name, text in {**files, "sample-1.dist-info/RECORD": listed}.items():
            archive.writestr(name, text)
    return path


def _install(wheel: Path, prefix: Path, *options: str) -> None:
    subprocess.run([find_uv_bin(), "venv", "--quiet", f"--python={sys.executable}", str(prefix)], check=True)
    install = [find_uv_bin(), "pip", "install", "--quiet", "--no-index", "--link-mode=hardlink", *options]
    subprocess.run([*install, f"--python={prefix / 'bin' / 'python'}", str(wheel)], check=True)


def _compiled_of(prefix: Path) -> list[str]:
    (packages,) = prefix.glob("lib/python3.*/site-packages")
    found = packages.glob("__pycache__/*.pyc")
    return sorted(path.name.partition(".")[0] for path in found if not path.name.startswith("_"))
