"""Finds a person's environments in their home, and looks at no more of it than a slow disk gives in a moment."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sardonyx_singleuser.environments.environment import (
    CONDA,
    MOST_BYTES,
    NAMES,
    RENV,
    VENV,
    Environment,
    is_in,
    look,
)

DEEPEST = 3
"""So many folders below the home a project may be."""
MOST_FOLDERS = 400
MOST_ENTRIES = 5000
"""In one folder; where there are more, the usual names are looked for all the same."""
MOST_FOUND = 60
POOLS = (
    ".conda/envs",
    ".mamba/envs",
    ".local/share/mamba/envs",
    ".virtualenvs",
    ".local/share/virtualenvs",
    ".cache/pypoetry/virtualenvs",
)
"""Where conda, mamba, virtualenvwrapper, pipenv and Poetry have theirs, out of sight."""
LISTED = ".conda/environments.txt"
SKIPPED = {"node_modules", "__pycache__", "site-packages", "lost+found", "snap"}


@dataclass
class Search:
    """One search of one home.

    Args:
        home: without links in it.
        looked_at: how many folders were listed.
        is_whole: nothing was left out because there was too much.
    """

    home: Path
    looked_at: int = 0
    is_whole: bool = True
    _found: dict[str, Environment] = field(default_factory=dict)

    def run(self) -> list[Environment]:
        """Return what is found, in the order of its place."""
        for folder in self._known():
            self._take(folder)
        # The nearest first: where there is too much, what is far below is left out.
        waiting = deque([(self.home, 0)])
        while waiting and self._goes_on():
            folder, depth = waiting.popleft()
            names, below = self._list(folder)
            if depth and names & {VENV, CONDA, RENV[0]} and self._take(folder) and RENV[0] not in names:
                waiting.extend((inner, depth) for inner in self._envs(folder, names))
                continue
            for name in names & set(NAMES):
                self._take(folder / name)
            if depth < DEEPEST:
                waiting.extend((folder / name, depth + 1) for name in below)
        return sorted(self._found.values(), key=lambda environment: environment.place)

    def _goes_on(self) -> bool:
        if self.looked_at < MOST_FOLDERS and len(self._found) < MOST_FOUND:
            return True
        self.is_whole = False
        return False

    def _take(self, folder: Path) -> bool:
        """Keep the environment that a folder is; tell whether it is one."""
        try:
            environment = look(folder, self.home)
        except OSError:
            return False
        if environment is not None and len(self._found) < MOST_FOUND:
            self._found[environment.place] = environment
        return environment is not None

    def _list(self, folder: Path) -> tuple[set[str], list[str]]:
        """Return the names in a folder, and those of the folders in it that may be projects."""
        self.looked_at += 1
        names, below = set(), []
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in islice(entries, MOST_ENTRIES):
                names.add(entry.name)
                # Links are not followed: each folder is looked at once.
                if not entry.name.startswith(".") and entry.name not in SKIPPED and entry.is_dir(follow_symlinks=False):
                    below.append(entry.name)
        if len(names) == MOST_ENTRIES:
            self.is_whole = False
            names |= {name for name in (*NAMES, VENV, CONDA, RENV[0]) if os.path.lexists(folder / name)}
        # What renv has in a project is thousands of folders of packages.
        return names, sorted(set(below) - set(NAMES) - ({"renv"} if RENV[0] in names else set()))

    def _envs(self, folder: Path, names: set[str]) -> Iterator[Path]:
        """Yield what may be further environments in a conda that is installed in the home."""
        if CONDA in names and "envs" in names:
            yield from (folder / "envs" / name for name in self._list(folder / "envs")[1])

    def _known(self) -> list[Path]:
        """Return what need not be searched for: the folders with many of them, and what conda has written down."""
        found = []
        for pool in (self.home / name for name in POOLS):
            if is_in(pool, self.home):
                found += [pool / name for name in self._list(pool)[1]]
        with suppress(OSError, ValueError):
            listed = self.home / LISTED
            if is_in(listed, self.home) and listed.is_file():
                with listed.open() as file:
                    lines = file.read(MOST_BYTES).splitlines()
                # Conda writes them as the home was called then, which may have been by a link.
                found += [Path(line).resolve() for line in lines[:MOST_FOUND] if line.startswith("/")]
        return found
