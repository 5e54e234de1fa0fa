"""Course material is brought up to date around a student's work, which is never lost: with real git."""

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from support.repositories import home, remote, run

from sardonyx_singleuser.git.clone import Fetched, fetch
from sardonyx_singleuser.git.command import Answer, Git, GitError
from sardonyx_singleuser.git.material import BEFORE, UNFINISHED, KeptError, put_back
from sardonyx_singleuser.plan import Repository
from sardonyx_singleuser.word import Words

__all__ = ["home", "remote"]

Change = Callable[[Path], object]
LESSON = "title\n\nfirst\n\nsecond\n\nlast\n"


def notebook(*sources: str, output: str = "") -> str:
    """Return a notebook as JupyterLab writes it."""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "source": [source],
            "outputs": [output] if output else [],
        }
        for number, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def publish(remote: Path, files: dict[str, str | bytes | None]) -> None:
    """Let the teacher publish files; None = take it away."""
    for name, text in files.items():
        path = remote / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    run("add", "--all", ".", folder=remote)
    run("commit", "--quiet", "-m", "more", folder=remote)


def material(remote: Path, **wanted: object) -> Repository:
    """Return the repository as a class names it."""
    return Repository(remote.as_uri(), is_material=True, **wanted)  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, str]:
    """Return what a person sees: names with their text."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_text(errors="replace") for path in found}


def write(folder: Path, name: str, text: str) -> None:
    """Write a file as the person would."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def commit(folder: Path) -> None:
    """Commit everything as the person would."""
    run("add", "--all", ".", folder=folder)
    run("commit", "--quiet", "-m", "mine", folder=folder)


@pytest.fixture
def clone(remote: Path, home: Path) -> Path:
    """The student's copy of a course of a few files."""
    publish(remote, {"lesson.txt": LESSON, "exercise.ipynb": notebook("1", "2", "3"), "data/a.csv": "a\n1\n"})
    fetched = fetch(material(remote), home)
    assert fetched.problem == ""
    return fetched.folder


def bring(remote: Path, home: Path, **wanted: object) -> Fetched:
    """Start a server again."""
    return fetch(material(remote, **wanted), home)


def test_what_the_student_did_not_touch_becomes_the_new_version(remote: Path, home: Path, clone: Path) -> None:
    """New, changed and deleted files of the teacher; a file of the student's stays beside them."""
    write(clone, "notes.txt", "mine")
    publish(remote, {"lesson.txt": "new", "week-2/x.txt": "x", "data/a.csv": None})

    fetched = bring(remote, home)

    assert fetched == Fetched(clone)
    assert files(clone) == {
        "lesson.txt": "new", "week-2/x.txt": "x", "exercise.ipynb": notebook("1", "2", "3"), "notes.txt": "mine",
    }  # fmt: skip


@pytest.mark.parametrize("how", ["written", "staged", "committed"])
def test_lines_of_both_come_together_and_the_students_win(remote: Path, home: Path, clone: Path, how: str) -> None:
    """Both changed “first”: the student's stays. Only the teacher changed “last”: that comes."""
    write(clone, "lesson.txt", LESSON.replace("first", "my first").replace("second", "my second"))
    if how == "staged":
        run("add", ".", folder=clone)
    if how == "committed":
        commit(clone)
    publish(remote, {"lesson.txt": LESSON.replace("first", "their first").replace("last", "their last")})

    fetched = bring(remote, home)

    assert fetched == Fetched(clone)
    assert (clone / "lesson.txt").read_text() == "title\n\nmy first\n\nmy second\n\ntheir last\n"
    assert run("ls-files", "--unmerged", folder=clone) == ""


@pytest.mark.parametrize("how", ["written", "committed"])
def test_a_notebook_that_was_run_gets_the_teachers_correction(remote: Path, home: Path, clone: Path, how: str) -> None:
    """Outputs are the student's, the corrected cell is the teacher's."""
    mine = notebook("1", "2", "3").replace('"outputs": []', '"outputs": ["out"]', 1)
    write(clone, "exercise.ipynb", mine)
    if how == "committed":
        commit(clone)
    publish(remote, {"exercise.ipynb": notebook("1", "2", "corrected")})

    fetched = bring(remote, home)

    assert fetched.problem == ""
    now = json.loads((clone / "exercise.ipynb").read_text())
    assert now["cells"][0]["outputs"] == ["out"]
    assert now["cells"][2]["source"] == ["corrected"]


def test_a_notebook_opens_whatever_both_did(remote: Path, home: Path, clone: Path) -> None:
    """Where lines of both would make no notebook, the student's stays and the new one stands beside it."""
    base, mine = '{\n"a":\n\n\n1\n\n\n}\n', "[\n\n\n\n1\n\n\n]\n"
    theirs = base.replace("1", '1, "b": 2')
    publish(remote, {"odd.ipynb": base})
    bring(remote, home)
    write(clone, "odd.ipynb", mine)
    publish(remote, {"odd.ipynb": theirs})

    fetched = bring(remote, home)

    assert fetched.set_aside == ("odd.new.ipynb",)
    assert (clone / "odd.ipynb").read_text() == mine
    assert (clone / "odd.new.ipynb").read_text() == theirs


def test_a_file_that_is_no_text_is_the_students_with_the_new_one_beside_it(
    remote: Path, home: Path, clone: Path
) -> None:
    """There are no lines to bring together."""
    publish(remote, {"plot.png": b"\0one"})
    bring(remote, home)
    (clone / "plot.png").write_bytes(b"\0mine")
    publish(remote, {"plot.png": b"\0two"})

    fetched = bring(remote, home)

    assert fetched.set_aside == ("plot.new.png",)
    assert (clone / "plot.png").read_bytes() == b"\0mine"
    assert (clone / "plot.new.png").read_bytes() == b"\0two"


@pytest.mark.parametrize("how", ["written", "committed"])
def test_a_changed_file_stays_when_the_teacher_takes_it_away(remote: Path, home: Path, clone: Path, how: str) -> None:
    """It is the student's work by then."""
    write(clone, "lesson.txt", "mine")
    if how == "committed":
        commit(clone)
    publish(remote, {"lesson.txt": None, "other.txt": "other"})

    fetched = bring(remote, home)

    assert fetched.problem == ""
    assert (clone / "lesson.txt").read_text() == "mine"
    assert (clone / "other.txt").read_text() == "other"


def test_a_deleted_file_comes_back_fresh(remote: Path, home: Path, clone: Path) -> None:
    """So a student gets a clean copy of what they spoilt, also when nothing is new."""
    (clone / "lesson.txt").unlink()

    assert bring(remote, home).problem == ""
    assert (clone / "lesson.txt").read_text() == LESSON


@pytest.mark.parametrize("is_staged", [False, True])
@pytest.mark.parametrize(
    ("mine", "theirs", "pattern"),
    [
        pytest.param("new.txt", "new.txt", "new__*.txt", id="the same name"),
        pytest.param("week-2", "week-2/x.txt", "week-2__*", id="a file where a folder comes"),
        pytest.param("week-2/x.txt", "week-2", "week-2__*/x.txt", id="a folder where a file comes"),
        pytest.param("übung 1 [a].txt", "übung 1 [a].txt", "übung 1 [[]a]__*.txt", id="letters of others"),
    ],
)
def test_a_file_of_the_students_where_a_new_one_comes_gets_another_name(
    remote: Path, clone: Path, mine: str, theirs: str, pattern: str, *, is_staged: bool
) -> None:
    """Both are there, and the person is told."""
    write(clone, mine, "mine")
    if is_staged:
        run("add", ".", folder=clone)
    publish(remote, {theirs: "theirs"})

    fetched = bring(remote, clone.parent)

    assert fetched.problem == ""
    assert (clone / theirs).read_text() == "theirs"
    (moved,) = clone.glob(pattern)
    assert moved.read_text() == "mine"
    assert len(fetched.set_aside) == 1


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_folder_that_becomes_a_file_and_a_file_that_becomes_a_folder(
    remote: Path, clone: Path, *, is_changed: bool
) -> None:
    """What the student did not touch just changes; what is theirs has another name."""
    if is_changed:
        write(clone, "lesson.txt", "mine")
        write(clone, "data/a.csv", "mine")
        write(clone, "data/own/b.csv", "own")
    publish(remote, {"lesson.txt": None, "data/a.csv": None})
    (remote / "data").rmdir()
    publish(remote, {"lesson.txt/new.txt": "theirs", "data": "theirs"})

    fetched = bring(remote, clone.parent)

    assert fetched.problem == ""
    found = files(clone)
    assert (found.pop("lesson.txt/new.txt"), found.pop("data")) == ("theirs", "theirs")
    found.pop("exercise.ipynb")
    assert sorted(found.values()) == (["mine", "mine", "own"] if is_changed else [])
    assert sorted(fetched.set_aside) == sorted(found)


def test_a_name_that_leads_out_of_the_folder_touches_nothing_there(remote: Path, home: Path, clone: Path) -> None:
    """As somebody can make it who writes git's objects by hand."""
    write(home, ".bashrc", "mine")
    blob = run("hash-object", "-w", "lesson.txt", folder=remote).strip()
    tree = run("mktree", folder=remote, given=f"100644 blob {blob}\t.bashrc\n").strip()
    root = run("mktree", folder=remote, given=f"040000 tree {tree}\t..\n").strip()
    made = run("commit-tree", root, "-p", "HEAD", "-m", "evil", folder=remote).strip()
    run("update-ref", "refs/heads/main", made, folder=remote)

    problem = bring(remote, home).problem

    assert problem == "It has files with names that lead out of its folder. Nothing was taken from it."
    assert {path.name for path in home.iterdir()} == {".bashrc", "stats-101"}
    assert (clone / "lesson.txt").read_text() == LESSON


def test_a_file_that_both_added_and_the_student_committed_stays_theirs(remote: Path, home: Path, clone: Path) -> None:
    """With the teacher's beside it."""
    write(clone, "new.txt", "mine\n")
    commit(clone)
    publish(remote, {"new.txt": "theirs\n"})

    fetched = bring(remote, home)

    assert fetched.problem == ""
    assert (clone / "new.txt").read_text() == "mine\n"
    assert (clone / "new.new.txt").read_text() == "theirs\n"


def test_what_the_student_wrote_is_still_a_change_to_commit(remote: Path, home: Path, clone: Path) -> None:
    """Nothing is committed in their name."""
    write(clone, "lesson.txt", LESSON.replace("first", "my first"))
    publish(remote, {"lesson.txt": LESSON.replace("last", "their last")})

    bring(remote, home)

    assert run("status", "--porcelain", folder=clone) == " M lesson.txt\n"
    assert run("rev-parse", "HEAD", folder=clone) == run("rev-parse", "HEAD", folder=remote)


def test_the_students_own_commits_stay_in_the_history(remote: Path, home: Path, clone: Path) -> None:
    """Joined with the teacher's."""
    write(clone, "mine.txt", "mine")
    commit(clone)
    mine = run("rev-parse", "HEAD", folder=clone).strip()
    publish(remote, {"other.txt": "other"})

    assert bring(remote, home).problem == ""

    run("merge-base", "--is-ancestor", mine, "HEAD", folder=clone)
    assert run("status", "--porcelain", folder=clone) == ""
    assert (clone / "mine.txt").exists()
    assert (clone / "other.txt").exists()


def test_a_history_that_was_made_anew_is_followed(remote: Path, home: Path, clone: Path) -> None:
    """A teacher who amends a commit does not leave students behind."""
    write(clone, "lesson.txt", LESSON.replace("first", "my first"))
    write(remote, "lesson.txt", LESSON.replace("last", "amended"))
    run("commit", "--quiet", "--all", "--amend", "-m", "amended", folder=remote)

    assert bring(remote, home).problem == ""
    assert (clone / "lesson.txt").read_text() == LESSON.replace("first", "my first").replace("last", "amended")


def test_the_state_before_can_be_had_again(remote: Path, home: Path, clone: Path) -> None:
    """With what was staged, too."""
    write(clone, "lesson.txt", "staged")
    run("add", ".", folder=clone)
    write(clone, "lesson.txt", "written")
    publish(remote, {"lesson.txt": "theirs"})

    bring(remote, home)

    assert run("show", f"{BEFORE}:lesson.txt", folder=clone) == "written"
    assert run("show", f"{BEFORE}^2:lesson.txt", folder=clone) == "staged"


def test_a_branch_of_the_students_own_is_left_alone(remote: Path, home: Path, clone: Path) -> None:
    """They know what they do."""
    run("switch", "--quiet", "--create", "mine", folder=clone)
    publish(remote, {"lesson.txt": "theirs"})

    assert bring(remote, home, branch="main").is_kept
    assert (clone / "lesson.txt").read_text() == LESSON


def test_who_is_in_the_middle_of_a_merge_is_told(remote: Path, home: Path, clone: Path) -> None:
    """Their own conflict is theirs to solve."""
    write(clone, "lesson.txt", "mine\n")
    commit(clone)
    publish(remote, {"lesson.txt": "theirs\n"})
    with suppress(Exception):
        run("pull", "--quiet", "--no-rebase", folder=clone)

    assert "You are in the middle of a merge there" in bring(remote, home).problem


@pytest.mark.parametrize("kind", ["tag", "commit"])
def test_a_tag_and_a_commit_are_stayed_at_until_the_plan_names_another(remote: Path, home: Path, kind: str) -> None:
    """And then the student's changes come along."""
    publish(remote, {"lesson.txt": LESSON})
    run("tag", "v1", folder=remote)
    first = run("rev-parse", "HEAD", folder=remote).strip()
    publish(remote, {"lesson.txt": LESSON.replace("last", "their last")})
    run("tag", "v2", folder=remote)
    second = run("rev-parse", "HEAD", folder=remote).strip()
    wanted = [{"branch": "v1"}, {"branch": "v2"}] if kind == "tag" else [{"commit": first}, {"commit": second}]

    clone = bring(remote, home, **wanted[0]).folder
    assert (clone / "lesson.txt").read_text() == LESSON
    write(clone, "lesson.txt", LESSON.replace("first", "my first"))
    assert bring(remote, home, **wanted[0]) == Fetched(clone)
    assert bring(remote, home, **wanted[1]) == Fetched(clone)

    assert (clone / "lesson.txt").read_text() == "title\n\nmy first\n\nsecond\n\ntheir last\n"


def test_a_short_history_is_enough(remote: Path, home: Path) -> None:
    """With `depth`, commits come that were not there, and a student's own are joined with them."""
    publish(remote, {"lesson.txt": LESSON})
    clone = bring(remote, home, depth=1).folder
    assert run("rev-list", "--count", "HEAD", folder=clone) == "1\n"
    write(clone, "lesson.txt", LESSON.replace("first", "my first"))
    commit(clone)
    publish(remote, {"lesson.txt": LESSON.replace("last", "their last")})

    assert bring(remote, home, depth=1) == Fetched(clone)
    assert (clone / "lesson.txt").read_text() == "title\n\nmy first\n\nsecond\n\ntheir last\n"


class Cut(BaseException):
    """The end of a server in the middle of an update."""


def cut_short(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """End the update after so many commands that write."""
    real, numbers = Git.run, iter(range(after))

    def run_or_end(self: Git, *arguments: str, given: str = "") -> Answer:
        writes = arguments[0] in {"update-ref", "reset", "restore", "merge", "commit", "checkout", "add"}
        if writes and next(numbers, None) is None:
            raise Cut
        return real(self, *arguments, given=given)

    monkeypatch.setattr(Git, "run", run_or_end)


@pytest.mark.parametrize("how", ["written", "committed"])
def test_an_update_that_is_cut_short_anywhere_loses_nothing(
    remote: Path, home: Path, clone: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each step; the next start finishes it, and all is as if nothing had happened."""
    wanted = {
        "lesson.txt": "title\n\nmy first\n\nsecond\n\ntheir last\n",
        "exercise.ipynb": notebook("1", "2", "3"),
        "data/a.csv": "mine\n",
        "week-2/x.txt": "theirs",
    }
    write(clone, "lesson.txt", LESSON.replace("first", "my first"))
    write(clone, "data/a.csv", "mine\n")
    if how == "committed":
        commit(clone)
    publish(
        remote, {"lesson.txt": LESSON.replace("first", "x").replace("last", "their last"), "week-2/x.txt": "theirs"}
    )
    was = run("rev-parse", "HEAD", folder=clone).strip()
    cuts = 0
    for after in range(1, 30):
        run("reset", "--quiet", "--hard", was, folder=clone)
        run("clean", "--quiet", "-fd", folder=clone)
        write(clone, "lesson.txt", LESSON.replace("first", "my first"))
        write(clone, "data/a.csv", "mine\n")
        for name in (UNFINISHED, "refs/sardonyx/brought"):
            run("update-ref", "-d", name, folder=clone)
        with monkeypatch.context() as only_now:
            cut_short(only_now, after)
            try:
                assert bring(remote, home).problem == ""
            except Cut:
                cuts += 1
            else:
                break

        assert bring(remote, home).problem == ""
        assert files(clone) == wanted
    assert cuts >= 3


def test_a_repository_without_a_commit_is_explained(tmp_path: Path, home: Path) -> None:
    """It is no fault of the student's."""
    empty = tmp_path / "empty"
    empty.mkdir()
    run("init", "--quiet", folder=empty)

    assert "There is nothing in it yet" in fetch(material(empty), home).problem
    assert list(home.iterdir()) == []


def test_large_files_of_git_lfs_are_explained(remote: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is there."""
    publish(remote, {".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "a.txt": "a"})
    monkeypatch.setattr("shutil.which", lambda name: None if name == "git-lfs" else os.fspath(name))

    fetched = bring(remote, home)

    assert "they are kept with Git LFS, which this machine does not have" in fetched.problem
    assert (fetched.folder / "a.txt").read_text() == "a"


def test_a_repository_inside_that_cannot_be_had_is_explained(remote: Path, home: Path) -> None:
    """Git takes no local path for one, which could show other people's files; the rest is there."""
    write(remote, ".gitmodules", '[submodule "inner"]\n\tpath = inner\n\turl = https://no-such-host.invalid/inner\n')
    head = run("rev-parse", "HEAD", folder=remote).strip()
    run("update-index", "--add", "--cacheinfo", f"160000,{head},inner", folder=remote)
    run("add", ".gitmodules", folder=remote)
    run("commit", "--quiet", "-m", "inner", folder=remote)

    fetched = bring(remote, home)

    assert fetched.problem.startswith(
        "It is here, but not all repositories inside of it. inner: Its place on the web does not"
    )
    assert (fetched.folder / "lesson.txt").exists()


@pytest.mark.parametrize("how", ["written", "committed", "deleted"])
def test_a_file_is_put_back_with_the_students_own_beside_it(clone: Path, how: str) -> None:
    """Whatever they did to it, and nothing else is touched."""
    write(clone, "data/a.csv", "a\n2\n")
    write(clone, "lesson.txt", "mine\n")
    if how == "committed":
        commit(clone)
    elif how == "deleted":
        (clone / "data" / "a.csv").unlink()

    aside = put_back(Git(clone), "data/a.csv")

    found = files(clone)
    assert found.pop("data/a.csv") == "a\n1\n"
    assert found.pop("lesson.txt") == "mine\n"
    assert found.pop(aside, "") == ("" if how == "deleted" else "a\n2\n")
    assert bool(aside) is (how != "deleted")
    assert set(found) == {"exercise.ipynb"}


def test_a_file_that_is_put_back_twice_at_once_loses_nothing(clone: Path) -> None:
    """As by a double click; what is as it was brought is left alone, and what is set aside finds a free name."""
    write(clone, "lesson.txt", "mine\n")
    aside = put_back(Git(clone), "lesson.txt")
    assert put_back(Git(clone), "lesson.txt") == ""
    write(clone, "lesson.txt", "again\n")
    other = put_back(Git(clone), "lesson.txt")

    assert (files(clone)[aside], files(clone)[other]) == ("mine\n", "again\n")


@pytest.mark.parametrize("path", ["missing.txt", "../outside.txt", ".git/config", "/etc/passwd", "data", "*.csv", "-f"])
def test_only_a_file_of_the_material_is_put_back(clone: Path, path: str) -> None:
    """Else nothing is touched."""
    before = files(clone)

    with pytest.raises(KeptError, match="There is no file “.*” in the material."):
        put_back(Git(clone), path)

    assert files(clone) == before


async def test_where_all_of_the_material_is_gone_it_is_brought_again(remote: Path, home: Path, clone: Path) -> None:
    """Whoever would put one file back reads that."""
    words = Words(home, [material(remote)], asyncio.Lock())
    shutil.rmtree(clone)

    assert await words.put_back("tia", "lesson.txt") == (
        f"All of “{clone.name}” is gone, which has the material. Bring new material, then it is there again."
    )
    assert await words.bring("tia") == ""
    write(clone, "lesson.txt", "mine\n")
    assert await words.put_back("tia", "lesson.txt") == ""
    assert (clone / "lesson.txt").read_text() == LESSON


async def test_a_file_is_put_back_in_the_repository_that_is_named(remote: Path, home: Path, clone: Path) -> None:
    """Of two that have one of the same name; without a name, in the first."""
    other = replace(material(remote), folder="other")
    words = Words(home, [material(remote), other], asyncio.Lock())
    await words.bring("tia")
    for folder in (clone, home / "other"):
        write(folder, "lesson.txt", "mine\n")

    assert await words.put_back("tia", "lesson.txt", "other") == ""
    assert (clone / "lesson.txt").read_text() == "mine\n"
    assert (home / "other" / "lesson.txt").read_text() == LESSON
    assert words.said[-1].text.startswith("“other/lesson.txt” is as it is in the material again. What you wrote is")
    assert await words.put_back("tia", "lesson.txt", "third") == (
        "This server has no material in “third”. What was added since its start comes with its next one."
    )
    assert await words.put_back("tia", "lesson.txt") == ""
    assert (clone / "lesson.txt").read_text() == LESSON


def test_what_cannot_be_put_back_leaves_the_students_own_where_it_was(clone: Path) -> None:
    """As where git finds that somebody else is at work."""
    write(clone, "lesson.txt", "mine\n")
    (clone / ".git" / "index.lock").touch()
    before = files(clone)

    with pytest.raises(GitError):
        put_back(Git(clone), "lesson.txt")

    assert files(clone) == before
