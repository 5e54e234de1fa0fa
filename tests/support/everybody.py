"""An ordinary user, and Python environments that this user can run: the tests' own may be in root's home."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir

from support.compiled_cache import keep_compiled
from uv import find_uv_bin

from sardonyx_hub_config.opened import open_to_servers
from sardonyx_services.exclusive import exclusive

ROOT = Path(__file__).parents[2]
ORDINARY = 54321
"""Nobody's number: not 65534, which everybody reads in a user namespace where nothing is mapped."""
SYSTEM_PYTHON = Path("/usr/bin/python3")


def as_ordinary() -> list[str]:
    """Return what stands before a command that root runs as the ordinary user; [] where the tests are run by one."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups"]


def give_to_ordinary(folder: Path) -> None:
    """Give a folder and all in it to the ordinary user."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{ORDINARY}:{ORDINARY}", str(folder)], check=True)


def python_for_everybody(prefix: Path) -> Path:
    """Return the Python of a server's environment that an ordinary user can run: this one, or another like it."""
    lock = ROOT / "hub_config" / "environments" / "python.lock"
    return _for_everybody(prefix / "bin" / "python", lock, "sardonyx_singleuser")


def hub_python_for_everybody() -> Path:
    """Return a Python with the hub in it that an ordinary user can run."""
    keep_compiled(Path(sys.prefix))
    return _for_everybody(Path(sys.executable), ROOT / "locks" / "hub.lock", "sardonyx_hub")


def _for_everybody(python: Path, lock: Path, package: str) -> Path:
    # Through a shell: setpriv itself has root's rights until it has executed something.
    trial = [*as_ordinary(), "sh", "-c", '"$0" -c ""', str(python)]
    if os.geteuid() != 0 or subprocess.run(trial, check=False, stderr=subprocess.DEVNULL).returncode == 0:
        return python
    # Not below the clone, whose folder may be closed to others; what it is made of and how is in its name.
    (wheel,) = (ROOT / "build" / "wheels").glob(f"{package}-*.whl")
    recipe = Path(__file__).read_bytes()
    digest = hashlib.sha256(lock.read_bytes() + wheel.read_bytes() + recipe).hexdigest()[:12]
    folder = Path(gettempdir()) / f"sardonyx-tests-{os.geteuid()}-{digest}"
    before = os.umask(0o022)
    try:
        folder.mkdir(exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise RuntimeError(f"{folder} belongs to somebody else")
        # Another run of the tests may want the same one now.
        with exclusive(folder.with_suffix(".lock")):
            if not (folder / "ready").exists():
                _make_environment(folder, lock, wheel)
                (folder / "ready").touch()
    finally:
        os.umask(before)
    return folder / "bin" / "python"


def _make_environment(folder: Path, lock: Path, wheel: Path) -> None:
    uv, target = find_uv_bin(), ["--compile-bytecode", "--python", str(folder / "bin" / "python")]
    clean = {n: v for n, v in os.environ.items() if n not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    for arguments in (
        ["venv", "--quiet", "--clear", "--python", str(SYSTEM_PYTHON), str(folder)],
        ["pip", "sync", "--quiet", *target, "--require-hashes", str(lock)],
        ["pip", "install", "--quiet", *target, "--no-deps", str(wheel)],
    ):
        subprocess.run([uv, *arguments], check=True, env=clean)
    # uv takes files from its cache as it has put them there, perhaps for a hub, which makes its own for nobody else.
    open_to_servers(folder)
