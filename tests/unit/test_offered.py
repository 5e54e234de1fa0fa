"""What classes and events can be made from here, and what holds their servers to that."""

from pathlib import Path

import pytest

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.offered import profiles_for_classes
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.services.one_machine import services
from sardonyx_hub_config.settings.tools import SHIPPED
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_spawner.profiles import NEVER


@pytest.mark.parametrize(("place", "usual"), [("90m", 5400), (None, NEVER)])
def test_what_classes_are_made_from_says_what_it_has(place: str | None, usual: int) -> None:
    """Also where that is what is usual here: so it can be said how far a class goes."""
    python = {"title": "Python", "environment": "python"}
    profiles = {
        "python": python,
        "some": {**python, "tools": ["mlflow"]},
        "none": {**python, "tools": [], "idle_stop": "20m"},
    }
    settings = Settings.model_validate(
        {
            "environments": {"python": {"title": "Python", "prefix": "/usr"}},
            "tools": {"pluto": {"title": "Pluto", "description": "Julia", "command": ["pluto", "{socket}"]}},
            "profiles": profiles,
            "servers": {"idle_stop": place},
        }
    )

    found = {profile.slug: (profile.tools, profile.gives.idle_stop_s) for profile in profiles_for_classes(settings)}

    assert found["python"] == ((*SHIPPED, "pluto"), usual)
    assert (found["some"], found["none"]) == ((("mlflow",), usual), ((), 1200))


@pytest.mark.parametrize(
    ("place", "told"), [("20s", ["--timeout=20", "--cull-every=5"]), (None, ["--timeout=0", "--cull-every=60"])]
)
def test_idle_servers_are_looked_for_also_where_nothing_is_said_of_them(
    tmp_path: Path, place: str | None, told: list[str]
) -> None:
    """A class may say it."""
    python = {"title": "Python", "environment": "python"}
    settings = Settings.model_validate(
        {
            "environments": {"python": {"title": "Python", "prefix": "/usr"}},
            "profiles": {"python": python},
            "servers": {"idle_stop": place},
            "data_folder": str(tmp_path),
        }
    )
    folder = DataFolder(tmp_path)
    folder.prepare()

    found = {service.description["name"]: service.description for service in services(settings, folder, Ports(8000))}

    assert found["idle-stop"]["command"][-2:] == told
