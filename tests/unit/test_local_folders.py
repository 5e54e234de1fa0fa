"""The folders of a server: for their owner only, and nothing in them is trusted."""

import os
import stat
from pathlib import Path

import pytest

from sardonyx_spawner.errors import UserError
from sardonyx_spawner.local import folders
from sardonyx_spawner.local.folders import ServerFolders

PERSON = "0123456789abcdef"


@pytest.fixture
def here(tmp_path: Path) -> ServerFolders:
    """The folders of a default server."""
    (tmp_path / "homes").mkdir()
    return ServerFolders.of(tmp_path / "homes", tmp_path / "servers", PERSON, "", fresh=False)


def mode(path: Path) -> int:
    """Return the rights of a path."""
    return stat.S_IMODE(path.stat().st_mode)


def test_all_is_for_the_owner_only(here: ServerFolders) -> None:
    """Whatever the umask of the hub is."""
    before = os.umask(0)
    try:
        here.prepare()
        here.claim_home()
        here.write_plan("{}", None)
    finally:
        os.umask(before)

    assert [mode(path) for path in (here.home, here.private, here.private.parent)] == [0o700] * 3
    assert mode(here.private / "plan.json") == 0o600


def test_a_home_that_was_opened_is_closed_again(here: ServerFolders) -> None:
    """What is in it stays."""
    here.home.mkdir(mode=0o777)
    (here.home / "mine.txt").write_text("mine")

    here.prepare()
    here.claim_home()

    assert mode(here.home) == 0o700
    assert (here.home / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("what", ["file", "link", "dangling"])
def test_a_home_that_is_no_folder_is_refused(here: ServerFolders, tmp_path: Path, what: str) -> None:
    """A link could lead into another person's home."""
    if what == "file":
        here.home.write_text("")
    else:
        here.home.symlink_to(tmp_path if what == "link" else tmp_path / "nowhere")
    here.prepare()

    with pytest.raises(UserError, match="Ask the people who run this place"):
        here.claim_home()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_home_of_somebody_else_is_refused(here: ServerFolders) -> None:
    """It was not made by this Sardonyx."""
    here.home.mkdir()
    os.chown(here.home, 12345, 12345)
    here.prepare()

    with pytest.raises(UserError, match="not as it should be"):
        here.claim_home()


@pytest.mark.parametrize(("person", "server"), [("../../etc", ""), ("", ""), (PERSON, "a/b"), (PERSON, "..")])
def test_no_id_and_no_name_leads_out_of_the_data_folder(tmp_path: Path, person: str, server: str) -> None:
    """Both are made by us: anything else is a bug, not a message."""
    with pytest.raises(ValueError, match="not a person's id"):
        ServerFolders.of(tmp_path, tmp_path, person, server, fresh=False)


def test_no_named_server_shares_the_folder_of_the_default_one(tmp_path: Path) -> None:
    """Not even one that is called like it."""
    private = {ServerFolders.of(tmp_path, tmp_path, PERSON, name, fresh=False).private for name in ("", "default")}

    assert len(private) == 2


def test_a_fresh_home_begins_empty_and_goes_with_the_server(tmp_path: Path) -> None:
    """The kept home is not touched."""
    fresh = ServerFolders.of(tmp_path / "homes", tmp_path / "servers", PERSON, "", fresh=True)
    fresh.prepare()
    fresh.claim_home()
    (fresh.home / "left.txt").write_text("")
    fresh.prepare()
    fresh.claim_home()
    assert list(fresh.home.iterdir()) == []

    fresh.clear()
    assert not fresh.home.exists()
    assert not (tmp_path / "homes").exists()


def test_a_kept_home_is_not_cleared(here: ServerFolders) -> None:
    """Stopping a server loses nothing but its temporary files."""
    here.prepare()
    here.claim_home()
    (here.temporary / "x").write_text("")
    here.clear()

    assert here.home.exists()
    assert not here.temporary.exists()


def test_the_last_logs_are_kept(here: ServerFolders) -> None:
    """Two of them, for who looks for the reason."""
    here.prepare()
    here.claim_home()
    for number in range(4):
        here.rotate_log("server.log").write_text(str(number))

    found = {path.name: path.read_text() for path in here.private.glob("server.log*")}
    assert found == {"server.log": "3", "server.log.1": "2", "server.log.2": "1"}


def test_a_log_that_grows_for_ever_is_cut(here: ServerFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end is kept, and the server goes on writing."""
    monkeypatch.setattr(folders, "LOG_BYTES", 100)
    monkeypatch.setattr(folders, "LOG_TAIL_BYTES", 10)
    here.prepare()
    here.claim_home()
    log = here.private / "server.log"
    with log.open("ab") as server:
        server.write(b"x" * 200 + b"the end")
        server.flush()
        here.cut_log("server.log")
        server.write(b"more")

    assert log.read_bytes() == b"xxxthe endmore"
