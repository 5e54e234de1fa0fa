"""Who is an administrator by the settings, which name them before they are there."""

from datetime import UTC, datetime

import pytest

from sardonyx_hub_config.sign_in.authenticator import is_administrator
from sardonyx_services.people.records import EVENT, LOCAL, PersonRecord


@pytest.mark.parametrize(
    ("provider", "subject", "is_one"),
    [(LOCAL, "boss", True), ("university", "boss", False), (EVENT, "7mw2kfqd:1", False), (LOCAL, "7mw2kfqd:1", False)],
    ids=["a local account", "at a provider", "of an event", "of an event, that lasts"],
)
def test_only_a_local_account_is_an_administrator_by_its_name(provider: str, subject: str, *, is_one: bool) -> None:
    """Names elsewhere are chosen by others, and those of an event's accounts by whoever makes it."""
    person = PersonRecord("p1", "boss", provider, subject, is_admin=False, created=datetime.now(UTC))

    assert is_administrator(person, {"boss"}) is is_one
    assert not is_administrator(person, {"other"})
