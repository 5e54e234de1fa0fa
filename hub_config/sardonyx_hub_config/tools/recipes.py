"""What each tool is made of, and what the machine has to have for it."""

import hashlib
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from shutil import which
from typing import Literal

KERBEROS = "/usr/include/gssapi/gssapi.h"


@dataclass(frozen=True)
class Recipe:
    """How a tool is made.

    Args:
        kind: of the package.
        program: what servers start, in `bin`.
        entry: the program's file in `node_modules`, for npm's.
        needs: what has to be on the machine for it: programs, or files.
        packages: of Debian and Ubuntu that bring these.
    """

    name: str
    title: str
    kind: Literal["npm", "python"]
    program: str
    entry: str = ""
    needs: tuple[str, ...] = ()
    packages: str = ""

    @property
    def files(self) -> tuple[Traversable, ...]:
        """What fixes each of its parts by a hash."""
        folder = resources.files("sardonyx_hub_config") / "tools"
        if self.kind == "npm":
            return (folder / self.name / "package.json", folder / self.name / "package-lock.json")
        return (folder / f"{self.name}.lock",)

    @property
    def digest(self) -> str:
        """Another one for other parts."""
        found = hashlib.sha256()
        for file in self.files:
            found.update(file.read_bytes())
        return found.hexdigest()[:12]

    def missing(self) -> list[str]:
        """Return what the machine does not have."""
        return [need for need in self.needs if not (Path(need).exists() if need.startswith("/") else which(need))]


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "vscode",
            "VS Code",
            "npm",
            "code-server",
            entry="code-server/out/node/entry.js",
            # npm compiles parts of it.
            needs=("g++", "make", "python3", "pkg-config", KERBEROS),
            packages="g++ make python3 pkg-config libkrb5-dev",
        ),
        Recipe("mlflow", "MLflow", "python", "mlflow"),
    )
}
