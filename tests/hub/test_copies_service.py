"""Copies of repositories behind a service, as on a cluster: with real git, a real forge, and the program as the chart runs it."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from support.copies_service import COMMAND, KEY, REFS, CopiesService, copies_service
from support.git_server import Forge, serving
from support.repositories import home, publish, remote, run

from sardonyx_services.copies.service import LARGEST_QUESTION
from sardonyx_singleuser.git.clone import fetch
from sardonyx_singleuser.plan import Repository
from sardonyx_spawner.copy_places import CopiesService as Place
from sardonyx_spawner.copy_places import mirror_name

__all__ = ["home", "remote"]


@pytest.fixture
def forge(remote: Path) -> Iterator[Forge]:
    """A forge that everybody may read."""
    with serving(Forge(remote.parent)) as found:
        yield found


@pytest.fixture
def service(tmp_path: Path) -> Iterator[CopiesService]:
    """The service."""
    with copies_service(tmp_path / "copies") as found:
        yield found


@pytest.fixture
def course(service: CopiesService, forge: Forge) -> Repository:
    """A repository that a profile names, as a server is told of it."""
    url = f"{forge.url}/stats-101"
    return Repository(url, is_material=True, copy=service.of(url))


def test_a_class_costs_the_forge_one_clone(
    service: CopiesService, forge: Forge, course: Repository, tmp_path: Path
) -> None:
    """However many start at the same time; each has the forge as its origin, and nothing of the copy's address."""

    def start(number: int) -> Path:
        found = tmp_path / f"home-{number}"
        found.mkdir()
        fetched = fetch(replace(course, copy=service.of(course.url, f"person-{number}")), found)
        assert fetched.problem == ""
        return fetched.folder

    with ThreadPoolExecutor(4) as together:
        folders = list(together.map(start, range(12)))

    assert [(folder / "lesson.txt").read_text() for folder in folders] == ["one"] * 12
    assert len([path for path in forge.asked if "info/refs" in path]) == 1
    kept = (folders[0] / ".git" / "config").read_text()
    assert course.url in kept
    assert f":{service.port}/" not in kept


def test_git_answers_a_class_as_often_as_one_student(
    forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, all in one moment: what it packs for the first is given to all, and to those who come later."""
    answered, programs = tmp_path / "answered", tmp_path / "programs"
    programs.mkdir()
    (programs / "git").write_text(
        f'#!/bin/sh\n[ "$1" != http-backend ] || echo >> {answered}\nexec {shutil.which("git")} "$@"\n'
    )
    (programs / "git").chmod(0o755)
    url = f"{forge.url}/stats-101"
    with ExitStack() as stack:
        with monkeypatch.context() as counting:
            counting.setenv("PATH", f"{programs}:{os.environ['PATH']}")
            service = stack.enter_context(copies_service(tmp_path / "copies"))

        def start(number: int) -> str:
            found = tmp_path / f"home-{number}"
            found.mkdir()
            course = Repository(url, is_material=True, copy=service.of(url, f"person-{number}"))
            fetched = fetch(course, found)
            return fetched.problem or (fetched.folder / "lesson.txt").read_text()

        assert start(0) == "one"
        of_one = len(answered.read_text())
        with ThreadPoolExecutor(12) as together:
            assert list(together.map(start, range(1, 13))) == ["one"] * 12

        assert len(answered.read_text()) == of_one


@pytest.mark.parametrize(
    "changes", [pytest.param({"depth": 1}, id="depth"), pytest.param({"branch": "week-2"}, id="branch")]
)
def test_what_is_wanted_of_it_comes_from_the_copy(
    service: CopiesService, forge: Forge, course: Repository, home: Path, changes: dict[str, object]
) -> None:
    """A short history, or another branch; then a commit by its name."""
    assert fetch(course, home).problem == ""
    asked = len(forge.asked)
    wanted = replace(course, folder="as-wanted", **changes)  # type: ignore[arg-type]  # one of its fields

    assert fetch(wanted, home).problem == ""

    commit = run("rev-parse", "HEAD", folder=home / "as-wanted").strip()
    assert fetch(replace(course, folder="by-name", commit=commit), home).problem == ""
    assert (home / "by-name" / "lesson.txt").read_text() == "one"
    assert len(forge.asked) == asked
    assert len(list(service.folder.iterdir())) == 1


def test_a_class_that_is_told_of_news_costs_the_forge_one_question(
    service: CopiesService, forge: Forge, course: Repository, tmp_path: Path, remote: Path
) -> None:
    """Or two: who hears of it while the copy is renewed waits for the next time. A copy of half a minute is not enough."""

    def bring(number: int, *, is_news: bool = True) -> str:
        found = tmp_path / f"home-{number}"
        found.mkdir(exist_ok=True)
        wanted = replace(course, copy=service.of(course.url, f"person-{number}"))
        fetched = fetch(wanted, found, is_news=is_news)
        return fetched.problem or (fetched.folder / "lesson.txt").read_text()

    for number in range(12):
        assert bring(number, is_news=False) == "one"
    forge.asked.clear()
    publish(remote, "two")

    with ThreadPoolExecutor(12) as together:
        assert list(together.map(bring, range(12))) == ["two"] * 12

    assert 1 <= len([path for path in forge.asked if "info/refs" in path]) <= 3


def test_the_forge_is_asked_for_news_where_the_copy_cannot_be_renewed(
    service: CopiesService, forge: Forge, course: Repository, home: Path, remote: Path
) -> None:
    """As where it would be too large; while the forge is away, too, there is what came last, and it is said."""
    assert fetch(course, home).problem == ""
    publish(remote, "two")
    (copy,) = service.folder.iterdir()
    shutil.rmtree(copy / "objects")

    assert fetch(course, home, is_news=True).problem == ""

    assert (home / "stats-101" / "lesson.txt").read_text() == "two"
    renewed = httpx.get(f"{service.of(course.url)}/{REFS}", headers={"Cache-Control": "no-cache"}, timeout=40)
    assert renewed.status_code == 503
    assert renewed.json()["message"] == "The copy of this repository could not be brought up to date."
    forge.is_away = True
    assert fetch(course, home, is_news=True).problem.startswith("It is here, but not up to date. ")


def test_news_come_at_once_and_stay(service: CopiesService, course: Repository, home: Path, remote: Path) -> None:
    """Where somebody says that there are some; a start right after them finds them, too."""
    assert fetch(course, home).problem == ""
    publish(remote, "two")

    assert fetch(course, home, is_news=True).problem == ""
    assert fetch(course, home).problem == ""

    assert (home / "stats-101" / "lesson.txt").read_text() == "two"
    assert service.get(course.url).status_code == 200


def test_what_the_hub_has_not_signed_is_not_fetched(service: CopiesService, forge: Forge, course: Repository) -> None:
    """Whatever somebody makes of an address that they have: the forge is not asked, and no other place either."""
    of_course, elsewhere = service.of(course.url), Place(service.place.url, "another key")
    *_, asked, signature = of_course.split("/")
    for address in (
        elsewhere.of(course.url, "abcd1234"),
        elsewhere.of("file:///etc", "abcd1234"),
        elsewhere.of("http://169.254.169.254/latest", "abcd1234"),
        of_course.replace(signature, ""),
        of_course.replace(signature, signature[:-1]),
        of_course.replace(signature, "\u00e9"),
        of_course.replace(asked, service.of(f"{forge.url}/other").split("/")[-2]),
        of_course.replace(asked, f"{asked}A"),
        of_course.replace(asked, ".."),
        of_course.replace(asked, "%2e%2e%2f"),
    ):
        answer = httpx.get(f"{address}/{REFS}")
        assert answer.status_code == 404, address

    assert forge.asked == []
    assert list(service.folder.iterdir()) == []


def test_a_copy_is_only_read(service: CopiesService, course: Repository, home: Path) -> None:
    """By the two questions of a git that reads; its files cannot be had one by one."""
    assert fetch(course, home).problem == ""
    (copy,) = service.folder.iterdir()
    before = (copy / "packed-refs").read_bytes()

    assert service.get(course.url, "info/refs?service=git-receive-pack").status_code == 400
    assert service.get(course.url, "info/refs").status_code == 400
    for path in ("HEAD", "config", "objects/info/packs", "git-upload-pack"):
        assert service.get(course.url, path).status_code in {404, 405}, path
    pushed = httpx.post(f"{service.of(course.url)}/git-receive-pack", content=b"0000")
    assert pushed.status_code == 404
    assert (copy / "packed-refs").read_bytes() == before


def test_a_question_without_end_is_not_read(service: CopiesService, course: Repository) -> None:
    """Git tells which commits it has, in some kilobytes."""
    address = f"{service.of(course.url)}/git-upload-pack"

    answer = httpx.post(address, content=bytes(LARGEST_QUESTION + 1))

    assert answer.status_code == 413


def test_a_private_repository_is_not_copied(service: CopiesService, forge: Forge, course: Repository) -> None:
    """It is for those alone who have a token, and they get it from the forge."""
    forge.token = "the-token"

    answer = service.get(course.url)

    assert (answer.status_code, answer.json()["message"]) == (404, "There is no copy of this repository here.")
    assert list(service.folder.iterdir()) == []


def test_the_forge_has_it_where_there_is_no_copy(service: CopiesService, course: Repository, home: Path) -> None:
    """A service that refuses, or that is not there, is gone around."""
    refused = Place(service.place.url, "another key").of(course.url, "abcd1234")
    away = Place(f"http://127.0.0.1:{service.port + 5}/copies", KEY).of(course.url, "abcd1234")

    for name, copy in (("refused", refused), ("away", away)):
        assert fetch(replace(course, copy=copy, folder=name), home).problem == ""
        assert (home / name / "lesson.txt").read_text() == "one"


def test_a_service_that_hangs_leaves_time_for_the_forge(forge: Forge, home: Path) -> None:
    """It takes connections, and says nothing."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"{forge.url}/stats-101"
        place = Place(f"http://127.0.0.1:{silent.getsockname()[1]}/copies", KEY)

        fetched = fetch(Repository(url, copy=place.of(url, "abcd1234")), home, patience_s=8)

    assert fetched.problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "one"


def test_no_proxy_is_asked_for_a_copy(
    service: CopiesService, course: Repository, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server may have one for the outside; the forge of this test is behind it, and not there."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{service.port + 5}")

    fetched = fetch(course, home)

    assert fetched.problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "one"


def test_what_was_half_copied_is_gone_after_a_new_start(tmp_path: Path) -> None:
    """A container that was ended in the middle of it has the same folder; what is whole stays."""
    half, whole = tmp_path / "copies" / "partial-ab", tmp_path / "copies" / mirror_name("https://git.example.org/a")
    for folder in (half, whole):
        folder.mkdir(parents=True)
        (folder / "pack").write_bytes(b"x")

    with copies_service(tmp_path / "copies"):
        assert [path.name for path in (tmp_path / "copies").iterdir()] == [whole.name]


def test_what_is_told_wrong_is_said() -> None:
    """To the operator, who reads it where a Pod says why it ended."""
    told = {"SARDONYX_COPIES": "{}", "SARDONYX_COPIES_KEY": KEY}
    said = subprocess.run([COMMAND, "copies"], env={**os.environ, **told}, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "SARDONYX_COPIES is not as the chart writes it" in said.stderr
    alone = subprocess.run([COMMAND, "copies"], capture_output=True, text=True, check=False)
    assert "this is for a Pod of the chart. Here, the hub copies repositories by itself." in alone.stderr
