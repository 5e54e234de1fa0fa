"""What `sardonyx check --kubernetes` believes of the chart is what the chart renders."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from support.chart import EVERYTHING, NAME, everything, render
from support.installations import an_installation

from sardonyx_hub_config.chart.file import load_values
from sardonyx_hub_config.cluster_check.rights import KINDS, kinds
from sardonyx_hub_config.cluster_check.trials import CHECK_RESOURCES, IN_A_POD, of_chart

OFF: dict[str, Any] = {
    "networkPolicy": {"enabled": False},
    "hub": {"checkSettings": False, "podDisruptionBudget": {"enabled": False}, "storage": {"existingClaim": "mine"}},
    "proxy": {"podDisruptionBudget": {"enabled": False}},
}


NOTHING_ELSE = {"enabled": True, "podDisruptionBudget": {"enabled": False}, "storage": {"existingClaim": "mine"}}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="as it is"),
        pytest.param(OFF, id="switched off"),
        pytest.param({**OFF, "postgresql": {"enabled": True}}, id="with PostgreSQL"),
        pytest.param({**OFF, "postgresql": NOTHING_ELSE}, id="with PostgreSQL alone"),
    ],
)
def test_each_kind_that_is_rendered_is_asked_for_and_no_other(values: dict[str, Any]) -> None:
    """A right that is not asked for would be missed in the middle of an installation."""
    rendered = {found["kind"] for found in render(values).manifests}

    assert {*kinds(an_installation(values=values).values)} == rendered


def test_with_everything_switched_on_all_kinds_are_asked_for() -> None:
    """There is none that the chart does not have."""
    values = load_values(EVERYTHING, None)

    assert {*kinds(values)} == {found["kind"] for found in everything().manifests}
    assert {*KINDS} == {*kinds(values)}


def test_what_the_cluster_is_asked_about_is_what_the_chart_makes() -> None:
    """The same image, resources and rights of each Pod."""
    inside = {"postgresql": {"enabled": True}}
    hub, proxy, postgresql, *volumes = (trial.manifest["spec"] for trial in of_chart(an_installation(values=inside)))
    rendered = render(inside)

    for name, pod in (("hub", hub), ("proxy", proxy), ("postgresql", postgresql)):
        (asked,), there = pod["containers"], rendered.containers[f"{NAME}-{name}/{name}"]
        assert (asked["image"], asked["resources"]) == (there["image"], there["resources"])
        assert asked["securityContext"] == there["securityContext"] == IN_A_POD
        in_chart = rendered.pods[f"{NAME}-{name}"]["spec"]["securityContext"]
        assert pod["securityContext"].items() <= in_chart.items()
    claims = [rendered.one("PersistentVolumeClaim", f"{NAME}-{part}")["spec"] for part in ("hub", "postgresql")]
    assert volumes == claims


def test_the_job_that_checks_takes_what_is_asked_for() -> None:
    """It is of no value's making."""
    resources = render().containers[f"{NAME}-check/check"]["resources"]

    assert resources == {"requests": CHECK_RESOURCES.requests, "limits": CHECK_RESOURCES.limits}


def test_settings_in_values_are_merged_as_helm_does_it(tmp_path: Path) -> None:
    """Nothing is checked that is not installed."""
    values = {
        "settings": {
            "title": "X",
            "profiles": {"python": {"options": {"branch": None}}, "r": {"title": "R", "image": "r"}},
        }
    }
    path = tmp_path / "values.yaml"
    path.write_text(yaml.safe_dump(values))
    installed = yaml.safe_load(render(values).one("ConfigMap", f"{NAME}-hub")["data"]["settings.yaml"])

    found = load_values(path, None).settings
    assert found == type(found).model_validate(installed)
