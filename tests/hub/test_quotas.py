"""What may be used at once holds in a real hub: for who starts two at the same moment, and after the hub was killed."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from support.hubs import Hub, running_hub

from sardonyx_spawner.quotas import Quota, Quotas

GIB = 1 << 30
QUOTAS = Quotas(person=Quota(servers=2, memory=3 * GIB), place=Quota(servers=3))


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Iterator[Hub]:
    """A hub with quotas."""
    with running_hub(tmp_path_factory.mktemp("quotas"), prefix, "fork", quotas=QUOTAS) as running:
        yield running


def start(hub: Hub, name: str, server: str, size: str = "tiny") -> str:
    """Ask for a server, and return why it is refused; "" = it is not."""
    answer = hub.call("POST", f"/users/{name}/servers/{server}", {"profile": "python", "size": size})
    if answer.is_success:
        return ""
    assert answer.status_code == 403
    return str(answer.json()["message"])


@pytest.fixture
def ann(limited: Hub) -> Iterator[Any]:
    """Somebody whose servers are gone after the test."""
    user = limited.user("ann")
    yield user
    for server in ("a", "b", "c"):
        limited.call("DELETE", f"/users/ann/servers/{server}")
    user.wait(lambda _server: not limited.call("GET", "/users/ann").json()["servers"])


def wait_for(hub: Hub, user: Any, *servers: str) -> None:
    """Wait until servers are there, and no others."""

    def is_so(_default: object) -> bool:
        found = hub.call("GET", f"/users/{user.name}").json()["servers"]
        return found.keys() == set(servers) and all(each["ready"] for each in found.values())

    user.wait(is_so)


def test_who_has_as_many_servers_as_allowed_gets_none_more_until_one_is_stopped(limited: Hub, ann: Any) -> None:
    """The answer says what to do, and who can change it."""
    assert [start(limited, "ann", each) for each in ("a", "b")] == ["", ""]
    wait_for(limited, ann, "a", "b")

    said = start(limited, "ann", "c")

    assert said == (
        "You may run 2 servers at once, and you do. Stop one of them first."
        " The people who run this place can allow you more."
    )
    limited.call("DELETE", "/users/ann/servers/a")
    wait_for(limited, ann, "b")
    assert start(limited, "ann", "c") == ""
    wait_for(limited, ann, "b", "c")


def test_memory_is_added_up_over_all_servers(limited: Hub, ann: Any) -> None:
    """A smaller one still fits."""
    assert start(limited, "ann", "a", "large") == ""
    wait_for(limited, ann, "a")

    said = start(limited, "ann", "b", "large")

    assert said == (
        "You may use 3 GB of memory at once and use 2 GB of memory; this server takes 2 GB of memory."
        " Choose a smaller one, or stop another first. The people who run this place can allow you more."
    )
    assert start(limited, "ann", "b", "small") == ""
    wait_for(limited, ann, "a", "b")


def test_of_starts_in_the_same_moment_only_as_many_are_accepted_as_fit(limited: Hub, ann: Any) -> None:
    """None of them sees the place that another one has just taken as free."""
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda each: start(limited, "ann", each), ("a", "b", "c")))

    assert sorted(map(bool, answers)) == [False, False, True]
    there = [each for each, answer in zip("abc", answers, strict=True) if not answer]
    wait_for(limited, ann, *there)


def test_servers_are_counted_by_a_hub_that_was_killed_and_starts_again(limited: Hub, ann: Any) -> None:
    """They went on meanwhile."""
    assert [start(limited, "ann", each) for each in ("a", "b")] == ["", ""]
    wait_for(limited, ann, "a", "b")

    limited.end(signal.SIGKILL)
    limited.start()
    wait_for(limited, ann, "a", "b")

    assert start(limited, "ann", "c").startswith("You may run 2 servers at once, and you do.")


def test_a_start_that_failed_takes_nothing(limited: Hub, ann: Any) -> None:
    """However often it is tried."""
    for _attempt in range(3):
        limited.call("POST", "/users/ann/servers/a", {"profile": "broken"})
        ann.wait(lambda _server: not limited.call("GET", "/users/ann").json()["servers"].get("a", {}).get("pending"))

    assert [start(limited, "ann", each) for each in ("b", "c")] == ["", ""]
    wait_for(limited, ann, "b", "c")


def test_the_place_has_a_quota_of_its_own(limited: Hub, ann: Any) -> None:
    """Whoever is the first may be within their own."""
    bob = limited.user("bob")
    assert [start(limited, "ann", each) for each in ("a", "b")] == ["", ""]
    assert start(limited, "bob", "a") == ""
    wait_for(limited, ann, "a", "b")
    wait_for(limited, bob, "a")

    said = start(limited, "bob", "b")

    assert said == (
        "At most 3 servers run here at once, and they do. Try again later. The people who run this place can allow more."
    )
    limited.call("DELETE", "/users/bob/servers/a")
    wait_for(limited, bob)
