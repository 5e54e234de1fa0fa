"""Links to files: what is kept of them, what may be shared, and what is said with a file."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from sardonyx_hub_config.pages.shared_links import links_shown, say_times
from sardonyx_hub_config.services.link_log import WithoutLinks
from sardonyx_services.credentials.errors import BadRequestError, NotAllowedError
from sardonyx_services.credentials.links.shareable import file_policy, membership_for
from sardonyx_services.credentials.revocation import Person
from sardonyx_services.links.headers import asked_of_store, disposition, is_from_the_beginning, of_file
from sardonyx_services.links.token import TOKEN, new_token
from sardonyx_services.people.database import Place
from sardonyx_services.people.groups import Membership
from sardonyx_services.people.models import SharedLinkRow
from sardonyx_services.people.store import PeopleStore
from sardonyx_singleuser.storage.errors import StorageError
from sardonyx_singleuser.storage.sharing import Sharing
from sardonyx_spawner.amounts import say_bytes

ID, OTHER = "abcd2345efgh6789", "zzzz2345efgh6789"


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An empty store."""
    store = PeopleStore(people_place)
    yield store
    store.close()


def test_a_link_is_remembered_for_a_month_after_its_end(people: PeopleStore) -> None:
    """So that it can say that it has ended; then it is one that never was."""
    person = people.add_account("amina", "hash").id
    for token_hash in ("ended", "forgotten"):
        people.shared_links.add(token_hash, person, "home/x/a", 60, 10)
    for token_hash, days in (("ended", 29), ("forgotten", 31)):
        with Session(people._engine) as session, session.begin():
            row = update(SharedLinkRow).where(SharedLinkRow.token_hash == token_hash)
            session.execute(row.values(ends=datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)))
    assert people.shared_links.of(person) == []

    people.shared_links.add("new", person, "home/x/b", 60, 1)
    people.shared_links.forget_ended()

    assert people.shared_links.find("ended") is not None
    assert people.shared_links.find("forgotten") is None


def test_the_first_download_is_the_first_once(people: PeopleStore) -> None:
    """Whoever comes at the same moment; the others are counted."""
    person = people.add_account("amina", "hash").id
    people.shared_links.add("h", person, "home/x/a", 60, 10)

    firsts = [people.shared_links.first("h") for _ in range(3)]
    people.shared_links.count({"h": 4, "another": 2})

    assert firsts == [True, False, False]
    assert [link.opened for link in people.shared_links.of(person)] == [5]


def test_switched_off_links_are_gone(people: PeopleStore) -> None:
    """They do not come back when they are switched on again."""
    person = people.add_account("amina", "hash").id
    people.shared_links.add("h", person, "home/x/a", 60, 10)

    assert people.shared_links.end_all() == 1
    assert people.shared_links.find("h") is None


def test_what_opens_a_link_cannot_be_guessed() -> None:
    """192 bits, in letters that stand in an address as they are."""
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(TOKEN.fullmatch(token) for token in tokens)


@pytest.mark.parametrize(
    ("key", "through"),
    [
        pytest.param(f"home/{ID}/a.csv", None, id="home"),
        pytest.param("public/a.csv", None, id="published"),
        pytest.param("class/7mw2kfqd/shared/a.csv", "7mw2kfqd", id="class"),
        pytest.param(f"class/7mw2kfqd/hand-in/{ID}/a.csv", "7mw2kfqd", id="hand-in"),
        pytest.param("team/blue2345/a.csv", "blue2345", id="team"),
    ],
)
def test_a_file_is_shared_through_what_one_belongs_to(key: str, through: str | None) -> None:
    """The token for the store names that class or team, and no other."""
    found = membership_for(key, somebody())
    assert (found and found.group) == through


@pytest.mark.parametrize(
    "key", [f"home/{OTHER}/a", f"class/7mw2kfqd/hand-in/{OTHER}/a", "class/7mw2kfqd/a", "team/red22345/a", "a"]
)
def test_what_one_does_not_reach_is_not_shared(key: str) -> None:
    """Nor what another has in the same class."""
    with pytest.raises(NotAllowedError, match="This is no file in a place of yours"):
        membership_for(key, somebody())


def somebody() -> Person:
    """Return a student who is in a team."""
    return Person(
        ID,
        memberships=(
            Membership("class", "7mw2kfqd", "student", "Statistics"),
            Membership("team", "blue2345", "member", "Blue"),
        ),
    )


def test_keys_for_a_file_read_it_and_do_nothing_else() -> None:
    """No folder can be listed with them; a variable in the name is none."""
    policy = json.loads(file_policy("data", "home/x/a ${aws:username}*é.csv"))

    assert policy["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::data/home/x/a??{aws?username}?é.csv"],
        }
    ]


def test_a_name_that_no_policy_has_room_for_is_refused_before() -> None:
    """Not when somebody opens the link."""
    with pytest.raises(BadRequestError, match=r"The name of this file is too long to be shared"):
        file_policy("data", "home/x/" + "☕" * 330)
    assert len(file_policy("data", "home/x/" + "a" * 1000)) < 2048


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.csv", "attachment; filename=\"a.csv\"; filename*=UTF-8''a.csv"),
        ("é ☕.csv", "attachment; filename=\"_ _.csv\"; filename*=UTF-8''%C3%A9%20%E2%98%95.csv"),
        ('a"\\%41;b.csv', "attachment; filename=\"a___41;b.csv\"; filename*=UTF-8''a%22%5C%2541%3Bb.csv"),
        ("a\r\nX: y", "attachment; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
    ],
)
def test_a_name_of_any_signs_is_one_header(name: str, said: str) -> None:
    """For browsers that read the first form, and for those that read the second."""
    assert disposition(name) == said


def test_what_the_store_says_is_passed_on_in_its_form_only() -> None:
    """A header with anything else in it is left out."""
    said = of_file(
        "x",
        {
            "content-length": "12, 13",
            "etag": '"a\tb"',
            "last-modified": "yesterday",
            "content-range": "bytes */12",
            "content-encoding": "gzip, x",
            "content-type": "text/html",
            "set-cookie": "a=b",
        },
    )

    assert {"Content-Length", "Etag", "Last-Modified", "Content-Encoding", "Set-Cookie"}.isdisjoint(said)
    assert said["Content-Range"] == "bytes */12"
    assert said["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("asked", "of_store", "counts"),
    [
        ({}, {}, True),
        ({"range": "bytes=0-"}, {"range": "bytes=0-"}, True),
        ({"range": "bytes=00-5"}, {"range": "bytes=00-5"}, True),
        ({"range": "bytes=5-"}, {"range": "bytes=5-"}, False),
        ({"range": "bytes=-5"}, {"range": "bytes=-5"}, False),
        ({"range": "bytes=0-1,2-3"}, {}, True),
        ({"range": "bytes=1-2", "if-range": '"t"'}, {"range": "bytes=1-2", "if-match": '"t"'}, False),
        ({"range": "bytes=1-2", "if-range": 'W/"t"'}, {"range": "bytes=1-2", "if-match": '"none"'}, False),
        ({"if-range": '"t"', "if-none-match": "*"}, {}, True),
    ],
)
def test_one_range_is_asked_of_the_store_and_nothing_else(
    asked: dict[str, str], of_store: dict[str, str], *, counts: bool
) -> None:
    """A download counts where it begins."""
    found = asked_of_store(asked)

    assert found == {"accept-encoding": "identity", **of_store}
    assert is_from_the_beginning(found) is counts


def test_sizes_and_numbers_are_words() -> None:
    """As people say them."""
    assert [say_bytes(size) for size in (None, 0, 1, 999, 1000, 12_345, 3_240_000, 7 * 10**9)] == [
        "", "0 bytes", "1 byte", "999 bytes", "1 kB", "12 kB", "3.2 MB", "7 GB",
    ]  # fmt: skip
    assert [say_times(times) for times in (0, 1, 2, 1234)] == ["never", "once", "twice", "1234 times"]


def test_the_page_says_of_which_place_a_file_is() -> None:
    """And of one in a class that somebody left, that its link opens nothing."""

    def link(key: str) -> dict[str, Any]:
        return {"mark": "m", "key": key, "until": "2026-01-01T12:00:00+00:00", "opened": 2}

    group = {"title": "Statistics", "places": [{"prefix": "class/7mw2kfqd/shared/"}]}
    answer = {
        "home": {"prefix": f"home/{ID}/"},
        "public": {"prefix": "public/"},
        "memberships": [group],
        "links": [link(f"home/{ID}/a/b/c.csv"), link("class/7mw2kfqd/shared/d.csv"), link("team/blue2345/e.csv")],
    }

    assert [(each.name, each.place, each.path) for each in links_shown(answer)] == [
        ("c.csv", "My place", "a/b"),
        ("d.csv", "Statistics", ""),
        ("e.csv", "A place that you left: it opens nothing", "team/blue2345"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "302 GET /services/links/secret-of_a-link/x.csv -> /hub/services/links/secret-of_a-link/x.csv (@::1) 1.2ms",
        "404 GET /hub/login?next=%2Fservices%2Flinks%2Fsecret-of_a-link%2Fx.csv",
        '{"Referer": "https://hub.example.org/base/services/links/secret-of_a-link"}',
    ],
)
def test_the_hubs_log_has_no_link(line: str) -> None:
    """Where a request for one comes to the hub, or leads there."""
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s", (line,), None)

    assert WithoutLinks().filter(record) is True

    assert "secret-of_a-link" not in record.getMessage()
    assert "inks" in record.getMessage()


@dataclass
class _Keyring:
    """Says for how long links live here."""

    life_s: int
    service: Any = field(default=None)

    async def longest_link_s(self) -> int:
        return self.life_s


async def test_where_links_are_switched_off_a_sentence_says_so() -> None:
    """Before anything is asked for."""
    sharing = Sharing(cast("Any", _Keyring(0)), cast("Any", None))

    with pytest.raises(StorageError, match="There are no links to files here: the people who run this place"):
        await sharing.link("My place/x.csv", 60)
    assert await Sharing(cast("Any", _Keyring(60)), cast("Any", None)).offered() == {"longest_s": 60}
