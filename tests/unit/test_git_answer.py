"""git's answers about copies: bounded in time, and in how many one person has at once."""

import asyncio
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from sardonyx_services.copies import git_answer
from sardonyx_services.copies.git_answer import GitAnswer, backend_environment
from sardonyx_services.copies.service import AnswerTurns

SCOPE: dict[str, Any] = {"type": "http"}


class Turn(nullcontext[None]):
    """One that is always free."""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git that says its process id, and then much, for ever."""
    found = tmp_path / "git"
    found.write_text(
        "#!/bin/sh\nprintf 'Status: 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n'\n"
        f"echo $$ > {tmp_path}/pid\nwhile :; do head -c 65536 /dev/zero; done\n"
    )
    found.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def is_alive(programs: Path) -> bool:
    """Tell whether the git of this test still runs."""
    return Path("/proc", (programs / "pid").read_text().strip()).exists()


async def nothing() -> dict[str, Any]:
    """Say nothing, as whoever waits for an answer."""
    return {"type": "http.disconnect"}


async def test_whoever_takes_nothing_is_not_waited_for(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And git ends with all that it started."""
    monkeypatch.setattr(git_answer, "SLOWEST_S", 0.2)
    taken: list[dict[str, Any]] = []

    async def take(message: Any) -> None:
        taken.append(message)
        if message["type"] == "http.response.body":
            await asyncio.sleep(60)

    with pytest.raises(BaseExceptionGroup) as caught:
        await GitAnswer(backend_environment("/", "/"), Turn())(SCOPE, nothing, take)

    assert caught.group_contains(TimeoutError)
    assert taken[0]["status"] == 200
    assert not is_alive(programs)


async def test_an_answer_takes_no_longer_than_it_may(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However eagerly it is taken."""
    monkeypatch.setattr(git_answer, "LONGEST_S", 0.3)

    async def take(_message: Any) -> None:
        await asyncio.sleep(0.01)

    with pytest.raises(TimeoutError):
        await GitAnswer(backend_environment("/", "/"), Turn())(SCOPE, nothing, take)

    assert not is_alive(programs)


async def test_one_person_does_not_have_all_turns() -> None:
    """Who wants more than a server needs waits for their own; another one gets theirs meanwhile."""
    turns, given = AnswerTurns(at_once=3, of_one=2), list[str]()

    async def want(name: str, until: asyncio.Event) -> None:
        async with turns.of(name):
            given.append(name)
            await until.wait()

    over = asyncio.Event()
    async with asyncio.timeout(5), asyncio.TaskGroup() as all_of_them:
        for name in ("amina", "amina", "amina", "amina", "bob"):
            all_of_them.create_task(want(name, over))
        await asyncio.sleep(0.01)
        assert given == ["amina", "amina", "bob"]
        over.set()

    assert given == ["amina", "amina", "bob", "amina", "amina"]


def test_git_is_told_no_other_protocol_than_there_is() -> None:
    """What a header says ends up in an environment."""
    told = backend_environment("/copies", "/a", headers={"git-protocol": "version=2", "content-encoding": "gzip"})
    assert (told["GIT_PROTOCOL"], told["HTTP_CONTENT_ENCODING"]) == ("version=2", "gzip")
    assert backend_environment("/copies", "/a", headers={"git-protocol": "x:version=2"})["GIT_PROTOCOL"] == ""
