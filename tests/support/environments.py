"""The shipped Python environment with the built user side in it, and the same as pip would have made it."""

import re
import shutil
import subprocess
import time
from pathlib import Path

from support.compiled_cache import keep_compiled
from support.kept_folder import kept_folder
from uv import find_uv_bin

from sardonyx_hub_config.environments import EnvironmentRecipe, jars_problem, make_environment

ROOT = Path(__file__).parents[2]
KEPT_S = 7 * 86_400
"""An environment of another state of its lock file goes when nobody wanted it for so long."""
LEFT_OUT = ("rfc3987-syntax", "lark")
"""What `locks/overrides.in` leaves out, with its own dependency; Jupyter imports it where it is."""


def built_environment(slug: str = "python", *more: str) -> Path:
    """Return its folder; made once for each lock file and wheel.

    Args:
        more: packages beyond the lock file.
    """
    (wheel,) = (ROOT / "build" / "wheels").glob("sardonyx_singleuser-*.whl")
    recipe = EnvironmentRecipe(slug, ROOT / "hub_config" / "environments" / "python.lock", (str(wheel), *more))
    folder = ROOT / "build" / "environments"
    folder.mkdir(exist_ok=True)
    prefix = make_environment(recipe, folder, folder / f"{slug}.log")
    keep_compiled(prefix)
    return prefix


def vanilla_environment() -> Path:
    """Return one with all that Jupyter's packages ask for, as pip installs them."""
    return built_environment("vanilla", *LEFT_OUT)


def clients_environment() -> Path:
    """Return one with more S3 clients, which only tests have, and Spark as it is shipped; of ours nothing is in it."""
    prefix = _kept_environment("clients", jars=ROOT / "hub_config" / "environments" / "spark.jars")
    assert not jars_problem(prefix), jars_problem(prefix)
    return prefix


def apps_environment() -> Path:
    """Return one with frameworks for apps, such as a person makes it; of ours nothing is in it."""
    return _kept_environment("apps")


def _kept_environment(slug: str, jars: Path | None = None) -> Path:
    """Return one of a lock file alone."""
    folder = kept_folder("environments")
    recipe = EnvironmentRecipe(slug, ROOT / "locks" / f"{slug}.lock", (), jars)
    found = make_environment(recipe, folder, folder / f"{slug}.log")
    found.touch()
    for old in folder.glob(f"{slug}-*"):
        if time.time() - old.stat().st_mtime > KEPT_S:
            shutil.rmtree(old, ignore_errors=True)
    return found


def put_packages(folder: Path, *names: str) -> None:
    """Put some of these frameworks' packages into a folder, as `pip install --target` does; without what they need.

    Args:
        names: of packages in `locks/apps.lock` that have no compiled part.
    """
    lock = (ROOT / "locks" / "apps.lock").read_text()
    wanted = [
        found[0] for name in names if (found := re.search(rf"^{name}==.*?(?=^\S)", lock, re.MULTILINE | re.DOTALL))
    ]
    assert len(wanted) == len(names)
    listed = folder.with_suffix(".lock")
    listed.write_text("".join(wanted))
    command = [find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--require-hashes", f"--target={folder}"]
    subprocess.run([*command, f"--requirement={listed}"], check=True)


def seeing_apps() -> str:
    """Return settings of JupyterHub's with which servers of one machine see the environment for apps."""
    return f"""
from pathlib import Path
launcher = c.SardonyxLocalSpawner.launcher_source()
launcher._readable = (*launcher._readable, Path({str(apps_environment())!r}))
"""
