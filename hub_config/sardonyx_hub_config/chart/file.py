"""A file of values for the chart: read, put into those of the chart as Helm does it, and every fault in it located."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sardonyx_hub_config.chart.postgresql import BOTH
from sardonyx_hub_config.chart.values import ChartValues
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.faults import Fault
from sardonyx_hub_config.settings.file import SettingsError, located, parse_tree, plain, read_tree
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.shipped import chart_file, plain_yaml


def load_values(path: Path, settings: Settings | None) -> ChartValues:
    """Read and check a file of values.

    Args:
        settings: those of a file of their own, as with `helm install --set-file settingsFile=`; None = those of the values.

    Raises:
        OperatorError: it cannot be read, or has faults.
    """
    if not path.exists():
        raise OperatorError(f"there is no file of values {path}. Name another one.")
    try:
        tree = read_tree(path)
    except SettingsError as error:
        raise SettingsError(path, error.faults, "values") from None
    document = merged(plain_yaml(chart_file("values.yaml")), plain(tree))
    if settings is not None:
        document["settings"] = settings
    elif document["settingsFile"]:
        # A block of text begins in the line after its name.
        document["settings"] = _from_text(path, str(document["settingsFile"]), tree.lc.key("settingsFile")[0] + 1)
    try:
        found = ChartValues.model_validate(document)
    except ValidationError as error:
        raise SettingsError(path, located(tree, error, ChartValues), "values") from None
    crossed = found.settings.cross_faults()
    if crossed:
        raise SettingsError(path, [Fault(0, ".".join(at), message) for at, message in crossed])
    if found.postgresql.enabled and found.settings.database.url is not None:
        raise OperatorError(BOTH)
    return found


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return values put into others, as Helm does it: sections are merged, and null takes out what was there."""
    found = dict(below)
    for name, value in above.items():
        there = below.get(name)
        if value is None and name in below and there is not None:
            del found[name]
        elif isinstance(there, Mapping) and isinstance(value, Mapping):
            found[name] = merged(there, value)
        else:
            found[name] = value
    return found


def chart_values(settings: Settings) -> ChartValues:
    """Return the values of the chart as they are, with these settings."""
    return ChartValues.model_validate({**plain_yaml(chart_file("values.yaml")), "settings": settings})


def _from_text(path: Path, text: str, above: int) -> Settings:
    """Read settings that stand as text in a file of values.

    Args:
        above: lines of the file before the text.
    """
    try:
        tree = parse_tree(path, text)
        return Settings.model_validate(plain(tree))
    except ValidationError as error:
        faults = located(tree, error, Settings)
    except SettingsError as error:
        faults = error.faults
    raise SettingsError(path, [replace(fault, line=fault.line + above) for fault in faults])
