"""An environment in which the operator installs another version of a package while servers run."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from support.everybody import python_for_everybody
from support.forks import Forks, running_forks
from support.wheels import wheel
from uv import find_uv_bin

VERSION = "import greeting; print(greeting.VERSION)"
AS_USUAL = "This kernel starts as usual: packages were changed"


@pytest.fixture
def changing(prefix: Path) -> Iterator[Forks]:
    """A fork server of an environment of its own: what is not changed in it has its files in common with that of the tests."""
    folder = Path(mkdtemp(prefix="sardonyx-changing-"))
    folder.chmod(0o755)
    try:
        made = folder / "environment"
        shutil.copytree(python_for_everybody(prefix).parents[1], made, symlinks=True, copy_function=_link_or_copy)
        with running_forks(made / "bin" / "python", ordinary=True) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)


@pytest.fixture
def install(changing: Forks, tmp_path: Path) -> Callable[[str], None]:
    """A way to install a version of a package."""

    def put(version: str) -> None:
        package = wheel(tmp_path, "greeting", version, f"VERSION = {version!r}\n")
        command = [find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--python", str(changing.python)]
        before = os.umask(0o022)
        subprocess.run([*command, str(package)], check=True)
        os.umask(before)

    return put


def test_servers_go_on_and_each_kernel_that_starts_has_what_is_installed(
    changing: Forks, install: Callable[[str], None]
) -> None:
    """Kernels of servers from before are made as usual: what they would be forked from has the packages of before."""
    install("1.0")
    ann = changing.start("ann")
    assert ann.is_ready, ann.log.read_text()
    assert ann.run(VERSION) == "1.0"
    assert AS_USUAL not in ann.log.read_text()

    install("2.0")

    assert ann.run(VERSION) == "2.0"
    assert ann.log.read_text().count(AS_USUAL) == 1
    bea = changing.start("bea")
    assert {"warming": True} in bea.said
    assert bea.run(VERSION) == "2.0"
    assert AS_USUAL not in bea.log.read_text()
    assert ann.run("print('here')") == "here"
