"""What is written twice about the chart is the same in both places."""

import re
import tomllib
from pathlib import Path

from ruamel.yaml import YAML

from sardonyx_hub_config.chart.schema import CHART, chart_schema_text
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.reference import chart_reference

ROOT = Path(__file__).parents[2]


def test_the_schema_of_the_chart_is_up_to_date() -> None:
    """If this fails: make docs."""
    assert (ROOT / CHART / "values.schema.json").read_text() == chart_schema_text(ROOT)


def test_the_reference_of_the_chart_is_up_to_date() -> None:
    """If this fails: make docs."""
    assert (ROOT / "docs" / "reference" / "chart-values.md").read_text() == chart_reference()


def test_the_chart_has_the_version_of_the_hub() -> None:
    """Its image has it, too."""
    chart = YAML(typ="safe").load(ROOT / CHART / "Chart.yaml")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert (chart["version"], chart["appVersion"]) == (version, version)


def test_the_ports_of_the_chart_are_those_of_one_machine() -> None:
    """Counted on from 8000."""
    ports = Ports(8000)
    named = dict(
        re.findall(r"{name: (\w+), containerPort: (\d+)}", (ROOT / CHART / "templates/hub/deployment.yaml").read_text())
    )

    assert {name: int(port) for name, port in named.items()} == {
        "hub": ports.hub,
        "keys": ports.credentials,
        "store": ports.object_store,
        "links": ports.links,
        "people": ports.people,
    }  # fmt: skip
