from typing import Any

import pytest
from pydantic import ValidationError

from sardonyx_hub_config.settings.profile_faults import profile_faults
from sardonyx_hub_config.settings.profiles import ProfileSettings
from sardonyx_spawner.profiles import Gives, Profile
from sardonyx_spawner.repository import Repository

ENVIRONMENTS = {"python", "spark"}
SIZE = {"choices": {"small": {"title": "Small", "cpu": 1, "memory": "2G"}, "other": {"title": "Other"}}}


def settings(**changes: Any) -> ProfileSettings:
    """Return the settings of a profile that has nothing wrong but the changes."""
    return ProfileSettings.model_validate({"title": "Python", "environment": "python", **changes})


def profile(**changes: Any) -> Profile:
    """Return the profile that they become."""
    return settings(**changes).profile("python")


def faults(**changes: Any) -> dict[str, str]:
    """Return what is wrong between the parts: path below the profile -> message."""
    found = profile_faults({"python": settings(**changes)}, ENVIRONMENTS)
    assert all(path[:2] == ("profiles", "python") for path, _ in found)
    return {".".join(path[2:]): message for path, message in found}


def refused(**changes: Any) -> str:
    """Return why the settings cannot be read at all."""
    with pytest.raises(ValidationError) as caught:
        settings(**changes)
    (fault,) = caught.value.errors()
    return f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}"


def test_a_profile_becomes_what_the_core_knows() -> None:
    """Every word of the settings arrives."""
    made = profile(
        description="JupyterLab",
        icon="python",
        order=10,
        groups=["staff"],
        default_url="/lab",
        memory="512M",
        lifetime="2d",
        home="fresh",
        home_size="20G",
        repository="https://x.example/a",
        branch="main",
        variables={"LANG": "C.UTF-8"},
        options={"size": {**SIZE, "default": "other", "groups": ["staff"]}},
    )

    assert (made.slug, made.title, made.description, made.icon, made.order) == (
        "python",
        "Python",
        "JupyterLab",
        "python",
        10,
    )
    assert made.groups == {"staff"}
    assert made.gives == Gives(
        environment="python",
        memory=512 << 20,
        lifetime_s=172800,
        home="fresh",
        home_size=20 << 30,
        repository="https://x.example/a",
        branch="main",
    )
    assert (made.default_url, made.variables) == ("/lab", {"LANG": "C.UTF-8"})
    size = made.options[0]
    assert (size.title, size.default, set(size.groups)) == ("Size", "other", {"staff"})
    assert size.choices[0].gives == Gives(cpu=1, memory=2 << 30)


def test_a_sound_profile_has_no_faults() -> None:
    """With each kind of option."""
    assert (
        faults(
            options={
                "environment": {
                    "choices": {"python": {"title": "Standard"}, "big": {"title": "B", "environment": "spark"}}
                },
                "size": SIZE,
                "cpu": {"maximum": 8, "default": 2, "shown_when": {"size": ["other"]}},
                "memory": {"minimum": 2, "maximum": 16, "step": 2, "default": 4, "shown_when": {"size": ["other"]}},
                "gpus": {"maximum": 2, "shown_when": {"size": ["other"]}},
                "repository": {"pattern": "https://git\\.example/.*", "default": "https://git.example/a"},
                "branch": {"default": "main"},
                "lifetime": {"choices": {"4h": {"title": "4 hours"}, "long": {"title": "Long", "lifetime": "3d"}}},
                "home": {"choices": {"kept": {"title": "My files"}, "fresh": {"title": "Fresh"}}},
            }
        )
        == {}
    )


@pytest.mark.parametrize(
    ("option", "slug", "gives"),
    [
        pytest.param("environment", "spark", Gives(environment="spark"), id="environment"),
        pytest.param("lifetime", "4h", Gives(lifetime_s=14400), id="lifetime"),
        pytest.param("home", "fresh", Gives(home="fresh"), id="home"),
        pytest.param("cpu", "4", Gives(cpu=4), id="cores"),
        pytest.param("gpus", "1", Gives(gpus=1), id="gpus"),
        pytest.param("branch", "main", Gives(branch="main"), id="branch"),
        pytest.param("size", "small", Gives(), id="nothing"),
    ],
)
def test_the_name_of_a_choice_may_say_what_it_gives(option: str, slug: str, gives: Gives) -> None:
    """Nobody has to write 4h twice."""
    made = profile(options={option: {"choices": {slug: {"title": "A title"}}}})

    assert made.options[0].choices[0].gives == gives


def test_choices_and_questions_stand_in_their_order() -> None:
    """Without one, choices as in the file and questions as in every other profile."""
    made = profile(
        options={
            "lifetime": {"choices": {"4h": {"title": "4 hours", "order": 2}, "1h": {"title": "1 hour", "order": 1}}},
            "size": SIZE,
            "branch": {"order": -1},
        }
    )

    assert [option.name for option in made.options] == ["branch", "size", "lifetime"]
    assert [choice.slug for choice in made.options[2].choices] == ["1h", "4h"]


def test_a_question_comes_after_those_that_it_depends_on() -> None:
    """Whatever its order says."""
    made = profile(options={"cpu": {"maximum": 8, "order": -5, "shown_when": {"size": ["other"]}}, "size": SIZE})

    assert [option.name for option in made.options] == ["size", "cpu"]


def test_a_number_without_a_default_takes_the_smallest() -> None:
    """One step of cores and memory, no GPU."""
    made = profile(options={"cpu": {"maximum": 8, "step": 0.5}, "memory": {"maximum": 8}, "gpus": {"maximum": 2}})

    assert [(o.default, o.minimum) for o in made.options] == [("0.5", 0.5), ("1", 1), ("0", 0)]


@pytest.mark.parametrize(
    ("option", "path", "said"),
    [
        pytest.param(
            {"size": {**SIZE, "default": "big"}},
            "options.size.default",
            "'big' is not one of the choices. Write one of: small, other.",
            id="default not among the choices",
        ),
        pytest.param(
            {"size": {}}, "options.size", "has no choices. Add at least one below 'choices'.", id="no choices"
        ),
        pytest.param(
            {"cpu": {"choices": {}, "maximum": 8}},
            "options.cpu.choices",
            "is empty. Add a choice, or remove the line.",
            id="empty choices",
        ),
        pytest.param(
            {"cpu": {"minimum": 9, "maximum": 8}},
            "options.cpu.minimum",
            "is 9, more than the maximum 8. Exchange them.",
            id="minimum over maximum",
        ),
        pytest.param(
            {"cpu": {"minimum": 0, "maximum": 8}},
            "options.cpu.minimum",
            "is 0, and nothing runs on that. Write 1, or 0.5 with 'step: 0.5'.",
            id="no cores",
        ),
        pytest.param(
            {"cpu": {}},
            "options.cpu",
            "has neither choices nor a maximum. Add 'maximum: 8', or choices.",
            id="no maximum",
        ),
        pytest.param(
            {"cpu": {"maximum": 8, "default": 9}},
            "options.cpu.default",
            "'9' is not a number from 1 to 8.",
            id="default over the maximum",
        ),
        pytest.param(
            {"memory": {"maximum": 8, "default": "2G"}},
            "options.memory.default",
            "'2G' is not a number from 1 to 8.",
            id="default with a unit",
        ),
        pytest.param(
            {"cpu": {"maximum": 8, "default": 1.5}},
            "options.cpu.default",
            "'1.5' lies between steps of 1 from 1.",
            id="default between steps",
        ),
        pytest.param(
            {"gpus": {"maximum": 1.5}},
            "options.gpus",
            "counts whole GPUs. Write whole numbers.",
            id="half a GPU",
        ),
        pytest.param(
            {"repository": {"pattern": "https://a/.*", "default": "https://b.example/c"}},
            "options.repository.default",
            "'https://b.example/c' does not match the pattern in full. Change one of them.",
            id="default against the pattern",
        ),
        pytest.param(
            {"branch": {"default": "-x"}},
            "options.branch.default",
            "“-x” cannot be the name of a branch. Leave it empty for the main one.",
            id="default that git refuses",
        ),
        pytest.param(
            {"branch": {"shown_when": {"branch": ["x"]}}},
            "options.branch.shown_when.branch",
            "depends on itself. Name another option.",
            id="depends on itself",
        ),
        pytest.param(
            {"branch": {"shown_when": {"size": ["x"]}}},
            "options.branch.shown_when.size",
            "names an option that this profile does not have. Others are: none.",
            id="depends on nothing",
        ),
        pytest.param(
            {"branch": {"shown_when": {"size": ["big"]}}, "size": SIZE},
            "options.branch.shown_when.size",
            "names big, which it does not offer. Choices are: small, other.",
            id="depends on an unknown choice",
        ),
        pytest.param(
            {"branch": {"shown_when": {"repository": ["x"]}}, "repository": {}},
            "options.branch.shown_when.repository",
            "has no choices, so nothing can depend on it. Name an option with choices.",
            id="depends on text",
        ),
        pytest.param(
            {"branch": {"shown_when": {"size": []}}, "size": SIZE},
            "options.branch.shown_when.size",
            "names no choice. Write some of: small, other.",
            id="depends on no choice",
        ),
        pytest.param(
            {"environment": {"choices": {"geo": {"title": "Maps"}}}},
            "options.environment.choices.geo",
            "names the environment 'geo', which is not there. Environments are: python, spark.",
            id="no such environment",
        ),
        pytest.param(
            {"lifetime": {"choices": {"long": {"title": "Long"}}}},
            "options.lifetime.choices.long",
            "does not say what it gives. Add 'lifetime: 4h'.",
            id="no length",
        ),
        pytest.param(
            {"image": {"choices": {"py": {"title": "Python"}}}},
            "options.image.choices.py",
            "does not say what it gives. Add 'image: registry.example/python:1'.",
            id="no image",
        ),
        pytest.param(
            {"home": {"choices": {"mine": {"title": "Mine"}}}},
            "options.home.choices.mine",
            "does not say what it gives. Add 'home: kept'.",
            id="no home",
        ),
    ],
)
def test_each_fault_is_named_once_with_what_to_write(option: dict[str, Any], path: str, said: str) -> None:
    """Where it is, what is wrong, what to write instead."""
    assert faults(options=option) == {path: said}


def test_options_that_depend_on_each_other_in_a_circle_are_named() -> None:
    """None of them could ever be asked first."""
    home = {"choices": {"kept": {"title": "Kept"}}, "shown_when": {"size": ["small"]}}

    assert faults(options={"size": {**SIZE, "shown_when": {"home": ["kept"]}}, "home": home, "branch": {}}) == {
        "options.size.shown_when": "goes in a circle: size, home. Remove one 'shown_when'."
    }


def test_a_profile_that_runs_nowhere_is_named() -> None:
    """Neither environment nor image, neither fixed nor asked."""
    assert faults(environment=None) == {"": "says nowhere what to run. Add 'environment: python'."}


def test_a_missing_environment_is_named_with_those_that_are_there() -> None:
    """The cross-check with the section of environments."""
    assert faults(environment="pyhton") == {
        "environment": "names the environment 'pyhton', which is not there. Environments are: python, spark."
    }


def test_a_profile_begins_with_a_letter() -> None:
    """Choices may begin with a digit, such as 4h; profiles may not."""
    assert profile_faults({"3d": settings()}, ENVIRONMENTS) == [
        (("profiles", "3d"), "'3d' does not begin with a letter. Call it something like 'python'.")
    ]


def test_faults_of_all_profiles_are_found_at_once() -> None:
    """An operator corrects them in one go."""
    found = profile_faults({"a": settings(environment="x"), "b": settings(options={"size": {}})}, ENVIRONMENTS)

    assert [path for path, _ in found] == [("profiles", "a", "environment"), ("profiles", "b", "options", "size")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"memory": "2GB"}, "memory: Value error, write an amount of memory such as 512M or 2G", id="unit"),
        pytest.param({"memory": 2}, "memory: Value error, write an amount of memory such as 512M or 2G", id="no unit"),
        pytest.param(
            {"lifetime": "4 h"}, "lifetime: Value error, write a duration such as 90s, 30m, 4h or 2d", id="time"
        ),
        pytest.param(
            {"lifetime": "0h"}, "lifetime: Value error, write a duration such as 90s, 30m, 4h or 2d", id="0 h"
        ),
        pytest.param({"lifetime": 60}, "lifetime: Value error, write a duration such as 90s, 30m, 4h or 2d", id="60"),
        pytest.param({"cpu": 0}, "cpu: Input should be greater than 0", id="no cores"),
        pytest.param({"cpu": float("inf")}, "cpu: Input should be a finite number", id="infinite"),
        pytest.param({"sise": 1}, "sise: Extra inputs are not permitted", id="unknown key"),
        pytest.param(
            {"repository": "https://a:b@x.example/y"},
            "repository: Value error, This address has a name or a password in it",
            id="password in an address",
        ),
        pytest.param(
            {"options": {"repository": {"pattern": "(a"}}},
            "options.repository.pattern: Value error, this regular expression cannot be read: missing ), "
            "unterminated subpattern at position 0. An address is matched by",
            id="pattern",
        ),
        pytest.param(
            {"variables": {"A-B": ""}}, "Value error, 'A-B' cannot be the name of an environment variable", id="name"
        ),
        pytest.param(
            {"variables": {"JUPYTERHUB_API_TOKEN": ""}},
            "Value error, the variable 'JUPYTERHUB_API_TOKEN' is set by Sardonyx itself: take it out",
            id="variable of ours",
        ),
        pytest.param(
            {"default_url": "lab"}, "default_url: Value error, write a path on the server, such as /lab", id="page"
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(changes: dict[str, Any], said: str) -> None:
    """One fault, at its place."""
    assert said in refused(**changes)


def test_repositories_of_a_profile_become_what_the_core_knows() -> None:
    """By name, which is their folder unless the settings say another; material unless they say not."""
    made = profile(
        repositories={
            "course": {"url": "https://x.example/stats-101", "branch": "v2", "depth": 1},
            "tools": {"url": "https://x.example/tools", "commit": "a" * 40, "folder": "lib/tools", "material": False},
        }
    )

    assert made.repositories == (
        Repository("https://x.example/stats-101", "v2", "", "course", 1, is_material=True, is_mirrored=True),
        Repository("https://x.example/tools", "", "a" * 40, "lib/tools", None, is_material=False, is_mirrored=True),
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"url": "file:///etc"}, "is not a repository's web address", id="address"),
        pytest.param({"branch": "-x"}, "cannot be the name of a branch", id="branch"),
        pytest.param({"commit": "abc123"}, "“abc123” is not the whole name of a commit. Copy all its 40", id="commit"),
        pytest.param({"folder": "../x"}, "“../x” cannot be a folder in the home. Write a path such as", id="out"),
        pytest.param({"folder": "/x"}, "“/x” cannot be a folder in the home", id="absolute"),
        pytest.param({"folder": ".ssh"}, "“.ssh” cannot be a folder in the home", id="hidden"),
        pytest.param({"folder": "a/"}, "“a/” cannot be a folder in the home", id="slash"),
        pytest.param({"depth": 0}, "greater than or equal to 1", id="depth"),
        pytest.param({"branch": "b", "commit": "a" * 40}, "It has a branch and a commit.", id="both"),
    ],
)
def test_a_repository_that_cannot_be_brought_is_refused(changes: dict[str, Any], said: str) -> None:
    """Before anything starts, at its place."""
    refusal = refused(repositories={"course": {"url": "https://x.example/a", **changes}})

    assert refusal.startswith("repositories.course")
    assert said in refusal


def test_repositories_that_would_lie_in_one_another_are_named() -> None:
    """One would be taken for a file of the other."""
    repositories = {
        "a": {"url": "https://x.example/a"},
        "b": {"url": "https://x.example/b", "folder": "a/b"},
        "c": {"url": "https://x.example/c", "folder": "ab"},
    }

    assert profile_faults({"python": settings(repositories=repositories)}, ENVIRONMENTS) == [
        (("profiles", "python", "repositories", "b"), "has its place in that of 'a'. Give it a 'folder' of its own.")
    ]


def test_a_choice_with_a_bad_slug_is_refused() -> None:
    """It would be a key in links."""
    assert "Small!" in refused(options={"size": {"choices": {"Small!": {"title": "Small"}}}})
