"""What may be used at once, and in a month: decided, and said."""

import json
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pytest

from sardonyx_spawner.language import speaking
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile
from sardonyx_spawner.quota_words import QuotaError, check, say_stored, say_use
from sardonyx_spawner.quotas import Account, Claim, Kind, Quota, Quotas, Stored, longest_life

GIB = 1 << 30
AMINA = Person("id-1", "amina", groups=frozenset({"phd", "gpu"}))
SMALL = Claim("id-1", "python", cpu=0.5, memory=GIB)
TODAY = date(2026, 12, 3)
NOON = 1_796_299_200.0
"""2026-12-03 12:00 UTC."""


def refused(account: Account, wanted: Claim = SMALL) -> str:
    """Return why a server is not allowed; "" = it is."""
    try:
        check([account], wanted, TODAY)
    except QuotaError as error:
        return error.message
    return ""


@pytest.mark.parametrize(
    ("quota", "claims", "is_allowed"),
    [
        pytest.param(Quota(), [SMALL] * 50, True, id="no-quota"),
        pytest.param(Quota(servers=2), [SMALL], True, id="the-last-server"),
        pytest.param(Quota(servers=2), [SMALL] * 2, False, id="one-too-many"),
        pytest.param(Quota(cpu=0.3), [replace(SMALL, cpu=0.1)] * 2, False, id="cores"),
        pytest.param(Quota(cpu=0.8), [replace(SMALL, cpu=0.1)] * 3, True, id="tenths-of-cores-add-up"),
        pytest.param(Quota(memory=3 * GIB), [SMALL] * 2, True, id="memory-to-the-last-byte"),
        pytest.param(Quota(memory=3 * GIB - 1), [SMALL] * 2, False, id="memory-one-byte-short"),
        pytest.param(Quota(gpus=0), [], True, id="no-gpu-for-who-wants-none"),
        pytest.param(Quota(servers=1), [SMALL] * 5, False, id="quota-made-smaller-meanwhile"),
    ],
)
def test_a_server_is_allowed_as_long_as_all_of_it_fits(quota: Quota, claims: list[Claim], *, is_allowed: bool) -> None:
    """With what runs, and what is on the way."""
    assert (refused(Account("person", quota, claims=claims)) == "") is is_allowed


GPU = Claim("id-2", "gpu", memory=8 * GIB, gpus=1, ends_at=NOON + 9000)


@pytest.mark.parametrize(
    ("account", "wanted", "said"),
    [
        pytest.param(
            Account("person", Quota(memory=2 * GIB)), replace(SMALL, memory=4 * GIB),
            "You may use 2 GB of memory at once and use 0 MB of memory; this server takes 4 GB of memory."
            " Choose a smaller one. The people who run this place can allow you more.",
            id="larger-than-all",
        ),
        pytest.param(
            Account("place", Quota(gpus=1), claims=[GPU]), GPU,
            "All servers here may use 1 GPU at once and use 1 GPU; this one takes 1 GPU."
            " Choose a smaller one, or try again later. The next one ends by 3 December 14:30 UTC."
            " The people who run this place can allow more.",
            id="when-it-is-free",
        ),
        pytest.param(
            Account("class", Quota(servers=1), "Statistics", [SMALL]), SMALL,
            "“Statistics” may run 1 server at once, and does. Try again later. Its instructor can stop servers that"
            " nobody needs; the people who run this place can allow more.",
            id="class",
        ),
        pytest.param(
            Account("event", Quota(hours=10), "Data days", seconds=36_000), SMALL,
            "“Data days” has used its 10 hours of this month. Servers start again from 1 January."
            " Its organiser can stop servers that nobody needs; the people who run this place can allow more.",
            id="hours",
        ),
    ],
)  # fmt: skip
def test_who_gets_no_server_learns_why_what_to_do_and_who_can_change_it(
    account: Account, wanted: Claim, said: str
) -> None:
    """In one breath."""
    assert refused(account, wanted) == said


def test_it_is_said_in_the_language_of_who_reads_it() -> None:
    """Numbers and units, too."""
    with speaking("fr"):
        assert refused(Account("person", Quota(servers=1), claims=[SMALL])) == (
            "Vous pouvez avoir 1 serveur à la fois, et c’est déjà le cas. Arrêtez d’abord l’un d’eux."
            " Les personnes qui gèrent ce lieu peuvent vous accorder plus."
        )


def test_what_is_used_of_what_is_limited_is_said_and_nothing_else() -> None:
    """Most important first."""
    limited = Account("person", Quota(servers=2, memory=32 * GIB, hours=100), claims=[SMALL], seconds=7200)

    said = say_use([limited, Account("class", Quota(), "Statistics"), Account("place", Quota(cpu=8), claims=[SMALL])])

    assert said == [
        "You use 1 of 2 servers, 1 GB of 32 GB of memory and 2 of 100 hours this month.",
        "All together use 0.5 of 8 cores.",
    ]


@pytest.mark.parametrize(
    ("kind", "used", "said"),
    [
        pytest.param("place", 8, ["All together use 8 of 8 GPUs.", "The next one ends by 3 December 12:00 UTC."], id="full"),
        pytest.param("place", 7, ["All together use 7 of 8 GPUs."], id="one-left"),
        pytest.param("person", 8, ["You use 8 of 8 GPUs."], id="ones-own"),
    ],
)  # fmt: skip
def test_when_the_next_server_of_others_ends_is_said_where_nothing_is_left(
    kind: Kind, used: int, said: list[str]
) -> None:
    """In the form, before anybody tries to start one."""
    early, late = (Claim("id-2", "gpu", gpus=1, ends_at=NOON + more) for more in (0, 3600))

    assert say_use([Account(kind, Quota(gpus=8), claims=[late] * (used - 1) + [early])]) == said


def test_what_groups_say_counts_in_the_place_of_what_holds_for_all() -> None:
    """The most generous of them; what none of them speaks of stays as it is."""
    quotas = Quotas(
        person=Quota(servers=3, memory=8 * GIB, gpus=0),
        groups={"phd": Quota(memory=16 * GIB, gpus=1), "gpu": Quota(gpus=4), "staff": Quota(servers=99)},
    )

    assert quotas.of_person(AMINA) == Quota(servers=3, memory=16 * GIB, gpus=4)
    assert quotas.of_person(Person("id-2", "bob")) == quotas.person


def test_one_class_may_be_allowed_something_else() -> None:
    """What is said of it alone; the rest is as for all classes."""
    quotas = Quotas(
        of_class=Quota(servers=30, memory=60 * GIB),
        of_event=Quota(servers=99),
        named={"class-stats222": Quota(memory=200 * GIB)},
    )

    assert quotas.of_profile("class", "class-stats222") == Quota(servers=30, memory=200 * GIB)
    assert quotas.of_profile("class", "class-other222") == quotas.of_class
    assert quotas.of_profile("event", "event-stats222") == quotas.of_event


def test_a_group_may_be_allowed_less() -> None:
    """Guests, for instance."""
    quotas = Quotas(person=Quota(servers=3), groups={"guests": Quota(servers=1)})

    assert quotas.of_person(Person("id-3", "guest", groups=frozenset({"guests"}))).servers == 1


def test_no_server_runs_for_longer_than_the_hours_that_are_left() -> None:
    """Those of who has the fewest."""
    person = Account("person", Quota(hours=10), seconds=9 * 3600)
    group = Account("class", Quota(hours=100), seconds=98 * 3600)

    assert longest_life([person, group, Account("place", Quota(servers=3))]) == 3600
    assert longest_life([Account("place", Quota(servers=3))]) is None


@pytest.mark.parametrize(
    ("used_s", "life_s"),
    [
        pytest.param(0, 36_000, id="nothing-used"),
        pytest.param(1, 32_400, id="whole-hours"),
        pytest.param(29_000, 6_960, id="whole-minutes"),
        pytest.param(35_990, 60, id="a-minute-at-least"),
    ],
)
def test_what_is_left_is_said_in_whole_hours_or_minutes(used_s: int, life_s: int) -> None:
    """It stands in the form and on the first page."""
    assert longest_life([Account("person", Quota(hours=10), seconds=used_s)]) == life_s


def test_what_is_kept_for_a_lesson_is_not_free_for_others() -> None:
    """They read why, and until when."""
    kept = replace(SMALL, profile="class-stats222", ends_at=NOON)

    assert refused(Account("place", Quota(servers=3), claims=[SMALL], reserved=[kept])) == ""
    assert refused(Account("place", Quota(servers=3), claims=[SMALL], reserved=[kept] * 2)) == (
        "At most 3 servers run here at once, and they do. Of that, 2 servers are kept for a lesson. Try again later."
        " The next one ends by 3 December 12:00 UTC. The people who run this place can allow more."
    )


def test_nobody_is_told_when_their_own_servers_end() -> None:
    """They can stop one now."""
    own = replace(SMALL, ends_at=NOON)

    assert "ends by" not in refused(Account("person", Quota(servers=1), claims=[own]))
    assert "The next one ends by 3 December 12:00 UTC." in refused(Account("place", Quota(servers=1), claims=[own]))


@pytest.mark.parametrize(
    ("state", "claim"),
    [
        pytest.param(json.loads(json.dumps(asdict(GPU))), GPU, id="same-version"),
        pytest.param({"person": "id-1", "profile": "python", "disks": 3}, Claim("id-1", "python"), id="later-version"),
        pytest.param({}, Claim("", ""), id="nothing"),
    ],
)
def test_what_a_server_takes_is_read_as_it_was_written_down(state: dict[str, Any], claim: Claim) -> None:
    """By the next hub, also of another version."""
    assert Claim.from_state(state) == claim


SIZES = Option(
    "size", "Size", choices=(Allowed("small", "Small", gives=Gives(cpu=1, memory=GIB)), Allowed("other", "Other"))
)
MEMORY = Option("memory", "Memory", minimum=1, maximum=8, default="1", shown_when={"size": frozenset({"other"})})


@pytest.mark.parametrize(
    ("profile", "is_known"),
    [
        pytest.param(Profile("p", "P"), False, id="nothing-said"),
        pytest.param(Profile("p", "P", gives=Gives(memory=GIB)), True, id="of-the-profile"),
        pytest.param(Profile("p", "P", options=(SIZES,)), False, id="one-size-says-nothing"),
        pytest.param(Profile("p", "P", options=(SIZES, MEMORY)), True, id="that-size-asks"),
        pytest.param(Profile("p", "P", options=(replace(MEMORY, shown_when={}),)), True, id="always-asked"),
    ],
)
def test_whether_each_server_of_a_profile_has_an_amount_is_known(profile: Profile, *, is_known: bool) -> None:
    """Whatever is answered."""
    assert profile.always_gives("memory") is is_known


@pytest.mark.parametrize(
    ("stored", "title", "said"),
    [
        pytest.param(Stored(3 * GIB, 20 * GIB), "", "You have stored 3 GB of 20 GB.", id="own"),
        pytest.param(Stored(0, 20 * GIB), "Statistics", "“Statistics” has stored 0 MB of 20 GB.", id="of a class"),
        pytest.param(
            Stored(20 * GIB, 20 * GIB), "",
            "Your data store is full, with 20 GB: delete something in it, and you write there again.",
            id="own, full",
        ),
        pytest.param(
            Stored(20 * GIB, 20 * GIB), "Statistics",
            "The data store of “Statistics” is full, with 20 GB: nobody writes there until something is deleted.",
            id="of a class, full",
        ),
    ],
)  # fmt: skip
def test_what_is_stored_is_said(stored: Stored, title: str, said: str) -> None:
    """And what to do where nothing more can be."""
    assert say_stored(stored, title) == said
