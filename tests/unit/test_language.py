"""In which language somebody is spoken to."""

import asyncio
import copy

import pytest

from sardonyx_hub_config.settings.whole import Settings
from sardonyx_spawner.amounts import GIB, say_cores, say_duration, say_memory
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.errors import ChoiceError, UserError, not_available
from sardonyx_spawner.form import render_form
from sardonyx_spawner.language import LANGUAGES, _, again, english, ngettext, speak, speaking, spoken, together, wished
from sardonyx_spawner.person import Person
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import Gives, Option, Profile


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


@pytest.mark.parametrize(
    ("header", "language"),
    [
        pytest.param("fr", "fr", id="one"),
        pytest.param("fr-CA,fr;q=0.9,en;q=0.8", "fr", id="of-a-country"),
        pytest.param("en-US,en;q=0.9,fr;q=0.8", "en", id="order"),
        pytest.param("fr;q=0.3, en;q=0.7", "en", id="weights"),
        pytest.param("de, fr;q=0.5, en;q=0.4", "fr", id="first-that-is-spoken"),
        pytest.param("fr;q=0, en", "en", id="refused"),
        pytest.param("FR ; Q=0.9", "fr", id="spaces-and-case"),
        pytest.param("de, *;q=0.5", "", id="none"),
        pytest.param("fr;q=lots", "", id="nonsense"),
        pytest.param("", "", id="silent"),
    ],
)
def test_a_browser_says_which_language_it_likes_best(header: str, language: str) -> None:
    """By its weights, then by its order."""
    assert wished(header) == language


def test_amounts_are_written_as_each_language_writes_them() -> None:
    """Commas, units, and half of something."""
    with speaking("fr"):
        said = [say_memory(GIB * 3 // 2), say_cores(0.5), say_cores(1.5), say_cores(2), say_duration(3600)]
        assert together([*said[:2], said[4]]) == "1,5\xa0Go, un demi-cœur et 1\xa0heure"

    assert said == ["1,5\xa0Go", "un demi-cœur", "1,5\xa0cœur", "2\xa0cœurs", "1\xa0heure"]
    assert [again(text) for text in said] == ["1.5 GB", "half a core", "1.5 cores", "2 cores", "1 hour"]


def test_what_a_person_reads_in_french_is_in_the_log_in_english() -> None:
    """The same error, with the texts in it."""
    with speaking("fr"):
        fault = UserError(not_available("big", ["small"]), field="python.size")
        error = ChoiceError([fault])

        assert error.message == "size\xa0: Vous n’avez pas accès à «\xa0big\xa0». Choisissez parmi\xa0: small."
    assert str(error) == "size: “big” is not available to you. Choose one of: small."
    assert error.message == str(error)


def test_a_text_that_is_copied_is_a_plain_one() -> None:
    """As dataclasses do when they become JSON."""
    with speaking("fr"):
        said = say_memory(GIB)

    assert type(copy.deepcopy(said)) is str
    assert copy.deepcopy(said) == said == "1\xa0Go"


def test_the_text_of_another_is_a_text_as_any() -> None:
    """What an operator wrote is in no catalogue."""
    assert english("Python") == again("Python") == "Python"


PROFILE = Profile(
    "python",
    "Python",
    gives=Gives(cpu=0.5, lifetime_s=7200),
    options=(Option("memory", "Memory", default="2", minimum=0.5, maximum=4),),
)


def test_the_form_is_drawn_in_the_language_of_who_reads_it() -> None:
    """Also where the same form was drawn in another one just before."""
    person = Person("p1", "amina")
    before = render_form([PROFILE], person)
    with speaking("fr"):
        html = render_form([PROFILE], person)

    assert "What do you want to work with?" in before
    assert "Avec quoi voulez-vous travailler\xa0?" in html
    assert "De 0,5 à 4\xa0Go." in html
    assert 'min="0.5"' in html
    assert before == render_form([PROFILE], person)


def test_a_plan_is_said_to_whoever_looks() -> None:
    """Its log line is English, whoever starts it."""
    with speaking("fr"):
        plan = plan_server(PROFILE, Choice("python"), Person("p1", "amina", language="fr"))

        assert plan.said == "Python, avec un demi-cœur et 2\xa0Go, pendant 2\xa0heures"
    assert plan.summary == plan.said == "Python, with half a core and 2 GB, for 2 hours"
    assert plan.language == "fr"


def test_each_language_can_be_that_of_a_place() -> None:
    """The setting names those that there are."""
    offered = Settings.model_json_schema()["properties"]["language"]["enum"]

    assert offered == list(LANGUAGES)
