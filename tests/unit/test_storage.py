"""The data store as the file browser sees it: signatures, places, listings and previews, decided without a store."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sardonyx_singleuser.keys_service import KeysError
from sardonyx_singleuser.preview.sources import Source, quoted, readings, refusal, statistics_query
from sardonyx_singleuser.storage.entries import Entry, read_page
from sardonyx_singleuser.storage.errors import AWAY, FORBIDDEN, StorageError
from sardonyx_singleuser.storage.keyring import Keyring
from sardonyx_singleuser.storage.places import group_of, places_of, removable_spot, spot_of, writable_spot
from sardonyx_singleuser.storage.reach import Reach
from sardonyx_singleuser.storage.signature import Keys, Signer, object_url
from sardonyx_singleuser.storage.store import DeadKeysError, Store
from sardonyx_singleuser.storage.store import refusal as store_refusal

NOW = datetime(2026, 11, 26, 12, 30, 5, tzinfo=UTC)
SIGNER = Signer(Keys("AKID", "very/secret+key", "a/token+of=many//signs", NOW), "eu-west-3", NOW)
ODD_KEYS = [
    "home/petra/plain.csv",
    "home/petra/a name with spaces.csv",
    "home/petra/100%.csv",
    "home/petra/a#b?c&d=e.csv",
    "home/petra/été ☕.csv",
    "home/petra/.hidden/..two",
    "home/petra/a+b*c'(d)~e!.csv",
]
ACCESS: dict[str, Any] = {
    "home": {"prefix": "home/petra/", "access": "rw"},
    "public": {"prefix": "public/", "access": "r"},
    "memberships": [
        {
            "name": "class-7mw2kfqd",
            "title": "Statistics: part 1/2",
            "role": "student",
            "places": [
                {"prefix": "class/7mw2kfqd/shared/", "access": "r"},
                {"prefix": "class/7mw2kfqd/hand-in/petra/", "access": "rw"},
            ],
        },
        {"name": "team-aaaaaaaa", "title": "Blue", "role": "member", "places": [{"prefix": "team/aaaaaaaa/", "access": "rw"}]},
        {"name": "team-bbbbbbbb", "title": "Blue", "role": "member", "places": [{"prefix": "team/bbbbbbbb/", "access": "rw"}]},
    ],
}  # fmt: skip
PLACES = places_of(ACCESS)


class _Now:
    """botocore's clock, stopped."""

    @staticmethod
    def get(*_: object, **__: object) -> datetime:
        return NOW


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> Credentials:
    """Keys for botocore, at the same moment."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", _Now.get)
    return Credentials(SIGNER.keys.name, SIGNER.keys.secret, SIGNER.keys.token)


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_request_is_signed_as_boto3_signs_it(credentials: Credentials, key: str) -> None:
    """Whatever signs a name has in it."""
    url = object_url("http://127.0.0.1:8334", "sardonyx", key, {"partNumber": "2", "uploadId": "a b/c"})
    request = AWSRequest("PUT", url, headers={"If-Match": '"tag"'}, data=b"hello")
    request.context["payload_signing_enabled"] = True
    S3SigV4Auth(credentials, "s3", SIGNER.region).add_auth(request)

    signed = SIGNER.headers("PUT", url, {"If-Match": '"tag"'}, b"hello")

    assert signed["authorization"] == request.headers["Authorization"]


def test_places_have_the_names_that_people_know() -> None:
    """None twice, and none that JupyterLab takes for a path or a drive."""
    assert [(place.name, place.prefix, place.may_write, place.group) for place in PLACES] == [
        ("My place", "home/petra/", True, ""),
        ("Statistics- part 1-2 (data of the class)", "class/7mw2kfqd/shared/", False, "class-7mw2kfqd"),
        ("Statistics- part 1-2 (what you hand in)", "class/7mw2kfqd/hand-in/petra/", True, "class-7mw2kfqd"),
        ("Blue (team-aaaaaaaa)", "team/aaaaaaaa/", True, "team-aaaaaaaa"),
        ("Blue (team-bbbbbbbb)", "team/bbbbbbbb/", True, "team-bbbbbbbb"),
        ("Published", "public/", False, ""),
    ]


@pytest.mark.parametrize("path", ["My place/.hidden", "My place/a b/100%#?.csv", "My place/été", "My place/..a/b.."])
def test_a_path_is_the_key_below_its_place(path: str) -> None:
    """Nothing in it is decoded or resolved."""
    assert spot_of(path, PLACES).key == path.replace("My place/", "home/petra/")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("My place/../otto/x", "Names cannot be empty, “.” or “..”", id="up"),
        pytest.param("My place/a/./b", "Names cannot be empty, “.” or “..”", id="here"),
        pytest.param("My place//x", "Names cannot be empty, “.” or “..”", id="empty"),
        pytest.param("My place/x/", "Names cannot be empty, “.” or “..”", id="slash at the end"),
        pytest.param("home/otto/x", "You have no place “home” in the data store.", id="a prefix"),
        pytest.param("../My place/x", "You have no place “..” in the data store.", id="above"),
        pytest.param("", "This folder holds your places.", id="the root"),
        pytest.param("My place/" + "ä" * 600, "This name is too long for the data store", id="too long"),
    ],
)
def test_a_path_out_of_a_place_is_refused(path: str, said: str) -> None:
    """Before anything is asked of the store; and the keys reach that place only."""
    with pytest.raises(StorageError, match=said):
        spot_of(path, PLACES)


def test_a_place_that_is_only_read_says_so_before_a_write() -> None:
    """So does a place itself, which can be neither renamed nor removed."""
    with pytest.raises(StorageError, match="You can read in “Published”, and not change anything."):
        writable_spot("Published/x", PLACES)
    with pytest.raises(StorageError, match="“My place” is a place: it keeps its name"):
        writable_spot("My place", PLACES)


def test_in_a_full_place_things_are_deleted_and_nothing_is_added() -> None:
    """As its keys do, and as the page “Data” says."""
    full = places_of({**ACCESS, "home": {"prefix": "home/petra/", "access": "rd"}})

    assert removable_spot("My place/old", full).key == "home/petra/old"
    with pytest.raises(
        StorageError, match="“My place” is full: nothing can be added or changed there. Delete something"
    ):
        writable_spot("My place/new", full)
    with pytest.raises(StorageError, match="“My place” is a place: it keeps its name"):
        removable_spot("My place", full)
    with pytest.raises(StorageError, match="You can read in “Published”, and not change anything."):
        removable_spot("Published/x", full)


def test_two_groups_have_no_keys_in_common() -> None:
    """What is moved from one to the other goes through the person's own place."""
    home, _, hand_in, blue, other, _ = PLACES

    assert group_of(home, blue) == "team-aaaaaaaa"
    with pytest.raises(StorageError, match="Copy it to My place first"):
        group_of(blue, other)
    assert group_of(hand_in, home) == "class-7mw2kfqd"


def test_it_is_known_until_when_the_key_of_the_server_lives() -> None:
    """Nobody has asked for one yet, or what the keys service says; a time that is none is said to be its fault."""

    def until(said: object) -> str | None:
        service = SimpleNamespace(access=lambda: {**ACCESS, "until": said})
        return asyncio.run(Keyring(cast("Any", service)).until())

    assert until(None) is None
    assert until("2026-11-26T12:30:05+00:00") == "2026-11-26T12:30:05+00:00"
    with pytest.raises(StorageError, match="is of another version than this server"):
        until("<b>soon</b>")


def test_a_listing_is_read_as_names() -> None:
    """What stands for the folder is left out, and what cannot be shown is counted."""
    page = read_page(
        b'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        b"<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>"
        b"<Contents><Key>home/p/</Key><Size>0</Size></Contents>"
        b"<Contents><Key>home/p/100%25+a.csv</Key><Size>7</Size><LastModified>2026-11-26T12:00:00Z</LastModified></Contents>"
        b"<Contents><Key>home/p/..</Key><Size>1</Size></Contents>"
        b"<CommonPrefixes><Prefix>home/p/sub/</Prefix></CommonPrefixes>"
        b"<CommonPrefixes><Prefix>home/p//</Prefix></CommonPrefixes></ListBucketResult>",
        "home/p/",
    )

    assert page.entries == (
        Entry("sub", "directory", None, ""),
        Entry("100% a.csv", "file", 7, "2026-11-26T12:00:00Z"),
    )
    assert (page.unnamed, page.after) == (2, "next")


@pytest.mark.parametrize(
    ("status", "code", "method", "said"),
    [
        (403, "AccessDenied", "GET", "The data store does not let this be read now."),
        (403, "AccessDenied", "PUT", "The data store does not let this be changed now."),
        (404, "NoSuchKey", "GET", "“x.csv” is not there any more."),
        (412, "PreconditionFailed", "GET", "“x.csv” was changed meanwhile."),
        (500, "InternalError", "PUT", "it may have no room left"),
        (503, "SlowDown", "GET", "The data store is busy."),
        (599, "", "GET", "The data store does not answer now."),
    ],
)
def test_a_refusal_of_the_store_is_a_sentence(status: int, code: str, method: str, said: str) -> None:
    """Never its own words, which are for programs."""
    assert said in str(store_refusal(status, code, method, "home/petra/x.csv"))


def test_dead_keys_are_told_apart_from_a_refusal() -> None:
    """Others may do."""
    assert isinstance(store_refusal(400, "ExpiredToken", "GET", "x"), DeadKeysError)


@pytest.mark.parametrize(
    ("address", "size", "said"),
    [
        ("s3://b/x.docx", 1, "“x.docx” is no table that can be shown here"),
        ("s3://b/a*.csv", 1, "has *, ? or [ in its name"),
        ("s3://b/x.geojson", 1 << 30, "is larger than 32 MB. GeoJSON has to be read as a whole"),
        ("s3://b/X.PARQUET", 1 << 40, ""),
    ],
)
def test_what_cannot_be_shown_is_said_before_it_is_read(address: str, size: int, said: str) -> None:
    """With what to do instead."""
    assert said in refusal(Source(address, size))
    assert bool(refusal(Source(address, size))) == bool(said)


def test_names_cannot_leave_their_place_in_sql() -> None:
    """Of columns and of files."""
    assert quoted('a"b') == '"a""b"'
    assert readings(Source("s3://b/o'x.parquet", 1)) == ("FROM read_parquet('s3://b/o''x.parquet')",)
    assert statistics_query('a"', "VARCHAR").endswith(
        'count("a"""), least(count("a"""), approx_count_distinct("a""")), min("a""")::VARCHAR, max("a""")::VARCHAR FROM data'
    )


class _Service:
    """A keys service that counts, and can be away."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.is_away = False

    def keys(self, group: str, wish: dict[str, str]) -> dict[str, str]:
        self.asked.append((group, wish))
        if self.is_away:
            raise KeysError("The service that gives keys does not answer now. Try again in a minute.")
        end = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        return {"AccessKeyId": f"AK{len(self.asked)}", "SecretAccessKey": "s", "Token": "t", "Expiration": end}

    def access(self) -> dict[str, Any]:
        return ACCESS


def test_keys_are_asked_for_one_place_and_once_a_minute() -> None:
    """While the service is away, those that there are go on."""
    service, now = _Service(), [0.0]
    keyring = Keyring(cast("Any", service), lambda: now[0])

    def name() -> str:
        return asyncio.run(keyring.keys("team-a", "team/a/", "read")).name

    assert (name(), name(), len(service.asked)) == ("AK1", "AK1", 1)
    assert service.asked == [("team-a", {"prefix": "team/a/", "access": "read"})]
    now[0] = 61
    assert name() == "AK2"
    now[0], service.is_away = 122, True
    assert name() == "AK2"
    keyring.forget()
    with pytest.raises(StorageError, match="The service that gives keys does not answer now."):
        name()


def test_keys_that_the_store_refuses_are_replaced_once() -> None:
    """Then it is said: it would refuse the next ones too."""
    service = _Service()
    reach = Reach(Keyring(cast("Any", service)), Store("http://127.0.0.1:9", "eu-west-3", "sardonyx"))
    used: list[str] = []

    async def once(keys: Keys) -> str:
        used.append(keys.name)
        if len(used) == 1:
            raise DeadKeysError("ExpiredToken")
        return keys.name

    async def never(_keys: Keys) -> None:
        raise DeadKeysError("InvalidAccessKeyId")

    assert asyncio.run(reach.of(PLACES[0], once)) == "AK2"
    with pytest.raises(StorageError, match="The data store refuses the keys that it is given."):
        asyncio.run(reach.of(PLACES[0], never))


def test_keys_of_before_that_reach_too_much_by_now_are_replaced_once() -> None:
    """A store refuses all of them, for what is still allowed too; other refusals are what they are."""
    service = _Service()
    reach = Reach(Keyring(cast("Any", service)), Store("http://127.0.0.1:9", "eu-west-3", "sardonyx"))
    used: list[str] = []

    async def refused(keys: Keys, times: int, status: int) -> str:
        used.append(keys.name)
        if len(used) <= times:
            raise StorageError("The data store does not let this be read now. Try again in a minute.", status)
        return keys.name

    async def once(keys: Keys) -> str:
        return await refused(keys, 1, FORBIDDEN)

    async def always(keys: Keys) -> str:
        return await refused(keys, 99, FORBIDDEN)

    async def away(keys: Keys) -> str:
        return await refused(keys, 99, AWAY)

    assert asyncio.run(reach.of(PLACES[0], once)) == "AK2"
    for work, count in ((always, 2), (away, 1)):
        used.clear()
        with pytest.raises(StorageError, match="The data store does not let this be read now."):
            asyncio.run(reach.of(PLACES[0], work))
        assert len(used) == count


def test_what_an_event_shares_is_said_to_be_of_the_event() -> None:
    """Not of a class."""
    shared = {"prefix": "event/cccccccc/shared/", "access": "r"}
    days = {"name": "event-cccccccc", "title": "Data days", "role": "participant", "places": [shared]}
    found = places_of({**ACCESS, "memberships": [days]})
    assert [place.name for place in found] == ["My place", "Data days (data of the event)", "Published"]
