"""What would be installed, for those who judge it."""

from collections.abc import Mapping
from typing import Any

from sardonyx_hub_config.chart.file import merged
from sardonyx_hub_config.chart.values import ChartValues
from sardonyx_hub_config.cluster_check.installation import Installation
from sardonyx_hub_config.shipped import chart_file, plain_yaml

PROFILES = {"python": {"title": "Python", "image": "registry.example/python:1", "cpu": 1, "memory": "2G"}}


def an_installation(
    settings: Mapping[str, Any] | None = None, values: Mapping[str, Any] | None = None, *, is_told: bool = True
) -> Installation:
    """Return the chart with one profile, and with what is said beside that."""
    written = merged(plain_yaml(chart_file("values.yaml")), dict(values or {}))
    found = ChartValues.model_validate({**written, "settings": {"profiles": PROFILES, **(settings or {})}})
    return Installation(found.settings, found, is_told=is_told)
