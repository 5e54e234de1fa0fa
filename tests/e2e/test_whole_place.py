"""An administrator finds what is wrong with classes and events, and mends many at once: on the pages, and by commands."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from support.classes import CONF, ONE_PROFILE, hub, id_of, people_of, token_of
from support.waiting import soon

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore

pytestmark = pytest.mark.browser
Check = Callable[[Any, str], None]
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place."""
    return place_with(ONE_PROFILE, conf=CONF)


@pytest.fixture(scope="module")
def people(place: Any) -> Iterator[PeopleStore]:
    """Its people: who leads a class, and who has a server of it."""
    with people_of(place) as store:
        for name in ("ines", "sam"):
            store.add_account(name, "")
            token_of(place, name)
        yield store


@pytest.fixture
def root(place: Any, people: PeopleStore, newcomer: Callable[..., Any]) -> Any:
    """The page of an administrator."""
    page = newcomer(place, "root").page
    people.set_admin("root", is_admin=True)
    return page


def make(people: PeopleStore, title: str, leader: str = "", **said: Any) -> str:
    """Make a class; return its id."""
    made = people.groups.add("class", title)
    people.classes.change(made, ClassDetails(**{"profile": "python", **said}))
    if leader:
        people.groups.join(made, id_of(people, leader), "instructor")
    return made


def test_what_is_wrong_is_found_and_many_are_changed_at_once(
    place: Any, people: PeopleStore, root: Any, check: Check
) -> None:
    """From the first page to the list of what was done, with the keyboard alone where something is chosen."""
    statistics = make(people, "Statistics", "ines", last_day=TODAY + timedelta(days=3))
    geography = make(people, "Geography", profile="gone", last_day=TODAY + timedelta(days=200))
    make(people, "Botany", "ines")

    root.goto(f"{place.url}/services/people/operation")
    check(root, "whole-place")
    root.get_by_role("link", name="Profile gone or changed 1").click()
    root.get_by_role("row", name="Geography").wait_for()
    expect(root.get_by_role("row")).to_have_count(2)
    root.get_by_role("link", name="All 3").click()
    expect(root.get_by_role("row")).to_have_count(4)
    root.go_back()
    expect(root.get_by_role("row")).to_have_count(2)
    root.goto(f"{place.url}/services/people/operation/classes?text=ines")
    expect(root.get_by_role("row")).to_have_count(3)
    root.goto(f"{place.url}/services/people/operation/classes")
    for title in ("Statistics", "Geography"):
        root.get_by_role("checkbox", name=title).focus()
        root.keyboard.press("Space")
    check(root, "all-classes")

    root.get_by_label("The ticked ones:").select_option(label="move their end …")
    root.get_by_role("button", name="Go on").focus()
    root.keyboard.press("Enter")
    root.get_by_role("heading", name="Move the end of these?").wait_for()
    root.get_by_text("2 classes:").wait_for()
    check(root, "many-moved")
    details = people.classes.details(geography)
    people.classes.change(geography, details, title="Geography II")
    root.get_by_label("By so many days").fill("7")
    root.keyboard.press("Enter")
    root.get_by_role("heading", name="Done, but not with all of them").wait_for()
    root.get_by_text("Geography II: Somebody else has changed this class meanwhile").wait_for()
    check(root, "many-done")
    assert people.classes.details(statistics).last_day == TODAY + timedelta(days=10)


def test_all_servers_of_many_are_stopped_and_what_was_done_is_listed(
    place: Any, people: PeopleStore, root: Any, check: Check
) -> None:
    """Of classes; and an event has somebody who leads it again."""
    made = [make(people, f"Physics {number}", "ines") for number in (1, 2)]
    begins = datetime.now(UTC)
    people.events.add("Data days", EventDetails(begins=begins, ends=begins + timedelta(days=2), profile="python"))
    people.groups.join(made[0], id_of(people, "sam"), "student")
    hub(place, "POST", "/users/sam/server", {"profile": f"class-{made[0]}"})
    soon(lambda: bool(hub(place, "GET", "/users/sam")["servers"].get("", {}).get("ready")))

    root.goto(f"{place.url}/services/people/operation/classes?text=physics")
    root.get_by_role("checkbox", name="Tick all").check()
    root.get_by_label("The ticked ones:").select_option(label="stop all their servers …")
    root.get_by_role("button", name="Go on").click()
    root.get_by_text("2 classes:").wait_for()
    check(root, "many-stopped")
    root.get_by_role("button", name="Stop them").click()
    root.get_by_text("Physics 1: 1 server is stopped now.").wait_for()
    root.get_by_text("Physics 2: None of its servers runs.").wait_for()
    soon(lambda: not hub(place, "GET", "/users/sam")["servers"])
    root.goto(f"{place.url}/services/people/operation/events?show=leader")
    root.get_by_role("row", name="Data days").wait_for()
    check(root, "all-events")
    root.get_by_role("checkbox", name="Data days").check()
    root.get_by_role("button", name="Go on").click()
    root.get_by_label("The name with which they sign in").fill("ines")
    check(root, "many-led")
    root.get_by_role("button", name="Let them lead").click()
    root.get_by_text("Data days: ines leads it now.").wait_for()

    root.goto(f"{place.url}/services/people/operation/log?name=root")
    root.get_by_role("row", name="Data days root gave a role to: ines").wait_for()
    root.get_by_role("row", name="Physics 1 root stopped the server of: sam").wait_for()


def test_the_list_works_without_a_script(place: Any, people: PeopleStore, root: Any, browser: Any) -> None:
    """Tick, choose, confirm: plain HTML."""
    made = make(people, "Without a script")
    context = browser.new_context(java_script_enabled=False, storage_state=root.context.storage_state())
    page = context.new_page()
    page.goto(f"{place.url}/services/people/operation/classes?text=without")
    page.get_by_role("checkbox", name="Without a script").check()
    page.get_by_label("The ticked ones:").select_option(label="end them …")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("1 class:").wait_for()
    page.get_by_role("button", name="End them").click()
    page.get_by_text("Without a script: It has ended.").wait_for()
    context.close()

    assert people.groups.get("class", made).ended is not None


def test_commands_find_and_change_many(place: Any, people: PeopleStore) -> None:
    """What the first prints the second takes."""
    made = [make(people, f"Evening course {number}") for number in (1, 2)]
    found = place.command("class", "find", "evening", "--show", "leader")
    assert found.returncode == 0, found.stderr
    assert all(f"{group}     0 people    0 running  Evening course" in found.stdout for group in made)
    assert found.stdout.count("(led by nobody): Nobody leads it.") == 2
    ids = place.command("class", "find", "evening", "--show", "leader", "--ids").stdout.split()
    assert sorted(ids) == sorted(made)

    done = place.command("class", "many", *ids, "--leader", "ines", "--yes")

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("ines leads it now.") == 2
    assert place.command("class", "find", "evening", "--show", "leader").stdout == ""
    for group in made:
        assert [(action.who, action.what) for action in people.actions.of(group)] == [("", "role")]
    refused = place.command("class", "many", *ids, "--move", "7", "--yes")
    assert refused.returncode == 1
    assert "It has no last day that could be moved. Choose a day for it." in refused.stdout
    assert "it was not done to 2 of 2: see above." in refused.stderr
