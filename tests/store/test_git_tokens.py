"""Private repositories: git in a server gets its owner's token, and nobody else does: with real git and a real forge."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import web
from support.git_server import BATCH, Forge, serving
from support.places import Client, Place
from support.repositories import publish_large, remote, run

from sardonyx_services.people.git_accounts import GitSecret
from sardonyx_singleuser.git.configuration import configuration
from sardonyx_singleuser.plan import Plan

__all__ = ["remote"]


@pytest.fixture
def forge(remote: Path) -> Iterator[Forge]:
    """A forge with one private repository."""
    run("config", "http.receivepack", "true", folder=remote)
    run("config", "receive.denyCurrentBranch", "updateInstead", folder=remote)
    with serving(Forge(remote.parent, token="the-token")) as found:
        yield found


def git(somebody: Client, folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run git as in a terminal of somebody's server."""
    own = folder / f"own-{somebody.id}"
    own.mkdir(exist_ok=True)
    (own / "token").write_text(f"token {somebody.token}")
    (own / "gitconfig").write_text(
        configuration(Plan("", (), author_name="A", author_mail="a@example.org"), os.devnull)
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(own),
        "GIT_CONFIG_SYSTEM": str(own / "gitconfig"),
        "GIT_TERMINAL_PROMPT": "0",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{somebody.place.keys}/aws",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(own / "token"),
    }
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=False, text=True, capture_output=True, input=given
    )


def test_a_private_repository_is_cloned_and_pushed_to(place: Place, forge: Forge, tmp_path: Path) -> None:
    """With the token of the page “Git”, and none in any file of the clone."""
    amina = place.person("amina")
    place.git_accounts.keep(amina.id, forge.url, GitSecret("the-token", "amina-there"))

    assert git(amina, tmp_path, "clone", "--quiet", f"{forge.url}/stats-101", "copy").stderr == ""
    (tmp_path / "copy" / "lesson.txt").write_text("from a server")
    git(amina, tmp_path, "-C", "copy", "commit", "--quiet", "--all", "-m", "mine")
    pushed = git(amina, tmp_path, "-C", "copy", "push", "--quiet")

    assert pushed.returncode == 0, pushed.stderr
    assert (forge.folder / "stats-101" / "lesson.txt").read_text() == "from a server"
    assert set(forge.users) == {"amina-there"}
    assert all(b"the-token" not in path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file())


def test_nobody_gets_the_token_of_another(place: Place, forge: Forge, tmp_path: Path) -> None:
    """Whatever they ask for: it is the server's own token that says whose it is."""
    amina, bela = place.person("amina"), place.person("bela")
    place.git_accounts.keep(amina.id, forge.url, GitSecret("the-token"))

    refused = git(bela, tmp_path, "clone", "--quiet", f"{forge.url}/stats-101", "copy")

    assert refused.returncode != 0
    assert forge.asked == []
    for token in (bela.token, "guessed", place.hub.sits_at_the_page("amina")):
        answer = web.get(
            f"{place.keys}/git", params={"address": forge.url, "name": "amina", "person": amina.id},
            headers={"Authorization": f"token {token}"},
        )  # fmt: skip
        assert answer.status_code in {403, 404}
        assert "the-token" not in answer.text


def test_another_forge_does_not_get_the_token(place: Place, forge: Forge, tmp_path: Path) -> None:
    """Not the same host at another port either, and not one that the first leads to."""
    amina = place.person("amina")
    place.git_accounts.keep(amina.id, f"http://127.0.0.1:{forge.port + 1}", GitSecret("the-token"))

    refused = git(amina, tmp_path, "clone", "--quiet", f"{forge.url}/stats-101", "copy")

    assert "terminal prompts disabled" in refused.stderr
    assert forge.users == []


def test_the_place_of_large_files_does_not_get_the_token(
    place: Place, forge: Forge, remote: Path, tmp_path: Path
) -> None:
    """The forge says where they are (Git LFS), and that may be anywhere; nor does a place that the repository names."""
    amina = place.person("amina")
    place.git_accounts.keep(amina.id, forge.url, GitSecret("the-token"))
    forge.large_files = publish_large(remote, "data/large.bin", b"\0large")
    with serving(Forge(tmp_path, address="127.0.0.2", token="its-own", large_files=forge.large_files)) as elsewhere:
        forge.large_files_at = elsewhere.url
        cloned = git(amina, tmp_path, "clone", "--quiet", f"{forge.url}/stats-101", "copy")
        assert (elsewhere.shown, len(elsewhere.asked)) == ([], 1)
        (remote / ".lfsconfig").write_text(f"[lfs]\n\turl = {elsewhere.url}/stats-101/info/lfs\n")
        run("add", ".", folder=remote)
        run("commit", "--quiet", "-m", "elsewhere", folder=remote)
        refused = git(amina, tmp_path, "clone", "--quiet", f"{forge.url}/stats-101", "other")

    assert cloned.returncode == 0, cloned.stderr
    assert (tmp_path / "copy" / "data" / "large.bin").read_bytes() == b"\0large"
    assert any(path.endswith(BATCH) for path in forge.shown)
    assert "Git credentials for" in refused.stderr
    assert elsewhere.shown == []


def test_a_second_host_in_a_question_gets_nothing(place: Place, forge: Forge, tmp_path: Path) -> None:
    """As by a line break in the address of a repository."""
    amina = place.person("amina")
    place.git_accounts.keep(amina.id, forge.url, GitSecret("the-token"))
    host = forge.url.removeprefix("http://")

    clear = git(amina, tmp_path, "credential", "fill", given=f"protocol=http\nhost={host}\n\n")
    helper = configuration(Plan("", ()), os.devnull).split('helper = "!')[1].split('"')[0]
    twice = git(
        *(amina, tmp_path, "-c", f"alias.ask=!{helper} get", "ask"),
        given=f"protocol=http\nhost=example.org\nhost={host}\n\n",
    )

    assert "password=the-token" in clear.stdout
    assert (twice.returncode, twice.stdout) == (0, "")


def test_a_token_that_ended_is_marked_on_the_page(place: Place, forge: Forge, tmp_path: Path) -> None:
    """The person sees there that they have to give a new one."""
    amina = place.person("amina")
    place.git_accounts.keep(amina.id, forge.url, GitSecret("ended"))

    git(amina, tmp_path, "clone", "--quiet", f"{forge.url}/stats-101", "copy")

    marked = {account.address for account in place.git_accounts.of(amina.id) if account.is_refused}
    assert marked == {forge.url}


def test_each_use_is_written_down(place: Place, forge: Forge, tmp_path: Path) -> None:
    """Who, for which forge; without the token."""
    amina = place.person("amina")
    place.git_accounts.keep(amina.id, forge.url, GitSecret("the-token"))
    git(amina, tmp_path, "clone", "--quiet", f"{forge.url}/stats-101", "copy")

    lines = [json.loads(line) for line in place.audit.read_text().splitlines()]
    used = [line for line in lines if line["places"] == [forge.url]]

    assert {(line["service"], line["name"], line["server"]) for line in used} == {("git", "amina", "")}
    assert "the-token" not in place.audit.read_text()


def test_without_a_token_git_goes_on_as_ever(place: Place, forge: Forge, tmp_path: Path) -> None:
    """A repository that is open to everybody needs none, and nothing is said."""
    forge.token = ""

    done = git(place.person("amina"), tmp_path, "clone", "--quiet", f"{forge.url}/stats-101", "copy")

    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_in_a_repository_is_not_taken_for_ours(place: Place, forge: Forge, tmp_path: Path) -> None:
    """Somebody else's repository may have a file with the name of one of our modules."""
    amina = place.person("amina")
    place.git_accounts.keep(amina.id, forge.url, GitSecret("the-token"))
    evil = tmp_path / "evil"
    (evil / "sardonyx_singleuser").mkdir(parents=True)
    for name in ("json.py", "sardonyx_singleuser/__init__.py"):
        (evil / name).write_text(f"open({str(tmp_path / 'run')!r}, 'w')")

    done = git(amina, evil, "ls-remote", "--quiet", f"{forge.url}/stats-101")

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "run").exists()
