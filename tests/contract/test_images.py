"""What images and the code that runs in them have to agree on."""

from pathlib import Path

from sardonyx_hub_config.tools.install import START_NODE
from sardonyx_hub_config.tools.recipes import RECIPES
from sardonyx_spawner import contract
from sardonyx_spawner.kube import manifest

IMAGES = Path(__file__).parents[2] / "images"


def test_vs_code_is_started_as_on_one_machine() -> None:
    """The image makes it as `sardonyx tools install` does, without that."""
    recipe = RECIPES["vscode"]

    assert (IMAGES / "vscode" / recipe.program).read_text() == START_NODE.format(entry=recipe.entry)


def test_servers_find_its_tools() -> None:
    """By the variable that the hub sets, on both engines."""
    assert f"ENV {contract.TOOLS}={manifest.TOOLS}" in (IMAGES / "vscode" / "Dockerfile").read_text()


def test_the_folder_of_a_server_is_where_one_machine_has_it() -> None:
    """Its plan, its token and its sockets."""
    assert f"--mode=0700 {Path(contract.SANDBOX_PLAN).parent}" in (IMAGES / "base" / "Dockerfile").read_text()
    assert Path(contract.SANDBOX_PLAN).parent == Path(manifest.RUN)


def test_the_home_in_an_image_is_where_the_volume_comes() -> None:
    """Else its person would find another one."""
    assert f"ENV HOME={manifest.HOME} " in (IMAGES / "base" / "Dockerfile").read_text()
