"""What is done with each token of Vault: decided from what hub and people's database said, and the time."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from sardonyx_services.credentials.vault.lease_store import LeaseStore
from sardonyx_services.credentials.vault.leases import (
    CHANGED,
    FORGET,
    LEAVE,
    REMOVED,
    RENEW,
    REPLACED,
    STOPPED,
    Lease,
    Look,
    Verdict,
    judge,
    successors,
)

HOUR = 3600.0
LEASE = Lease("a1", "abcd1234", "ann", "", "run1", ("team-x",), issued=1000.0, renewed=1000.0, life_s=HOUR)
ANN = {"ann": ("abcd1234", ("team-x",))}
RUNNING = Look(began=1100.0, running={("ann", ""): 990.0}, people_began=1100.0, people=ANN)


def end(why: str) -> Verdict:
    """Return the verdict that a token ends."""
    return Verdict("revoke", why)


@pytest.mark.parametrize(
    ("lease", "look", "now", "verdict"),
    [
        pytest.param(LEASE, RUNNING, 1200.0, LEAVE, id="fresh"),
        pytest.param(LEASE, RUNNING, 1000 + HOUR / 3, RENEW, id="a third of its life is over"),
        pytest.param(LEASE, RUNNING, 1000 + HOUR, FORGET, id="Vault has ended it by itself"),
        pytest.param(LEASE, Look(1100.0, {}), 1200.0, end(STOPPED), id="its server does not run"),
        pytest.param(LEASE, Look(1100.0, {("ann", "x"): 1.0}), 1200.0, end(STOPPED), id="another one runs"),
        pytest.param(
            LEASE, Look(1100.0, {("ann", ""): 1050.0}), 1200.0, end(STOPPED), id="its server was started again"
        ),
        pytest.param(LEASE, Look(999.0, {}), 1200.0, LEAVE, id="newer than what the hub said"),
        pytest.param(LEASE, replace(RUNNING, people_began=1000.0, people={}), 1200.0, LEAVE, id="newer than the look"),
        pytest.param(
            LEASE, Look(people_began=1100.0), 1200.0, end(REMOVED), id="the person was removed, and the hub is away"
        ),
        pytest.param(LEASE, replace(RUNNING, people={}), 1200.0, end(REMOVED), id="the person was removed"),
        pytest.param(
            LEASE,
            replace(RUNNING, people={"ann": ("wxyz9876", ("team-x",))}),
            1200.0,
            end(REMOVED),
            id="the name is somebody else's by now",
        ),
        pytest.param(
            LEASE, replace(RUNNING, people={"ann": ("abcd1234", ())}), 1200.0, end(CHANGED), id="memberships changed"
        ),
        pytest.param(replace(LEASE, ending=STOPPED), Look(), 1001.0, end(STOPPED), id="the hub told that it stopped"),
        pytest.param(LEASE, Look(), 1000 + HOUR / 2, LEAVE, id="nobody knows who runs: not renewed"),
        pytest.param(
            replace(LEASE, renewed=4500.0),
            RUNNING,
            4500 + HOUR * 0.9,
            LEAVE,
            id="the hub is silent for longer than a life",
        ),
    ],
)
def test_each_token_is_left_renewed_ended_or_forgotten(lease: Lease, look: Look, now: float, verdict: Verdict) -> None:
    """One reason at a time, the gravest first."""
    assert judge(lease, look, None, now) == verdict


def test_a_token_ends_when_its_successor_has_certainly_arrived() -> None:
    """Not before: the new one may be lost on its way."""
    newer = replace(LEASE, accessor="a2", issued=1300.0, renewed=1300.0)
    replaced = successors([newer, LEASE])

    assert replaced == {"a1": 1300.0}
    assert judge(LEASE, RUNNING, replaced["a1"], 1400.0) == LEAVE
    assert judge(LEASE, RUNNING, replaced["a1"], 1421.0) == end(REPLACED)


def test_tokens_of_two_servers_do_not_replace_each_other() -> None:
    """Named servers of one person, and servers of two people, stand side by side."""
    others = [replace(LEASE, accessor="a2", server="two"), replace(LEASE, accessor="a3", name="bob")]

    assert successors([LEASE, *others]) == {}


def test_renewals_of_a_class_that_started_at_once_come_apart() -> None:
    """All of them before a third of the life is over, and never much earlier."""
    moments = {replace(LEASE, accessor=f"a{number}").renew_at - 1000 for number in range(200)}

    assert len(moments) > 100
    assert min(moments) >= HOUR / 3 * 0.9
    assert max(moments) <= HOUR / 3


def test_what_is_known_outlives_the_service(tmp_path: Path) -> None:
    """All of it, in a file for its owner only."""
    path = tmp_path / "leases.sqlite"
    store = LeaseStore(path)
    other = replace(LEASE, accessor="a2", server="two")
    store.put([LEASE, other])
    store.put([replace(LEASE, renewed=2000.0)])
    store.drop(["a2"])
    store.close()

    found = LeaseStore(path)

    assert found.all() == [replace(LEASE, renewed=2000.0)]
    assert found.of("ann", "two") == []
    assert path.stat().st_mode & 0o777 == 0o600
    found.close()


def test_a_damaged_file_is_put_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The service starts all the same: Vault ends by itself what nobody renews."""
    path = tmp_path / "leases.sqlite"
    path.write_bytes(b"no database" * 1000)

    store = LeaseStore(path)

    assert store.all() == []
    assert (tmp_path / "leases.damaged").exists()
    assert "is damaged and now called leases.damaged: what it held ends by itself" in caplog.text
    store.close()


def test_a_disk_that_is_full_loses_nothing_in_memory(tmp_path: Path) -> None:
    """The caller says so; the token is tended all the same."""
    store = LeaseStore(tmp_path / "leases.sqlite")
    store.close()

    with pytest.raises(sqlite3.Error):
        store.put([LEASE])

    assert store.all() == [LEASE]
