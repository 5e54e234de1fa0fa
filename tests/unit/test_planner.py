from dataclasses import replace
from typing import Any

import pytest

from sardonyx_spawner.choice import Choice
from sardonyx_spawner.person import Person
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile
from sardonyx_spawner.repository import Repository

GIB = 1 << 30
AMINA = Person("id-1", "amina")
OTHER = {"size": frozenset({"other"})}
SIZE = Option(
    "size",
    "Size",
    choices=(Allowed("small", "Small", gives=Gives(cpu=1, memory=2 * GIB)), Allowed("other", "Other")),
)
PYTHON = Profile(
    "python",
    "Python",
    options=(
        Option(
            "environment",
            "Environment",
            choices=(
                Allowed("standard", "Standard", gives=Gives(environment="python")),
                Allowed("ml", "Machine learning", gives=Gives(environment="torch")),
            ),
        ),
        SIZE,
        Option("cpu", "Cores", minimum=0.5, maximum=8, step=0.5, default="2", shown_when=OTHER),
        Option("memory", "Memory", minimum=1, maximum=16, default="4", shown_when=OTHER),
        Option("gpus", "GPUs", maximum=4, default="0", shown_when=OTHER),
        Option("repository", "Repository"),
        Option("branch", "Branch"),
        Option("lifetime", "For how long?", choices=(Allowed("12h", "12 hours", gives=Gives(lifetime_s=43200)),)),
        Option(
            "home",
            "Files",
            choices=(
                Allowed("kept", "My files", gives=Gives(home="kept")),
                Allowed("fresh", "Fresh", gives=Gives(home="fresh")),
            ),
        ),
    ),
)


def plan(profile: Profile = PYTHON, person: Person = AMINA, /, **values: str) -> ServerPlan:
    """Plan a server from some answers."""
    return plan_server(profile, Choice(profile.slug, values), person)


def test_a_plan_is_complete_with_every_default() -> None:
    """Cores, bytes and seconds."""
    made = plan()

    assert made == ServerPlan(
        person="id-1",
        profile="python",
        title="Python",
        summary="Python, standard, with 1 core and 2 GB, for 12 hours",
        base="python",
        environment="python",
        cpu=1,
        memory=2 * GIB,
        lifetime_s=43200,
        longest_s=43200,
        labels={"profile": "python"},
    )


@pytest.mark.parametrize(
    ("values", "summary"),
    [
        pytest.param({"environment": "ml"}, "Python, machine learning, with 1 core and 2 GB, for 12 hours", id="other"),
        pytest.param(
            {"size": "other", "cpu": "0.5", "memory": "16", "gpus": "1"},
            "Python, standard, with half a core, 16 GB and 1 GPU, for 12 hours",
            id="gpu",
        ),
        pytest.param(
            {"size": "other", "cpu": "2.5", "gpus": "2"},
            "Python, standard, with 2.5 cores, 4 GB and 2 GPUs, for 12 hours",
            id="gpus",
        ),
    ],
)
def test_the_summary_says_the_plan_in_one_sentence(values: dict[str, str], summary: str) -> None:
    """Pages and logs show it."""
    assert plan(**values).summary == summary


def test_size_other_takes_cores_and_memory_from_their_own_fields() -> None:
    """Memory counts in GB in the form, and in bytes in the plan."""
    made = plan(size="other", cpu="3", memory="1.5", gpus="2")

    assert (made.cpu, made.memory, made.gpus) == (3.0, 3 * GIB // 2, 2)


def test_what_is_not_asked_gives_nothing() -> None:
    """With size small the field of the cores does not count, whatever is in it."""
    assert plan(size="small", cpu="8", memory="16", gpus="4") == plan(size="small")


def test_a_repository_and_its_branch_are_in_the_plan() -> None:
    """A branch alone is nothing."""
    assert plan(repository="https://x.example/a", branch="dev").repositories == (
        Repository("https://x.example/a", "dev"),
    )
    assert plan(branch="dev").repositories == ()


def test_a_choice_of_repositories_gives_its_address() -> None:
    """An instructor may offer three repositories instead of a text field."""
    week = Allowed("week-6", "Week 6", gives=Gives(repository="https://x.example/stats", branch="week-06"))
    profile = Profile("stats", "Statistics", options=(Option("repository", "Notebook", choices=(week,)),))

    assert plan(profile).repositories == (Repository("https://x.example/stats", "week-06"),)


def test_fresh_files_are_in_the_plan() -> None:
    """The engine decides where they are."""
    assert plan(home="fresh").home == "fresh"
    assert plan().home == "kept"


def test_a_profile_without_options_has_its_fixed_values() -> None:
    """Nothing is asked, everything is decided."""
    fixed = Gives(image="example/r:1", cpu=2, memory=4 * GIB, gpus=1, lifetime_s=3600, home="fresh", home_size=GIB)
    made = plan(Profile("r", "R", gives=fixed, default_url="/rstudio", variables={"LANG": "de_DE.UTF-8"}))

    assert made.summary == "R, with 2 cores, 4 GB and 1 GPU, for 1 hour"
    assert (made.environment, made.image, made.cpu, made.memory, made.gpus) == ("", "example/r:1", 2, 4 * GIB, 1)
    assert (made.lifetime_s, made.home, made.home_size) == (3600, "fresh", GIB)
    assert made.variables == {"JUPYTERHUB_DEFAULT_URL": "/rstudio", "LANG": "de_DE.UTF-8"}


def test_without_limits_there_are_none() -> None:
    """None means no limit, and nothing is said about it."""
    made = plan(Profile("bare", "Bare"))

    assert (made.cpu, made.memory, made.lifetime_s, made.summary) == (None, None, None, "Bare")


def test_an_answer_wins_over_the_profile() -> None:
    """The fixed value is the ground, the choice comes on top."""
    profile = Profile("python", "Python", gives=Gives(cpu=16, memory=GIB), options=(SIZE,))

    assert plan(profile, size="small").cpu == 1
    assert plan(profile, size="other").cpu == 16


def test_a_question_of_another_group_counts_with_its_default() -> None:
    """Whatever stands in the choice: it may have been written before the person left the group."""
    staff = frozenset({"staff"})
    size = Option(
        "size",
        "Size",
        choices=(Allowed("small", "Small", gives=Gives(cpu=1)), Allowed("large", "Large", gives=Gives(cpu=8))),
        default="small",
        groups=staff,
    )
    profile = Profile("python", "Python", options=(size,))

    assert plan(profile, size="large").cpu == 1
    assert plan(profile, Person("id-2", "jonah", staff), size="large").cpu == 8


def test_a_choice_of_another_group_never_reaches_a_plan() -> None:
    """Even where nobody checked the choice before."""
    huge = Allowed("huge", "Huge", gives=Gives(cpu=64), groups=frozenset({"staff"}))
    profile = Profile("python", "Python", options=(Option("size", "Size", choices=(*SIZE.choices, huge)),))

    assert plan(profile, size="huge").cpu == 1


def test_planning_twice_gives_the_same() -> None:
    """It is a pure function."""
    assert plan(size="other") == plan(size="other")


COURSE = Repository("https://git.example/course", "week-2", folder="course", is_material=True)
DATA = Repository("https://git.example/data", folder="data", is_material=True)


@pytest.mark.parametrize(
    ("answers", "planned"),
    [
        pytest.param({}, (COURSE, DATA), id="none"),
        pytest.param(
            {"repository": "https://git.example/mine", "branch": "b"},
            (Repository("https://git.example/mine", "b"), COURSE, DATA),
            id="another",
        ),
        pytest.param({"repository": DATA.url}, (DATA, COURSE), id="one of them"),
        pytest.param(
            {"repository": COURSE.url, "branch": "week-3"}, (replace(COURSE, branch="week-3"), DATA), id="its branch"
        ),
    ],
)
def test_a_chosen_repository_comes_before_those_of_the_profile(
    answers: dict[str, str], planned: tuple[Repository, ...]
) -> None:
    """JupyterLab opens in the first; one of the profile stays what it is there, on the branch of the choice."""
    profile = replace(PYTHON, repositories=(COURSE, DATA))

    assert plan(profile, AMINA, **answers).repositories == planned


@pytest.mark.parametrize(
    ("changes", "longest"),
    [
        pytest.param({}, 43200, id="the longest that is offered"),
        pytest.param({"longest_s": 100_000}, 100_000, id="as the profile says"),
        pytest.param({"longest_s": 60}, 43200, id="never less than the lifetime"),
        pytest.param({"options": ()}, None, id="no end"),
    ],
)
def test_a_lifetime_can_be_prolonged_within_the_profile(changes: dict[str, Any], longest: int | None) -> None:
    """Nobody gets by prolonging what they could not have chosen, unless the operator says so."""
    assert plan(replace(PYTHON, **changes)).longest_s == longest


@pytest.mark.parametrize("is_on", [True, False])
def test_working_together_is_as_the_profile_says(*, is_on: bool) -> None:
    """And nobody chooses it."""
    assert plan(replace(PYTHON, collaboration=is_on)).collaboration is is_on


def test_an_account_of_an_event_has_no_secrets() -> None:
    """What is in Vault would stay when the event is deleted."""
    secret = replace(PYTHON, secrets={"COURSE_DB": "groups/class-ab12cd34/db#url"})

    made = plan(secret, replace(AMINA, is_temporary=True))

    assert (made.has_vault, made.secrets) == (False, {})
    assert plan(secret).has_vault


def test_a_server_runs_no_longer_than_is_left_to_its_person() -> None:
    """It says so, and cannot be prolonged beyond that."""
    made = plan_server(PYTHON, Choice("python", {}), AMINA, at_most_s=7200)

    assert (made.lifetime_s, made.longest_s) == (7200, 7200)
    assert made.summary.endswith("for 2 hours")
    forever = replace(PYTHON, options=())
    assert plan_server(forever, Choice("python", {}), AMINA, at_most_s=7200).lifetime_s == 7200
    assert plan_server(PYTHON, Choice("python", {}), AMINA, at_most_s=10**6).lifetime_s == 43200


def test_an_end_of_a_server_is_not_later_than_that_of_its_event() -> None:
    """But for the rest of a minute. Nor can it be prolonged beyond; one without an end gets none: the event may get more time."""
    of_event = replace(PYTHON, ends_at=10_000.0)
    assert [of_event.seconds_left(now) for now in (0.0, 9_000.0, 9_990.0, 11_000.0)] == [10_020, 1020, 60, 60]
    assert PYTHON.seconds_left(0.0) is None

    made = plan_server(of_event, Choice("python", {}), AMINA, left_s=7200)

    assert (made.lifetime_s, made.longest_s) == (7200, 7200)
    assert plan_server(of_event, Choice("python", {}), AMINA, left_s=10**6).lifetime_s == 43200
    assert plan_server(replace(of_event, options=()), Choice("python", {}), AMINA, left_s=7200).lifetime_s is None
