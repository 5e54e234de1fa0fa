"""Sign-in with an OpenID Connect provider, beside local accounts on the same page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.classes import people_of
from support.oidc_provider import Provider, serving_provider

from sardonyx_services.people.class_details import ClassDetails

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A running provider."""
    with serving_provider() as server:
        yield server


@pytest.fixture(scope="module")
def place(another_stack: Any, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A Sardonyx with two providers, of which one is out of reach, and a local account."""
    settings = yaml.safe_load((ROOT / "hub_config" / "settings.yaml").read_text())
    settings["environments"] = {
        slug: {
            **found,
            "make": "at_first_use",
            **{key: str(ROOT / "hub_config" / found[key]) for key in ("requirements", "jars") if key in found},
        }
        for slug, found in settings["environments"].items()
    }
    settings["profiles"]["lab"] = {**settings["profiles"]["python"], "title": "For the lab", "groups": ["lab"]}
    common = {"client_id": "sardonyx", "groups_claim": "groups"}
    settings["sign_in"]["providers"] = {
        "university": {
            **common,
            "title": "your university",
            "issuer": provider.issuer,
            "allowed_groups": ["students", "staff"],
            "admin_groups": ["staff"],
            "names_are_given": True,
        },
        "gone": {**common, "title": "nobody", "issuer": "http://127.0.0.1:9"},
    }
    path = tmp_path_factory.mktemp("providers") / "settings.yaml"
    path.write_text(yaml.safe_dump(settings))
    stack = another_stack(path)
    assert stack.command("user", "add", "local", "--password-stdin", stdin=PASSWORD).returncode == 0
    return stack


def sign_in(place: Any, provider: Provider, context: Any, path: str = "/hub/home", **claims: Any) -> Any:
    """Sign in with the provider as somebody; return the page where that leads."""
    provider.person = {"groups": ["students"], **claims}
    page = context.new_page()
    page.goto(f"{place.url}{path}")
    page.get_by_role("link", name="Sign in with your university").click()
    page.wait_for_load_state()
    return page


def test_every_way_is_on_one_page(place: Any, context: Any) -> None:
    """And the password of a local account works beside the providers."""
    page = context.new_page()
    page.goto(f"{place.url}/hub/login")
    assert page.get_by_role("link", name="Sign in with your university").is_visible()
    assert page.get_by_role("link", name="Sign in with nobody").is_visible()

    page.get_by_label("Name").fill("local")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url(lambda url: "login" not in url)
    assert page.goto(f"{place.url}/hub/home").status == 200


def test_a_person_is_the_same_one_under_another_name(place: Any, provider: Provider, browser: Any) -> None:
    """What counts is the provider's own id; the first name stays, and with it the files."""
    for name in ("Emma", "emma.married"):
        context = browser.new_context()
        page = sign_in(place, provider, context, sub="1001", preferred_username=name)
        assert page.url == f"{place.url}/hub/home"
        assert page.get_by_text("emma", exact=True).count()
        context.close()

    said = place.command("user", "list").stdout
    assert said.count("emma") == 1


def test_a_name_of_a_local_account_is_not_given_to_another(place: Any, provider: Provider, context: Any) -> None:
    """Whoever is called so at the provider would get the other's files."""
    page = sign_in(place, provider, context, sub="1002", preferred_username="local")

    assert "The name “local” is already used here" in page.inner_text("main")
    assert page.goto(f"{place.url}/hub/home").url.startswith(f"{place.url}/hub/login")


def test_who_is_in_no_allowed_group_is_told_so(place: Any, provider: Provider, context: Any) -> None:
    """And is not signed in."""
    page = sign_in(place, provider, context, sub="1003", preferred_username="guest", groups=["visitors"])

    assert "Your account is not among those that may use this place" in page.inner_text("main")
    assert page.goto(f"{place.url}/hub/home").url.startswith(f"{place.url}/hub/login")


@pytest.mark.parametrize(
    "claims", [{"sub": "1004"}, {"preferred_username": "nobody"}, {"sub": "1005", "preferred_username": "../x"}]
)
def test_a_provider_that_does_not_say_who_it_is_gets_an_answer(
    place: Any, provider: Provider, context: Any, claims: dict[str, str]
) -> None:
    """In a sentence, without a trace of the machine."""
    page = sign_in(place, provider, context, **claims)

    assert "Ask the people who run this place" in page.inner_text("main")
    assert "Traceback" not in page.content()


def test_an_administrator_of_the_provider_is_one_here_as_long_as_they_are_there(
    place: Any, provider: Provider, browser: Any
) -> None:
    """The provider's groups decide at each sign-in."""
    for groups, status in ((["staff"], 200), (["students"], 403)):
        context = browser.new_context()
        page = sign_in(place, provider, context, sub="1006", preferred_username="boss", groups=groups)
        answer = page.goto(f"{place.url}/hub/admin")
        assert answer.status == status
        context.close()


def test_the_groups_of_the_provider_open_profiles_as_long_as_they_are_there(
    place: Any, provider: Provider, browser: Any
) -> None:
    """Who leaves a group at the provider has left it here at the next sign-in."""
    for groups, count in ((["students", "lab"], 1), (["students"], 0)):
        context = browser.new_context()
        page = sign_in(place, provider, context, "/hub/spawn", sub="1008", preferred_username="lea", groups=groups)
        page.get_by_role("button", name="Start", exact=True).wait_for()
        assert page.get_by_role("radio", name="For the lab").count() == count
        context.close()


def test_a_class_of_a_group_has_its_people_as_long_as_they_are_in_it(
    place: Any, provider: Provider, browser: Any
) -> None:
    """From a sign-in on, and it is written down in the class."""
    with people_of(place) as people:
        made = people.groups.add("class", "Statistics of the year")
        people.classes.change(made, ClassDetails(provider_group="year-1"))
        for groups, is_there in ((["students", "year-1"], True), (["students"], False)):
            context = browser.new_context()
            page = sign_in(place, provider, context, sub="1012", preferred_username="mia", groups=groups)
            page.goto(f"{place.url}/services/people/")
            page.get_by_role("heading", name="Classes and events").wait_for()
            assert bool(page.get_by_role("link", name="Statistics of the year").count()) is is_there
            context.close()
        assert [each.what for each in people.actions.of(made)] == ["leave-group", "join-group"]


def test_who_was_invited_is_in_the_class_from_their_first_sign_in_on(
    place: Any, provider: Provider, browser: Any
) -> None:
    """By the name that the provider gives, or by an address that it has verified; by one that they wrote they are not."""
    named = {"sub": "1013", "preferred_username": "noor"}
    written = {"sub": "1014", "preferred_username": "u77", "email": "ravi@example.org"}
    with people_of(place) as people:
        made = people.groups.add("class", "Statistics before the first lesson")
    assert place.command("class", "invite", made, "noor", "ravi@example.org").returncode == 0
    for claims, is_there in ((named, True), (written, False), ({**written, "email_verified": True}, True)):
        context = browser.new_context()
        page = sign_in(place, provider, context, **claims)
        page.goto(f"{place.url}/services/people/")
        page.get_by_role("heading", name="Classes and events").wait_for()
        assert bool(page.get_by_role("link", name="Statistics before the first lesson").count()) is is_there
        context.close()
    with people_of(place) as people:
        assert people.invitations.of(made) == []
        assert [each.what for each in people.actions.of(made)] == ["join-invited", "join-invited", "invite"]


def test_a_provider_that_does_not_answer_is_named(place: Any, context: Any) -> None:
    """The other ways work on."""
    page = context.new_page()
    page.goto(f"{place.url}/hub/login")

    page.get_by_role("link", name="Sign in with nobody").click()

    assert "Sign-in with nobody does not answer now" in page.inner_text("main")


def test_an_answer_that_nobody_asked_for_is_refused_in_words(place: Any, context: Any) -> None:
    """Such as an old tab, or somebody who wants a person to be signed in as another."""
    page = context.new_page()

    answer = page.goto(f"{place.url}/hub/oauth/university/callback?code=x&state=y")

    assert 400 <= answer.status < 500
    assert "Sign in again" in page.inner_text("main")


@pytest.mark.parametrize("way", ["provider", "password"])
def test_a_link_that_fills_in_the_form_survives_the_sign_in(
    place: Any, provider: Provider, context: Any, way: str
) -> None:
    """It suggests, and starts nothing."""
    path = "/hub/spawn#profile=python&size=large"
    if way == "provider":
        page = sign_in(place, provider, context, path, sub="1007", preferred_username="linda")
    else:
        page = context.new_page()
        page.goto(f"{place.url}{path}")
        page.get_by_label("Name").fill("local")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()

    page.get_by_text("A link filled in this form").wait_for()
    assert page.locator("input[name='python.size']:checked").input_value() == "large"
