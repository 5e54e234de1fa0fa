"""What the docs tell operators to write is taken by the chart."""

import re
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from support.chart import CHART, render

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "kubernetes.md"
BLOCKS = [dedent(block) for block in re.findall(r"^ *```yaml\n(.*?)^ *```", PAGE.read_text(), re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split(":")[0])
def test_values_in_the_docs_are_values(block: str) -> None:
    """Each block by itself."""
    assert render(yaml.safe_load(block)).of("Deployment")


def test_what_is_commented_out_in_the_values_is_a_value() -> None:
    """Whoever takes the sign away has something that works."""
    text = (CHART / "values.yaml").read_text()
    examples = re.sub(r"^(\w+): {}\n#  ", r"\1:\n  ", text, flags=re.MULTILINE)
    examples = re.sub(r"^(\w+): \[\]\n#  ", r"\1:\n  ", examples, flags=re.MULTILINE)

    assert examples.count("existingSecret: sardonyx-") == 2
    values = yaml.safe_load(examples)
    assert values["secretEnv"]["UNIVERSITY_SECRET"]["key"] == "client-secret"
    assert values["imagePullSecrets"] == [{"name": "my-registry"}]
    assert render(values).of("Deployment")
