"""Where the files that come with us are: in a checkout beside the package, in a wheel inside it."""

from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent.parent


def shipped(name: str) -> Path:
    """Return the path of a shipped file such as "settings.yaml"."""
    inside = _PACKAGE / "shipped" / name
    return inside if inside.exists() else _PACKAGE.parent / name


def singleuser_package() -> str:
    """Return what to install for the user side: the checkout's folder, else the release of the same version."""
    folder = _CHECKOUT / "extensions" / "singleuser"
    return str(folder) if (folder / "pyproject.toml").exists() else f"sardonyx-singleuser=={version('sardonyx-hub')}"
