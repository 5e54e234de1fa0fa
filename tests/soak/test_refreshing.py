"""Many servers renew their keys while the keys service is killed: a short form of `make bench ONLY=refresh`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.places import Place, running_place
from support.refreshing import refresh

SERVERS, SECONDS, EVERY_S = 200, 12.0, 3.0


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A place with a running store and keys service."""
    with running_place(tmp_path / "place") as found:
        yield found


def test_every_server_gets_its_keys_through_a_restart_of_the_keys_service(place: Place) -> None:
    """None comes too late, however many ask when it is back."""
    tokens = [place.person(f"p{number}").token for number in range(SERVERS)]

    found = asyncio.run(refresh(place, tokens, SECONDS, EVERY_S))

    assert found.late == []
    # Each before and some again after it; how often is the machine's to say.
    assert len(found.waits) > SERVERS
