"""Tools: all that is to be known of one stands in its one place, in order."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from sardonyx_singleuser.tools.own import own_tools
from sardonyx_singleuser.tools.registry import TOOLS
from sardonyx_singleuser.tools.tool import Category, ToolError

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "extensions" / "singleuser" / "labextension" / "static"


def test_no_other_file_of_jupyterlab_names_a_tool() -> None:
    """Its title, icon and row come from the server: a tool is added by one entry."""
    named = {(script.name, name) for script in STATIC.glob("*.js") for name in TOOLS if name in script.read_text()}

    assert named == set()


def test_jupyterlab_has_a_row_for_each_category() -> None:
    """A tool of one that it does not know would be in none."""
    (rows,) = re.findall(r"const rows = \{(.*?)\};", (STATIC / "tools.js").read_text(), re.DOTALL)

    assert set(re.findall(r"(\w+): ", rows)) == set(get_args(Category))


def test_each_tool_has_an_icon_of_its_own() -> None:
    """Nobody could tell two apart."""
    icons = [tool.icon for tool in TOOLS.values()]

    assert len(set(icons)) == len(icons)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param(
            {"icon": ""}, "the icon of mlflow is no path of an SVG: it begins with M, as in 'M4 5h16v14H4z'.", id="none"
        ),
        pytest.param(
            {"icon": 'M4 5"/><script>'},
            "the icon of mlflow is no path of an SVG: it begins with M, as in 'M4 5h16v14H4z'.",
            id="more than a path",
        ),
        pytest.param(
            {"category": "toys"},
            "the category of mlflow is 'toys'. It has to be one of: tools, apps, notebooks, consoles, other.",
            id="category",
        ),
    ],
)
def test_what_cannot_be_shown_is_no_tool(wrong: dict[str, Any], said: str) -> None:
    """It is said where the tool is written down."""
    with pytest.raises(ToolError) as caught:
        replace(TOOLS["mlflow"], **wrong)

    assert str(caught.value) == said


def test_a_tool_that_this_version_does_not_understand_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """The hub may be newer; the log says which one, and why."""
    assert own_tools({"SARDONYX_OWN_TOOLS": '{"pluto": {"title": "Pluto"}}'}) == {}

    assert "The tool pluto is left out: 'command'. The hub may be of another version than this server." in caplog.text


def test_without_tools_in_the_settings_there_are_none() -> None:
    """As in a server that a hub of before has started."""
    assert own_tools({}) == {}
