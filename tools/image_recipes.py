"""What each image is made of: its parent, and the files of this repository that go into it.

A name with a plus is an image with additions on it: "r+vscode" is VS Code on the image of R.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
HUB, SINGLEUSER = "sardonyx_hub", "sardonyx_singleuser"
TOOLS, CODE_SERVER, EXTENSIONS = "tools", "code-server", "extensions"
VSCODE = "vscode"
PLUS = "+"
USUAL = "python"
"""Additions are put on this one where no image is named."""
LOWEST = "base"
"""All that people work in stand on this one."""
WITH_PACKAGE = ("images/wheel/Dockerfile", "images/wheel/parts.py")
"""Sources of the last layer, with our own package."""
WITHOUT_PACKAGE = ("images/labels/Dockerfile",)
"""The same where there is none."""


@dataclass(frozen=True)
class Recipe:
    """An image, or an addition to some, without our own package, which is its last layer.

    Args:
        parent: the image below it; "" = a Debian from elsewhere.
        inputs: beside its folder, relative to the repository.
        wheel: the package of ours that comes on top of it; "" = nothing does.
        is_run: somebody runs it; else others are made with it.
        is_addition: it is put on any image that people work in, and has no parent of its own.
        uses: images that it is made with, called so in its Dockerfile.
    """

    name: str
    parent: str
    inputs: tuple[str, ...]
    wheel: str = SINGLEUSER
    is_run: bool = True
    is_addition: bool = False
    uses: tuple[str, ...] = (TOOLS,)

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
GIVES_EXTENSIONS = (
    *(f"{PACKAGE}/{name}.py" for name in ("__init__", "opened", "tools/__init__", "tools/extensions")),
    *(f"extensions/services/sardonyx_services/{name}.py" for name in ("__init__", "exclusive")),
)
RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(TOOLS, "", ("locks/images.lock",), wheel="", is_run=False, uses=()),
        # Compiled once, whatever it is put on.
        Recipe(CODE_SERVER, TOOLS, (f"{PACKAGE}/tools/vscode",), wheel="", is_run=False, uses=()),
        Recipe("base", "", (f"{ENVIRONMENTS}/base.lock",)),
        Recipe("python", "base", (f"{ENVIRONMENTS}/python.lock",)),
        Recipe("r", "python", ()),
        Recipe("spark", "python", (f"{ENVIRONMENTS}/spark.lock", f"{ENVIRONMENTS}/spark.jars", *GIVES_JARS)),
        Recipe(VSCODE, "", (), is_addition=True, uses=(CODE_SERVER,)),
        Recipe("mlflow", "", (f"{PACKAGE}/tools/mlflow.lock",), is_addition=True),
        # What is in it is said for each build: `image_extensions`.
        Recipe(EXTENSIONS, "", GIVES_EXTENSIONS, is_run=False, is_addition=True, uses=()),
        Recipe("hub", "", ("locks/hub.lock", f"{PACKAGE}/proxy"), wheel=HUB),
        Recipe("postgresql", "", (), wheel=""),
    )
}
OFFERED = tuple(name for name, recipe in RECIPES.items() if recipe.is_run)
"""Images that somebody runs, parents first; additions are images with the usual one below them."""
ADDITIONS = tuple(name for name in OFFERED if RECIPES[name].is_addition)
NAMED = ("hub", "postgresql", *(PLUS.join((name, VSCODE, "mlflow")) for name in ("python", "r", "spark")))
"""Those that the chart, and the settings that come with us, name: built where nobody says which."""


class ImageNameError(Exception):
    """No image can be called so; the message is for whoever builds."""


def check_name(name: str) -> None:
    """Look at the name of an image that is to be built.

    Raises:
        ImageNameError: it is none.
    """
    first, *additions = parts = name.split(PLUS)
    if unknown := [part for part in parts if part not in OFFERED]:
        images, last = ", ".join(each for each in OFFERED if each not in ADDITIONS), " and ".join(ADDITIONS)
        raise ImageNameError(
            f"there is no image '{unknown[0]}'. There are: {images}; and as additions {last}, such as r+vscode+mlflow."
        )
    if wrong := [part for part in additions if part not in ADDITIONS]:
        raise ImageNameError(
            f"{name}: {wrong[0]} is no addition. Additions are {' and '.join(ADDITIONS)}, behind the image that they go on."
        )
    if additions and LOWEST not in ancestry(first):
        raise ImageNameError(f"{name}: nobody works in {first}, so additions are of no use in it.")
    if twice := [part for part in parts if parts.count(part) > 1]:
        raise ImageNameError(f"{name}: {twice[0]} is there twice.")


def recipe_of(name: str) -> Recipe:
    """Return how the uppermost part of an image is made."""
    return RECIPES[name.rpartition(PLUS)[2]]


def below(name: str) -> str:
    """Return the image below the uppermost part of one; "" = a Debian from elsewhere."""
    lower, _plus, last = name.rpartition(PLUS)
    return lower or (USUAL if RECIPES[last].is_addition else RECIPES[last].parent)


def chain(name: str) -> list[str]:
    """Return an image and all below it, itself first."""
    found = [name]
    while lower := below(found[-1]):
        found.append(lower)
    return found


def ancestry(name: str) -> list[str]:
    """Return what an image is made of, without pluses, the uppermost first."""
    return [recipe_of(each).name for each in chain(name)]


def title(name: str) -> str:
    """Return what the label of an image with additions says, such as "r with vscode and mlflow"."""
    first, *additions = name.split(PLUS)
    image, additions = (USUAL, [first, *additions]) if RECIPES[first].is_addition else (first, additions)
    return f"{image} with {' and '.join(additions)}"


def key(name: str, base: str) -> str:
    """Return a text that is another one whenever an image would be, but for our own package.

    Args:
        base: what it all stands on; another text for another one.
    """
    recipe, lower = recipe_of(name), below(name)
    made_with = [key(each, base) for each in recipe.uses]
    return _digest(recipe.sources, [key(lower, base) if lower else base, *made_with])


def last_sources(name: str, wheel: Path | None) -> list[str]:
    """Return what goes into the last layer of an image.

    Args:
        wheel: our package, where it has one.
    """
    return [*recipe_of(name).last, *([] if wheel is None else [str(wheel.relative_to(ROOT))])]


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
