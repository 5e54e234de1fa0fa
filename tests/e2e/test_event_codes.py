"""Who guesses codes of events with a script: told nothing, slowed down, and keeping nobody out who has a card."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from support import web
from support.classes import people_of
from support.event_codes import NO_ENTRY, Codes, form_sign
from support.events import come_in
from support.stack import Stack
from support.visitors import Visitor

from sardonyx_hub_config.sign_in.throttle import FREE_PER_ADDRESS
from sardonyx_services.people.event_details import EventDetails

NOW = datetime.now(UTC)
ADDRESSES = count(1)
CHANGES = re.compile(r'value="[^"]*"|nonce="[^"]*"|Wait [^,]*,')
"""What of the page is another one each time, and how long is waited."""


@pytest.fixture(scope="module")
def codes(stack: Stack) -> Iterator[Codes]:
    """The codes of events at the place that most tests share."""
    with people_of(stack) as people:
        yield Codes(stack, people)


@pytest.fixture
def event(codes: Codes) -> str:
    """The id of an event that is on, with a link and accounts."""
    made = codes.event("Data days", NOW - timedelta(hours=1), NOW + timedelta(days=1), 6)
    details = codes.people.events.details(made)
    shared = EventDetails(details.begins, details.ends, profile="python", sharing=True, changed=details.changed)
    codes.people.events.change(made, shared)
    return made


class Room:
    """Everybody behind one address."""

    def __init__(self, stack: Stack, address: str) -> None:
        self.address, self._url = address, f"{stack.url}/hub/code"
        self.client = web.Client(timeout=30, headers={"X-Forwarded-For": address})
        self._sign = form_sign(self.client.get(self._url))

    def close(self) -> None:
        """Let go of its connections."""
        self.client.close()

    def tries(self, code: str, proof: str = "") -> httpx.Response:
        """Type a code, or come with the picture on a card."""
        return self.client.post(self._url, data={"code": code, "proof": proof, "_xsrf": self._sign})

    def is_in(self, answer: httpx.Response) -> bool:
        """Tell whether an answer leads into an event; then the next one comes with a fresh browser."""
        found = answer.status_code == 302 and "/services/people/events/" in answer.headers["Location"]
        self.client.cookies.clear()
        self._sign = form_sign(self.client.get(self._url))
        return found


@pytest.fixture
def room(stack: Stack) -> Iterator[Room]:
    """A room in which nobody has guessed yet; the hub is told where it is as by a proxy of this machine."""
    with closing(Room(stack, f"203.0.113.{next(ADDRESSES)}")) as found:
        yield found


@pytest.mark.parametrize("kind", ["over", "not open yet", "used up", "replaced", "closed link", "link of no event"])
def test_a_code_that_lets_nobody_in_is_answered_like_one_that_there_is_not(
    codes: Codes, event: str, room: Room, kind: str
) -> None:
    """With the same status, words and cookies: whoever tries learns nothing of it."""
    later = NOW + timedelta(days=1)
    makes: dict[str, Callable[[], str]] = {
        "over": codes.expired,
        "not open yet": lambda: codes.code(codes.event("Tomorrow", later, later + timedelta(days=1), 1), 1),
        "used up": lambda: codes.used_up(event, 1),
        "replaced": lambda: codes.withdrawn(event, 2),
        "closed link": lambda: codes.link_code(event, 2),
        "link of no event": lambda: codes.link_code("zzzzzzzz", 1),
    }
    tried = makes[kind]()

    nothing, found = room.tries("7BHC-M49W"), room.tries(tried)

    assert nothing.status_code == 403
    assert NO_ENTRY in nothing.text
    assert found.status_code == nothing.status_code
    assert CHANGES.sub("", found.text) == CHANGES.sub("", nothing.text)
    assert {*found.headers} == {*nothing.headers}
    assert found.headers.get_list("set-cookie") == nothing.headers.get_list("set-cookie") == []


def test_a_script_waits_after_some_guesses_and_is_not_told_when_it_was_right(
    stack: Stack, codes: Codes, event: str, room: Room
) -> None:
    """A good code that was typed there is answered as any other; elsewhere it lets somebody in at once."""
    good = codes.code(event, 1)
    said = [room.tries(f"7BHC-M4{number:02}").status_code for number in range(FREE_PER_ADDRESS + 1)]

    wrong, right = room.tries("7BHC-M49W"), room.tries(good)

    assert set(said) == {403}
    assert wrong.status_code == right.status_code == 429
    assert "Too many tries. Wait 2 seconds, then try again." in wrong.text
    assert CHANGES.sub("", wrong.text) == CHANGES.sub("", right.text)
    with closing(Room(stack, f"198.51.100.{next(ADDRESSES)}")) as elsewhere:
        assert elsewhere.is_in(elsewhere.tries(good))


def test_who_has_a_card_or_the_link_comes_in_beside_a_script_that_guesses(
    stack: Stack, codes: Codes, event: str, room: Room, context: Any
) -> None:
    """All of an event are behind one address: what nobody can guess does not wait for who guesses, in a browser, too."""
    for number in range(FREE_PER_ADDRESS + 2):
        room.tries(f"7BHC-M4{number:02}")
    is_over = threading.Event()
    guesser = threading.Thread(target=_guess, args=(Room(stack, room.address), is_over))
    guesser.start()
    try:
        card = codes.code(event, 1)
        assert room.tries(card).status_code == 429, "what was typed could be a guess"
        assert room.tries(card, codes.proof(codes.code(event, 2))).status_code == 429, "the proof of another card"
        assert room.is_in(room.tries(card, codes.proof(card)))
        assert room.is_in(room.tries(codes.link_code(event, 1)))
        context.set_extra_http_headers({"X-Forwarded-For": room.address})
        guest = Visitor(stack, context.new_page())
        second = codes.code(event, 2)
        come_in(guest, f"{stack.url}/hub/code#{second}.{codes.proof(second)}", "Ada")
        guest.page.get_by_role("heading", name="Data days").wait_for()
    finally:
        is_over.set()
        guesser.join(30)


def _guess(room: Room, is_over: threading.Event) -> None:
    for number in count():
        if is_over.is_set():
            break
        room.tries(f"7BHC-{number % 10_000:04}")
    room.close()
