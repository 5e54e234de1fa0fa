"""Keys that a server on another machine keeps: for how long, for whom, and what they outlive."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from sardonyx_singleuser.kept_keys import MOST, PATIENCE_S, PAUSE_S, SHORT_PATIENCE_S, SURE_S, Answer, KeptKeys

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
AWAY = Answer(503, b'{"code": "ServiceUnavailable"}')
REFUSED = Answer(403, b'{"code": "AccessDenied"}')


class Service:
    """Gives other keys each time, which live for an hour, and the time around it."""

    def __init__(self) -> None:
        self.now, self.lifetime = START, timedelta(hours=1)
        self.says: Answer | None = None
        self.asked: list[tuple[str, float]] = []
        self.number = count(1)
        self.keys = KeptKeys(self.ask, lambda: self.now, self.seconds)

    def ask(self, path: str, patience_s: float) -> Answer:
        """Give keys, unless it shall say something else."""
        self.asked.append((path, patience_s))
        return self.says or keys(next(self.number), self.now + self.lifetime)

    def seconds(self) -> float:
        """Return the time as a clock says it that nobody sets."""
        return self.now.timestamp()

    def given(self, path: str = "/aws") -> str:
        """Return which keys somebody gets, or what is said instead."""
        told = json.loads(self.keys.get(path).body)
        return str(told.get("AccessKeyId") or told["code"])

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


def keys(number: int, until: datetime) -> Answer:
    """Return an answer of the service."""
    return Answer(200, json.dumps({"AccessKeyId": f"k{number}", "Expiration": until.isoformat()}).encode())


def access(prefix: str, may: str, **more: object) -> bytes:
    """Return what the service says a server reaches."""
    place = {"prefix": prefix, "access": may, **more}
    return json.dumps({"home": place, "public": place, "memberships": [{"places": [place]}]}).encode()


def test_keys_are_given_again_for_seconds() -> None:
    """Many programs of a job ask one after the other; whose person lost a right since gets others."""
    service = Service()

    assert service.given() == "k1"
    service.later(seconds=SURE_S - 1)
    assert service.given() == "k1"
    service.later(seconds=1)
    assert service.given() == "k2"
    assert len(service.asked) == 2


def test_keys_are_given_again_while_more_than_twenty_minutes_remain() -> None:
    """SDKs that get some with less than fifteen ask again at once."""
    service = Service()
    service.lifetime = timedelta(minutes=20, seconds=2)

    assert service.given() == "k1"
    service.later(seconds=1)
    assert service.given() == "k1"
    service.later(seconds=1)
    assert service.given() == "k2"


def test_keys_of_an_exam_are_asked_for_each_time() -> None:
    """They live for fifteen minutes: SDKs that get some with less ask again at once, and the service decides who still gets them."""
    service = Service()
    service.lifetime = timedelta(minutes=15)

    assert [service.given(), service.given()] == ["k1", "k2"]


def test_a_thousand_who_ask_at_once_are_one_question() -> None:
    """As a job with many workers does when it starts."""
    service, goes_on = Service(), threading.Event()
    everybody = threading.Barrier(1000, goes_on.set)

    def ask(path: str, patience_s: float) -> Answer:
        goes_on.wait(20)
        return service.ask(path, patience_s)

    kept = KeptKeys(ask, lambda: START)

    def one(_number: int) -> bytes:
        everybody.wait(20)
        return kept.get("/aws").body

    with ThreadPoolExecutor(1000) as pool:
        assert len(set(pool.map(one, range(1000)))) == 1
    assert len(service.asked) == 1


def test_each_wish_has_keys_of_its_own() -> None:
    """Narrow ones are never given to who asks for all, nor the other way round."""
    service = Service()

    assert [service.given(path) for path in ("/aws", "/aws?access=read", "/aws/class-abcd2345", "/aws")] == [
        "k1",
        "k2",
        "k3",
        "k1",
    ]


def test_no_more_wishes_are_remembered_than_there_is_room_for() -> None:
    """The oldest is forgotten."""
    service = Service()
    for number in range(MOST + 1):
        service.given(f"/aws?prefix={number}")

    assert service.given(f"/aws?prefix={MOST}") == f"k{MOST + 1}"
    assert service.given("/aws?prefix=0") == f"k{MOST + 2}"


@pytest.mark.parametrize("lifetime", [pytest.param(60, id="usual"), pytest.param(15, id="exam")])
def test_while_the_service_is_away_keys_are_given_as_long_as_they_live_and_no_longer(lifetime: int) -> None:
    """Then it is said why there are none."""
    service = Service()
    service.lifetime = timedelta(minutes=lifetime)
    service.given()
    service.says = AWAY

    service.later(minutes=lifetime, seconds=-1)
    assert service.given() == "k1"
    service.later(seconds=1)
    assert service.given() == "ServiceUnavailable"
    service.says = None
    assert service.given() == "k2"


def test_nobody_waits_for_a_service_that_is_away_while_there_are_keys() -> None:
    """Each call of each client would be slow: SDKs wait two seconds, and look for other keys then."""
    service = Service()
    service.given()
    service.says = AWAY
    service.later(minutes=41)

    for _again in range(5):
        service.given()
    assert [patience_s for _path, patience_s in service.asked] == [PATIENCE_S, SHORT_PATIENCE_S]
    service.says = None
    service.later(seconds=PAUSE_S)
    assert service.given() == "k2"


def test_who_is_refused_is_given_nothing_of_before() -> None:
    """Also when the service is away after that."""
    service = Service()
    service.given()
    service.later(minutes=45)
    service.says = REFUSED
    assert service.given() == "AccessDenied"
    service.says = AWAY

    assert service.given() == "ServiceUnavailable"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>", id="no JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"AccessKeyId": "k"}', id="without an end"),
        pytest.param(b'{"Expiration": "tomorrow"}', id="an end that is none"),
        pytest.param(b'{"Expiration": "2026-03-03T09:00:00"}', id="an end somewhere in the world"),
    ],
)
def test_what_is_no_key_is_passed_on_and_not_kept(body: bytes) -> None:
    """From a service that is out of order."""
    service = Service()
    service.says = Answer(200, body)

    assert service.keys.get("/aws").body == body
    service.says = None
    assert service.given() == "k1"


def test_a_question_that_fails_fails_for_all_who_wait_and_is_put_again() -> None:
    """Nobody waits for ever."""
    fails = iter([True, False])

    def ask(_path: str, _patience_s: float) -> Answer:
        if next(fails):
            raise ValueError("no such host")
        return keys(1, START + timedelta(hours=1))

    kept = KeptKeys(ask, lambda: START)
    with pytest.raises(ValueError, match="no such host"):
        kept.get("/aws")
    assert kept.get("/aws").status == 200


def test_all_keys_are_forgotten_when_what_is_reached_changes() -> None:
    """Somebody left a class, or their place is full: the store takes the old ones no more, or they allow too much."""
    service = Service()
    service.given()
    service.keys.see(access("home/a/", "rw", bytes=1))
    service.keys.see(access("home/a/", "rw", bytes=2))
    assert service.given() == "k1"

    service.keys.see(access("home/a/", "rd", bytes=3))

    assert service.given() == "k2"


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"home": 1, "public": 2, "memberships": []}'])
def test_an_answer_that_names_no_places_changes_nothing(body: bytes) -> None:
    """Of a service of another version."""
    service = Service()
    service.given()
    service.keys.see(access("home/a/", "rw"))

    service.keys.see(body)

    assert service.given() == "k1"


def test_keys_that_were_on_their_way_when_all_were_forgotten_are_not_kept() -> None:
    """They are of the time before."""
    service = Service()
    service.keys.see(access("home/a/", "rw"))

    def ask(path: str, patience_s: float) -> Answer:
        given = service.ask(path, patience_s)
        if len(service.asked) == 1:
            kept.see(access("home/a/", "r"))
        return given

    kept = KeptKeys(ask, lambda: START)
    kept.see(access("home/a/", "rw"))
    first, second = kept.get("/aws"), kept.get("/aws")

    assert first != second
    assert kept.get("/aws") == second
