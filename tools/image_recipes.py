"""What each image is made of: its parent, and the files of this repository that go into it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
HUB, SINGLEUSER = "sardonyx_hub", "sardonyx_singleuser"
TOOLS = "tools"
WITH_PACKAGE = ("images/wheel/Dockerfile", "images/wheel/parts.py")
"""Sources of the last layer, with our own package."""
WITHOUT_PACKAGE = ("images/labels/Dockerfile",)
"""The same where there is none."""


@dataclass(frozen=True)
class Recipe:
    """An image without our own package, which is its last layer.

    Args:
        parent: the image below it; "" = a Debian from elsewhere.
        inputs: beside its folder, relative to the repository.
        wheel: the package of ours that comes on top of it; "" = nothing does.
        is_run: somebody runs it; else others are made with it.
    """

    name: str
    parent: str
    inputs: tuple[str, ...]
    wheel: str = SINGLEUSER
    is_run: bool = True

    @property
    def last(self) -> tuple[str, ...]:
        """Sources of its last layer, its Dockerfile first."""
        return WITH_PACKAGE if self.wheel else WITHOUT_PACKAGE

    @property
    def file(self) -> str:
        """Its Dockerfile, relative to the repository."""
        return f"images/{self.name}/Dockerfile"

    @property
    def sources(self) -> list[str]:
        """All files that can change it, relative to the repository."""
        paths = [ROOT / path for path in (f"images/{self.name}", *self.inputs)]
        return sorted(str(file.relative_to(ROOT)) for path in paths for file in _files(path))


ENVIRONMENTS = "hub_config/environments"
PACKAGE = "hub_config/sardonyx_hub_config"
GIVES_JARS = (
    *(f"{PACKAGE}/__init__.py", f"{PACKAGE}/jars.py"),
    *(f"extensions/services/sardonyx_services/{name}.py" for name in ("__init__", "parent")),
)
RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(TOOLS, "", ("locks/images.lock",), wheel="", is_run=False),
        Recipe("base", "", (f"{ENVIRONMENTS}/base.lock",)),
        Recipe("python", "base", (f"{ENVIRONMENTS}/python.lock",)),
        Recipe("r", "python", ()),
        Recipe("spark", "python", (f"{ENVIRONMENTS}/spark.lock", f"{ENVIRONMENTS}/spark.jars", *GIVES_JARS)),
        Recipe("vscode", "python", (f"{PACKAGE}/tools/vscode",)),
        Recipe("hub", "", ("locks/hub.lock", f"{PACKAGE}/proxy"), wheel=HUB),
        Recipe("postgresql", "", (), wheel=""),
    )
}
OFFERED = tuple(name for name, recipe in RECIPES.items() if recipe.is_run)
"""Images that somebody runs, parents first."""


def ancestry(name: str) -> list[str]:
    """Return an image and all below it, itself first."""
    found = [name]
    while parent := RECIPES[found[-1]].parent:
        found.append(parent)
    return found


def key(name: str, base: str) -> str:
    """Return a text that is another one whenever an image would be, but for our own package.

    Args:
        base: what it all stands on; another text for another one.
    """
    recipe = RECIPES[name]
    below = [key(recipe.parent, base) if recipe.parent else base]
    if name != TOOLS:
        below.append(key(TOOLS, base))
    return _digest(recipe.sources, below)


def last_sources(name: str, wheel: Path | None) -> list[str]:
    """Return what goes into the last layer of an image.

    Args:
        wheel: our package, where it has one.
    """
    return [*RECIPES[name].last, *([] if wheel is None else [str(wheel.relative_to(ROOT))])]


def key_as_run(name: str, base: str, wheel: Path | None) -> str:
    """Return the same of an image as it is run."""
    return _digest(last_sources(name, wheel), [key(name, base)])


def _digest(sources: Iterable[str], below: Iterable[str]) -> str:
    digest = hashlib.sha256("\n".join(below).encode())
    for source in sources:
        digest.update(f"\n{source}\n".encode())
        digest.update(hashlib.sha256((ROOT / source).read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file() and file.suffix != ".md"]
