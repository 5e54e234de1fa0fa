"""Material of a class, on a real git server."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from support.git_server import Forge

WHO = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]


@dataclass
class Material:
    """A repository, and a clone of it in which somebody writes."""

    work: Path
    url: str

    def write(self, **files: str) -> None:
        """Commit files, and push them."""
        for name, text in files.items():
            (self.work / f"{name}.txt").write_text(text)
        for command in (["add", "."], [*WHO, "commit", "-qm", "More"], ["push", "-q", "origin", "main"]):
            subprocess.run(["git", *command], cwd=self.work, check=True)

    def commit(self) -> str:
        """Return the name of the last commit."""
        return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=self.work, text=True).strip()


def new_material(forge: Forge, **files: str) -> Material:
    """Make a repository of a forge, with a first commit."""
    folder = Path(mkdtemp(dir=forge.folder))
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder / "course.git")], check=True)
    subprocess.run(["git", "clone", "-q", str(folder / "course.git"), str(folder / "work")], check=True)
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=folder / "course.git", check=True)
    found = Material(folder / "work", f"{forge.url}/{folder.name}/course.git")
    found.write(**files)
    return found
