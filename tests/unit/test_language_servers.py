"""Language servers of npm are found where npm would say, without asking it."""

from pathlib import Path

import pytest

from sardonyx_singleuser.language_servers import TRAIT, node_root_options, node_roots


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A prefix with node and npm in it, and nothing else."""
    prefix = tmp_path / "usr"
    (prefix / "bin").mkdir(parents=True)
    for name in ("node", "npm"):
        (prefix / "bin" / name).touch(0o755)
    monkeypatch.setenv("PATH", str(prefix / "bin"))
    monkeypatch.delenv("NPM_CONFIG_PREFIX", raising=False)
    return prefix


def test_the_prefix_of_node_is_looked_at(node: Path, tmp_path: Path) -> None:
    """As npm itself does, after the home and the places of the environment."""
    options = node_root_options(node_roots(tmp_path))

    assert options[0] == f"--{TRAIT}={tmp_path}"
    assert options[-2:] == [f"--{TRAIT}={node / 'lib'}", f"--{TRAIT}={node}"]


@pytest.mark.parametrize("file", [pytest.param(".npmrc", id="person"), pytest.param("usr/etc/npmrc", id="machine")])
def test_npm_is_asked_where_somebody_has_configured_it(node: Path, tmp_path: Path, file: str) -> None:
    """Its prefix may be another one."""
    assert node.exists()
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("prefix=/somewhere\n")

    assert node_roots(tmp_path) is None
    assert node_root_options(None) == []


def test_other_configuration_of_npm_changes_nothing(node: Path, tmp_path: Path) -> None:
    """Such as where packages come from."""
    (tmp_path / ".npmrc").write_text("save-exact=true\n# prefix=/somewhere\n")

    assert node_root_options(node_roots(tmp_path))[-1] == f"--{TRAIT}={node}"


def test_npm_is_asked_where_a_variable_configures_it(
    node: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in small letters."""
    assert node.exists()
    monkeypatch.setenv("npm_config_prefix", "/somewhere")

    assert node_roots(tmp_path) is None
    assert node_root_options(None) == []


def test_nothing_is_said_without_npm(node: Path, tmp_path: Path) -> None:
    """jupyter_lsp looks at the usual places."""
    (node / "bin" / "npm").unlink()

    assert node_roots(tmp_path) == []
    assert node_root_options([]) == []
