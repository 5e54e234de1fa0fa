"""The page “Git”: a token given once, and private repositories are there in every server."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from support.git_server import Forge, serving
from support.repositories import remote, run

__all__ = ["remote"]
pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
Check = Callable[[Any, str], None]


@pytest.fixture
def forge(remote: Any) -> Iterator[Forge]:
    """A forge with one private repository."""
    run("config", "http.receivepack", "true", folder=remote)
    run("config", "receive.denyCurrentBranch", "updateInstead", folder=remote)
    with serving(Forge(remote.parent, token="the-token")) as found:
        yield found


def at_the_page(stack: Any, visitor: Any, name: str) -> Any:
    """Sign in as somebody new, and open the page as people do."""
    stack.add_person(name, PASSWORD)
    visitor.sign_in(name)
    visitor.page.get_by_role("link", name="Git", exact=True).click()
    visitor.page.get_by_role("heading", name="Git", exact=True).wait_for()
    return visitor.page


def give(page: Any, address: str, token: str) -> None:
    """Fill the form and send it."""
    page.get_by_label("Site with your repositories").fill(address)
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Keep it").click()


def test_a_token_opens_private_repositories_in_every_server(
    stack: Any, visitor: Any, forge: Forge, check: Check
) -> None:
    """At the start and in a terminal, to read and to write; the commit is that of who signed in."""
    page = at_the_page(stack, visitor, "gita")
    check(page, "git")
    give(page, f"{forge.url}/stats-101", "the-token")
    page.get_by_role("heading", name="Your tokens").wait_for()
    check(page, "git-with-a-token")
    assert "the-token" not in page.content()

    visitor.start(repository=f"{forge.url}/stats-101")
    assert "/lab/tree/stats-101" in page.url
    said = visitor.run(
        "import subprocess; run = lambda c: print(subprocess.run(c, shell=True, cwd='stats-101', capture_output=True, text=True))\n"
        "run('echo mine > lesson.txt; git commit -qam mine && git push -q')"
    )

    assert "returncode=0" in said
    assert (forge.folder / "stats-101" / "lesson.txt").read_text() == "mine\n"
    assert run("log", "-1", "--format=%an <%ae>", folder=forge.folder / "stats-101") == "gita <gita@127.0.0.1>\n"


def test_a_private_repository_without_a_token_says_where_to_give_one(stack: Any, visitor: Any, forge: Forge) -> None:
    """On the page of the start and in the note; the server starts."""
    at_the_page(stack, visitor, "gero")

    visitor.start(repository=f"{forge.url}/stats-101")

    said = visitor.run("print(open('CODE-IS-MISSING.md').read())")
    assert "for a private one, give a token on the hub's page “Git”." in said


def test_what_is_wrong_in_the_form_is_said_beside_what_was_written(stack: Any, visitor: Any, check: Check) -> None:
    """Nothing is kept, and the address need not be written again."""
    page = at_the_page(stack, visitor, "gus")

    give(page, "http://git.example.org", "the-token")

    alert = page.get_by_role("alert").inner_text()
    assert "Nothing was kept. A token is sent to an address that begins with https:// only" in alert
    assert page.get_by_label("Site with your repositories").input_value() == "http://git.example.org"
    check(page, "git-refused")


def test_a_token_is_forgotten_with_the_keyboard(stack: Any, visitor: Any) -> None:
    """And nothing is left of it on the page."""
    page = at_the_page(stack, visitor, "greta")
    give(page, "git.example.org", "the-token")
    page.get_by_role("button", name=re.compile(r"Forget it.*git\.example\.org")).focus()

    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Give a token").wait_for()
    assert page.get_by_role("heading", name="Your tokens").count() == 0
    assert page.get_by_text("git.example.org").count() == 0


def test_a_page_elsewhere_gives_no_token_in_somebodys_name(stack: Any, visitor: Any) -> None:
    """Without the sign of a form of ours nothing is kept."""
    page = at_the_page(stack, visitor, "gina")

    answer = page.request.post(f"{stack.url}/hub/git", form={"address": "evil.example", "token": "theirs"})

    assert answer.status == 403
    page.reload()
    assert page.get_by_text("evil.example").count() == 0


def link_to(stack: Any, repo: str, **more: str) -> str:
    """Return a link as teachers share it: to the hub, for whoever clicks it."""
    return f"{stack.url}/hub/user-redirect/git-pull?{urlencode({'repo': repo, **more})}"


def test_a_link_of_nbgitpuller_works_whether_the_server_runs_or_not(stack: Any, visitor: Any, repository: str) -> None:
    """It leads through the form to the notebook; the second time it brings what is new around one's changes."""
    stack.add_person("lina", PASSWORD)
    visitor.sign_in("lina")
    page = visitor.page
    link = link_to(stack, repository, urlpath="lab/tree/course/first-notebook.ipynb", branch="main")

    page.goto(link)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/user/lina/lab/tree/course/first-notebook.ipynb", timeout=60_000)
    visitor.run("open('course/first-notebook.ipynb', 'a').write(' ')")
    page.goto(link)

    page.wait_for_url("**/user/lina/lab/tree/course/first-notebook.ipynb", timeout=60_000)
    assert visitor.run("print(open('course/first-notebook.ipynb').read().endswith(' '))").strip() == "True"


def test_a_link_that_fails_says_why_and_can_be_tried_again(
    stack: Any, visitor: Any, forge: Forge, check: Check
) -> None:
    """Nothing is lost, and the next try may work."""
    stack.add_person("luis", PASSWORD)
    visitor.sign_in("luis")
    visitor.start()
    page = visitor.page

    page.goto(link_to(stack, f"{forge.url}/stats-101"))
    page.get_by_role("heading", name="stats-101 could not be brought").wait_for()
    assert "It does not exist, or it is private." in page.get_by_role("alert").inner_text()
    check(page, "git-pull-failed")
    forge.token = ""
    page.get_by_role("button", name="Try again").click()

    page.wait_for_url("**/lab/tree/stats-101")


def test_a_link_that_is_not_harmless_does_nothing(stack: Any, visitor: Any, repository: str) -> None:
    """It says so, and what to do."""
    stack.add_person("linus", PASSWORD)
    visitor.sign_in("linus")
    visitor.start()

    visitor.page.goto(link_to(stack, repository, targetpath=".ipython/profile_default/startup"))

    assert "not one for files of yours" in visitor.page.get_by_role("alert").inner_text()
    assert visitor.run("import os; print(os.path.exists('.ipython/profile_default/startup/.git'))").strip() == "False"


def test_a_link_says_which_files_got_other_names(stack: Any, visitor: Any, forge: Forge, check: Check) -> None:
    """Before it opens the repository."""
    forge.token = ""
    stack.add_person("lea", PASSWORD)
    visitor.sign_in("lea")
    visitor.start()
    link = link_to(stack, f"{forge.url}/stats-101")
    visitor.page.goto(link)
    visitor.page.wait_for_url("**/lab/tree/stats-101")
    visitor.run("open('stats-101/new.txt', 'w').write('mine')")
    (forge.folder / "stats-101" / "new.txt").write_text("theirs")
    run("add", ".", folder=forge.folder / "stats-101")
    run("commit", "--quiet", "-m", "new", folder=forge.folder / "stats-101")

    visitor.page.goto(link)

    visitor.page.get_by_role("heading", name="stats-101 is here").wait_for()
    assert visitor.page.get_by_role("listitem").inner_text().startswith("new__")
    check(visitor.page, "git-pull-set-aside")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/lab/tree/stats-101")


def test_a_link_to_a_large_repository_says_how_much_has_come(
    stack: Any, visitor: Any, forge: Forge, check: Check
) -> None:
    """It opens when it is there, and JupyterLab says so, too: whoever left the page reads it there."""
    remote = forge.folder / "stats-101"
    (remote / "large.bin").write_bytes(os.urandom(2 << 20))
    run("add", ".", folder=remote)
    run("commit", "--quiet", "-m", "large", folder=remote)
    forge.token, forge.pause_s = "", 0.4
    stack.add_person("lena", PASSWORD)
    visitor.sign_in("lena")
    visitor.start()
    page = visitor.page

    page.goto(link_to(stack, f"{forge.url}/stats-101"))
    page.get_by_text(re.compile(r"\d MB have come so far\. It goes on when you leave this page")).wait_for()
    check(page, "git-pull-on-its-way")

    page.wait_for_url("**/lab/tree/stats-101", timeout=60_000)
    page.get_by_text("It is here now.").first.wait_for()
    assert visitor.run("import os; print(os.path.getsize('stats-101/large.bin'))").strip() == str(2 << 20)
