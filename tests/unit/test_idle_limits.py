"""How long a server may go unused: by its profile, else by the place."""

from datetime import timedelta
from pathlib import Path

import pytest

from sardonyx_hub_config.engines.idle_limits import idle_limits
from sardonyx_hub_config.settings.file import load_settings
from sardonyx_services.idle_stop import is_idle
from sardonyx_spawner.surroundings import Surroundings

SETTINGS = """
servers: {{idle_stop: {place}}}
environments: {{python: {{title: Python, prefix: /}}}}
profiles:
  usual: {{title: Usual, environment: python}}
  short: {{title: Short, environment: python, idle_stop: 10m}}
  long:
    title: Long
    environment: python
    options:
      size:
        choices:
          small: {{title: Small, cpu: 1}}
          large: {{title: Large, cpu: 8, idle_stop: never}}
"""


@pytest.mark.parametrize(("place", "expected"), [("2h", (7200, 600, 0)), ("null", (0, 600, 0))])
def test_limits_are_those_of_the_place_and_of_profiles(tmp_path: Path, place: str, expected: tuple[int, ...]) -> None:
    """Also where the place itself stops nothing."""
    (tmp_path / "settings.yaml").write_text(SETTINGS.format(place=place))

    assert idle_limits(load_settings(tmp_path / "settings.yaml")) == expected


@pytest.mark.parametrize(
    ("minutes", "place_s", "own", "expected"),
    [
        pytest.param(30, 7200, {}, False, id="used not so long ago"),
        pytest.param(121, 7200, {}, True, id="unused for too long"),
        pytest.param(30, 7200, {"idle_stop_s": 600}, True, id="a shorter limit of its own"),
        pytest.param(121, 7200, {"idle_stop_s": 86400}, False, id="a longer one"),
        pytest.param(10_000, 7200, {"idle_stop_s": 0}, False, id="never"),
        pytest.param(10_000, 0, {}, False, id="the place stops nothing"),
        pytest.param(30, 0, {"idle_stop_s": 600}, True, id="the place stops nothing, the profile does"),
        pytest.param(121, 7200, {"idle_stop_s": None}, True, id="started by an earlier version"),
        pytest.param(None, 7200, {}, False, id="nobody knows since when"),
    ],
)
def test_a_server_is_stopped_by_its_own_limit_first(
    minutes: int | None, place_s: int, own: dict[str, int | None], *, expected: bool
) -> None:
    """That of the place counts where its profile says nothing."""
    inactive = None if minutes is None else timedelta(minutes=minutes)

    assert is_idle(inactive, place_s, {"name": "", "state": own}) is expected
    assert is_idle(inactive, place_s, {"name": "", "state": None}) is is_idle(inactive, place_s, {"name": ""})


@pytest.mark.parametrize(("own", "told"), [(None, "7200"), (600, "600"), (0, None)])
def test_a_server_is_told_its_own_limit(own: int | None, told: str | None) -> None:
    """It says to its person how much is left of it, and tells the hub of its use often enough."""
    found = Surroundings(Path("/tools"), "https://lab.example", idle_stop_s=7200).variables(own)

    assert found.get("SARDONYX_IDLE_STOP") == told
    assert found.get("JUPYTERHUB_ACTIVITY_INTERVAL") == {"7200": "300", "600": "150", None: None}[told]
