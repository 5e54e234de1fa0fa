"""What somebody reads whose server was stopped by others."""

from typing import Any

import pytest

from sardonyx_hub_config.pages.stop_api import why_stopped
from sardonyx_spawner.language import speaking

WHY = {"en": "The lesson is over.", "fr": "La séance est terminée."}


@pytest.mark.parametrize(
    ("asker", "told", "said"),
    [
        pytest.param(("user", "ada"), None, None, id="they did it"),
        pytest.param(("user", "ada"), {"why": WHY}, None, id="they did it and say why"),
        pytest.param(("user", "root"), None, "root has stopped it.", id="an administrator"),
        pytest.param(("user", "root"), {"why": WHY}, "root has stopped it.", id="a person is no service"),
        pytest.param(("service", "idle-stop"), None, "Nobody used it for a while.", id="nobody used it"),
        pytest.param(("service", "people"), {"why": WHY}, "The lesson is over.", id="a service says why"),
        pytest.param(("service", "other"), None, None, id="a service says nothing"),
        pytest.param(("service", "other"), {"why": "x"}, None, id="a service says something else"),
        pytest.param(("service", "other"), ["why"], None, id="a service sends something else"),
    ],
)
def test_who_stopped_a_server_is_said_to_its_person(asker: tuple[str, str], told: Any, said: str | None) -> None:
    """But not where it was them."""
    assert why_stopped(*asker, "ada", told) == said


def test_why_is_said_in_the_language_of_who_reads_it() -> None:
    """A service sends all; English is read where one is missing."""
    why = why_stopped("service", "people", "ada", {"why": WHY})
    assert why is not None
    with speaking("fr"):
        assert (str(why.in_language("fr")), why.in_all()) == (WHY["fr"], WHY)

    english = why_stopped("service", "people", "ada", {"why": {"en": "Over."}})
    assert english is not None
    assert english.in_all() == {"en": "Over.", "fr": "Over."}
