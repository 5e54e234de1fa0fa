"""Copies of repositories behind a service, as on a cluster: with real git, a real forge, and the program as the chart runs it."""

import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from support.copies_service import COMMAND, REFS, CopiesService, copies_service
from support.git_server import Forge, serving
from support.repositories import home, publish, remote, run

from sardonyx_services.copies.service import LARGEST_QUESTION
from sardonyx_singleuser import contract
from sardonyx_singleuser.git.clone import fetch
from sardonyx_singleuser.git.mirror import mirror_key, mirror_name
from sardonyx_singleuser.plan import Repository

__all__ = ["home", "remote"]


@pytest.fixture
def forge(remote: Path) -> Iterator[Forge]:
    """A forge that everybody may read."""
    with serving(Forge(remote.parent)) as found:
        yield found


@pytest.fixture
def service(forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CopiesService]:
    """The service, for two places of the forge; this process is a server of amina's to it."""
    named, below = [f"{forge.url}/stats-101"], [f"{forge.url}/allowed/"]
    with copies_service(tmp_path / "copies", named, below) as found:
        monkeypatch.setenv(contract.MIRRORS, found.url)
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", found.hub.knows("amina"))
        yield found


def course(forge: Forge, depth: int | None = None) -> Repository:
    """Return the repository as a profile names it."""
    return Repository(f"{forge.url}/stats-101", depth=depth, is_material=True, is_mirrored=True)


def test_a_class_costs_the_forge_one_clone(service: CopiesService, forge: Forge, tmp_path: Path) -> None:
    """However many start at the same time; each has the forge as its origin, and nothing of the token."""

    def start(number: int) -> Path:
        found = tmp_path / f"home-{number}"
        found.mkdir()
        fetched = fetch(course(forge), found)
        assert fetched.problem == ""
        return fetched.folder

    with ThreadPoolExecutor(4) as together:
        folders = list(together.map(start, range(12)))

    assert [(folder / "lesson.txt").read_text() for folder in folders] == ["one"] * 12
    assert len([path for path in forge.asked if "info/refs" in path]) == 1
    kept = (folders[0] / ".git" / "config").read_text()
    assert course(forge).url in kept
    assert service.url not in kept
    assert service.hub.knows("amina") not in kept


@pytest.mark.parametrize(
    "changes", [pytest.param({"depth": 1}, id="depth"), pytest.param({"branch": "week-2"}, id="branch")]
)
def test_what_is_wanted_of_it_comes_from_the_copy(
    service: CopiesService, forge: Forge, home: Path, changes: dict[str, object]
) -> None:
    """A short history, or another branch; then a commit by its name."""
    assert fetch(course(forge), home).problem == ""
    asked = len(forge.asked)
    wanted = replace(course(forge), folder="as-wanted", **changes)  # type: ignore[arg-type]  # one of its fields

    assert fetch(wanted, home).problem == ""

    commit = run("rev-parse", "HEAD", folder=home / "as-wanted").strip()
    assert fetch(replace(course(forge), folder="by-name", commit=commit), home).problem == ""
    assert (home / "by-name" / "lesson.txt").read_text() == "one"
    assert len(forge.asked) == asked
    assert len(list(service.folder.iterdir())) == 1


def test_news_come_from_the_forge(service: CopiesService, forge: Forge, home: Path, remote: Path) -> None:
    """Where somebody says that there are some; a start right after them finds an older copy, and nothing goes back."""
    assert fetch(course(forge), home).problem == ""
    publish(remote, "two")

    assert fetch(course(forge), home, is_news=True).problem == ""
    assert fetch(course(forge), home).problem == ""

    assert (home / "stats-101" / "lesson.txt").read_text() == "two"
    assert service.get(course(forge).url, Authorization=f"token {service.hub.knows('amina')}").status_code == 200


def test_whoever_is_no_server_gets_nothing(service: CopiesService, forge: Forge) -> None:
    """And the forge is not asked for it."""
    url, token = course(forge).url, service.hub.knows("amina")
    service.hub.answers["keys"] = {**service.hub.answers[token], "scopes": ["custom:credentials:s3!server=amina/"]}
    for headers in (
        {},
        {"Authorization": "token wrong"},
        {"Authorization": "token keys"},
        {"Authorization": f"token {token}", "Host": "elsewhere.example:80"},
        {"Authorization": f"token {token}", "Origin": "https://elsewhere.example"},
        {"Authorization": f"token {token}", "X-Forwarded-For": "192.0.2.1"},
    ):
        answer = service.get(url, **headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied"), headers

    service.hub.is_away = True
    assert service.get(url, Authorization="token another").status_code == 503
    assert forge.asked == []


def test_what_nobody_allows_is_not_fetched(service: CopiesService, forge: Forge) -> None:
    """An address that somebody makes up leads the service nowhere, whatever is written into it."""
    token = f"token {service.hub.knows('amina')}"
    for address in (
        f"{forge.url}/other",
        f"{forge.url}/allowed-too/course",
        f"{forge.url}/allowed/../other",
        f"{forge.url}/stats-101/",
        "http://169.254.169.254/latest",
        "file:///etc",
        "ext::sh -c id",
        "--upload-pack=id",
        "",
    ):
        assert service.get(address, Authorization=token).status_code == 404, address
    for key in ("..", "%2e%2e%2f", "\u00e9", "A", "=" * 9):
        answer = httpx.get(f"{service.url}/{key}/{REFS}", headers={"Authorization": token})
        assert answer.status_code == 404, key

    assert forge.asked == []
    assert list(service.folder.iterdir()) == []


def test_a_class_below_an_allowed_address_has_a_copy(
    service: CopiesService, forge: Forge, home: Path, remote: Path
) -> None:
    """As an instructor names it."""
    (remote.parent / "allowed").mkdir()
    run("clone", "--quiet", "--bare", str(remote), str(remote.parent / "allowed" / "course"), folder=remote.parent)

    for number in range(2):
        wanted = replace(course(forge), url=f"{forge.url}/allowed/course", folder=f"home-{number}")
        assert fetch(wanted, home).problem == ""

    assert len([path for path in forge.asked if "info/refs" in path]) == 1
    assert len(list(service.folder.iterdir())) == 1


def test_a_copy_is_only_read(service: CopiesService, forge: Forge, home: Path) -> None:
    """By the two questions of a git that reads; its files cannot be had one by one."""
    assert fetch(course(forge), home).problem == ""
    token = f"token {service.hub.knows('amina')}"
    key = mirror_key(course(forge).url)
    (copy,) = service.folder.iterdir()
    before = (copy / "packed-refs").read_bytes()

    assert service.get(course(forge).url, "info/refs?service=git-receive-pack", Authorization=token).status_code == 400
    assert service.get(course(forge).url, "info/refs", Authorization=token).status_code == 400
    for path in ("HEAD", "config", "objects/info/packs", "git-upload-pack"):
        assert service.get(course(forge).url, path, Authorization=token).status_code in {404, 405}, path
    pushed = httpx.post(f"{service.url}/{key}/git-receive-pack", headers={"Authorization": token}, content=b"0000")
    assert pushed.status_code == 404
    assert (copy / "packed-refs").read_bytes() == before


def test_a_question_without_end_is_not_read(service: CopiesService, forge: Forge) -> None:
    """Git tells which commits it has, in some kilobytes."""
    token = f"token {service.hub.knows('amina')}"
    address = f"{service.url}/{mirror_key(course(forge).url)}/git-upload-pack"

    answer = httpx.post(address, headers={"Authorization": token}, content=bytes(LARGEST_QUESTION + 1))

    assert answer.status_code == 413


def test_a_private_repository_is_not_copied(service: CopiesService, forge: Forge) -> None:
    """It is for those alone who have a token, and they get it from the forge."""
    forge.token = "the-token"

    answer = service.get(course(forge).url, Authorization=f"token {service.hub.knows('amina')}")

    assert (answer.status_code, answer.json()["message"]) == (404, "There is no copy of this repository here.")
    assert list(service.folder.iterdir()) == []


@pytest.mark.parametrize("token", [pytest.param("wrong", id="refused"), pytest.param("", id="away")])
def test_the_forge_has_it_where_there_is_no_copy(
    service: CopiesService, forge: Forge, home: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    """A service that refuses, or that is not there, is gone around."""
    if token:
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", token)
    else:
        monkeypatch.setenv(contract.MIRRORS, f"http://127.0.0.1:{service.port + 5}/copies")

    assert fetch(course(forge), home).problem == ""

    assert (home / "stats-101" / "lesson.txt").read_text() == "one"


def test_a_service_that_hangs_leaves_time_for_the_forge(
    forge: Forge, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes connections, and says nothing."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv(contract.MIRRORS, f"http://127.0.0.1:{silent.getsockname()[1]}/copies")
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "token")

        fetched = fetch(course(forge), home, patience_s=8)

    assert fetched.problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "one"


def test_no_proxy_sees_the_token(
    service: CopiesService, forge: Forge, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server may have one for the outside; the forge of this test is behind it, and not there."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{service.port + 5}")

    fetched = fetch(course(forge), home)

    assert fetched.problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "one"


def test_what_was_half_copied_is_gone_after_a_new_start(forge: Forge, tmp_path: Path) -> None:
    """A container that was ended in the middle of it has the same folder; what is whole and named stays."""
    half, whole = tmp_path / "copies" / "partial-ab", tmp_path / "copies" / mirror_name(course(forge).url)
    for folder in (half, whole):
        folder.mkdir(parents=True)
        (folder / "pack").write_bytes(b"x")

    with copies_service(tmp_path / "copies", [course(forge).url]):
        assert [path.name for path in (tmp_path / "copies").iterdir()] == [whole.name]


def test_what_is_told_wrong_is_said() -> None:
    """To the operator, who reads it where a Pod says why it ended."""
    said = subprocess.run(
        [COMMAND, "copies"], env={**os.environ, "SARDONYX_COPIES": "{}"}, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert "SARDONYX_COPIES is not as the chart writes it" in said.stderr
    alone = subprocess.run([COMMAND, "copies"], capture_output=True, text=True, check=False)
    assert "this is for a Pod of the chart. Here, the hub copies repositories by itself." in alone.stderr
