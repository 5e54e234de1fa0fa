"""git's answers about copies: made once for all who ask the same, bounded in time and room, and in how many one person has at once."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from sardonyx_services.copies import git_answer, giving
from sardonyx_services.copies.answers import Answers, Question
from sardonyx_services.copies.git_answer import backend_environment
from sardonyx_services.copies.giving import GivenAnswer
from sardonyx_services.copies.kept_answer import AnswerError
from sardonyx_services.copies.service import Turns

SCOPE: dict[str, Any] = {"type": "http"}
FOR_EVER = "while :; do head -c 65536 /dev/zero; sleep 0.01; done"
WANT = b"want 1\n"


Program = Callable[[str], None]
Keep = Callable[..., Answers]


class Turn(nullcontext[None]):
    """One that is always free."""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a program in the place of git: it writes down its process id, begins to answer, and does something then."""

    def put(then: str) -> None:
        path = tmp_path / "git"
        head = "printf 'Status: 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n'"
        path.write_text(f"#!/bin/sh\necho $$ >> {tmp_path}/pids\n{head}\n{then}\n")
        path.chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return put


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Keep]:
    """Keep answers, in so much room."""
    every: list[Answers] = []

    def keep(room: int = 1 << 30) -> Answers:
        every.append(Answers(tmp_path, room))
        return every[-1]

    yield keep
    for answers in every:
        answers.forget()


def pids(folder: Path) -> list[str]:
    """Return the process ids that git has had."""
    return (folder / "pids").read_text().split()


def is_alive(folder: Path) -> bool:
    """Tell whether a git of this test still runs."""
    return any(Path("/proc", pid).exists() for pid in pids(folder))


def answer(answers: Answers, body: bytes = b"", copy: str = "/copy") -> GivenAnswer:
    """Return an answer to a question."""
    return GivenAnswer(answers, Question(Path(copy), backend_environment("/", copy), body), Turn())


async def stay() -> dict[str, Any]:
    """Wait, as whoever wants an answer."""
    await asyncio.Event().wait()
    return {}


async def leave() -> dict[str, Any]:
    """Go away soon."""
    await asyncio.sleep(0.2)
    return {"type": "http.disconnect"}


async def heard(given: GivenAnswer) -> bytes:
    """Return what somebody gets who asks."""
    parts: list[bytes] = []

    async def take(message: Any) -> None:
        parts.append(message.get("body", b""))

    await given(SCOPE, stay, take)
    return b"".join(parts)


async def test_those_who_ask_the_same_get_what_git_said_once(program: Program, kept: Keep, tmp_path: Path) -> None:
    """Who comes in the middle of it or later, too; another question is another answer."""
    program("cat; sleep 0.3; echo end")
    answers = kept()

    at_once = await asyncio.gather(*(heard(answer(answers, WANT)) for _ in range(100)))
    later = await heard(answer(answers, WANT))

    assert {*at_once, later} == {b"want 1\nend\n"}
    assert len(pids(tmp_path)) == 1
    assert await heard(answer(answers, b"want 2\n")) == b"want 2\nend\n"
    assert len(pids(tmp_path)) == 2


async def test_what_is_new_in_a_copy_is_answered_anew(program: Program, kept: Keep) -> None:
    """And of other copies the answers stay."""
    program("echo one")
    answers = kept()
    for copy in ("/copy", "/other"):
        await heard(answer(answers, copy=copy))
    program("echo two")

    answers.forget(Path("/copy"))

    assert await heard(answer(answers, copy="/copy")) == b"two\n"
    assert await heard(answer(answers, copy="/other")) == b"one\n"


async def test_what_git_could_not_answer_is_asked_again(program: Program, kept: Keep) -> None:
    """Whoever asked gets what it said."""
    program("echo sorry; exit 1")
    answers = kept()
    assert await heard(answer(answers)) == b"sorry\n"
    program("echo good")

    assert await heard(answer(answers)) == b"good\n"


async def test_what_cannot_be_kept_is_said_to_each(program: Program, kept: Keep, tmp_path: Path) -> None:
    """Where those that are read have all room; what nobody reads makes room."""
    program("cat; head -c 1000 /dev/zero")
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "pack").write_bytes(bytes(1000))
    answers = kept(1500)
    for question in (b"want 1\n", b"want 2\n", b"want 2\n", b"want 1\n"):
        assert len(await heard(answer(answers, question, str(copy)))) == 1007
    assert len(pids(tmp_path)) == 3

    (copy / "pack").write_bytes(bytes(2000))
    said = await asyncio.gather(*(heard(answer(answers, b"want 3\n", str(copy))) for _ in range(2)))

    assert [len(each) for each in said] == [1007, 1007]
    assert len(pids(tmp_path)) == 5


async def test_an_answer_that_becomes_too_large_is_ended(program: Program, kept: Keep, tmp_path: Path) -> None:
    """It would take the room of everything else."""
    program(FOR_EVER)

    with pytest.raises(BaseExceptionGroup) as caught:
        await heard(answer(kept(1 << 20)))

    assert caught.group_contains(AnswerError)
    assert not is_alive(tmp_path)


async def test_whoever_takes_nothing_is_not_waited_for(
    program: Program, kept: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who ask the same get theirs meanwhile."""
    program("head -c 10000000 /dev/zero")
    monkeypatch.setattr(giving, "SLOWEST_S", 0.2)
    answers = kept()

    async def take(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(60)

    slow, quick = await asyncio.gather(
        answer(answers)(SCOPE, stay, take), heard(answer(answers)), return_exceptions=True
    )

    assert isinstance(slow, BaseExceptionGroup)
    assert slow.subgroup(TimeoutError)
    assert quick == bytes(10_000_000)


async def test_what_nobody_wants_any_more_is_made_no_further(program: Program, kept: Keep, tmp_path: Path) -> None:
    """Git ends with all that it started, and its room is free."""
    program(FOR_EVER)
    answers = kept()

    async def take(_message: Any) -> None:
        pass

    await answer(answers)(SCOPE, leave, take)
    await asyncio.sleep(0.1)

    assert not is_alive(tmp_path)
    program("echo good")
    assert await heard(answer(answers)) == b"good\n"


async def test_git_takes_no_longer_for_an_answer_than_it_may(
    program: Program, kept: Keep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However eagerly it is taken."""
    program(FOR_EVER)
    monkeypatch.setattr(git_answer, "LONGEST_S", 0.3)

    with pytest.raises(BaseExceptionGroup) as caught:
        await heard(answer(kept()))

    assert caught.group_contains(AnswerError)
    assert not is_alive(tmp_path)


async def test_one_person_does_not_have_all_turns() -> None:
    """Who wants more than a server needs waits for their own; another one gets theirs meanwhile."""
    turns, given = Turns(of_one=2), list[str]()

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
