"""A server's folders on one machine: the person's home, and a private one for plan, progress and log."""

import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner.errors import UserError

ID = re.compile(r"[a-z0-9]{8,64}")
DEFAULT_SERVER = "default"
LOGS_KEPT = 2


@dataclass(frozen=True)
class ServerFolders:
    """Where one server of one person lives.

    Args:
        home: the person's files, or a fresh folder that goes with the server.
        private: plan, progress, token and log of this server.
    """

    home: Path
    private: Path
    fresh: bool = False

    @classmethod
    def of(cls, homes: Path, servers: Path, person: str, server: str, *, fresh: bool) -> "ServerFolders":
        """Return the folders for a person's immutable id and a server's name ("" = the default one).

        Raises:
            ValueError: the id or the name could leave the data folder; both are made by us, so this is a bug.
        """
        if ID.fullmatch(person) is None or "/" in server or server in {".", ".."}:
            raise ValueError(f"not a person's id and a server's name: {person!r}, {server!r}")
        # A named server cannot be called like the default one's folder: the colon is in no server name.
        private = servers / person / (f"named:{server}" if server else DEFAULT_SERVER)
        return cls(private / "fresh-home" if fresh else homes / person, private, fresh)

    def prepare(self) -> None:
        """Make both folders, for the owner only.

        Raises:
            UserError: the home is not a folder of our own; the reason names what to ask for.
        """
        self.private.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.private.parent.chmod(0o700)
        self.private.chmod(0o700)
        if self.fresh:
            shutil.rmtree(self.home, ignore_errors=True)
        try:
            self.home.mkdir(mode=0o700, exist_ok=True)
        except FileExistsError:
            raise UserError("Your folder here is a file. Ask the people who run this place to look at it.") from None
        status = self.home.lstat()
        if stat.S_ISLNK(status.st_mode) or not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise UserError("Your folder here is not as it should be. Ask the people who run this place to look at it.")
        self.home.chmod(0o700)

    def clear(self) -> None:
        """Remove what goes with the server: a fresh home."""
        if self.fresh:
            shutil.rmtree(self.home, ignore_errors=True)

    def rotate_log(self, name: str) -> Path:
        """Return the path for a new log and keep the last ones beside it."""
        path = self.private / name
        for number in range(LOGS_KEPT, 0, -1):
            older = path.with_name(f"{name}.{number - 1}") if number > 1 else path
            if older.exists():
                older.replace(path.with_name(f"{name}.{number}"))
        return path
