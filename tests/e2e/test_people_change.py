"""People are removed, invited, renamed: whoever has a name now never gets what belonged to somebody before."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.servers import server_of
from support.waiting import soon

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
KEYS = "import boto3; c = boto3.Session().get_credentials().get_frozen_credentials(); print(c.access_key)"


@pytest.fixture
def place(stack: Any, administrator: str, browser: Any) -> Any:
    """A place, and a way to make more people with browsers of their own."""
    assert administrator
    contexts = []

    def person(name: str, *options: str) -> Any:
        context = browser.new_context()
        context.set_default_timeout(20_000)
        contexts.append(context)
        made = stack.command("user", "add", name, "--password-stdin", *options, stdin=PASSWORD)
        assert made.returncode in {0, 1}
        return Person(stack, context.new_page(), name)

    stack.person = person
    yield stack
    for context in contexts:
        context.close()


class Person:
    """Somebody with a browser."""

    def __init__(self, stack: Any, page: Any, name: str) -> None:
        self.stack, self.page, self.name = stack, page, name

    def sign_in(self) -> "Person":
        """Sign in with the password of all of these tests."""
        self.page.goto(f"{self.stack.url}/hub/login?next=%2Fhub%2Fhome")
        self.page.get_by_label("Name").fill(self.name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("heading", name="Home").wait_for()
        return self

    def is_signed_in(self) -> bool:
        """Tell whether the session still counts."""
        return "/hub/login" not in self.page.goto(f"{self.stack.url}/hub/home").url

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Call the REST API as a page does."""
        hub = json.loads(self.page.locator("#hub").inner_text())
        return self.page.request.fetch(
            f"{self.stack.url}/hub/api/{path}",
            method=method,
            data=json.dumps(body) if body else None,
            headers={"X-XSRFToken": hub["xsrf"], "Content-Type": "application/json"},
        )

    def with_token(self, token: str) -> int:
        """Return the status of a call with a token."""
        answer = self.page.request.get(f"{self.stack.url}/hub/api/user", headers={"Authorization": f"token {token}"})
        return int(answer.status)


def test_an_administrator_makes_an_account_whose_person_chooses_the_password(
    place: Any, browser: Any, check: Any
) -> None:
    """On a page, by a link that is shown once; what was typed wrongly is said, and stays."""
    page = place.person("maker", "--admin").sign_in().page
    page.goto(f"{place.url}/hub/admin")
    page.get_by_role("link", name="New accounts and passwords").click()
    names = page.get_by_label("Names with which they sign in, one on each line")
    names.fill("nils holgersson")
    page.get_by_role("button", name="Make the accounts").click()
    page.get_by_text("Line 1: A name has the letters a to z").wait_for()
    assert names.input_value() == "nils holgersson"
    names.fill("nils")
    page.get_by_label("Let them make classes").check()
    page.get_by_role("button", name="Make the accounts").click()
    page.get_by_text("1 account is made. Give its person this link").wait_for()
    link = page.get_by_role("group", name="nils").inner_text()
    page.get_by_role("row", name="nils instructor").wait_for()
    check(page, "operation-people-new")

    context = browser.new_context()
    nils = context.new_page()
    nils.goto(link)
    nils.get_by_label("Password").fill(PASSWORD)
    nils.get_by_role("button", name="Sign in").click()
    nils.wait_for_url(lambda url: "welcome" not in url)
    nils.goto(f"{place.url}/services/people/")
    nils.get_by_role("link", name="Make a class").wait_for()
    context.close()

    page.goto(f"{place.url}/services/people/operation/people?text=nils")
    page.get_by_role("checkbox", name="nils").check()
    page.get_by_label("The ticked people:").select_option(label="make links to choose a new password")
    page.get_by_role("button", name="Do it").click()
    assert page.get_by_role("group", name="nils").inner_text() != link


def test_a_class_is_made_of_people_who_have_no_accounts(place: Any, browser: Any, check: Any) -> None:
    """From its link to a link for each of them, who is in it as soon as they have chosen a password."""
    page = place.person("maker", "--admin").sign_in().page
    page.goto(f"{place.url}/services/people/new")
    page.get_by_label("Title").fill("Geometry")
    page.get_by_role("button", name="Make it, and show the link").click()
    check(page, "class-link-accounts")
    page.get_by_role("link", name="Bring in a list of names").click()
    page.get_by_label("Names, one on each line").fill("uma\nvic, vic@example.org\nmaker\nWanda B\n")
    page.get_by_role("button", name="See what it changes").click()
    page.get_by_role("row", name="uma gets an account student").wait_for()
    page.get_by_role("row", name="4 A name has the letters a to z").wait_for()
    check(page, "class-roster-accounts")
    page.get_by_role("button", name="Make 2 accounts, and put everybody into the class").click()
    lines = page.get_by_role("group", name="The links").inner_text().splitlines()
    links = dict(line.split("\t") for line in lines)
    assert [*links] == ["uma", "vic"]
    check(page, "class-roster-links")
    with page.expect_download() as download:
        page.get_by_role("link", name="Get them as a table").click()
    assert download.value.suggested_filename == "Geometry.csv"
    assert f'"vic","vic@example.org","{links["vic"]}"' in download.value.path().read_text()
    page.emulate_media(media="print")
    assert page.locator(".sx-card").count() == 2
    assert page.locator(".sx-card").first.is_visible()
    assert not page.get_by_role("heading", name="A list of names").is_visible()

    context = browser.new_context()
    uma = context.new_page()
    uma.goto(links["uma"])
    uma.get_by_label("Password").fill(PASSWORD)
    uma.get_by_role("button", name="Sign in").click()
    uma.wait_for_url(lambda url: "welcome" not in url)
    uma.goto(f"{place.url}/services/people/")
    uma.get_by_role("link", name="Geometry", exact=True).wait_for()

    # Whose link is lost gets another one, and who has a password none.
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Go to the people of the class").click()
    page.get_by_role("heading", name="One person has not chosen a password yet").wait_for()
    check(page, "class-people-unused")
    page.get_by_role("button", name="Make 1 new link").click()
    again = page.get_by_role("group", name="vic").inner_text()
    check(page, "class-links-again")
    assert uma.request.get(links["vic"]).status == 403
    assert uma.request.get(again).status == 200
    context.close()


def test_who_is_removed_leaves_nothing_to_the_next_of_that_name(place: Any, visitor: Any) -> None:
    """Sessions, tokens, servers, rights, keys, files: all end with the person."""
    nora = place.person("nora", "--admin").sign_in()
    token = nora.call("POST", "users/nora/tokens", note="mine").json()["token"]
    visitor.name, visitor.page = "nora", nora.page
    visitor.start()
    visitor.run("open('diary.txt', 'w').write('private')")
    keys = visitor.run(KEYS)
    link = place.command("user", "reset-password", "nora", "--link").stdout.split()[-1]

    server = Path(f"/proc/{server_of(place.data, 'nora')}")
    assert server.exists()
    place.command("user", "remove", "nora", "--yes")

    soon(lambda: not nora.is_signed_in())
    assert nora.with_token(token) == 403
    soon(lambda: not server.exists())
    second = place.person("nora").sign_in()
    assert second.page.get_by_role("link", name="Operation").count() == 0
    assert second.page.goto(f"{place.url}/hub/admin").status == 403
    assert not nora.is_signed_in()
    assert nora.with_token(token) == 403
    assert nora.page.goto(link).status == 403
    visitor.page = second.page
    visitor.start()
    assert visitor.run("import os; print(os.path.exists('diary.txt'))").strip() == "False"
    assert visitor.run(KEYS) != keys
    visitor.stop()


def test_a_new_password_ends_sessions_and_tokens_and_no_server(place: Any, visitor: Any) -> None:
    """Whoever knew the old one is out; work goes on."""
    karl = place.person("karl").sign_in()
    token = karl.call("POST", "users/karl/tokens", note="mine").json()["token"]
    visitor.name, visitor.page = "karl", karl.page
    visitor.start()
    server = server_of(place.data, "karl")

    place.command("user", "reset-password", "karl", "--password-stdin", stdin=PASSWORD)

    soon(lambda: not karl.is_signed_in())
    assert karl.with_token(token) == 403
    karl.sign_in()
    visitor.start()
    assert server_of(place.data, "karl") == server
    assert "AccessDenied" not in visitor.run(KEYS)


def test_the_page_removes_somebody_with_two_servers(place: Any, visitor: Any) -> None:
    """JupyterHub's own call fails there."""
    lars = place.person("lars").sign_in()
    visitor.name, visitor.page = "lars", lars.page
    visitor.start()
    visitor.start("thesis")
    boss = place.person("boss", "--admin").sign_in()

    answer = boss.call("DELETE", "users/lars")

    assert answer.status == 204
    assert "lars" not in place.command("user", "list").stdout
    assert not lars.is_signed_in()
    assert boss.call("GET", "users/lars").status == 404


def test_nobody_is_renamed(place: Any) -> None:
    """A name on another person's files and keys would be theirs."""
    place.person("rena").sign_in()
    place.person("quin")
    boss = place.person("boss", "--admin").sign_in()

    answer = boss.call("PATCH", "users/rena", name="quin")

    assert answer.status == 400
    assert answer.json()["message"].startswith("Nobody can be given another name here")
    assert boss.call("GET", "users/rena").status == 200


def test_what_nobody_leads_without_somebody_is_for_administrators(place: Any) -> None:
    """Their page asks before it removes somebody."""
    ugo = place.person("ugo").sign_in()
    place.person("otto").sign_in()
    boss = place.person("boss", "--admin").sign_in()
    made = place.command("class", "add", "Left alone").stdout.split("the id ")[1].split(".")[0]
    assert place.command("class", "join", made, "otto", "--role", "instructor").returncode == 0

    assert boss.call("GET", "sardonyx/people/otto/left-alone").json() == {"titles": ["Left alone"]}
    assert boss.call("GET", "sardonyx/people/ugo/left-alone").json() == {"titles": []}
    assert boss.call("GET", "sardonyx/people/nobody/left-alone").json() == {"titles": []}
    refused = ugo.call("GET", "sardonyx/people/otto/left-alone")
    assert refused.status in {403, 404}
    assert "Left alone" not in refused.text()
    boss.page.goto(f"{place.url}/hub/admin")
    boss.page.get_by_role("button", name=re.compile("Remove.*otto")).click()
    boss.page.get_by_text("Without otto, nobody leads: Left alone. They go on; name somebody else on the").wait_for()


def test_the_page_makes_an_administrator_for_good(place: Any) -> None:
    """And takes it away for good: the next sign-in does not change it back."""
    vera = place.person("vera").sign_in()
    boss = place.person("boss", "--admin").sign_in()
    for is_admin in (True, False):
        assert boss.call("PATCH", "users/vera", admin=is_admin).status == 200
        listed = re.search("^vera .*$", place.command("user", "list").stdout, re.MULTILINE)
        assert listed is not None
        assert ("administrator" in listed.group()) is is_admin
        vera.page.context.clear_cookies()
        vera.sign_in()
        assert vera.page.goto(f"{place.url}/hub/admin").status == (200 if is_admin else 403)


def test_somebody_made_over_the_api_has_no_server_before_they_signed_in(place: Any) -> None:
    """There is no person yet whose files it could be."""
    boss = place.person("boss", "--admin").sign_in()
    assert boss.call("POST", "users/zed").status == 201

    answer = boss.call("POST", "users/zed/server")

    assert answer.status == 400
    assert answer.json()["message"] == "zed has not signed in here yet. A server can be started after that."
    assert "has not signed in here yet" in boss.page.goto(f"{place.url}/hub/spawn/zed").text()
    assert boss.page.goto(f"{place.url}/hub/home").status == 200
    assert boss.call("DELETE", "users/zed").status == 204
