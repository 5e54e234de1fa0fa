"""What images and the code that runs in them have to agree on."""

from pathlib import Path

from sardonyx_hub_config.tools.install import START_NODE
from sardonyx_hub_config.tools.recipes import RECIPES
from sardonyx_spawner.local import contract

IMAGES = Path(__file__).parents[2] / "images"


def test_vs_code_is_started_as_on_one_machine() -> None:
    """The image makes it as `sardonyx tools install` does, without that."""
    recipe = RECIPES["vscode"]

    assert (IMAGES / "vscode" / recipe.program).read_text() == START_NODE.format(entry=recipe.entry)


def test_servers_find_its_tools() -> None:
    """By the variable that the hub sets on one machine."""
    assert f"ENV {contract.TOOLS}=/opt/tools" in (IMAGES / "vscode" / "Dockerfile").read_text()


def test_the_folder_of_a_server_is_where_one_machine_has_it() -> None:
    """Its plan, its token and its sockets."""
    assert f"--mode=0700 {Path(contract.SANDBOX_PLAN).parent}" in (IMAGES / "base" / "Dockerfile").read_text()
