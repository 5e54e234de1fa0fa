from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sardonyx_hub_config.pages import snippets
from sardonyx_hub_config.pages.data_places import GroupShown, lives_offered, reached

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
ID = "abcd2345efgh6789"
CLASS = {
    "name": "class-7mw2kfqd",
    "title": "Statistics 101",
    "role": "student",
    "places": [
        {"prefix": "class/7mw2kfqd/shared/", "access": "r"},
        {"prefix": f"class/7mw2kfqd/hand-in/{ID}/", "access": "rw"},
    ],
}


def answer(**changes: Any) -> dict[str, Any]:
    """Return what the keys service says of somebody in a class."""
    return {
        "person": "amina",
        "home": {"prefix": f"home/{ID}/", "access": "rw"},
        "public": {"prefix": "public/", "access": "r"},
        "memberships": [CLASS],
        "bucket": "data",
        "servers": [],
        "laptops": [],
        "trouble": "",
        **changes,
    }


def key(name: str, given: datetime) -> dict[str, str]:
    """Return the keys of a server."""
    return {"name": name, "given": given.isoformat(), "until": (given + timedelta(hours=1)).isoformat()}


def test_each_place_is_told_in_plain_words() -> None:
    """Whose it is, what for, what can be done, its address, and the profile that reaches it."""
    shown = [(p.title, p.what, p.may, p.address, p.profile) for p in reached(answer()).places]

    assert shown == [
        ("My place", "only you", "read and write", f"s3://data/home/{ID}/", "home"),
        ("Statistics 101", "data of the class", "read", "s3://data/class/7mw2kfqd/shared/", "class-7mw2kfqd"),
        (
            "Statistics 101",
            "what you hand in",
            "read and write",
            f"s3://data/class/7mw2kfqd/hand-in/{ID}/",
            "class-7mw2kfqd",
        ),
        ("Published", "for everybody here", "read", "s3://data/public/", "public"),
    ]
    assert reached(answer()).groups == (GroupShown("class-7mw2kfqd", "Statistics 101"),)


@pytest.mark.parametrize(
    ("role", "prefix", "what"),
    [
        ("instructor", "class/7mw2kfqd/hand-in/", "what all hand in"),
        ("instructor", "class/7mw2kfqd/shared/", "data of the class"),
        ("member", "team/k1tek1te/", "data of the team"),
        ("participant", "event/7mw2kfqd/shared/", "data of the event"),
    ],
)
def test_a_place_of_a_group_says_what_it_is_for(role: str, prefix: str, what: str) -> None:
    """As the role has it."""
    group = {**CLASS, "role": role, "places": [{"prefix": prefix, "access": "rw"}]}

    assert reached(answer(memberships=[group])).places[1].what == what


def test_the_keys_of_a_former_run_are_not_those_of_a_server_that_runs() -> None:
    """It may not have asked for any yet."""
    found = reached(answer(servers=[key("", NOW), key("thesis", NOW - timedelta(minutes=30))]))

    started: dict[str, datetime | None] = {
        "": NOW - timedelta(minutes=1),
        "thesis": NOW - timedelta(minutes=5),
        "new": NOW,
    }
    assert found.of_running(started) == {"": NOW + timedelta(hours=1), "thesis": None, "new": None}


def test_a_key_for_a_laptop_says_what_it_opens() -> None:
    """With the title of the class, once."""
    places = [f"home/{ID}/:r", "public/:r", "class/7mw2kfqd/shared/:r", f"class/7mw2kfqd/hand-in/{ID}/:r"]
    given = {"given": NOW.isoformat(), "until": NOW.isoformat(), "places": places}

    assert reached(answer(laptops=[given])).laptops[0].whose == "My place, Statistics 101: read"


@pytest.mark.parametrize(
    ("longest_s", "offered"),
    [
        (43200, [(3600, "1 hour"), (14400, "4 hours"), (43200, "12 hours")]),
        (7200, [(3600, "1 hour"), (7200, "2 hours")]),
        (3600, [(3600, "1 hour")]),
        (5400, [(3600, "1 hour"), (5400, "90 minutes")]),
        (900, [(900, "15 minutes")]),
    ],
)
def test_no_life_is_offered_that_is_not_given(longest_s: int, offered: list[tuple[int, str]]) -> None:
    """The longest one always is."""
    assert list(lives_offered(longest_s)) == offered


def test_code_has_the_persons_own_addresses() -> None:
    """And names the profile of their class."""
    found = snippets.for_servers(reached(answer()))

    assert {each.tab for each in found} == set(snippets.TABS)
    assert all(f"data/home/{ID}/" in each.code for each in found if each.title in {"pandas", "s3fs", "aws", "rclone"})
    assert [each.tab for each in found if "class-7mw2kfqd" in each.code] == ["Python", "R", "Terminal"]
    assert not [
        each for each in snippets.for_servers(reached(answer(memberships=[]))) if "profile" in each.code.lower()
    ]


def test_each_tab_says_first_what_it_needs() -> None:
    """And how that is had, where the environments that come with Sardonyx lack it."""
    found = snippets.needs()

    assert tuple(found) == snippets.TABS
    assert {tab: each.code.code for tab, each in found.items() if each.code} == {
        "R": 'install.packages("aws.s3")\ninstall.packages(c("DBI", "duckdb"))\n'
        'install.packages("arrow")\ninstall.packages("paws.storage")',
        "Terminal": "pip install awscli",
    }
    assert found["Python"].said == "All of these packages are in the environments that come with Sardonyx."
    assert "rclone and mc are there where the people who run this place have installed them." in found["Terminal"].said
    assert "needs a compiler" in found["R"].said
    assert "servers of the profile Spark" in found["Spark"].said


def test_the_environments_have_what_the_tab_python_says() -> None:
    """Each title of it is a package of the environment's lock."""
    lock = (Path(__file__).parents[2] / "hub_config" / "environments" / "python.lock").read_text().lower()
    titles = [
        each.title.lower() for each in snippets.for_servers(reached(answer(memberships=[]))) if each.tab == "Python"
    ]

    assert titles == ["pandas", "polars", "duckdb", "boto3", "s3fs"]
    assert [title for title in titles if f"\n{title}==" not in lock] == []
    assert "\nawscli==" not in lock


def test_code_that_is_not_tested_says_so() -> None:
    """Packages of R that are in no reach of the tests; all other code is run there."""
    found = snippets.for_servers(reached(answer()))

    untested = [each.title for each in found if each.code.startswith("# Sardonyx is not tested with this package.\n")]

    assert untested == ["arrow", "paws"]


def test_code_for_a_laptop_cannot_be_broken_by_what_the_store_gives() -> None:
    """A quote in a key ends no string."""
    made = {"AccessKeyId": "A", "SecretAccessKey": "a'b\"c", "Token": "t", "Expiration": "2026-01-01T12:00:00Z"}

    terminal, aws, python = snippets.for_laptop(made, "https://s3.example.org", "us-east-1")

    assert """export AWS_SECRET_ACCESS_KEY='a'"'"'b"c'""" in terminal.code
    assert """aws_secret_access_key 'a'"'"'b"c'""" in aws.code
    assert r'''aws_secret_access_key="a'b\"c"''' in python.code
    assert terminal.code.startswith("# until 1 January 12:00 UTC\n")


@pytest.mark.parametrize(
    ("access", "size", "may", "use"),
    [
        ("rw", 1 << 29, "read and write", "512 MB of 2 GB"),
        ("rd", 2 << 30, "read and delete: it is full", "2 GB of 2 GB"),
    ],
)
def test_a_place_with_a_limit_says_how_much_is_there(access: str, size: int, may: str, use: str) -> None:
    """And what can still be done."""
    home = {"prefix": f"home/{ID}/", "access": access, "bytes": size, "limit": 2 << 30}

    [mine, *others] = reached(answer(home=home)).places

    assert (mine.may, mine.use) == (may, use)
    assert {place.use for place in others} == {""}


@pytest.mark.parametrize(
    ("own", "use"),
    [
        pytest.param({}, "15 GB of 20 GB in all of the event", id="of the event alone"),
        pytest.param({"bytes": 0, "limit": 2 << 30}, "0 MB of 2 GB, 15 GB of 20 GB in all of the event", id="of both"),
    ],
)
def test_a_place_of_an_event_says_how_much_is_in_all_of_it(own: dict[str, int], use: str) -> None:
    """So that it is understood why nothing can be written in a place that is empty."""
    home = {"prefix": f"home/{ID}/", "access": "rd", **own, "event": {"bytes": 15 << 30, "limit": 20 << 30}}

    assert reached(answer(home=home)).places[0].use == use
