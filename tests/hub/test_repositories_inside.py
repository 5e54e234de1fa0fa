"""Repositories inside of material: they arrive, and what a student did in one is never lost. With real git and a forge."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.git_server import Forge, serving
from support.repositories import home, remote, run

from sardonyx_singleuser.git.clone import Fetched, fetch
from sardonyx_singleuser.git.inside import DEEPEST, KEPT, Inner, refusal
from sardonyx_singleuser.plan import Repository

__all__ = ["home", "remote"]


@pytest.fixture
def inner(remote: Path) -> Path:
    """What the course has inside of it: a repository of two files."""
    folder = remote.parent / "tools"
    folder.mkdir()
    run("init", "--quiet", "--initial-branch=main", folder=folder)
    run("config", "uploadpack.allowFilter", "true", folder=folder)
    publish(folder, {"tool.py": "one\n\ntwo\n\nthree\n", "other.py": "one\n"})
    return folder


@pytest.fixture
def forge(remote: Path, inner: Path) -> Iterator[Forge]:
    """A forge that has both."""
    name(remote, "tools", "../tools", run("rev-parse", "HEAD", folder=inner).strip())
    with serving(Forge(remote.parent)) as found:
        yield found


def publish(folder: Path, files: dict[str, str]) -> None:
    """Let whoever keeps a repository go on."""
    for path, text in files.items():
        (folder / path).write_text(text)
    # Not all of it: what is inside has no folder here, and would go.
    run("add", *files, folder=folder)
    run("commit", "--quiet", "-m", "more", folder=folder)


def name(remote: Path, path: str, url: str, commit: str) -> None:
    """Let the course have a repository inside of it, at a commit."""
    known = remote / ".gitmodules"
    before = known.read_text() if known.exists() else ""
    if f'"{path}"' not in before:
        known.write_text(f'{before}[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n')
    run("add", ".gitmodules", folder=remote)
    run("update-index", "--add", "--cacheinfo", f"160000,{commit},{path}", folder=remote)
    run("commit", "--quiet", "-m", f"{path} at {commit}", folder=remote)


def follow(remote: Path, inner: Path) -> None:
    """Let the course have the newest of what is inside."""
    name(remote, "tools", "", run("rev-parse", "HEAD", folder=inner).strip())


def bring(forge: Forge, home: Path, kind: str = "material") -> Fetched:
    """Start a server."""
    return fetch(Repository(f"{forge.url}/stats-101", is_material=kind == "material"), home)


@pytest.mark.parametrize("kind", ["material", "other"])
def test_it_arrives_and_is_brought_up_to_date(forge: Forge, home: Path, remote: Path, inner: Path, kind: str) -> None:
    """With one that is inside of it; and where it is gone, the one around it comes all the same."""
    deepest = remote.parent / "deepest"
    run("clone", "--quiet", str(inner), str(deepest), folder=remote.parent)
    name(inner, "deep", "../deepest", run("rev-parse", "HEAD", folder=deepest).strip())
    follow(remote, inner)
    assert bring(forge, home, kind) == Fetched(home / "stats-101")
    assert (home / "stats-101" / "tools" / "deep" / "tool.py").exists()
    publish(inner, {"other.py": "two\n"})
    follow(remote, inner)

    assert bring(forge, home, kind) == Fetched(home / "stats-101")

    assert (home / "stats-101" / "tools" / "other.py").read_text() == "two\n"
    assert run("status", "--porcelain", folder=home / "stats-101") == ""
    publish(inner, {"other.py": "three\n"})
    follow(remote, inner)
    (remote / "lesson.txt").write_text("two")
    run("commit", "--quiet", "-m", "two", "lesson.txt", folder=remote)
    shutil.rmtree(inner)
    gone = bring(forge, home, kind)
    assert gone.problem == (
        "It is here, but not all repositories inside of it. tools: There is no repository at this address. Look at the address."
    )
    assert (home / "stats-101" / "lesson.txt").read_text() == "two"


@pytest.mark.parametrize("how", ["written", "committed", "committed, old inside", "branch", "committed around"])
def test_what_a_student_did_in_it_survives_what_is_new(
    forge: Forge, home: Path, remote: Path, inner: Path, how: str
) -> None:
    """By the rules of material; one that is on a branch of theirs is left alone, and the rest of the course comes."""
    assert bring(forge, home).problem == ""
    tools = home / "stats-101" / "tools"
    if how == "branch":
        run("switch", "--quiet", "-c", "mine", folder=tools)
    (tools / "tool.py").write_text("mine\n\ntwo\n\nthree\n")
    if how != "written":
        run("commit", "--quiet", "-a", "-m", "mine", folder=tools)
    own = run("rev-parse", "HEAD", folder=tools).strip()
    if how == "committed around":
        run("commit", "--quiet", "-a", "-m", "mine, around it", folder=home / "stats-101")
    publish(inner, {"tool.py": "one\n\ntwo\n\nfour\n", "other.py": "two\n"})
    if "old inside" not in how:
        follow(remote, inner)
    (remote / "lesson.txt").write_text("two")
    run("commit", "--quiet", "-m", "two", "lesson.txt", folder=remote)

    assert bring(forge, home) == Fetched(home / "stats-101")
    assert bring(forge, home) == Fetched(home / "stats-101")

    assert (home / "stats-101" / "lesson.txt").read_text() == "two"
    is_new = how in {"written", "committed"}
    assert (tools / "tool.py").read_text() == f"mine\n\ntwo\n\n{'four' if is_new else 'three'}\n"
    assert (tools / "other.py").read_text() == ("two\n" if is_new else "one\n")
    if how != "written":
        run("merge-base", "--is-ancestor", own, "HEAD", folder=tools)


def test_commits_in_one_that_was_deleted_are_kept(forge: Forge, home: Path) -> None:
    """A deleted folder comes back, as a file does; what was committed in it has a name of its own then."""
    assert bring(forge, home).problem == ""
    tools = home / "stats-101" / "tools"
    (tools / "tool.py").write_text("mine\n")
    run("commit", "--quiet", "-a", "-m", "mine", folder=tools)
    own = run("rev-parse", "HEAD", folder=tools).strip()
    shutil.rmtree(tools)

    assert bring(forge, home) == Fetched(home / "stats-101")

    assert (tools / "tool.py").read_text() == "one\n\ntwo\n\nthree\n"
    assert run("show", f"{KEPT}/{own}:tool.py", folder=tools) == "mine\n"


def test_a_folder_of_the_students_makes_way_for_one_that_comes(forge: Forge, home: Path, remote: Path) -> None:
    """It gets another name, as a file does."""
    assert bring(forge, home).problem == ""
    more = home / "stats-101" / "more"
    more.mkdir()
    (more / "mine.txt").write_text("mine")
    tools = run("rev-parse", "HEAD", folder=remote.parent / "tools").strip()
    name(remote, "more", "../tools", tools)

    fetched = bring(forge, home)

    assert (more / "tool.py").exists()
    assert fetched.problem == ""
    (aside,) = fetched.set_aside
    assert (home / "stats-101" / aside).read_text() == "mine"


@pytest.mark.parametrize("left", ["no-commit", "no-files"])
def test_one_that_came_in_half_is_brought_again(forge: Forge, home: Path, left: str) -> None:
    """A start that took too long was ended in the middle of it."""
    assert bring(forge, home).problem == ""
    clone = home / "stats-101"
    inside = clone / ".git" / "modules" / "tools"
    if left == "no-commit":
        shutil.rmtree(clone / "tools")
        (inside / "HEAD").write_text("ref: refs/heads/none\n")
    else:
        (inside / "index").unlink()
        (inside / "HEAD").write_text("ref: refs/heads/main\n")
        for path in (clone / "tools").glob("*.py"):
            path.unlink()

    assert bring(forge, home) == Fetched(clone)

    assert (clone / "tools" / "other.py").read_text() == "one\n"


def test_one_that_has_itself_inside_has_an_end(forge: Forge, home: Path, inner: Path, remote: Path) -> None:
    """It would fill the home."""
    name(inner, "self", "../tools", run("rev-parse", "HEAD", folder=inner).strip())
    for _ in range(DEEPEST):
        name(inner, "self", "", run("rev-parse", "HEAD", folder=inner).strip())
    follow(remote, inner)

    said = bring(forge, home).problem

    assert said.endswith(f"tools{'/self' * (DEEPEST - 1)}: What is inside of it was left out: it is too deep inside.")


def test_an_address_that_is_none_of_the_web_is_refused(
    forge: Forge, home: Path, remote: Path, inner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the person told git to allow it; what else is inside comes, and nothing that was named runs."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    (home / ".gitconfig").write_text('[protocol "file"]\n\tallow = always\n[protocol "ext"]\n\tallow = always\n')
    shutil.copytree(inner, home / "other")
    urls = {
        "file": f"file://{home}/other",
        "path": f"{home}/other",
        "program": f"ext::touch {home}/run",
        "option": f"--upload-pack=touch {home}/run",
        "password": f"{forge.url.replace('://', '://ann:secret@')}/tools",
    }
    for path, url in urls.items():
        name(remote, path, f'"{url}"', run("rev-parse", "HEAD", folder=inner).strip())

    said = bring(forge, home).problem

    nowhere = "It has no address on the web, such as https://. Tell who keeps the repository around it."
    assert said == (
        "It is here, but not all repositories inside of it."
        f" file: {nowhere} path: {nowhere} program: {nowhere} option: {nowhere}"
        " password: There is a name or a password in its address. Tell who keeps the repository around it."
    )
    assert [list((home / "stats-101" / path).iterdir()) for path in urls] == [[]] * len(urls)
    assert (home / "stats-101" / "tools" / "tool.py").exists()
    assert not (home / "run").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("-oProxyCommand=touch@example.org:x", "no address on the web"),
        ("ssh://-oProxyCommand=touch/x", "no address on the web"),
        ("git://example.org/x", "no address on the web"),
        ("https://example.org/x\n", "no address on the web"),
        ("https://[example.org/x", "no address on the web"),
        ("https://token@example.org/x", "a name or a password"),
        ("ssh://git:secret@example.org/x", "a name or a password"),
    ],
)
def test_what_could_do_harm_is_not_asked(url: str, said: str) -> None:
    """Whatever git thinks of it."""
    assert said in refusal(Inner("tools", "tools", url))


def test_a_relative_address_leads_to_no_other_protocol(remote: Path, inner: Path, home: Path) -> None:
    """Beside a repository on a disk are files of others."""
    name(remote, "tools", "../tools", run("rev-parse", "HEAD", folder=inner).strip())

    fetched = fetch(Repository(remote.as_uri(), is_material=True), home)

    assert fetched.problem.endswith("tools: It has no address on the web, such as https://. Look at the address.")


@pytest.mark.parametrize("url", ["git@example.org:course/tools.git", "ssh://git@example.org/tools", "../tools", "./x"])
def test_usual_addresses_are_not_refused(url: str) -> None:
    """As forges show them."""
    assert refusal(Inner("tools", "tools", url)) == ""
    assert refusal(Inner("../tools", "tools", url)) == "It has a name that leads out of its folder."
