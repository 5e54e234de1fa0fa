"""Nothing that a person's code does to a file holds up the hub, or leads it elsewhere."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.leases import is_leased, leased

from sardonyx_spawner.local.exposed_files import append, cut, read_end, write_new
from sardonyx_spawner.local.leftovers import noted


def test_what_somebody_put_in_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    """A pipe would hold up the hub; a link would lead it elsewhere."""
    target, pipe, link = tmp_path / "target", tmp_path / "pipe", tmp_path / "link"
    target.write_text("secret")
    os.mkfifo(pipe)
    link.symlink_to(target)

    for path in (pipe, link, tmp_path, tmp_path / "nothing"):
        assert read_end(path, 100) == b""
        append(path, "more")
        cut(path, 1, 1)
    append(pipe, "x", make=True)
    append(link, "x", make=True)
    assert target.read_text() == "secret"
    assert not (tmp_path / "nothing").exists()
    write_new(link, b"plan")
    write_new(pipe, b"plan")
    assert target.read_text() == "secret"
    assert read_end(pipe, 2) == b"an"


@pytest.mark.parametrize("kind", ["F_RDLCK", "F_WRLCK"])
@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda path: cut(path, 10, 5), id="cut"),
        pytest.param(lambda path: append(path, "more"), id="append"),
        pytest.param(lambda path: append(path, "more", make=True), id="progress"),
        pytest.param(lambda path: read_end(path, 100), id="read"),
        pytest.param(lambda path: noted(path.parent), id="process"),
        pytest.param(lambda path: write_new(path, b"x"), id="new"),
    ],
)
def test_a_lease_holds_up_nobody(tmp_path: Path, kind: str, use: Callable[[Path], object]) -> None:
    """What is busy is left alone: with a lease on a log, a person would stop the hub for 45 seconds each time."""
    path, name = tmp_path / "process", tmp_path / "held"
    path.write_text("1 2" * 100)
    name.hardlink_to(path)
    with leased(path, kind):
        use(path)

        assert is_leased(name)


def test_a_log_is_cut_as_soon_as_nobody_holds_it(tmp_path: Path) -> None:
    """And whoever appends to it goes on."""
    path = tmp_path / "log"
    path.write_text("x" * 100 + "the end")
    with leased(path, "F_WRLCK"):
        cut(path, 50, 10)
        assert path.stat().st_size == 107

    with path.open("a") as server:
        cut(path, 50, 10)
        server.write(" more")

    assert path.read_text() == "xxxthe end more"
