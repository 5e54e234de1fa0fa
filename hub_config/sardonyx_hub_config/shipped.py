"""Where the files that come with us are: in a checkout beside the package, in a wheel inside it."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent.parent


def shipped(name: str) -> Path:
    """Return the path of a shipped file such as "settings.yaml"."""
    inside = _PACKAGE / "shipped" / name
    return inside if inside.exists() else _PACKAGE.parent / name


def chart_file(name: str) -> Path:
    """Return the path of a file of the chart such as "values.yaml"; a wheel has those that are read here."""
    inside = _PACKAGE / "shipped" / "chart" / name
    return inside if inside.exists() else _CHECKOUT / "helm" / "sardonyx" / name


def plain_yaml(path: Path) -> Any:
    """Return what a file of ours says."""
    return YAML(typ="safe").load(path)


def singleuser_package() -> str:
    """Return what to install for the user side: the checkout's folder, else the release of the same version."""
    folder = _CHECKOUT / "extensions" / "singleuser"
    return str(folder) if (folder / "pyproject.toml").exists() else f"sardonyx-singleuser=={version('sardonyx-hub')}"
