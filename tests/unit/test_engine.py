"""Which engine runs servers, and what it needs of the settings."""

from pathlib import Path

import pytest

from sardonyx_hub_config.engines.engine import release
from sardonyx_hub_config.engines.images import with_images
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.file import load_settings
from sardonyx_hub_config.settings.whole import Settings

ROOT = Path(__file__).parents[2]


def settings(**sections: object) -> Settings:
    """Return settings with one profile."""
    return Settings.model_validate({"profiles": {"python": {"title": "Python", "environment": "python"}}, **sections})


def test_without_a_word_this_is_one_machine() -> None:
    """Nothing of a cluster is looked for."""
    assert release({}) is None


def test_the_chart_names_the_installation() -> None:
    """And by that everything is found."""
    told = {"SARDONYX_ENGINE": "kubernetes", "SARDONYX_NAME": "lab", "SARDONYX_INSTANCE": "team"}
    here = release({**told, "SARDONYX_POD": "lab-hub-7", "SARDONYX_POD_UID": "5f"})

    assert here is not None
    assert (here.instance, here.pod, here.pod_uid) == ("team", "lab-hub-7", "5f")
    assert here.ports.url(here.ports.credentials) == "http://lab-hub:8003"
    assert here.ports.listen == ""


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"SARDONYX_ENGINE": "docker"}, "SARDONYX_ENGINE is 'docker'. Write 'kubernetes', or nothing on one machine."),
        (
            {"SARDONYX_ENGINE": "kubernetes"},
            "SARDONYX_NAME is missing. The chart sets it: install Sardonyx with the chart.",
        ),
    ],
)
def test_what_the_chart_did_not_say_is_said(told: dict[str, str], said: str) -> None:
    """To the operator."""
    with pytest.raises(OperatorError) as caught:
        release(told)
    assert str(caught.value) == said


def test_a_profile_runs_from_the_image_of_its_environment() -> None:
    """So the same settings are good for both engines."""
    found = settings(environments={"python": {"title": "Python", "prefix": "/opt/x", "image": "lab/python:1"}})
    assert with_images(found.profiles["python"].profile("python"), found).gives.image == "lab/python:1"


def test_a_chosen_environment_brings_its_image() -> None:
    """Over that of the profile."""
    there = {name: {"title": name, "image": f"lab/{name}:1"} for name in ("python", "spark")}
    choices = {name: {"title": name} for name in there}
    profile = {"title": "Data", "options": {"environment": {"choices": choices}}}
    found = settings(environments=there, profiles={"data": profile})

    made = with_images(found.profiles["data"].profile("data"), found)

    assert [each.gives.image for each in made.options[0].choices] == ["lab/python:1", "lab/spark:1"]


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        (
            {"environments": {"python": {"title": "Python", "prefix": "/opt/x"}}},
            (
                "the profile 'python' has no image, and servers on Kubernetes run from one."
                " Add 'image: registry.example/python:1' under 'environments.python' in the settings."
            ),
        ),
        (
            {"profiles": {"data": {"title": "Data", "options": {"lifetime": {"choices": {"4h": {"title": "4 h"}}}}}}},
            (
                "the profile 'data' has no image, and servers on Kubernetes run from one."
                " Add 'image: registry.example/python:1' under 'profiles.data' in the settings."
            ),
        ),
    ],
)
def test_a_profile_without_an_image_is_refused_with_what_to_write(sections: dict[str, object], said: str) -> None:
    """Before anybody finds out by waiting."""
    found = settings(**sections)
    slug, profile = next(iter(found.profiles.items()))
    with pytest.raises(OperatorError) as caught:
        with_images(profile.profile(slug), found)
    assert str(caught.value) == said


def test_the_settings_that_come_with_us_are_good_for_a_cluster_too() -> None:
    """Each profile has an image."""
    found = load_settings(ROOT / "hub_config" / "settings.yaml")
    made = [with_images(profile.profile(slug), found) for slug, profile in found.profiles.items()]
    assert [each.gives.image for each in made] == [
        "sardonyx/python-vscode-mlflow:0.1.0", "sardonyx/r-vscode-mlflow:0.1.0", "sardonyx/spark-vscode-mlflow:0.1.0",
    ]  # fmt: skip


def test_a_pod_cannot_be_opened_by_the_settings() -> None:
    """What would give servers the node is refused by name."""
    with pytest.raises(ValueError, match="names hostNetwork, volumes, which Sardonyx itself sets. Take it out."):
        settings(kubernetes={"pod": {"hostNetwork": True, "volumes": []}})
