"""In which language somebody is spoken to."""

import asyncio

import pytest

from sardonyx_spawner.language import _, ngettext, speak, speaking, spoken


def test_a_language_is_that_of_one_request_and_what_it_begins() -> None:
    """Two that run at the same time do not hear each other."""

    async def request(language: str) -> tuple[str, str]:
        speak(language)
        await asyncio.sleep(0)
        return spoken(), await asyncio.create_task(begun())

    async def begun() -> str:
        return spoken()

    async def both() -> list[tuple[str, str]]:
        return list(await asyncio.gather(request("fr"), request("en")))

    assert asyncio.run(both()) == [("fr", "fr"), ("en", "en")]
    assert spoken() == "en"


def test_a_language_that_is_not_spoken_is_english() -> None:
    """Texts stay readable."""
    with speaking("xx"):
        assert spoken() == "en"
        assert _("No such text") == "No such text"


@pytest.mark.parametrize(("count", "form"), [(0, "many"), (1, "one"), (1.5, "many"), (2, "many")])
def test_english_has_one_form_for_one(count: float, form: str) -> None:
    """And another for all other numbers."""
    assert ngettext("one", "many", count) == form
