import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.broker import Broker
from sardonyx_services.credentials.errors import NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.laptop import LaptopKeys
from sardonyx_services.credentials.revocation import Person
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.wish import EVERYTHING, Wish, usual_wish
from sardonyx_services.people.groups import Membership

S3 = frozenset({"s3"})
AMINA = Caller("amina", "", "run1", S3)
ID = "abcd2345efgh6789"
STUDENT = Membership("class", "7mw2kfqd", "student", "Statistics")
EXAM = Membership("class", "exam2345", "student", "Exam", is_exam=True)
START = datetime(2026, 1, 1, tzinfo=UTC)
MARK = re.compile(r"\.[0-9a-f]{8}(?=-|$)")


class Store:
    """A store that gives keys for an hour, and may be away."""

    def __init__(self) -> None:
        self.now = START
        self.asked: list[tuple[str, str]] = []
        self.is_away = False

    async def keys(self, token: str, session: str, policy: str, lifetime_s: int) -> Keys:
        """Give keys."""
        assert token.count(".") == 2
        if self.is_away:
            raise UnavailableError("The data store does not answer now.")
        self.asked.append((session, policy))
        return Keys(f"key{len(self.asked)}", "secret", "token", self.now + timedelta(seconds=lifetime_s))

    @property
    def sessions(self) -> list[str]:
        """The names of the sessions that it was asked for, without what marks their rights."""
        return [MARK.sub("", session) for session, _policy in self.asked]


@pytest.fixture
def store() -> Store:
    """A store that is there."""
    return Store()


@pytest.fixture
def people() -> dict[str, Person]:
    """Who has which name now."""
    return {"amina": Person(ID, memberships=(STUDENT, EXAM))}


@pytest.fixture
def issued() -> list[Issued]:
    """What was written down."""
    return []


@pytest.fixture
def broker(store: Store, people: dict[str, Person], issued: list[Issued], tmp_path: Path) -> Broker:
    """A broker that knows amina and has tested the store."""
    found = Broker(
        Issuer("http://i", tmp_path),
        store,
        people.get,
        bucket="bucket",
        lifetime_s=3600,
        issued=issued.append,
        clock=lambda: store.now,
    )
    found.refusal = ""
    found.was_tested.set()
    return found


async def test_keys_are_given_again_while_they_live_long_enough(broker: Broker, store: Store) -> None:
    """Ten programs of one server cost the store one call."""
    first = await broker.keys_for(AMINA)
    store.now += timedelta(minutes=30)

    assert await broker.keys_for(AMINA) is first


async def test_keys_of_a_session_that_the_store_has_ended_are_given_to_nobody_again(
    broker: Broker, store: Store
) -> None:
    """Who left a class and comes again gets others; what else they have goes on."""
    of_class = Wish(group="class-7mw2kfqd")
    usual, first = await broker.keys_for(AMINA), await broker.keys_for(AMINA, of_class)

    broker.forget(store.asked[1][0])

    assert await broker.keys_for(AMINA, of_class) is not first
    assert await broker.keys_for(AMINA) is usual


async def test_what_is_given_always_lives_longer_than_programs_want(broker: Broker, store: Store) -> None:
    """AWS SDKs ask again 15 minutes before the end; older keys would make them ask at each call."""
    for _ in range(200):
        store.now += timedelta(minutes=1)
        assert (await broker.keys_for(AMINA)).expires - store.now >= timedelta(minutes=18)


async def test_the_session_is_narrowed_to_the_persons_id_never_to_the_name(broker: Broker, store: Store) -> None:
    """A name may change hands."""
    await broker.keys_for(AMINA)

    session, policy = store.asked[0]
    assert session.startswith("abcd2345efgh6789-")
    assert "home/abcd2345efgh6789/*" in policy
    assert "amina" not in session + policy


async def test_each_server_has_a_session_of_its_own(broker: Broker, store: Store) -> None:
    """One can be refused without the other."""
    await broker.keys_for(AMINA)
    await broker.keys_for(Caller("amina", "thesis", "run2", S3))

    assert len({session for session, _ in store.asked}) == 2


async def test_the_last_good_keys_bridge_an_outage_of_the_store(broker: Broker, store: Store) -> None:
    """They live, so they are given."""
    good = await broker.keys_for(AMINA)
    store.is_away = True
    store.now += timedelta(minutes=55)

    assert await broker.keys_for(AMINA) is good


async def test_keys_that_are_over_are_never_given(broker: Broker, store: Store) -> None:
    """An error with a sentence is better than a key that fails."""
    await broker.keys_for(AMINA)
    store.is_away = True
    store.now += timedelta(minutes=61)

    with pytest.raises(UnavailableError, match="does not answer now"):
        await broker.keys_for(AMINA)


async def test_who_was_removed_gets_nothing(broker: Broker) -> None:
    """Even with a token that the hub still knows."""
    with pytest.raises(NotAllowedError, match="You are not known here any more"):
        await broker.keys_for(Caller("bela", "", "run", S3))


async def test_nothing_is_given_before_the_store_was_tested(broker: Broker, store: Store) -> None:
    """A store that does not keep people apart must not be used at all."""
    broker.refusal = "The data store does not keep people apart, so nobody gets keys."

    with pytest.raises(UnavailableError, match="does not keep people apart"):
        await broker.keys_for(AMINA)
    assert store.asked == []


async def test_who_asks_just_after_a_start_waits_for_the_first_test(broker: Broker) -> None:
    """All servers ask then, and their programs would take a refusal for an answer."""
    broker.refusal = "The data store was not looked at yet."
    broker.was_tested.clear()
    asking = asyncio.create_task(broker.keys_for(AMINA))
    await asyncio.sleep(0.01)
    assert not asking.done()

    broker.refusal = ""
    broker.was_tested.set()

    assert (await asking).access_key == "key1"


def test_secrets_do_not_show_in_logs() -> None:
    """Whatever prints keys by mistake prints no secret."""
    assert "hidden" not in repr(Keys("id", "hidden", "hidden", START))


async def test_a_name_that_changed_hands_gets_keys_of_its_own(
    broker: Broker, store: Store, people: dict[str, Person]
) -> None:
    """The keys of who had the name before are still good, and reach that person's data."""
    before = await broker.keys_for(AMINA)
    people["amina"] = Person("zzzz2345efgh6789")

    assert await broker.keys_for(AMINA) is not before
    assert "home/zzzz2345efgh6789/" in store.asked[-1][1]
    assert "abcd2345efgh6789" not in store.asked[-1][1]


async def test_who_was_removed_gets_no_keys_at_once(broker: Broker, people: dict[str, Person]) -> None:
    """Not even those that were given a minute ago."""
    await broker.keys_for(AMINA)
    people.clear()

    with pytest.raises(NotAllowedError, match="You are not known here any more."):
        await broker.keys_for(AMINA)


async def test_a_server_without_the_scope_for_data_gets_none(broker: Broker) -> None:
    """Its token is for something else."""
    with pytest.raises(NotAllowedError, match="Only a running server gets keys"):
        await broker.keys_for(Caller("amina", "", "run", frozenset({"vault"})))


async def test_keys_for_a_class_reach_it_beside_ones_own(broker: Broker, store: Store) -> None:
    """One set of keys copies from the one to the other."""
    await broker.keys_for(AMINA, Wish(group="class-7mw2kfqd"))

    policy = store.asked[0][1]
    assert f"home/{ID}/*" in policy
    assert f"class/7mw2kfqd/hand-in/{ID}/*" in policy
    assert "exam2345" not in policy


async def test_who_left_a_class_does_not_even_get_the_keys_that_were_given(
    broker: Broker, people: dict[str, Person]
) -> None:
    """They reach the class as long as they live, so they are not handed out once more."""
    await broker.keys_for(AMINA, Wish(group="class-7mw2kfqd"))
    people["amina"] = Person(ID)

    with pytest.raises(NotAllowedError, match="You are in no class or team “class-7mw2kfqd”, or it has ended"):
        await broker.keys_for(AMINA, Wish(group="class-7mw2kfqd"))


async def test_who_is_staff_no_longer_gets_other_keys(broker: Broker, store: Store, people: dict[str, Person]) -> None:
    """What was given to the same server yesterday reaches what everybody handed in."""
    people["amina"] = Person(ID, memberships=(replace(STUDENT, role="instructor"),))
    await broker.keys_for(AMINA, Wish(group="class-7mw2kfqd"))
    assert "class/7mw2kfqd/hand-in/*" in store.asked[0][1]
    people["amina"] = Person(ID, memberships=(STUDENT,))

    await broker.keys_for(AMINA, Wish(group="class-7mw2kfqd"))

    assert "class/7mw2kfqd/hand-in/*" not in store.asked[1][1]


async def test_keys_that_reach_an_exam_live_for_a_quarter_of_an_hour(broker: Broker, store: Store) -> None:
    """Who was removed from it has lost them by then."""
    assert (await broker.keys_for(AMINA, Wish(group="class-exam2345"))).expires == store.now + timedelta(minutes=15)
    assert (await broker.keys_for(AMINA)).expires == store.now + timedelta(hours=1)


async def test_keys_that_hand_in_end_when_the_time_does(
    broker: Broker, store: Store, people: dict[str, Person]
) -> None:
    """After that others are given, which only read: a store may refuse the session of those before."""
    until = store.now + timedelta(minutes=40)
    people["amina"] = Person(ID, memberships=(replace(STUDENT, writes_until=until),))
    wish = Wish(group="class-7mw2kfqd")

    assert (await broker.keys_for(AMINA, wish)).expires == store.now + timedelta(minutes=30)
    store.now += timedelta(minutes=5)
    await broker.keys_for(AMINA, wish)
    assert len(store.asked) == 1
    store.now = until - timedelta(minutes=1)
    assert (await broker.keys_for(AMINA, wish)).expires == store.now + timedelta(minutes=15)
    store.now = until
    assert (await broker.keys_for(AMINA, wish)).expires == store.now + timedelta(hours=1)

    assert store.sessions == [f"{ID}-run1-7mw2kfqd", f"{ID}-run1-7mw2kfqd", f"{ID}-run1-7mw2kfqd-late"]
    writes = [f"hand-in/{ID}/*" in policy.partition("s3:PutObject")[2] for _session, policy in store.asked]
    assert writes == [True, True, False]


async def test_a_server_of_a_class_has_that_class_in_its_usual_keys(broker: Broker, store: Store) -> None:
    """In a session of their own, so that they are known for the usual ones; each has the life that the class gives it."""
    usual = usual_wish("class-7mw2kfqd")
    assert (await broker.keys_for(AMINA, usual)).expires == START + timedelta(hours=1)
    assert (await broker.keys_for(AMINA, usual_wish("class-exam2345"))).expires == START + timedelta(minutes=15)

    assert store.sessions == [f"{ID}-run1_7mw2kfqd", f"{ID}-run1_exam2345"]
    policy = store.asked[0][1]
    assert all(f":::bucket/{place}*" in policy for place in (f"home/{ID}/", "public/", "class/7mw2kfqd/shared/"))
    assert "exam2345" not in policy
    assert broker.until(broker.person(AMINA), AMINA, usual) == START + timedelta(hours=1)
    assert broker.until(broker.person(AMINA), AMINA) is None


async def test_a_server_of_a_class_that_has_ended_goes_on_with_ones_own(
    broker: Broker, store: Store, people: dict[str, Person]
) -> None:
    """So does that of who left; the keys are those of any server."""
    await broker.keys_for(AMINA, usual_wish("class-7mw2kfqd"))
    people["amina"] = Person(ID)

    own = await broker.keys_for(AMINA, usual_wish("class-7mw2kfqd"))

    assert store.sessions[-1] == f"{ID}-run1"
    assert "class/" not in store.asked[-1][1]
    assert await broker.keys_for(AMINA) is own


def test_the_usual_keys_of_an_event_have_room_in_a_policy(broker: Broker) -> None:
    """Also where the name of the bucket is as long as one can be."""
    broker._bucket = "b" * 63
    event = Membership("event", "evnt2345", "organiser", "")
    teams = (Membership("team", f"team234{number}", "member", "", within="evnt2345") for number in "56")
    person = Person(ID, is_admin=True, memberships=(event, *teams))

    session = broker.session(person, AMINA, usual_wish("event-evnt2345"))

    assert len(session.policy) <= 2048
    assert session.policy.count("/team/") == 2


async def test_a_wish_for_a_longer_life_gets_the_usual_one(broker: Broker, store: Store) -> None:
    """A person may ask for less, never for more."""
    assert (await broker.keys_for(AMINA, Wish(lifetime_s=43_200))).expires == store.now + timedelta(hours=1)
    assert (await broker.keys_for(AMINA, Wish(lifetime_s=1200))).expires == store.now + timedelta(minutes=20)


async def test_another_run_of_a_server_is_another_session(broker: Broker, store: Store) -> None:
    """So that the store can refuse what an earlier run still holds."""
    await broker.keys_for(AMINA)
    await broker.keys_for(replace(AMINA, run="run2"))

    assert store.sessions == [f"{ID}-run1", f"{ID}-run2"]


async def test_other_rights_are_another_session(broker: Broker, store: Store, people: dict[str, Person]) -> None:
    """The store refuses that of before, and what is wished for less is of the same."""
    usual = usual_wish("class-7mw2kfqd")
    await broker.keys_for(AMINA, usual)
    await broker.keys_for(AMINA, replace(usual, read_only=True))
    people["amina"] = Person(ID, memberships=(replace(STUDENT, role="assistant"),))
    await broker.keys_for(AMINA, usual)
    people["amina"] = Person(ID, memberships=(STUDENT,))
    await broker.keys_for(AMINA, replace(usual, lifetime_s=1200))

    student, narrower, assistant, again = (session for session, _policy in store.asked)
    assert student == narrower == again
    assert assistant != student


async def test_every_credential_is_written_down_once_and_without_a_secret(broker: Broker, issued: list[Issued]) -> None:
    """Who, which server, what it reaches, until when."""
    await broker.keys_for(AMINA, Wish(read_only=True))
    await broker.keys_for(AMINA, Wish(read_only=True))

    (known,) = issued
    assert replace(known, session=MARK.sub("", known.session)) == (
        Issued(START, "s3", ID, "amina", "", f"{ID}-run1", (f"home/{ID}/:r", "public/:r"), START + timedelta(hours=1))
    )
    assert "secret" not in issued[0].to_json()


async def test_keys_of_an_administrator_publish(broker: Broker, store: Store, people: dict[str, Person]) -> None:
    """What everybody reads, somebody has to write."""
    people["amina"] = Person(ID, is_admin=True)
    await broker.keys_for(AMINA)

    writes = json.loads(store.asked[0][1])["Statement"][-1]
    assert "s3:PutObject" in writes["Action"]
    assert "arn:aws:s3:::bucket/public/*" in writes["Resource"]


async def test_keys_given_before_bridge_an_outage_of_the_hub(broker: Broker, store: Store) -> None:
    """Nothing new is given by then."""
    away = UnavailableError("The hub does not answer now.")
    good = await broker.keys_for(AMINA)
    store.now += timedelta(minutes=50)

    assert broker.last_good(AMINA, EVERYTHING, away) is good
    with pytest.raises(UnavailableError, match="The hub does not answer now."):
        broker.last_good(AMINA, Wish(group="class-7mw2kfqd"), away)


async def test_keys_for_a_laptop_are_made_each_time_and_remembered_nowhere(
    broker: Broker, store: Store, issued: list[Issued]
) -> None:
    """The person sees them once; what is written down tells them from those of a server that is called so."""
    laptop = LaptopKeys(broker, 4 * 3600)

    first, second = await laptop.make("amina", EVERYTHING), await laptop.make("amina", Wish(lifetime_s=4 * 3600))
    await broker.keys_for(Caller("amina", "laptop", "run1", S3))

    assert first.access_key != second.access_key
    assert [keys.expires - START for keys in (first, second)] == [timedelta(hours=1), timedelta(hours=4)]
    assert [one.is_of_laptop for one in issued] == [True, True, False]
    assert len({session for session, _ in store.asked}) == 3


async def test_keys_for_a_laptop_end_early_where_they_reach_an_exam(broker: Broker) -> None:
    """However long was chosen."""
    keys = await LaptopKeys(broker, 4 * 3600).make("amina", Wish(group="class-exam2345", lifetime_s=4 * 3600))

    assert keys.expires - START == timedelta(minutes=15)


async def test_keys_for_a_laptop_may_be_switched_off(broker: Broker) -> None:
    """Then nobody gets any, whatever their token says."""
    with pytest.raises(NotAllowedError, match="There are no keys for one's own computer here."):
        await LaptopKeys(broker, None).make("amina", EVERYTHING)


async def test_no_keys_for_a_laptop_before_the_store_was_tested(broker: Broker) -> None:
    """The reason is said."""
    broker.refusal = "The data store does not keep people apart, so nobody gets keys."

    with pytest.raises(UnavailableError, match="The data store does not keep people apart, so nobody gets keys."):
        await LaptopKeys(broker, 3600).make("amina", EVERYTHING)


async def test_it_is_known_until_when_the_keys_of_a_server_work(broker: Broker, store: Store) -> None:
    """Of this run, the usual ones; nothing once they ended."""
    person = broker.person(AMINA)
    assert broker.until(person, AMINA) is None

    await broker.keys_for(AMINA)

    assert broker.until(person, AMINA) == START + timedelta(hours=1)
    assert broker.until(person, replace(AMINA, run="run2")) is None
    store.now += timedelta(hours=2)
    assert broker.until(person, AMINA) is None
