"""Room for somebody's server where a quota is used up by servers that nobody has: asked again while they go."""

import json
from typing import Any

import pytest
from kubernetes_asyncio.client import ApiException

from sardonyx_spawner.kube.ready_made import room
from sardonyx_spawner.kube.ready_made.room import with_room

QUOTA = 'pods "lab-server-amina" is forbidden: exceeded quota: full, requested: pods=1, used: pods=4, limited: pods=4'
OTHER = 'pods "lab-server-amina" is forbidden: violates PodSecurity "restricted:latest"'


def refusal(message: str) -> ApiException:
    """Return what the cluster says, as it says it."""
    error = ApiException(status=403, reason="Forbidden")
    error.body = json.dumps({"message": message}).encode()
    return error


class Asked:
    """A cluster that refuses at first."""

    def __init__(self, *answers: ApiException) -> None:
        self._answers = [*answers]
        self.times = 0

    async def __call__(self) -> None:
        """Refuse, as long as there is a refusal left."""
        self.times += 1
        if self._answers:
            raise self._answers.pop(0)


class Stock:
    """One in which something waits, or nothing."""

    def __init__(self, *, waits: bool) -> None:
        self._waits = waits
        self.asked = 0

    def give_back(self) -> bool:
        """Note that it was asked for."""
        self.asked += 1
        return self._waits


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits in these tests."""
    monkeypatch.setattr(room, "AGAIN_S", 0.01)


async def test_what_waits_goes_and_the_server_is_made() -> None:
    """As soon as the cluster has noticed."""
    ask = Asked(refusal(QUOTA), refusal(QUOTA))
    stock: Any = Stock(waits=True)
    await with_room(ask, stock)
    assert (ask.times, stock.asked) == (3, 1)


async def test_where_nothing_waits_the_refusal_is_said_at_once() -> None:
    """The person is told that the place is full."""
    ask = Asked(refusal(QUOTA))
    stock: Any = Stock(waits=False)
    with pytest.raises(ApiException):
        await with_room(ask, stock)
    assert ask.times == 1


async def test_another_refusal_gives_nothing_back() -> None:
    """It would be refused all the same."""
    stock: Any = Stock(waits=True)
    with pytest.raises(ApiException):
        await with_room(Asked(refusal(OTHER)), stock)
    assert stock.asked == 0


async def test_a_place_that_stays_full_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may have taken what was given back."""
    monkeypatch.setattr(room, "ROOM_S", 0.1)
    stock: Any = Stock(waits=True)
    with pytest.raises(ApiException):
        await with_room(Asked(*[refusal(QUOTA)] * 100), stock)
