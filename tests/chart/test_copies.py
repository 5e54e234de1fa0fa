"""The service that copies repositories: when the chart brings it, and what it is told."""

import json
from typing import Any

import pytest
import yaml
from support.chart import NAME, Rendered, everything, render

from sardonyx_services.copies.configuration import CopiesConfiguration

URL = "https://git.example.org/course"
NAMED = {"profiles": {"r": {"title": "R", "image": "r", "repositories": {"course": {"url": URL}}}}}
VARIABLE = "SARDONYX_COPIES_URL"


def variables(rendered: Rendered, container: str) -> dict[str, Any]:
    """Return the environment of a container."""
    return {each["name"]: each.get("value") for each in rendered.containers[container]["env"]}


def told(rendered: Rendered) -> CopiesConfiguration:
    """Return what the service is told, as it reads it."""
    text = variables(rendered, f"{NAME}-copies/copies")["SARDONYX_COPIES"]
    return CopiesConfiguration.model_validate(json.loads(text))


@pytest.mark.parametrize(
    ("values", "is_there"),
    [
        pytest.param({}, False, id="nothing-to-copy"),
        pytest.param({"settings": NAMED}, True, id="of-a-profile"),
        pytest.param({"settingsFile": yaml.safe_dump(NAMED)}, True, id="of-a-file"),
        pytest.param({"settings": {"git": {"mirrored": ["https://git.example.org/"]}}}, True, id="of-classes"),
        pytest.param({"settings": NAMED, "copies": {"enabled": False}}, False, id="not-wanted"),
    ],
)
def test_it_is_there_where_the_settings_name_repositories(values: dict[str, Any], *, is_there: bool) -> None:
    """The hub tells servers of it then, and only then."""
    rendered = render(values)

    assert (f"{NAME}-copies" in rendered.pods) == is_there
    assert any(each["metadata"]["name"] == f"{NAME}-copies" for each in rendered.of("Service")) == is_there
    address = f"http://{NAME}-copies:8007/copies" if is_there else None
    assert variables(rendered, f"{NAME}-hub/hub").get(VARIABLE) == address


def test_it_is_told_what_the_settings_allow() -> None:
    """And who knows whose token one is, below the path of the place."""
    found = told(everything())

    assert found.named == {URL}
    assert found.below == ()
    assert found.hub == f"http://{NAME}-hub:8001/datalab/hub/api"
    assert found.hosts == (f"{NAME}-copies:8007",)
    assert (found.most_bytes, found.largest_bytes) == (16 << 30, 2 << 30)


def test_a_copy_is_no_larger_than_there_is_room() -> None:
    """A Pod is ended whose volume is too full."""
    git = {"mirrored": ["https://git.example.org/a/", "https://git.example.org/b/"], "largest_copy": "20G"}

    found = told(render({"settings": {"git": git}, "copies": {"size": "1000Mi"}}))

    assert found.below == ("https://git.example.org/a/", "https://git.example.org/b/")
    assert found.most_bytes == found.largest_bytes == 800 << 20
    assert found.has("https://git.example.org/b/course")
    assert not found.has("https://git.example.org/c")


def test_its_service_leads_to_it() -> None:
    """By the name of its port."""
    rendered = everything()
    (port,) = rendered.containers[f"{NAME}-copies/copies"]["ports"]
    service = rendered.one("Service", f"{NAME}-copies")

    assert service["spec"]["ports"] == [{"name": "git", "port": 8007, "targetPort": "git"}]
    assert port == {"name": "git", "containerPort": 8007}
