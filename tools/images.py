"""Build the container images: `python tools/images.py [NAME ...] [--prefix PREFIX] [--base BASE] [...]`.

Each is built in two steps: its packages, on those of the image below it, and our own wheel as the last layer. So what
changes with each release is small, and all images share what is below.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from image_recipes import OFFERED, RECIPES, ROOT, TOOLS, ancestry, key, key_as_run, last_sources

from sardonyx_services.exclusive import exclusive

DEBIAN = "docker.io/library/debian:trixie-slim"
WHEELS = ROOT / "build" / "wheels"


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

    def build(self, file: str, context: Path, image: str, *, arguments: dict[str, str], tools: str, log: Path) -> None:
        """Build an image.

        Args:
            tools: the image that is called "tools" in the Dockerfile; "" = it has no need of one.

        Raises:
            BuildError: something in it failed; all that was said is in `log`.
        """
        command = [*self.command, "build", *self.options, "--file", str(context / file), "--tag", image]
        for name, value in arguments.items():
            command += ["--build-arg", f"{name}={value}"]
        if tools:
            # Not as a stage of the build: podman 4.3 removes an image that is a stage as it is.
            command += ["--build-context", f"tools=docker-image://{tools}"]
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
    """

    engine: Engine
    base: str
    base_key: str
    folder: Path
    revision: str = ""

    def packages(self, name: str) -> str:
        """Return an image without our own package."""
        recipe = RECIPES[name]
        image = f"localhost/sardonyx-build/{name}:{key(name, self.base_key)}"
        arguments = {"BASE": self.packages(recipe.parent) if recipe.parent else self.base}
        self._build(recipe.file, recipe.sources, image, arguments, "" if name == TOOLS else self.packages(TOOLS))
        return image

    def image(self, name: str) -> str:
        """Return an image as it is run."""
        recipe = RECIPES[name]
        wheel = built_wheel(recipe.wheel) if recipe.wheel else None
        image = f"localhost/sardonyx/{name}:{key_as_run(name, self.base_key, wheel)}"
        arguments = {"BASE": self.packages(name), "VERSION": version(), "REVISION": self.revision}
        self._build(recipe.last[0], last_sources(name, wheel), image, arguments, self.packages(TOOLS))
        return image

    def _build(self, file: str, sources: Sequence[str], image: str, arguments: dict[str, str], tools: str) -> None:
        name = image.rpartition("/")[2].partition(":")[0]
        self.folder.mkdir(parents=True, exist_ok=True)
        with exclusive(self.folder / f"{name}.lock"):
            if not self.engine.has(image):
                with context(sources) as folder:
                    log = self.folder / f"{name}.log"
                    self.engine.build(file, folder, image, arguments=arguments, tools=tools, log=log)


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
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which to build: {', '.join(OFFERED)}")
    parser.add_argument(
        "--prefix", default="localhost/sardonyx", help="of their names, such as registry.example/sardonyx"
    )
    parser.add_argument("--suffix", default="", help="of their names, such as -gpu with another base")
    parser.add_argument("--tag", default=version(), help="of their names; the version of this source")
    parser.add_argument("--base", default=DEBIAN, help="what they stand on: %(default)s, or another Debian or Ubuntu")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="write each into a file there, too")
    parser.add_argument("--option", action="append", default=[], help="for each build by podman or docker")
    told = parser.parse_args()
    if unknown := set(told.names) - set(OFFERED):
        parser.error(f"there is no image {', '.join(sorted(unknown))}. There are: {', '.join(OFFERED)}.")
    try:
        builder = Builder(engine_here(told.option), told.base, told.base, ROOT / "build" / "images", _revision())
        for name in sorted(told.names or OFFERED, key=lambda each: len(ancestry(each))):
            image = f"{told.prefix}/{name}{told.suffix}:{told.tag}"
            built = builder.image(name)
            builder.engine.tag(built, image)
            sys.stdout.write(f"{image}\n")
            if told.save:
                told.save.mkdir(parents=True, exist_ok=True)
                builder.engine.save(image, told.save / f"{name}{told.suffix}.tar")
    except BuildError as error:
        sys.stderr.write(f"Sardonyx: {error}\n")
        raise SystemExit(1) from None


def _revision() -> str:
    asked = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
