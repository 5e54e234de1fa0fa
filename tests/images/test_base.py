"""What is so in each image that a person works in."""

import os
import stat

from images import version
from support import web
from support.containers import HOME, RUN_A_CELL, Container
from support.images import about, built_image, files

OF = "base"
UNCOMPILED = """
from importlib.util import cache_from_source
from pathlib import Path
for module in [*Path("/opt/sardonyx").glob({0!r}), *Path("/opt/tools/mlflow").glob({0!r})]:
    if not Path(cache_from_source(module)).exists():
        print(module)
""".format("lib/python3*/site-packages/**/*.py")
VARIABLES = {"HOME", "LANG", "PATH", "SARDONYX_TOOLS", "SHELL", "VIRTUAL_ENV"}
PLACES = ("home", "root", "tmp", "run", "mnt", "media", "srv", "var/tmp", "var/lib/apt/lists", "var/log")
"""Where a build may leave something."""
FROM_DEBIAN = {".bash_logout", ".bashrc", ".profile"}


def test_its_own_command_starts_a_server_that_lets_its_person_in(server: Container) -> None:
    """Its root cannot be written to, and it has no rights beyond those of an ordinary program."""
    assert server.get("api/status").status_code == 200
    assert web.get(f"{server.address}api/status").status_code == 403


def test_nothing_is_wrong_at_its_start(server: Container) -> None:
    """It says nothing of errors."""
    lines = server.said().splitlines()

    assert [line for line in lines if line.startswith(("[E", "[C")) or "Traceback" in line] == []


def test_it_runs_as_an_ordinary_user(server: Container) -> None:
    """By the name, the number and the home that Jupyter's own images have."""
    assert server.run("id").strip() == "uid=1000(jovyan) gid=100(users) groups=100(users)"
    assert server.python("import os; print(os.environ['HOME'], os.getcwd())") == f"{HOME} {HOME}"


def test_no_program_gives_more_rights(image: str) -> None:
    """Nothing runs as somebody else than who starts it."""
    with files(built_image(image)) as root:
        modes = {file: file.lstat().st_mode for file in root.rglob("*")}

    assert [file for file, mode in modes.items() if mode & (stat.S_ISUID | stat.S_ISGID) and stat.S_ISREG(mode)] == []


def test_nobody_can_change_what_is_in_it(image: str) -> None:
    """But for what is mounted: the home, the server's own folder, devices; where all can write, none removes others' files."""
    with files(built_image(image)) as root:
        paths = [path for path in root.rglob("*") if not path.is_symlink() and _can_change(path.stat())]
        found = [str(path.relative_to(root)) for path in paths]

    assert [path for path in found if not path.startswith(("home/jovyan", "run/sardonyx", "dev/"))] == []


def _can_change(found: os.stat_result) -> bool:
    return found.st_uid == 1000 or found.st_mode & (stat.S_ISVTX | stat.S_IWOTH) == stat.S_IWOTH


def test_nothing_of_the_machine_that_built_it_is_in_it(image: str) -> None:
    """Certificates and settings that a build needs are mounted for it: of them there are empty files at most."""
    with files(built_image(image)) as root:
        found = [path for place in PLACES for path in (root / place).rglob("*")]
        kept = {path.name for path in found if path.is_file() and path.stat().st_size}
        trusted = (root / "etc/ssl/certs/ca-certificates.crt").read_text().count("BEGIN CERTIFICATE")
        shipped = len(list((root / "usr/share/ca-certificates").rglob("*.crt")))

    assert kept <= FROM_DEBIAN
    assert trusted == shipped
    assert {each.partition("=")[0] for each in about(built_image(image))["Config"]["Env"]} <= VARIABLES


def test_git_is_there_with_what_it_trusts(server: Container) -> None:
    """It reaches repositories by https."""
    assert server.run("git", "--version").startswith("git version 2.")
    assert server.run("git", "lfs", "version").startswith("git-lfs/")
    assert int(server.python("import ssl; print(len(ssl.create_default_context().get_ca_certs()))")) > 100


def test_a_notebook_runs_python(server: Container) -> None:
    """The kernel is there."""
    assert server.python(RUN_A_CELL.format(kernel="python3", code="print(1 + 1)")) == "2"


def test_people_can_make_an_environment_of_their_own(server: Container) -> None:
    """As the docs say it."""
    server.run("python", "-m", "venv", f"{HOME}/project/.venv")

    assert server.run(f"{HOME}/project/.venv/bin/python", "-c", "print('here')") == "here\n"


def test_nothing_has_to_be_compiled_at_a_start(server: Container) -> None:
    """A server could not write that down, and would do it each time."""
    assert server.python(UNCOMPILED) == ""


def test_it_lists_its_parts(server: Container) -> None:
    """As CycloneDX, which others can search for what is known to be vulnerable."""
    assert {"pkg:deb/debian/git", "pkg:pypi/jupyterlab", "pkg:pypi/sardonyx-singleuser"} <= server.parts()


def test_it_says_what_it_is(image: str) -> None:
    """In the labels that registries and scanners read."""
    said = about(built_image(image))["Config"]["Labels"]

    assert said["org.opencontainers.image.version"] == version()
    assert said["org.opencontainers.image.revision"] == "tests"
    assert said["org.opencontainers.image.licenses"] == "BSD-3-Clause"
    assert said["org.opencontainers.image.title"].startswith("Sardonyx")
    assert said["sardonyx.parts"] == "/usr/share/sardonyx/parts.cdx.json"
