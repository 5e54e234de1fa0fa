"""Which keys are those of servers, and not of people: also for a hub that started while servers ran."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sardonyx_hub_config.server_keys import keys_of_servers

STARTED = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
NOTE = "Server at /user/lea/"
MINUTE = timedelta(minutes=1)


def key(name: str, created: datetime = STARTED, note: str = NOTE, expires_at: datetime | None = None) -> Any:
    """Make what JupyterHub keeps of a key."""
    return SimpleNamespace(api_id=name, note=note, created=created, expires_at=expires_at)


def lea(*keys: Any, is_active: bool = True) -> Any:
    """Make somebody with one server, of which the hub that started again knows no key."""
    spawner = SimpleNamespace(
        active=is_active,
        api_token="",
        server=SimpleNamespace(base_url="/user/lea/"),
        orm_spawner=SimpleNamespace(started=STARTED),
    )
    return SimpleNamespace(spawners={"": spawner}, api_tokens=list(keys))


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        pytest.param([key("a1"), key("a2", note="A script at home")], {"a1"}, id="by its note"),
        pytest.param([key("a1"), key("a2", STARTED + MINUTE)], {"a1"}, id="not one that was called the same later"),
        pytest.param([key("a1", expires_at=STARTED + MINUTE)], set(), id="not one that ends by itself"),
        pytest.param([key("a1", STARTED - MINUTE), key("a2")], {"a2"}, id="not one that an earlier server left"),
        pytest.param([key("a1", note="Server at /user/lea/thesis/")], set(), id="not one of another server"),
    ],
)
def test_the_key_of_a_server_that_a_hub_found_running_is_known(keys: list[Any], found: set[str]) -> None:
    """One key, the server's own; whatever else there is can be seen and ended."""
    assert keys_of_servers(lea(*keys)) == found


def test_what_a_server_left_that_does_not_run_can_be_seen_and_ended() -> None:
    """Nobody needs it any more."""
    assert keys_of_servers(lea(key("a1"), is_active=False)) == frozenset()
