"""An environment that cannot be warmed: an extension of its server starts a thread, which no fork would have."""

import json
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

EXTENSION = """
import threading, time

def _jupyter_server_extension_points():
    return [{"module": "threaded"}]

def _load_jupyter_server_extension(app):
    threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()
"""


@contextmanager
def threaded_environment(python: Path) -> Iterator[Path]:
    """Make one around the packages of another; give its Python."""
    real = python.parents[1]
    base = Path(mkdtemp(prefix="sardonyx-threaded-"))
    base.chmod(0o755)
    made = base / "environment"
    try:
        subprocess.run([python, "-m", "venv", "--without-pip", made], check=True)
        packages = Path(sysconfig.get_path("purelib", vars={"base": str(made)}))
        (packages / "real.pth").write_text(f"{next(real.glob('lib/python3*/site-packages'))}\n")
        (packages / "threaded.py").write_text(EXTENSION)
        (made / "share").symlink_to(real / "share")
        shutil.copytree(real / "etc", made / "etc")
        enabled = {"ServerApp": {"jpserver_extensions": {"threaded": True}}}
        (made / "etc" / "jupyter" / "jupyter_server_config.d" / "threaded.json").write_text(json.dumps(enabled))
        subprocess.run(["chmod", "-R", "a+rX", base], check=True)
        yield made / "bin" / "python"
    finally:
        shutil.rmtree(base)
