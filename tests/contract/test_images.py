"""What images and the code that runs in them have to agree on."""

import re
from pathlib import Path

import pytest
from image_recipes import ADDITIONS, LOWEST, NAMED, PLUS, ROOT, ancestry
from image_recipes import RECIPES as PARTS

from sardonyx_hub_config.tools import extensions
from sardonyx_hub_config.tools.install import START_NODE
from sardonyx_hub_config.tools.recipes import RECIPES
from sardonyx_singleuser.tools import brought_extensions
from sardonyx_spawner import contract
from sardonyx_spawner.kube import manifest

IMAGES = Path(__file__).parents[2] / "images"


def test_vs_code_is_started_as_on_one_machine() -> None:
    """The image makes it as `sardonyx tools install` does, without that."""
    recipe = RECIPES["vscode"]

    assert (IMAGES / "code-server" / recipe.program).read_text() == START_NODE.format(entry=recipe.entry)


@pytest.mark.parametrize("name", ADDITIONS)
def test_servers_find_its_tools(name: str) -> None:
    """By the variable that the hub sets, on both engines; each is where that says."""
    text = (IMAGES / name / "Dockerfile").read_text()

    assert f"ENV {contract.TOOLS}={manifest.TOOLS}\n" in text
    assert f"{manifest.TOOLS}/{name}" in text


def test_mlflow_is_made_of_what_one_machine_installs() -> None:
    """By the same lock file."""
    assert str(RECIPES["mlflow"].files[0]).endswith(PARTS["mlflow"].inputs[0].removeprefix("hub_config/"))


def test_servers_find_the_extensions_of_vs_code_that_were_added() -> None:
    """One writes them down, and the other reads that."""
    assert (brought_extensions.FOLDER, brought_extensions.LIST) == (extensions.FOLDER, extensions.LIST)
    assert f"list {manifest.TOOLS}" in (IMAGES / "extensions" / "Dockerfile").read_text()


def test_the_folder_of_a_server_is_where_one_machine_has_it() -> None:
    """Its plan, its token and its sockets."""
    assert f"--mode=0700 {Path(contract.SANDBOX_PLAN).parent}" in (IMAGES / "base" / "Dockerfile").read_text()
    assert Path(contract.SANDBOX_PLAN).parent == Path(manifest.RUN)


def test_the_home_in_an_image_is_where_the_volume_comes() -> None:
    """Else its person would find another one."""
    assert f"ENV HOME={manifest.HOME} " in (IMAGES / "base" / "Dockerfile").read_text()


def test_each_image_that_the_chart_and_the_settings_name_is_built_where_nobody_says_which() -> None:
    """With VS Code and MLflow in each that people work in; and those that nobody names are not."""
    named = re.compile(r"\bsardonyx/([a-z0-9-]+)(?::|$)", re.MULTILINE)
    found = {
        name
        for file in ("hub_config/settings.yaml", "helm/sardonyx/values.yaml")
        for line in (ROOT / file).read_text().splitlines()
        for name in named.findall(line.partition("#")[0])
    }

    assert found == {name.replace(PLUS, "-") for name in NAMED}
    assert all({*ADDITIONS} <= {*name.split(PLUS)} for name in NAMED if LOWEST in ancestry(name))
