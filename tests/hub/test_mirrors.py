"""A class gets its material from this machine's own copy: with real git and a real forge."""

import asyncio
import os
import random
import subprocess
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest
from support.git_server import Forge, serving
from support.repositories import home, let_git_hang, publish, remote, run

from sardonyx_singleuser.git.clone import fetch
from sardonyx_singleuser.git.configuration import configuration
from sardonyx_singleuser.git.mirror import mirror_options
from sardonyx_singleuser.plan import Plan, Repository
from sardonyx_spawner import mirrors as module
from sardonyx_spawner.copy_places import CopiesFolder, mirror_name
from sardonyx_spawner.mirrors import FRESH_S, PAUSE_S, Mirrors

__all__ = ["home", "remote"]
LARGE_BYTES = 3 << 20


class Clock:
    """Time that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Return it."""
        return self.now


@pytest.fixture
def forge(remote: Path) -> Iterator[Forge]:
    """A forge that everybody may read."""
    with serving(Forge(remote.parent)) as found:
        yield found


@pytest.fixture
def clock() -> Clock:
    """The clock of the copies."""
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the copies of a machine are."""
    found = tmp_path / "mirrors"
    found.mkdir()
    return found


@pytest.fixture
def mirrors(folder: Path, clock: Clock) -> Mirrors:
    """The copies of a machine."""
    return Mirrors(folder, clock)


@pytest.fixture
def small_mirrors(folder: Path, clock: Clock) -> Mirrors:
    """Copies of which none may be large."""
    return Mirrors(folder, clock, largest=1 << 20)


def course(forge: Forge, depth: int | None = None) -> Repository:
    """Return a repository that a profile names, as servers of this machine are told of it."""
    url = f"{forge.url}/stats-101"
    copies = CopiesFolder(forge.folder.parent / "mirrors")
    return Repository(url, depth=depth, is_material=True, copy=copies.of(url, "abcd1234"))


def add_large_file(remote: Path) -> None:
    """Let the author of the repository add what does not get smaller on its way."""
    (remote / "large.bin").write_bytes(random.Random(1).randbytes(LARGE_BYTES))  # noqa: S311 - no secret
    run("add", ".", folder=remote)
    publish(remote, "with a large file")


def ready(mirrors: Mirrors, forge: Forge, times: int = 1) -> None:
    """Start servers at the same time, as far as the hub's side goes."""

    async def start() -> None:
        await asyncio.gather(*(mirrors.ready([course(forge).url]) for _ in range(times)))

    asyncio.run(start())


def test_a_class_costs_the_forge_one_clone(mirrors: Mirrors, forge: Forge, tmp_path: Path) -> None:
    """However many start at the same time; each has the forge as its origin."""
    ready(mirrors, forge, times=20)
    asked = list(forge.asked)
    for number in range(20):
        (tmp_path / f"home-{number}").mkdir()
        fetched = fetch(course(forge), tmp_path / f"home-{number}")
        assert fetched.problem == ""
        assert (fetched.folder / "lesson.txt").read_text() == "one"

    assert forge.asked == asked
    assert len([path for path in asked if "info/refs" in path]) == 1
    assert run("remote", "get-url", "origin", folder=fetched.folder).strip() == course(forge).url
    assert str(tmp_path / "mirrors") not in (fetched.folder / ".git" / "config").read_text()


def test_what_is_new_comes_after_half_a_minute(
    mirrors: Mirrors, forge: Forge, home: Path, remote: Path, clock: Clock
) -> None:
    """Until then a copy is taken for new, and the forge is left alone."""
    ready(mirrors, forge)
    fetch(course(forge), home)
    publish(remote, "two")
    asked = len(forge.asked)

    ready(mirrors, forge)
    assert len(forge.asked) == asked
    clock.now += FRESH_S
    ready(mirrors, forge)
    asked = len(forge.asked)

    assert fetch(course(forge), home).problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "two"
    assert len(forge.asked) == asked


def test_news_that_many_tell_of_are_asked_for_once(mirrors: Mirrors, forge: Forge, clock: Clock) -> None:
    """However new the copy is; and after a failure the forge is left alone for a while."""
    url = course(forge).url

    async def tell(times: int) -> list[bool]:
        return await asyncio.gather(*(mirrors.renewed(url) for _ in range(times)))

    def asked() -> int:
        return len([path for path in forge.asked if "info/refs" in path])

    assert asyncio.run(tell(20)) == [True] * 20
    assert asked() == 1
    assert asyncio.run(tell(20)) == [True] * 20
    assert asked() == 2
    forge.leads = lambda _: "http://127.0.0.1:1/"
    assert asyncio.run(tell(3)) == [False] * 3
    before = asked()
    assert asyncio.run(tell(3)) == [False] * 3
    assert asked() == before
    forge.leads = lambda _: ""
    clock.now += PAUSE_S
    assert asyncio.run(tell(3)) == [True] * 3


def test_what_is_new_in_a_copy_is_told(folder: Path, forge: Forge, remote: Path, clock: Clock) -> None:
    """Who keeps answers about it makes them anew; where nothing is new, they are as good as before."""
    told: list[str] = []
    mirrors = Mirrors(folder, clock, changed=lambda copy: told.append(copy.name))
    name = mirror_name(course(forge).url)

    ready(mirrors, forge)
    assert told == [name]
    clock.now += FRESH_S
    ready(mirrors, forge)
    assert told == [name]
    for change in (("tag", "v1"), ("branch", "--delete", "week-2")):
        run(*change, folder=remote)
        told.clear()
        clock.now += FRESH_S
        ready(mirrors, forge)
        assert told == [name], change


def test_news_come_at_once_and_stay(mirrors: Mirrors, forge: Forge, home: Path, remote: Path) -> None:
    """Somebody says that there are some; a start right after them finds a copy that is older, and nothing goes back."""
    ready(mirrors, forge)
    fetch(course(forge), home)
    publish(remote, "two")

    assert fetch(course(forge), home, is_news=True).problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "two"
    ready(mirrors, forge)
    assert fetch(course(forge), home).problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "two"


def test_news_that_were_taken_back_go(mirrors: Mirrors, forge: Forge, home: Path, remote: Path, clock: Clock) -> None:
    """The forge has an older commit, too."""
    publish(remote, "wrong")
    ready(mirrors, forge)
    fetch(course(forge), home)
    run("reset", "--hard", "HEAD~1", folder=remote)
    clock.now += FRESH_S
    ready(mirrors, forge)

    assert fetch(course(forge), home).problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "one"


def test_news_that_cannot_be_had_are_said(mirrors: Mirrors, forge: Forge, home: Path) -> None:
    """What this machine has comes, and whoever brings them reads that it is not the newest."""
    ready(mirrors, forge)
    fetch(course(forge), home)
    forge.is_away = True

    assert fetch(course(forge), home, is_news=True).problem.startswith("It is here, but not up to date. ")
    assert (home / "stats-101" / "lesson.txt").read_text() == "one"


def test_a_class_goes_on_while_the_forge_is_away(
    mirrors: Mirrors, forge: Forge, home: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """With what there was last; the operator reads of it."""
    ready(mirrors, forge)
    forge.is_away = True
    clock.now += FRESH_S

    ready(mirrors, forge)

    assert fetch(course(forge), home).problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "one"
    assert "cannot be copied for all servers now, so each gets it by itself" in caplog.text


def test_the_copy_that_nobody_wanted_for_longest_makes_room(
    folder: Path, forge: Forge, remote: Path, clock: Clock
) -> None:
    """Where all copies together have a limit: here there is room for two."""
    add_large_file(remote)
    for name in ("second", "third"):
        run("clone", "--quiet", "--bare", str(remote), str(remote.parent / name), folder=remote.parent)
    mirrors = Mirrors(folder, clock, most=2 * LARGE_BYTES + LARGE_BYTES // 2)
    urls = [f"{forge.url}/{name}" for name in ("stats-101", "second", "third")]

    for url in (urls[0], urls[1], urls[0], urls[2]):
        clock.now += 1
        asyncio.run(mirrors.ready([url]))

    assert {path.name for path in folder.iterdir()} == {mirror_name(urls[0]), mirror_name(urls[2])}


def test_a_private_repository_is_not_copied(mirrors: Mirrors, forge: Forge, tmp_path: Path) -> None:
    """It is for those alone who have a token, and they get it from the forge."""
    forge.token = "the-token"

    ready(mirrors, forge)

    assert list((tmp_path / "mirrors").iterdir()) == []


def test_a_copy_that_is_broken_is_gone_around(mirrors: Mirrors, forge: Forge, home: Path, tmp_path: Path) -> None:
    """The forge has the repository, too."""
    ready(mirrors, forge)
    (tmp_path / "mirrors" / mirror_name(course(forge).url) / "HEAD").unlink()

    assert fetch(course(forge), home).problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "one"


def test_the_forge_is_not_asked_for_what_the_copy_cannot_have_either(
    mirrors: Mirrors, forge: Forge, home: Path, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large files that this machine cannot get: each start of a class would ask the forge again."""
    (remote / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
    run("add", ".", folder=remote)
    publish(remote, "two")
    ready(mirrors, forge)
    monkeypatch.setattr("shutil.which", lambda name: None if name == "git-lfs" else os.fspath(name))
    asked = len(forge.asked)

    assert "they are kept with Git LFS" in fetch(course(forge), home).problem
    assert "they are kept with Git LFS" in fetch(course(forge), home).problem
    assert len(forge.asked) == asked


def test_a_short_history_comes_from_the_copy_as_well(mirrors: Mirrors, forge: Forge, home: Path, remote: Path) -> None:
    """With `depth`."""
    publish(remote, "two")
    ready(mirrors, forge)
    asked = len(forge.asked)

    assert fetch(course(forge, depth=1), home).problem == ""
    assert run("rev-list", "--count", "HEAD", folder=home / "stats-101") == "1\n"
    assert len(forge.asked) == asked


def test_a_repository_that_somebody_chose_is_not_looked_for(mirrors: Mirrors, forge: Forge, home: Path) -> None:
    """The hub fetches no address that anybody writes into a form."""
    ready(mirrors, forge)
    asked = len(forge.asked)

    fetch(Repository(course(forge).url), home)

    assert len(forge.asked) > asked


def test_a_slow_forge_holds_up_nobody_for_long(
    mirrors: Mirrors, forge: Forge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The start goes on without the copy, which is made beside it."""
    let_git_hang(tmp_path, monkeypatch, 4545)
    monkeypatch.setattr(module, "PATIENCE_S", 0.2)

    ready(mirrors, forge)

    # The loop of this start is over, and so is what it began.
    assert subprocess.run(["pgrep", "-f", "^sleep 4545"], check=False, capture_output=True).stdout == b""


def test_some_copies_are_made_at_the_same_time_and_the_others_in_turn(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes memory: many that are wanted at once would end whatever makes them."""
    said = tmp_path / "said"
    (tmp_path / "git").write_text(f"#!/bin/sh\necho 1 >> {said}; sleep 0.2; echo -1 >> {said}; exit 1\n")
    (tmp_path / "git").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(module, "AT_ONCE", 2)
    mirrors = Mirrors(folder)

    asyncio.run(mirrors.ready([f"https://git.example.org/{number}" for number in range(5)]))

    at_once = list(accumulate(int(line) for line in said.read_text().split()))
    assert (len(at_once), max(at_once), at_once[-1]) == (10, 2, 0)


def test_a_start_waits_for_a_copy_that_is_on_its_way(
    mirrors: Mirrors, forge: Forge, home: Path, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large one takes longer than the patience for one of which nothing comes: else a whole class goes to the forge."""
    add_large_file(remote)
    forge.pause_s = 0.1
    monkeypatch.setattr(module, "PATIENCE_S", 2)
    told: list[str] = []

    async def start() -> None:
        await asyncio.gather(*(mirrors.ready([course(forge).url], lambda: told.append("waits")) for _ in range(5)))

    began = time.monotonic()
    asyncio.run(start())

    assert time.monotonic() - began > 3
    assert told == ["waits"] * 5
    asked = len(forge.asked)
    assert fetch(course(forge), home).problem == ""
    assert len(forge.asked) == asked
    assert len([path for path in forge.asked if "info/refs" in path]) == 1


async def test_a_start_does_not_wait_for_ever_for_a_copy_that_is_on_its_way(
    folder: Path, forge: Forge, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on without, and the copy comes beside it."""
    mirrors = Mirrors(folder, longest_wait_s=0.5)
    add_large_file(remote)
    forge.pause_s = 0.1
    copy = folder / mirror_name(course(forge).url)
    with monkeypatch.context() as impatient:
        impatient.setattr(module, "PATIENCE_S", 0.4)
        await mirrors.ready([course(forge).url], lambda: None)
    assert not copy.exists()

    await mirrors.ready([course(forge).url], lambda: None)
    assert copy.exists()
    assert len([path for path in forge.asked if "info/refs" in path]) == 1


def test_no_copy_is_larger_than_the_operator_wants(
    small_mirrors: Mirrors, forge: Forge, remote: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """It is ended on its way, said once, and not begun again."""
    add_large_file(remote)
    forge.pause_s = 0.1

    ready(small_mirrors, forge)

    assert forge.given < LARGE_BYTES
    assert list((remote.parents[1] / "mirrors").iterdir()) == []
    assert caplog.text.count("it is larger than 1 MB. Say in the settings with git.largest_copy how large") == 1
    asked = len(forge.asked)
    clock.now += 3600
    ready(small_mirrors, forge)
    assert len(forge.asked) == asked


def test_a_copy_that_becomes_too_large_goes(
    small_mirrors: Mirrors, forge: Forge, home: Path, remote: Path, clock: Clock
) -> None:
    """With what its author added; servers have the repository from the forge."""
    copy = home.parent / "mirrors" / mirror_name(course(forge).url)
    ready(small_mirrors, forge)
    assert copy.exists()
    add_large_file(remote)
    clock.now += FRESH_S

    ready(small_mirrors, forge)

    assert not copy.exists()
    assert fetch(course(forge), home).problem == ""
    assert (home / "stats-101" / "large.bin").stat().st_size == LARGE_BYTES


def test_a_forge_that_adds_an_end_to_its_addresses_is_copied(
    mirrors: Mirrors, forge: Forge, home: Path, remote: Path, clock: Clock
) -> None:
    """As GitLab does; also what is new there later."""
    (remote.parent / "stats-101.git").symlink_to(remote)
    forge.leads = lambda path: "" if ".git/" in path else f"{forge.url}{path.replace('stats-101', 'stats-101.git', 1)}"

    ready(mirrors, forge)
    publish(remote, "two")
    clock.now += FRESH_S
    ready(mirrors, forge)

    asked = len(forge.asked)
    assert fetch(course(forge), home).problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "two"
    assert len(forge.asked) == asked


@pytest.mark.parametrize("when", ["at once", "later"])
def test_the_hub_does_not_go_where_an_address_leads(
    mirrors: Mirrors, forge: Forge, remote: Path, clock: Clock, when: str
) -> None:
    """Who may write on a forge that the operator allows makes the hub ask nothing else; servers may go there."""
    with serving(Forge(remote.parent)) as other:
        if when == "later":
            ready(mirrors, forge)
            clock.now += FRESH_S
        forge.leads = lambda path: f"{other.url}{path}"

        ready(mirrors, forge)

        assert forge.asked
        assert other.asked == []
        assert not (remote.parents[1] / "mirrors" / mirror_name(course(forge).url)).exists()


def test_copies_that_nothing_names_any_more_are_deleted(mirrors: Mirrors, forge: Forge, tmp_path: Path) -> None:
    """With what a crash left half made."""
    ready(mirrors, forge)
    (tmp_path / "mirrors" / "partial-x").mkdir()

    mirrors.clear([course(forge).url])
    assert [path.name for path in (tmp_path / "mirrors").iterdir()] == [mirror_name(course(forge).url)]

    mirrors.clear([])
    assert list((tmp_path / "mirrors").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_servers_that_run_as_somebody_else_read_it(mirrors: Mirrors, forge: Forge, tmp_path: Path) -> None:
    """And write nothing in it."""
    mask = os.umask(0o077)
    try:
        ready(mirrors, forge)
    finally:
        os.umask(mask)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    own = tmp_path / "somebodys"
    own.mkdir()
    (own / "gitconfig").write_text(configuration(Plan("", (course(forge),)), os.devnull))
    os.chown(own, 65534, 65534)
    (own / "gitconfig").chmod(0o644)
    asked = len(forge.asked)

    done = subprocess.run(
        ["git", *mirror_options(course(forge)), "clone", "--quiet", course(forge).url, "copy"], cwd=own,
        env={"PATH": os.environ["PATH"], "HOME": str(own), "GIT_CONFIG_SYSTEM": str(own / "gitconfig")},
        user=65534, group=65534, extra_groups=[], check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert done.stderr == ""
    assert (own / "copy" / "lesson.txt").read_text() == "one"
    assert len(forge.asked) == asked
    assert all(path.stat().st_mode & 0o022 == 0 for path in (tmp_path / "mirrors").rglob("*"))
