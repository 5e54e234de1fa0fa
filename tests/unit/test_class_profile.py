"""The profile of a class: the operator's, with what the instructor settled, and never more than it allows."""

from dataclasses import replace

import pytest

from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.choice import Choice, choice_from_json
from sardonyx_spawner.class_profile import Course, base_of_classes, check_answers, class_profile
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.person import Person
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile
from sardonyx_spawner.repository import Material, Repository

AMINA = Person("p1", "amina", frozenset({"class-7mw2kfqd", "gpu-users"}))
GB = 1 << 30
SIZE = Option(
    "size",
    "Size",
    choices=(
        Allowed("small", "Small", gives=Gives(cpu=1, memory=GB)),
        Allowed("large", "Large", gives=Gives(cpu=4, memory=8 * GB)),
        Allowed("huge", "Huge", gives=Gives(cpu=64), groups=frozenset({"gpu-users"})),
    ),
)
CPU = Option("cpu", "Cores", minimum=1, maximum=4, step=1, default="2")
GPUS = Option("gpus", "GPUs", minimum=0, maximum=8, step=1, default="0", groups=frozenset({"gpu-users"}))
BASE = Profile("python", "Python", "For all", gives=Gives(environment="python"), options=(SIZE,), order=3)
COURSE = Course("class", "class-7mw2kfqd", "Statistics 101", answers={"size": "large"})


def test_a_class_has_a_card_of_its_own() -> None:
    """With its own words, for its people alone."""
    made = class_profile(BASE, COURSE)

    assert (made.slug, made.title, made.description, made.icon) == (
        "class-7mw2kfqd",
        "Statistics 101",
        "Python",
        "class",
    )
    assert made.groups == {"class-7mw2kfqd"}
    assert plan_server(made, Choice(made.slug, {}), AMINA).storage_scopes == ("home", "class-7mw2kfqd")
    assert class_profile(BASE, replace(COURSE, description="Mondays")).description == "Mondays"


def test_what_is_settled_is_not_asked() -> None:
    """And is so for everybody; what is not, each chooses."""
    made = class_profile(replace(BASE, options=(SIZE, CPU)), COURSE).seen_by(AMINA)

    assert [question.name for question in made.questions] == ["cpu"]
    choice = choice_from_json({"profile": made.slug, "cpu": 3}, Catalogue([made]), AMINA)
    plan = plan_server(made, choice, AMINA)
    assert (plan.cpu, plan.memory) == (3, 8 * GB)


@pytest.mark.parametrize(
    ("option", "answer", "cpu"),
    [
        pytest.param(SIZE, "gone", 1, id="a choice that is gone"),
        pytest.param(SIZE, "huge", 1, id="a choice for others"),
        pytest.param(CPU, "5", 2, id="more than the limit of now"),
        pytest.param(CPU, "2.5", 2, id="between the steps of now"),
        pytest.param(CPU, "1e9", 2, id="no number"),
        pytest.param(CPU, "0", 2, id="less than the limit of now"),
        pytest.param(CPU, "nan", 2, id="nothing that is a number"),
    ],
)
def test_nothing_is_widened_by_an_answer_that_is_not_allowed(option: Option, answer: str, cpu: float) -> None:
    """The operator may have changed the profile since: the usual answer counts then."""
    made = class_profile(replace(BASE, options=(option,)), replace(COURSE, answers={option.name: answer})).seen_by(
        AMINA
    )

    choice = choice_from_json({"profile": made.slug}, Catalogue([made]), AMINA)
    assert plan_server(made, choice, AMINA).cpu == cpu
    assert made.questions == ()


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("https://git.example.org/a", "https://git.example.org/a"),
        ("https://elsewhere.example/a", "https://git.example.org/usual"),
        ("https://me:secret@git.example.org/a", "https://git.example.org/usual"),
        ("file:///etc", "https://git.example.org/usual"),
    ],
)
def test_a_repository_is_settled_within_the_operators_pattern(answer: str, kept: str) -> None:
    """Else the usual one is there."""
    usual = "https://git.example.org/usual"
    option = Option("repository", "Repository", default=usual, pattern=r"https://git\.example\.org/.*")

    made = class_profile(replace(BASE, options=(option,)), replace(COURSE, answers={"repository": answer}))

    choice = choice_from_json({"profile": made.slug}, Catalogue([made]), AMINA)
    assert [each.url for each in plan_server(made, choice, AMINA).repositories] == [kept]


def test_what_is_settled_cannot_be_answered_all_the_same() -> None:
    """By who uses the REST API, which knows no form."""
    made = class_profile(BASE, COURSE)

    with pytest.raises(UserError, match="Statistics 101 does not ask for “size”"):
        choice_from_json({"profile": made.slug, "size": "small"}, Catalogue([made]), AMINA)


def test_what_is_for_some_is_in_no_class() -> None:
    """Neither a question nor a choice: a class has people who may not see them."""
    base = replace(BASE, options=(SIZE, GPUS))

    seen = base_of_classes(base)
    made = class_profile(base, replace(COURSE, answers={"gpus": "8", "size": "huge"})).seen_by(AMINA)

    assert [choice.slug for choice in seen.options[0].choices] == ["small", "large"]
    assert [question.name for question in seen.questions] == ["size"]
    assert plan_server(made, choice_from_json({"profile": made.slug}, Catalogue([made]), AMINA), AMINA).gpus == 0


def test_the_material_of_the_class_comes_before_that_of_the_profile() -> None:
    """JupyterLab opens in the first."""
    of_base = Repository("https://git.example.org/base", is_mirrored=True)
    made = class_profile(
        replace(BASE, repositories=(of_base,)), replace(COURSE, repositories=(Material("https://git.example.org/a"),))
    )

    assert [each.url for each in made.repositories] == ["https://git.example.org/a", "https://git.example.org/base"]
    assert [each.is_mirrored for each in made.repositories] == [False, True]


def test_material_that_the_profile_has_too_is_there_once() -> None:
    """As the class has it: two branches of it would be brought into one folder by turns."""
    url = "https://git.example.org/a"
    base = replace(BASE, repositories=(Repository(url, "main"), Repository(f"{url}-2")))

    made = class_profile(base, replace(COURSE, repositories=(Material(url, "2026"),)))

    assert [(each.url, each.branch) for each in made.repositories] == [(url, "2026"), (f"{url}-2", "")]


def test_a_repository_of_ones_own_comes_beside_that_of_the_class() -> None:
    """Where the profile asks for one: before it, as each profile does it."""
    base = replace(BASE, options=(Option("repository", "Repository"),))
    made = class_profile(base, replace(COURSE, repositories=(Material("https://git.example.org/a"),))).seen_by(AMINA)

    mine = {"profile": made.slug, "repository": "https://git.example.org/mine"}
    plan = plan_server(made, choice_from_json(mine, Catalogue([made]), AMINA), AMINA)

    assert [each.url for each in plan.repositories] == ["https://git.example.org/mine", "https://git.example.org/a"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"cpu": "1"}, "Python does not ask for cpu."),
        ({"size": "huge"}, "Size: “huge” is not available"),
        ({"size": ""}, "Size: “” is not available"),
    ],
)
def test_an_answer_that_cannot_be_is_explained(answers: dict[str, str], message: str) -> None:
    """Before it is kept."""
    with pytest.raises(UserError) as caught:
        check_answers(BASE, answers)
    assert caught.value.message.startswith(message)


def test_answers_are_kept_as_they_are_used() -> None:
    """A number without its zeros."""
    assert check_answers(replace(BASE, options=(SIZE, CPU)), {"size": "small", "cpu": "3.0"}) == {
        "size": "small",
        "cpu": "3",
    }
