import json
import math
from typing import Any

import pytest

from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.choice import Choice, choice_from_form, choice_from_json
from sardonyx_spawner.errors import ChoiceError, UserError
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile

ANYBODY = Person("p1", "amina")
STAFF = Person("p2", "jonah", frozenset({"staff"}))
ONLY_STAFF = frozenset({"staff"})
OTHER = {"size": frozenset({"other"})}

PYTHON = Profile(
    "python",
    "Python",
    gives=Gives(environment="python"),
    order=1,
    options=(
        Option(
            "size",
            "Size",
            choices=(
                Allowed("small", "Small", gives=Gives(cpu=1, memory=2 << 30)),
                Allowed("huge", "Huge", gives=Gives(cpu=64), groups=ONLY_STAFF),
                Allowed("other", "Other"),
            ),
            default="small",
        ),
        Option("cpu", "Cores", minimum=1, maximum=8, step=0.5, default="2", shown_when=OTHER),
        Option("memory", "Memory", minimum=1, maximum=16, default="4", shown_when=OTHER),
        Option("gpus", "GPUs", maximum=2, default="0", shown_when=OTHER, groups=ONLY_STAFF),
        Option("repository", "Repository", pattern=r"https://good\.example/.+"),
        Option("branch", "Branch"),
        Option(
            "lifetime", "For how long?", choices=(Allowed("4h", "4 hours"), Allowed("12h", "12 hours")), default="12h"
        ),
    ),
)
CATALOGUE = Catalogue([PYTHON, Profile("plain", "Plain", order=2), Profile("gpu", "GPU", order=3, groups=ONLY_STAFF)])
USUAL = {"size": "small", "repository": "", "branch": "", "lifetime": "12h"}


def of_form(person: Person = ANYBODY, **fields: list[str]) -> Choice:
    """Read a form; two underscores stand for the dot of a field's name."""
    return choice_from_form({name.replace("__", "."): given for name, given in fields.items()}, CATALOGUE, person)


def of_json(body: object, person: Person = ANYBODY) -> Choice:
    """Read a REST body."""
    return choice_from_json(body, CATALOGUE, person)


def faults_of_json(body: object, person: Person = ANYBODY) -> dict[str, str]:
    """Return the faults of a REST body: field -> message."""
    with pytest.raises(ChoiceError) as caught:
        of_json(body, person)
    return {fault.field: fault.message for fault in caught.value.faults}


def faults_of_form(person: Person = ANYBODY, **fields: list[str]) -> dict[str, str]:
    """Return the faults of a form: field -> message."""
    with pytest.raises(ChoiceError) as caught:
        of_form(person, **fields)
    return {fault.field: fault.message for fault in caught.value.faults}


def test_an_empty_form_is_the_first_profile_with_its_defaults() -> None:
    """A missing field is its default."""
    assert of_form() == Choice("python", USUAL)


@pytest.mark.parametrize("body", [pytest.param(None, id="none"), pytest.param({}, id="empty")])
def test_an_empty_body_is_the_first_profile_with_its_defaults(body: object) -> None:
    """REST and form agree."""
    assert of_json(body) == Choice("python", USUAL)


def test_form_and_rest_read_the_same_choice() -> None:
    """They meet in one place."""
    form = of_form(profile=["python"], python__size=["other"], python__cpu=["4"], python__lifetime=["4h"])

    assert form == of_json({"profile": "python", "size": "other", "cpu": "4", "lifetime": "4h"})
    assert form.values == {**USUAL, "size": "other", "cpu": "4", "memory": "4", "lifetime": "4h"}


def test_what_is_kept_can_be_read_again() -> None:
    """JupyterHub stores it as JSON and starts from it when nothing is given."""
    choice = of_form(profile=["python"], python__size=["other"], python__repository=["https://good.example/a"])

    assert of_json(json.loads(json.dumps(choice.to_json()))) == choice


def test_fields_of_other_profiles_and_of_the_hub_are_not_looked_at() -> None:
    """A hidden part of the form posts its values too."""
    assert of_form(
        profile=["plain"], plain_file=["x"], _xsrf=["a", "b"], python__size=["nonsense"], gpu__x=["y"]
    ) == Choice("plain", {})


def test_an_unknown_field_of_the_chosen_profile_is_refused() -> None:
    """A typing error in a link or a script does not go unseen."""
    assert faults_of_form(profile=["python"], python__sise=["small"]) == {
        "": "Python does not ask for “sise”. It asks for: size, cpu, memory, repository, branch, lifetime."
    }
    assert faults_of_json({"profile": "plain", "size": "small"}) == {
        "": "Plain does not ask for “size”. It asks nothing."
    }


def test_a_million_unknown_names_are_answered_briefly() -> None:
    """The answer does not grow with what was sent."""
    with pytest.raises(ChoiceError) as caught:
        of_json({f"{'x' * 500}{number}": "" for number in range(2000)})

    assert len(caught.value.faults) == 5
    assert len(caught.value.message) < 1000


def test_a_doubled_field_is_refused() -> None:
    """Which of the two would count?"""
    assert faults_of_form(profile=["python"], python__size=["small", "other"]) == {
        "python.size": "This was answered more than once. Answer it once."
    }


def test_two_profiles_are_refused() -> None:
    """Which of the two would start?"""
    with pytest.raises(UserError, match=r"^Two profiles were chosen. Choose one.$"):
        of_form(profile=["python", "plain"])


def test_all_faults_are_reported_at_once() -> None:
    """Nobody wants to send a form five times."""
    faults = faults_of_json({"size": "big", "repository": "git@good.example:a", "branch": "-x", "lifetime": 3, "y": 1})

    assert list(faults) == ["python.size", "python.repository", "python.branch", "python.lifetime", ""]


def test_the_message_of_several_faults_names_each_question() -> None:
    """A REST caller gets one text."""
    with pytest.raises(ChoiceError) as caught:
        of_json({"size": "big", "branch": "-x"})

    assert caught.value.message == (
        "size: “big” is not available to you. Choose one of: small, other. "
        "branch: “-x” cannot be the name of a branch. Leave it empty for the main one."
    )
    assert caught.value.field == "python.size"


def test_choice_of_another_group_is_refused_like_an_unknown_one() -> None:
    """The two answers are the same but for the name that was sent."""
    hidden = faults_of_json({"size": "huge"})
    unknown = faults_of_json({"size": "none"})

    assert hidden == {"python.size": "“huge” is not available to you. Choose one of: small, other."}
    assert unknown == {"python.size": "“none” is not available to you. Choose one of: small, other."}
    assert of_json({"size": "huge"}, STAFF).values["size"] == "huge"


def test_question_of_another_group_is_refused_like_an_unknown_one() -> None:
    """Only staff may ask for GPUs, and nobody else learns that they could."""
    hidden = faults_of_json({"size": "other", "gpus": 1})
    unknown = faults_of_json({"size": "other", "gpux": 1})

    assert hidden[""] == unknown[""].replace("gpux", "gpus")
    assert of_json({"size": "other", "gpus": 1}, STAFF).values["gpus"] == "1"


def test_profile_of_another_group_is_refused_like_an_unknown_one_in_form_and_rest() -> None:
    """The message names only what is offered."""
    messages = set()
    for slug in ("gpu", "xyz"):
        with pytest.raises(UserError) as form:
            of_form(profile=[slug])
        with pytest.raises(UserError) as rest:
            of_json({"profile": slug})
        messages |= {form.value.message.replace(slug, "…"), rest.value.message.replace(slug, "…")}

    assert messages == {"“…” is not available to you. Choose one of: python, plain."}


def test_an_answer_to_a_question_that_is_not_asked_is_ignored() -> None:
    """Size small says the cores; what stands in the hidden field does not count, and is not even wrong."""
    assert of_form(profile=["python"], python__size=["small"], python__cpu=["nonsense"]) == Choice("python", USUAL)


def test_who_may_not_see_the_size_other_cannot_say_how_many_cores() -> None:
    """A hidden choice does not open what depends on it."""
    other = Allowed("other", "Other", groups=ONLY_STAFF)
    size = Option("size", "Size", choices=(Allowed("small", "Small"), other))
    cpu = Option("cpu", "Cores", minimum=1, maximum=64, shown_when=OTHER)
    catalogue = Catalogue([Profile("python", "Python", options=(size, cpu))])

    with pytest.raises(ChoiceError, match="Python does not ask for “cpu”. It asks for: size."):
        choice_from_json({"size": "other", "cpu": 64}, catalogue, ANYBODY)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(None, "This has to be a text, not nothing.", id="null"),
        pytest.param([], "This has to be a text, not a list.", id="list"),
        pytest.param({"a": 1}, "This has to be a text, not an object.", id="object"),
        pytest.param(True, "This has to be a text, not true or false.", id="boolean"),
        pytest.param(1, "This has to be a text, not a number.", id="number"),
        pytest.param(b"small", "This has to be a text, not something else.", id="bytes"),
        pytest.param("x" * 1_000_000, "This is too long: at most 2000 characters.", id="1 MB"),
        pytest.param("small\x00", "This has characters that cannot be seen. Write it again by hand.", id="nul"),
        pytest.param("small\n", "This has characters that cannot be seen. Write it again by hand.", id="line end"),
        pytest.param(
            "sm\u200ball", "This has characters that cannot be seen. Write it again by hand.", id="zero width"
        ),
        pytest.param(
            "\ud800", "This has characters that cannot be seen. Write it again by hand.", id="half a character"
        ),
        pytest.param("SMALL", "“SMALL” is not available to you. Choose one of: small, other.", id="capitals"),
        pytest.param("", "“” is not available to you. Choose one of: small, other.", id="empty"),
    ],
)
def test_a_wrong_kind_of_answer_gets_one_clear_message(value: object, said: str) -> None:
    """KubeSpawner 7.1 raises KeyError and TypeError here."""
    assert faults_of_json({"size": value}) == {"python.size": said}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        pytest.param(4, "4", id="whole"),
        pytest.param(4.0, "4", id="whole float"),
        pytest.param(2.5, "2.5", id="half"),
        pytest.param("2.50", "2.5", id="text"),
        pytest.param(" 3 ", "3", id="spaces"),
        pytest.param("1", "1", id="least"),
        pytest.param("8", "8", id="most"),
    ],
)
def test_a_number_within_its_limits_is_kept_in_one_way_of_writing(value: object, kept: str) -> None:
    """JSON numbers and texts mean the same."""
    assert of_json({"size": "other", "cpu": value}).values["cpu"] == kept


OUTSIDE = "is outside what can be had: from 1 to 8 cores."


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(0, f"0 {OUTSIDE}", id="zero"),
        pytest.param(9, f"9 {OUTSIDE}", id="too many"),
        pytest.param("99999999", f"99999999 {OUTSIDE}", id="far too many"),
        pytest.param(-1, "Write a number from 1 to 8 cores.", id="negative"),
        pytest.param(math.nan, "Write a number from 1 to 8 cores.", id="not a number"),
        pytest.param(math.inf, "Write a number from 1 to 8 cores.", id="infinite"),
        pytest.param(10**400, "Write a number from 1 to 8 cores.", id="larger than a float"),
        pytest.param("1e3", "Write a number from 1 to 8 cores.", id="exponent"),
        pytest.param("1_0", "Write a number from 1 to 8 cores.", id="underscore"),
        pytest.param("٣", "Write a number from 1 to 8 cores.", id="other digits"),
        pytest.param("", "Write a number from 1 to 8 cores.", id="empty"),
        pytest.param("two", "Write a number from 1 to 8 cores.", id="word"),
        pytest.param(True, "This has to be a text, not true or false.", id="boolean"),
        pytest.param(
            "1.3", "1.3 lies between the steps of 0.5. Write a number from 1 to 8 cores.", id="between the steps"
        ),
    ],
)
def test_a_number_outside_its_limits_is_refused(value: object, said: str) -> None:
    """The limits are in the message."""
    assert faults_of_json({"size": "other", "cpu": value}) == {"python.cpu": said}


def test_a_number_may_name_a_choice() -> None:
    """Where cores are a choice of 1 or 4, REST may say 4 without quotes."""
    cores = Option("cpu", "Cores", choices=(Allowed("1", "1"), Allowed("4", "4")))
    catalogue = Catalogue([Profile("python", "Python", options=(cores,))])

    assert choice_from_json({"cpu": 4}, catalogue, ANYBODY).values == {"cpu": "4"}
    with pytest.raises(ChoiceError, match="“5” is not available to you. Choose one of: 1, 4."):
        choice_from_json({"cpu": 5}, catalogue, ANYBODY)


def test_repository_and_branch_are_checked() -> None:
    """With the pattern of the profile; spaces around an address come from copying it."""
    assert of_json({"repository": " https://good.example/a "}).values["repository"] == "https://good.example/a"
    assert faults_of_json({"repository": "https://evil.example/a\nx", "branch": "-x"}) == {
        "python.repository": "This has characters that cannot be seen. Write it again by hand.",
        "python.branch": "“-x” cannot be the name of a branch. Leave it empty for the main one.",
    }


def test_a_pattern_has_to_match_in_full() -> None:
    """KubeSpawner 7.1 uses match: whatever follows what is allowed goes through."""
    repository = Option("repository", "Repository", pattern=r"https://good\.example/[a-z]+")
    catalogue = Catalogue([Profile("python", "Python", options=(repository,))])

    with pytest.raises(ChoiceError, match="is not among the repositories that can be used here"):
        choice_from_json({"repository": "https://good.example/ok:1"}, catalogue, ANYBODY)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([], id="list"),
        pytest.param("python", id="text"),
        pytest.param(0, id="number"),
        pytest.param(False, id="boolean"),
        pytest.param(math.nan, id="nan"),
        pytest.param({"profile": None}, id="profile null"),
        pytest.param({"profile": []}, id="profile list"),
        pytest.param({"profile": {}}, id="profile object"),
        pytest.param({"profile": 1}, id="profile number"),
        pytest.param({"profile": ""}, id="profile empty"),
        pytest.param({"profile": "\ud800"}, id="profile half a character"),
        pytest.param({"profile": "x" * 1_000_000}, id="profile 1 MB"),
        pytest.param({1: 2, None: 3, (): 4}, id="names that are not text"),
        pytest.param({"": ""}, id="empty name"),
        pytest.param({"python.size": "small"}, id="name of the form"),
        pytest.param({"size": {"size": {"size": []}}}, id="nested"),
        pytest.param({"__class__": "x", "profile": "python"}, id="attribute"),
        pytest.param({"size": object()}, id="object"),
    ],
)
def test_a_body_of_any_shape_is_answered_with_a_short_message(body: Any) -> None:
    """Never with an exception of another kind, and never with what was sent."""
    with pytest.raises(UserError) as caught:
        of_json(body)

    assert 0 < len(caught.value.message) < 400
    caught.value.message.encode()


def test_a_form_with_uploads_and_empty_fields_is_answered() -> None:
    """JupyterHub adds files as <name>_file, and an empty list is no answer."""
    upload: Any = [{"filename": "x", "body": b""}]

    assert faults_of_form(profile=["python"], python__size_file=upload) == {
        "": "Python does not ask for “size_file”. It asks for: size, cpu, memory, repository, branch, lifetime."
    }
    assert of_form(profile=[], python__size=[]) == Choice("python", USUAL)


def test_who_is_offered_nothing_is_told_so() -> None:
    """The catalogue may be empty for a person."""
    with pytest.raises(UserError, match="Nothing is offered to you yet. Ask who runs this place."):
        choice_from_json(None, Catalogue([]), ANYBODY)
