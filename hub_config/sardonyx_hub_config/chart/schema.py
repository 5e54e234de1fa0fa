"""What is generated for the Helm chart from its models: the schema of its values, and their page."""

import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sardonyx_hub_config.chart.values import ChartValues

CHART = Path("helm") / "sardonyx"
REMOVED = CHART / "removed.yaml"


def chart_schema_text(root: Path) -> str:
    """Return `values.schema.json` of a checkout, by which Helm refuses wrong values.

    What a version took away is let through: a template says what to write instead.
    """
    schema: dict[str, Any] = ChartValues.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    _tighten(schema)
    for key in YAML(typ="safe").load(root / REMOVED):
        _let_through(schema, schema, str(key).split("."))
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _tighten(node: Any) -> None:
    """Where names have a pattern, refuse those that do not match: pydantic does, and says nothing of it in its schema."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node["additionalProperties"] = False
        if isinstance(node.get("title"), str):
            # Made from the name, and nothing more.
            del node["title"]
        node = list(node.values())
    for below in node if isinstance(node, list) else ():
        _tighten(below)


def _let_through(schema: dict[str, Any], node: dict[str, Any], names: list[str]) -> None:
    for name in names[:-1]:
        node = node["properties"].setdefault(name, {"type": "object", "properties": {}, "additionalProperties": False})
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    node["properties"][names[-1]] = {"description": "No value any more."}
