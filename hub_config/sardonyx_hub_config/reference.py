"""The generated pages: `python -m sardonyx_hub_config.reference` writes those of the settings, of the classes' API and of the chart."""

import json
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sardonyx_hub_config.api_reference import api_reference
from sardonyx_hub_config.chart.schema import CHART, chart_schema_text
from sardonyx_hub_config.chart.values import ChartValues
from sardonyx_hub_config.commands.check import schema_text
from sardonyx_hub_config.settings.whole import OVERRIDES, Settings

HEAD = """# Settings

Every key of `settings.yaml`, generated from the models that check it.
Look for faults in a file with `sardonyx check FILE`; an editor that knows JSON Schema can use `hub_config/settings.schema.json`.
A part in `<angle brackets>` is a name that you choose: lower case letters, digits and dashes.
Relative paths count from the folder of the settings file.

{overrides}

| Setting | What it is | Kind | Default |
|---|---|---|---|
"""
CHART_HEAD = """# Values of the chart

Every value of `helm/sardonyx`, generated from the models that its `values.schema.json` is made of.
Helm refuses others, and wrong ones, before anything is installed.
A part in `<angle brackets>` is a name that you choose.
What the settings are, is on [their own page](settings.md).

| Value | What it is | Kind | Default |
|---|---|---|---|
"""
KINDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "Path": "path",
    "SecretRef": "{file: …} or {env: …}",
}


def settings_reference() -> str:
    """Return the reference page."""
    overrides = "\n".join(
        f"- `{name}` in the environment wins over `{'.'.join(path)}`." for name, path in OVERRIDES.items()
    )
    return HEAD.format(overrides=overrides) + "".join(_rows(Settings, ""))


def chart_reference() -> str:
    """Return the reference page of the chart's values."""
    return CHART_HEAD + "".join(_rows(ChartValues, "", shut=Settings))


def _rows(model: type[BaseModel], prefix: str, shut: type[BaseModel] | None = None) -> list[str]:
    rows = []
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        section, is_by_slug = _section(field.annotation)
        below = f"{path}.<name>" if is_by_slug else path
        kind = "section" if section else _kind(field.annotation)
        default = "" if section and field.default is not None else _default(field)
        rows.append(f"| `{path}` | {field.description or ''} | {kind} | {default} |\n")
        if section is not None and section is not shut:
            rows.extend(_rows(section, f"{below}."))
    return rows


def _section(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (None, False) if annotation.__name__ == "SecretRef" else (annotation, False)
    if get_origin(annotation) is dict:
        found, _ = _section(get_args(annotation)[1])
        return found, found is not None
    if get_origin(annotation) in {Union, types.UnionType}:
        # One that may be left out.
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return _section(parts[0]) if len(parts) == 1 else (None, False)
    return None, False


def _kind(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in get_args(annotation))
    if origin in {Union, types.UnionType}:
        return ", or ".join(_kind(part) for part in get_args(annotation) if part is not type(None))
    if origin in {frozenset, tuple, list}:
        return "list"
    if origin is dict:
        return "names and values"
    if origin is not None:
        return _kind(get_args(annotation)[0])
    return KINDS.get(getattr(annotation, "__name__", ""), "text")


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "" if field.default_factory else "must be given"
    if field.default is None:
        return "none"
    value = sorted(field.default) if isinstance(field.default, frozenset) else field.default
    text = str(value) if isinstance(value, Path) else json.dumps(value, ensure_ascii=False, default=str)
    return f"`{text.strip(chr(34))}`" if text.strip('"[]{}') else ""


def write(root: Path) -> None:
    """Write the generated pages of a checkout."""
    (root / "docs" / "reference" / "settings.md").write_text(settings_reference())
    (root / "docs" / "reference" / "classes-api.md").write_text(api_reference())
    (root / "hub_config" / "settings.schema.json").write_text(schema_text())
    (root / "docs" / "reference" / "chart-values.md").write_text(chart_reference())
    (root / CHART / "values.schema.json").write_text(chart_schema_text(root))


if __name__ == "__main__":
    write(Path(__file__).parents[2])
