"""In which language people are spoken to: what their browser asks for, until they choose one."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
Check = Callable[[Any, str], None]
ENGLISH = re.compile(r"\b(the|your|you|with|and|is|are|server|start|files|sign|keys?)\b", re.IGNORECASE)
"""Words that no French page of ours has; titles and descriptions of profiles are the operator's own."""


@pytest.fixture
def browsers(browser: Any) -> Iterator[Callable[..., Any]]:
    """A way to have a browser that asks for a language."""
    with ExitStack() as open_now:

        def opened(locale: str, **more: Any) -> Any:
            context = open_now.enter_context(browser.new_context(locale=locale, **more))
            context.set_default_timeout(20_000)
            return context.new_page()

        yield opened


@pytest.fixture
def silent_host() -> Iterator[str]:
    """A place on the web that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/slow/course.git"


@pytest.fixture
def named(stack: Any, administrator: str, request: Any) -> str:
    """Somebody who has an account, called after the test."""
    assert administrator
    name: str = request.node.name.removeprefix("test_").replace("_", "-")[:20].rstrip("-")
    stack.add_person(name, PASSWORD)
    return name


def sign_in(stack: Any, page: Any, name: str, password: str = PASSWORD) -> None:
    """Sign in, in whichever language the page is."""
    page.goto(f"{stack.url}/hub/login?next=%2Fhub%2Fhome")
    page.locator("#username_input").fill(name)
    page.locator("#password_input").fill(password)
    page.locator("#login_submit").click()


def language_of(page: Any) -> str:
    """Return the language in which a page says that it is."""
    said: str = page.locator("html").get_attribute("lang")
    return said


def test_a_browser_that_asks_for_french(stack: Any, named: str, browsers: Any, silent_host: str, check: Check) -> None:
    """Gets it everywhere: sign-in, its refusal, form, faults, progress, first page, log and errors."""
    page = browsers("fr-CA")
    sign_in(stack, page, named, "wrong")
    page.get_by_text("Ce nom et ce mot de passe ne correspondent pas.").wait_for()
    assert language_of(page) == "fr"
    check(page, "fr-sign-in-refused")
    sign_in(stack, page, named)
    page.get_by_role("heading", name="Mes serveurs").wait_for()
    assert "Vos fichiers sont conservés." in page.inner_text("main")
    check(page, "fr-home")
    assert not ENGLISH.search(page.inner_text("body").replace(named, "").replace("Keys", ""))

    page.get_by_role("link", name="Démarrer un serveur").click()
    page.get_by_role("heading", name="Démarrer un serveur").wait_for()
    assert "avec 1\xa0cœur et 2\xa0Go" in page.inner_text(".sx-what")
    check(page, "fr-start")
    page.locator("[name='python.repository']").fill("no address")
    page.get_by_role("button", name="Démarrer", exact=True).click()
    page.get_by_text("Une chose à corriger, puis le serveur pourra démarrer.").wait_for()
    assert "«\xa0no address\xa0» n’est pas l’adresse web d’un dépôt." in page.inner_text("main")
    check(page, "fr-start-refused")
    page.locator("[name='python.repository']").fill(silent_host)
    page.get_by_role("button", name="Démarrer", exact=True).click()
    page.get_by_role("heading", name="Démarrage de votre serveur").wait_for()
    page.get_by_text("Place trouvée pour votre serveur").wait_for()
    check(page, "fr-starting")
    page.goto(f"{stack.url}/hub/log/{named}")
    page.get_by_role("heading", name="Journal de mon serveur").wait_for()
    check(page, "fr-log")

    for path, name in (
        ("nothing-there", "Il n’y a rien à cette adresse"),
        ("token", "Clés pour programmes"),
        ("git", "Git"),
        ("data", "Données"),
    ):
        page.goto(f"{stack.url}/hub/{path}")
        page.get_by_role("heading", name=name, exact=True).wait_for()
        check(page, f"fr-{path}")


def test_the_administrators_page_in_french(stack: Any, administrator: str, browsers: Any, check: Check) -> None:
    """What its script says, too; what only operators read is marked as English."""
    page = browsers("fr")
    sign_in(stack, page, administrator)
    page.goto(f"{stack.url}/hub/admin")
    page.get_by_role("cell", name="Administrateur").first.wait_for()
    check(page, "fr-operation")

    assert re.search(r"\d+\xa0personnes?", page.inner_text("#count"))
    assert page.locator("main [lang=en]").count()


def test_what_a_person_chooses_wins_and_follows_them(stack: Any, named: str, browsers: Any) -> None:
    """Chosen in the menu, without a script and by keyboard; kept with them, so that another browser knows it."""
    page = browsers("en-GB", java_script_enabled=False)
    sign_in(stack, page, named)
    assert language_of(page) == "en"
    page.locator(".sx-menu summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Français").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Mes serveurs").wait_for()
    assert page.url == f"{stack.url}/hub/home"

    elsewhere = browsers("de")
    sign_in(stack, elsewhere, named)
    elsewhere.get_by_role("heading", name="Mes serveurs").wait_for()
    elsewhere.locator(".sx-menu summary").click()
    elsewhere.get_by_role("button", name="English").click()
    elsewhere.get_by_role("heading", name="My servers").wait_for()
    page.reload()
    assert language_of(page) == "en"


def test_the_sign_in_page_has_a_choice_of_its_own(stack: Any, named: str, browsers: Any) -> None:
    """For who sits at somebody else's machine; it stays in this browser."""
    page = browsers("en-GB")
    page.goto(f"{stack.url}/hub/login?next=%2Fhub%2Ftoken")
    page.get_by_role("button", name="Français").click()
    page.get_by_role("heading", name="Se connecter").wait_for()
    page.locator("#username_input").fill(named)
    page.locator("#password_input").fill(PASSWORD)
    page.locator("#login_submit").click()

    page.get_by_role("heading", name="Clés pour programmes").wait_for()


def test_an_administrator_starts_a_server_for_somebody_else(
    stack: Any, named: str, administrator: str, browsers: Any
) -> None:
    """In the language of whose server it is, over REST too, as their own notebooks see it."""
    theirs = browsers("fr")
    sign_in(stack, theirs, named)
    theirs.get_by_role("heading", name="Mes serveurs").wait_for()
    theirs.locator(".sx-menu summary").click()
    with theirs.expect_navigation():  # it is kept by then
        theirs.get_by_role("button", name="Français").click()
    page = browsers("en-GB")
    sign_in(stack, page, administrator)
    page.get_by_role("heading", name="My servers").wait_for()

    status = page.evaluate(
        """async (path) => {
        const xsrf = JSON.parse(document.getElementById("hub").textContent).xsrf;
        const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
        return (await fetch(path, { method: "POST", headers, body: "{}" })).status;
        }""",
        f"/hub/api/users/{named}/server",
    )

    assert status in {201, 202}
    theirs.goto(f"{stack.url}/hub/home")
    theirs.get_by_role("link", name="Arrêter").first.wait_for(timeout=60_000)
    plans = [json.loads(path.read_text()) for path in stack.data.glob("servers/*/default/plan.json")]
    assert [each["language"] for each in plans if each["author_name"] == named] == ["fr"]
    theirs.get_by_role("link", name="Arrêter").first.click()
    theirs.get_by_role("button", name="L’arrêter").click()


def test_a_form_of_another_site_leads_nowhere_else(stack: Any, named: str, browsers: Any) -> None:
    """Who has chosen a language goes on here, wherever the form was."""
    page = browsers("en-GB")
    sign_in(stack, page, named)
    page.get_by_role("heading", name="My servers").wait_for()
    answers = page.evaluate(
        """async () => {
        const xsrf = JSON.parse(document.getElementById("hub").textContent).xsrf;
        const body = (language) => new URLSearchParams({ language, _xsrf: xsrf });
        const options = { method: "POST", referrerPolicy: "no-referrer" };
        const post = async (language) => (await fetch("/hub/language", { ...options, body: body(language) })).url;
        return [await post("fr"), await post("xx")];
        }"""
    )

    assert answers == [f"{stack.url}/hub/home"] * 2
    page.reload()
    assert language_of(page) == "fr"
