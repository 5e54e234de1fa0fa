"""A command is there at once: it imports what it needs, and neither JupyterHub nor what changes tables."""

import subprocess
import sys

from sardonyx_hub_config.cli import COMMANDS

ARE_PART_OF_IT = {"database", "hub", "proxy"}
"""They move the hub's own tables, or become the hub."""
LOADED = "import sys; from importlib import import_module; [import_module(name) for name in sys.argv[1:]]; print(*sys.modules)"


def test_no_command_imports_jupyterhub_or_alembic() -> None:
    """It took a third of the time of each command for classes, for the name of a scope."""
    modules = {f"sardonyx_hub_config.{module}" for name, (module, *_) in COMMANDS.items() if name not in ARE_PART_OF_IT}

    loaded = subprocess.run([sys.executable, "-c", LOADED, *modules], check=True, capture_output=True, text=True).stdout

    assert modules <= set(loaded.split())
    assert {"jupyterhub", "alembic", "kubernetes_asyncio"} & set(loaded.split()) == set()
