"""Build the container images: `python tools/images.py [NAME[+ADDITION ...] ...] [--prefix PREFIX] [--base BASE] [...]`.

Each is built in two steps: its packages, on those of the image below it, and our own wheel as the last layer. So what
changes with each release is small, and all images share what is below.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from image_extensions import Extensions
from image_recipes import (
    ADDITIONS,
    EXTENSIONS,
    NAMED,
    OFFERED,
    PLUS,
    ROOT,
    TOOLS,
    VSCODE,
    ImageNameError,
    ancestry,
    below,
    chain,
    check_name,
    key,
    key_as_run,
    last_sources,
    recipe_of,
    title,
)

from sardonyx_hub_config.tools.extensions import ExtensionError
from sardonyx_services.exclusive import exclusive

DEBIAN = "docker.io/library/debian:trixie-slim"
WHEELS = ROOT / "build" / "wheels"
NO_EXTENSIONS = Extensions()


class BuildError(Exception):
    """An image cannot be built; the message is for whoever builds."""


@dataclass(frozen=True)
class Engine:
    """What builds images.

    Args:
        command: of podman or docker, with options for all it does.
        options: for each build.
    """

    command: tuple[str, ...]
    options: tuple[str, ...] = ()

    def has(self, image: str) -> bool:
        """Tell whether an image is there."""
        asked = [*self.command, "image", "inspect", image]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    def tag(self, image: str, name: str) -> None:
        """Give an image another name."""
        subprocess.run([*self.command, "tag", image, name], check=True)

    def save(self, image: str, file: Path) -> None:
        """Write an image into a file that container runtimes can import."""
        unfinished = file.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        told = ["--format=docker-archive"] if Path(self.command[0]).name == "podman" else []
        subprocess.run(
            [*self.command, "save", *told, "--output", str(unfinished), image], check=True, capture_output=True
        )
        unfinished.replace(file)

    def build(
        self,
        file: str,
        context: Path,
        image: str,
        *,
        arguments: Mapping[str, str],
        log: Path,
        uses: Mapping[str, str] | None = None,
    ) -> None:
        """Build an image.

        Args:
            uses: other images, by what they are called in the Dockerfile.

        Raises:
            BuildError: something in it failed; all that was said is in `log`.
        """
        command = [*self.command, "build", *self.options, "--file", str(context / file), "--tag", image]
        for name, value in arguments.items():
            command += ["--build-arg", f"{name}={value}"]
        for name, other in (uses or {}).items():
            # Not as a stage of the build: podman 4.3 removes an image that is a stage as it is.
            command += ["--build-context", f"{name}=docker-image://{other}"]
        with log.open("wb") as output:
            result = subprocess.run([*command, str(context)], stdout=output, stderr=subprocess.STDOUT, check=False)
        if result.returncode != 0:
            last = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise BuildError(f"{file} could not be built. The whole story is in {log}; it ends with:\n{last}")


@dataclass(frozen=True)
class Builder:
    """Builds what is not there yet.

    Args:
        base: the Debian, or what comes of it, that all stands on.
        base_key: another one for another content of it.
        folder: for logs, and what keeps two of us from the same work.
        revision: of the source, for the images' labels.
        extensions: for each image that has VS Code.
    """

    engine: Engine
    base: str
    base_key: str
    folder: Path
    revision: str = ""
    extensions: Extensions = NO_EXTENSIONS

    def packages(self, name: str) -> str:
        """Return an image without our own package."""
        recipe, lower = recipe_of(name), below(name)
        image = f"localhost/sardonyx-build/{_repository(name)}:{key(name, self.base_key)}{self._key(name)}"
        arguments = {"BASE": self.packages(lower) if lower else self.base}
        if recipe.name in ADDITIONS:
            arguments["TITLE"] = title(name)
        extensions = self.extensions if recipe.name == EXTENSIONS else NO_EXTENSIONS
        self._build(recipe.file, recipe.sources, image, arguments=arguments, uses=recipe.uses, extensions=extensions)
        return image

    def image(self, name: str) -> str:
        """Return an image as it is run."""
        content = f"{name}{PLUS}{EXTENSIONS}" if self.extensions.wanted and VSCODE in ancestry(name) else name
        recipe = recipe_of(name)
        wheel = built_wheel(recipe.wheel) if recipe.wheel else None
        tag = f"{key_as_run(content, self.base_key, wheel)}{self._key(content)}"
        image = f"localhost/sardonyx/{_repository(content)}:{tag}"
        arguments = {"BASE": self.packages(content), "VERSION": version(), "REVISION": self.revision}
        self._build(recipe.last[0], last_sources(name, wheel), image, arguments=arguments, uses=(TOOLS,))
        return image

    def _key(self, name: str) -> str:
        return f"-{self.extensions.key()}" if recipe_of(name).name == EXTENSIONS else ""

    def _build(
        self,
        file: str,
        sources: Sequence[str],
        image: str,
        *,
        arguments: Mapping[str, str],
        uses: Iterable[str],
        extensions: Extensions = NO_EXTENSIONS,
    ) -> None:
        name = image.rpartition("/")[2].partition(":")[0]
        others = {each: self.packages(each) for each in uses}
        self.folder.mkdir(parents=True, exist_ok=True)
        with exclusive(self.folder / f"{name}.lock"):
            if not self.engine.has(image):
                with context(sources) as folder:
                    extensions.give(folder)
                    log = self.folder / f"{name}.log"
                    self.engine.build(file, folder, image, arguments=arguments, uses=others, log=log)


def _repository(name: str) -> str:
    # A plus is no letter of a repository's name.
    return name.replace(PLUS, "-")


def built_wheel(package: str) -> Path:
    """Return a wheel of ours.

    Raises:
        BuildError: it was not built.
    """
    found = list(WHEELS.glob(f"{package}-*.whl"))
    if len(found) != 1:
        raise BuildError(f"the wheel of {package} is not in {WHEELS}. Build both with: make images.")
    return found[0]


def version() -> str:
    """Return the version of this source."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


@contextmanager
def context(sources: Iterable[str]) -> Iterator[Path]:
    """Give a folder with these files of the repository and no other: nothing else can get into an image."""
    with tempfile.TemporaryDirectory(prefix="sardonyx-image-") as folder:
        for source in sources:
            target = Path(folder, source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / source, target)
        yield Path(folder)


def engine_here(options: Sequence[str]) -> Engine:
    """Return podman, or else docker.

    Raises:
        BuildError: there is neither.
    """
    if shutil.which("podman"):
        # Docker's format, since that of OCI has no place for the shell that the Dockerfiles name.
        return Engine(("podman",), ("--format=docker", "--layers=false", *options))
    if shutil.which("docker"):
        return Engine(("docker",), tuple(options))
    raise BuildError(
        "there is neither podman nor docker here. Install one, on Debian and Ubuntu: apt-get install podman."
    )


def main() -> None:
    """Build the images that are named, or all of them."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"which to build: {', '.join(OFFERED)}; with {' and '.join(ADDITIONS)} behind others, such as r+vscode+mlflow;"
        f" none: {', '.join(NAMED)}",
    )
    parser.add_argument(
        "--extension",
        action="append",
        default=[],
        metavar="EXTENSION",
        help="of VS Code, for everybody: its name on Open VSX, such as ms-python.python, or a file of type .vsix",
    )
    parser.add_argument(
        "--prefix", default="localhost/sardonyx", help="of their names, such as registry.example/sardonyx"
    )
    parser.add_argument("--suffix", default="", help="of their names, such as -gpu with another base")
    parser.add_argument("--tag", default=version(), help="of their names; the version of this source")
    parser.add_argument("--base", default=DEBIAN, help="what they stand on: %(default)s, or another Debian or Ubuntu")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="write each into a file there, too")
    parser.add_argument("--option", action="append", default=[], help="for each build by podman or docker")
    told = parser.parse_args()
    names = told.names or NAMED
    try:
        for name in names:
            check_name(name)
        extensions = Extensions(tuple(told.extension))
    except (ImageNameError, ExtensionError) as error:
        parser.error(str(error))
    if extensions.wanted and not any(VSCODE in ancestry(name) for name in names):
        parser.error(f"--extension: none of {', '.join(names)} has VS Code. Name one that has it, such as r+vscode.")
    try:
        folder = ROOT / "build" / "images"
        builder = Builder(engine_here(told.option), told.base, told.base, folder, _revision(), extensions)
        for name in sorted(names, key=lambda each: len(chain(each))):
            image = f"{told.prefix}/{_repository(name)}{told.suffix}:{told.tag}"
            built = builder.image(name)
            builder.engine.tag(built, image)
            sys.stdout.write(f"{image}\n")
            if told.save:
                told.save.mkdir(parents=True, exist_ok=True)
                builder.engine.save(image, told.save / f"{_repository(name)}{told.suffix}.tar")
    except BuildError as error:
        sys.stderr.write(f"Sardonyx: {error}\n")
        raise SystemExit(1) from None


def _revision() -> str:
    asked = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
