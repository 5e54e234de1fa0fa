"""The service that copies repositories: when the chart brings it, and what it is told."""

import base64
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
    """How large a copy may be, all of them, and what git has said about them."""
    found = told(everything())

    assert (found.most_bytes, found.largest_bytes, found.most_answers_bytes) == (12 << 30, 2 << 30, 5 << 30)


def test_a_copy_is_no_larger_than_there_is_room() -> None:
    """A Pod is ended whose volume is too full."""
    git = {"mirrored": ["https://git.example.org/a/"], "largest_copy": "20G"}

    found = told(render({"settings": {"git": git}, "copies": {"size": "1000Mi"}}))

    assert found.most_bytes == found.largest_bytes == 600 << 20


def test_hub_and_service_know_one_key() -> None:
    """Made for them and kept, and no variable; the hub signs with it what a server may ask for. Another one restarts both."""
    rendered, other = render({"settings": NAMED}), render({"settings": NAMED})

    assert len(base64.b64decode(rendered.one("Secret", f"{NAME}-copies")["data"]["token"])) == 64
    for part in ("hub", "copies"):
        assert rendered.mounted_variables(f"{NAME}-{part}")["SARDONYX_COPIES_KEY"] == f"{NAME}-copies/token"
        assert rendered.pods[f"{NAME}-{part}"] != other.pods[f"{NAME}-{part}"]
    assert rendered.mounted_variables(f"{NAME}-copies").keys() == {"SARDONYX_COPIES_KEY"}


def test_the_key_may_be_one_of_the_operators() -> None:
    """None is made then."""
    mine = render({"settings": NAMED, "copies": {"token": {"existingSecret": "mine", "key": "copies"}}})

    assert f"{NAME}-copies" not in [each["metadata"]["name"] for each in mine.of("Secret")]
    for part in ("hub", "copies"):
        assert mine.mounted_variables(f"{NAME}-{part}")["SARDONYX_COPIES_KEY"] == "mine/copies"


def test_a_place_without_copies_has_no_key() -> None:
    """Nothing would sign with it."""
    rendered = render()

    assert f"{NAME}-copies" not in [each["metadata"]["name"] for each in rendered.of("Secret")]
    assert "SARDONYX_COPIES_KEY" not in rendered.mounted_variables(f"{NAME}-hub")


def test_its_service_leads_to_it() -> None:
    """By the name of its port."""
    rendered = everything()
    (port,) = rendered.containers[f"{NAME}-copies/copies"]["ports"]
    service = rendered.one("Service", f"{NAME}-copies")

    assert service["spec"]["ports"] == [{"name": "git", "port": 8007, "targetPort": "git"}]
    assert port == {"name": "git", "containerPort": 8007}
