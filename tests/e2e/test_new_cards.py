"""A card is replaced: whoever came in with it is out at once, with all that they have open, and the new one leads to the same."""

from collections.abc import Callable
from typing import Any

import pytest
from e2e.conftest import Check
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect
from support.classes import people_of
from support.events import codes_of, come_in, make_event
from support.kept_open import FEED, STATUS, begins, ended, keep_one_open, keep_open, program
from support.stack import Stack
from support.visitors import Visitor
from support.waiting import soon

HANG = """
import os, signal, time
time.sleep(1)
os.kill(int(os.environ.get("JPY_PARENT_PID") or os.getppid()), signal.SIGSTOP)
time.sleep(600)
"""
KEYS = """async ([method, path]) => {
  const { xsrf } = JSON.parse(document.getElementById("hub").textContent);
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers, body: method === "POST" ? "{}" : undefined });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return method === "POST" ? answer.json() : null;
}"""
OPEN = {"kernel", "terminal", "events", "feed"}
SIGNED_OUT = 4401
REPLACED = "The card with which you came in was replaced"


@pytest.fixture(scope="module")
def place(stack: Stack) -> Stack:
    """The place that most tests share."""
    return stack


def replace(place: Any, olga: Any, event: str, *, stop: bool = False) -> None:
    """Replace the card of the first account on the page."""
    olga.page.goto(f"{place.url}/services/people/events/{event}/accounts")
    olga.page.get_by_role("link", name="New card for account 1").click()
    olga.page.get_by_label("Stop its servers, too").set_checked(stop)
    olga.page.get_by_role("button", name="Make a new card").click()
    olga.page.get_by_text("The new code of account 1").wait_for()


def start(guest: Visitor, name: str) -> None:
    """Start a server of the event as whom the hub calls so."""
    guest.name = name
    guest.page.get_by_role("link", name="Start a server").click()
    guest.page.get_by_role("button", name="Start", exact=True).click()
    guest.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)


def test_who_came_in_with_the_card_of_before_is_out_and_its_server_goes_on(
    place: Any, olga: Any, guests: Callable[[], Visitor], check: Check
) -> None:
    """Also of what is open: a kernel, a terminal, what JupyterLab is told, and the page of a program that never ends."""
    event = make_event(place, olga, "Lost and found", teams=1, team_size=1)
    finder, owner = guests(), guests()
    come_in(finder, codes_of(place, olga, event)[0]["link"], "Ada")
    start(finder, "lost-and-found-1")
    finder.begin(FEED)
    assert soon(lambda: finder.page.evaluate(STATUS, f"{finder.base()}api/contents/feed.txt") == 200)
    port = finder.run("print(open('feed.txt').read())").strip()
    kernel = keep_open(finder.page, finder.base(), port)

    replace(place, olga, event)

    status = f"{finder.base()}api/status"
    assert finder.page.evaluate(STATUS, status) == 403
    assert soon(lambda: ended(finder.page).keys() == OPEN)
    codes = {name: code for name, code in ended(finder.page).items() if name != "feed"}
    assert set(codes.values()) == {SIGNED_OUT}, codes
    finder.page.reload()
    finder.page.get_by_text(REPLACED).wait_for()
    check(finder.page, "card-replaced")
    owner.page.goto(f"{place.url}/hub/login")
    assert owner.page.get_by_text(REPLACED).count() == 0

    come_in(owner, codes_of(place, olga, event)[0]["link"], "")
    owner.page.get_by_role("heading", name="Lost and found").wait_for()
    owner.name = finder.name
    owner.page.goto(f"{place.url}{owner.base()}lab")
    owner.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    assert kernel in begins(owner.page, f"{owner.base()}api/kernels")
    assert begins(owner.page, f"{owner.base()}proxy/{port}/").startswith("data: on")


def test_a_server_that_does_not_answer_is_stopped_and_the_organiser_reads_it(
    place: Any, olga: Any, guests: Callable[[], Visitor]
) -> None:
    """So nobody stays in it; whoever comes in with the new card reads why it does not run."""
    event = make_event(place, olga, "Out of reach", teams=1, team_size=1)
    guest = guests()
    come_in(guest, codes_of(place, olga, event)[0]["link"], "Ada")
    start(guest, "out-of-reach-1")
    guest.begin(HANG)
    assert soon(lambda: not answers(place, guest))

    replace(place, olga, event)

    olga.page.get_by_text("Their server did not answer, and was stopped.").wait_for()
    come_in(guest, codes_of(place, olga, event)[0]["link"], "")
    guest.page.get_by_role("heading", name="Out of reach").wait_for()
    assert not guest.has_server()
    guest.page.goto(f"{place.url}{guest.base()}lab")
    guest.page.get_by_text("this server did not answer when it was told").wait_for()


def test_with_a_new_card_the_servers_of_the_old_one_are_stopped_where_that_is_wanted(
    place: Any, olga: Any, guests: Callable[[], Visitor]
) -> None:
    """Somebody else may have left something running there."""
    event = make_event(place, olga, "In wrong hands", teams=1, team_size=1)
    guest = guests()
    come_in(guest, codes_of(place, olga, event)[0]["link"], "Eve")
    start(guest, "in-wrong-hands-1")

    replace(place, olga, event, stop=True)

    come_in(guest, codes_of(place, olga, event)[0]["link"], "")
    guest.page.get_by_role("heading", name="In wrong hands").wait_for()
    assert soon(lambda: not guest.has_server())
    guest.page.goto(f"{place.url}{guest.base()}lab")
    guest.page.get_by_text("The card of this account was replaced, and its servers were stopped.").wait_for()


def test_whatever_else_ends_a_session_or_a_key_ends_what_is_open_by_it(
    place: Any, newcomer: Callable[..., Visitor]
) -> None:
    """A key for programs, signing out in another window, and a new password; nothing else that is open ends by that."""
    kim = newcomer(place, "kim")
    kim.start()
    window = kim.page.context.new_page()
    window.goto(f"{place.url}/hub/home")
    made = window.evaluate(KEYS, ["POST", "/hub/api/users/kim/tokens"])
    events = f"{kim.base()}api/events/subscribe"
    by_key = program(f"{place.url}{kim.base()}", made["token"])
    keep_one_open(kim.page, "session", events)

    window.evaluate(KEYS, ["DELETE", f"/hub/api/users/kim/tokens/{made['id']}"])
    assert by_key.result(30) == SIGNED_OUT
    assert ended(kim.page) == {}
    window.goto(f"{place.url}/hub/logout")
    assert soon(lambda: ended(kim.page) == {"session": SIGNED_OUT})

    kim.sign_in("kim")
    kim.start()
    keep_one_open(kim.page, "session", events)
    with people_of(place) as people:
        people.set_password("kim", "of-nobody")
    assert soon(lambda: ended(kim.page) == {"session": SIGNED_OUT})
    assert kim.page.evaluate(STATUS, f"{kim.base()}api/status") == 403


def test_nobody_but_the_service_lets_the_hub_end_sessions_now(place: Any, newcomer: Callable[..., Visitor]) -> None:
    """It would end no more than is to end; and yet it is for the service alone."""
    kai = newcomer(place, "kai")

    with pytest.raises(PlaywrightError, match="403"):
        kai.page.evaluate(KEYS, ["POST", "/hub/api/sardonyx/people/kai/end-sessions"])


def test_an_account_is_found_by_what_its_card_says(place: Any, olga: Any, check: Check) -> None:
    """As somebody reads it to whoever stands at the desk; nothing else is in the way then."""
    event = make_event(place, olga, "Desk", teams=3, team_size=4)
    olga.page.goto(f"{place.url}/services/people/events/{event}/cards?number=7")
    card = olga.page.locator(".sx-card")
    said = f"{card.locator('h2 span').inner_text()} {card.locator('.sx-card-foot span').last.inner_text()}"
    olga.page.goto(f"{place.url}/services/people/events/{event}/accounts")

    olga.page.get_by_label("What the card says, or a name").fill(said)
    olga.page.get_by_role("button", name="Find").click()

    olga.page.get_by_role("link", name="Show all").wait_for()
    expect(olga.page.get_by_role("link", name="New card for account")).to_have_text(["New card for account 7"])
    check(olga.page, "event-account-found")
    olga.page.get_by_label("What the card says, or a name").fill("Team 9")
    olga.page.get_by_role("button", name="Find").click()
    olga.page.get_by_text("No card says that. Type it as it is printed, such as a team, or 3 of 4.").wait_for()


def answers(place: Any, guest: Visitor) -> bool:
    """Tell whether somebody's server answers."""
    try:
        return bool(guest.page.request.get(f"{place.url}{guest.base()}api", timeout=1000).ok)
    except PlaywrightError:
        return False
