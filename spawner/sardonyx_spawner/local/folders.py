"""A server's folders on one machine: the person's home, and a private one for plan, progress and log."""

import json
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner import contract
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import Said, _, kept
from sardonyx_spawner.local.exposed_files import append, cut, read_end, write_new
from sardonyx_spawner.local.owners import give
from sardonyx_spawner.local.removal import take_away

ID = re.compile(r"[a-z0-9]{8,64}")
DEFAULT_SERVER = "default"
FRESH_HOME, TEMPORARY = "fresh-home", "tmp"
"""Folders in a private one that go with the server."""
LOGS_KEPT = 2
LOG_BYTES = 10 << 20
"""A log that has grown beyond this is cut: a cell that prints for ever must not fill the machine."""
LOG_TAIL_BYTES = 1 << 20
LONGEST_REASON = 2000


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
        return cls(private / FRESH_HOME if fresh else homes / person, private, fresh)

    @property
    def temporary(self) -> Path:
        """What a server has as its /tmp."""
        return self.private / TEMPORARY

    def prepare(self) -> None:
        """Make the private folder, for the hub's user only, and clear away what the last server left."""
        self.private.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.private.parent.chmod(0o700)
        self.private.chmod(0o700)
        self.clear()
        for name in (contract.PROGRESS_FILE, contract.END_FILE):
            (self.private / name).unlink(missing_ok=True)
        self.temporary.mkdir(mode=0o700)

    def claim_home(self, owner: int | None = None) -> None:
        """Make the home, or make sure that it is a folder of this person's.

        Args:
            owner: number of the user that it belongs to; None = the hub's own.

        Raises:
            UserError: it is not a folder of our own; the reason names what to ask for.
        """
        try:
            self.home.mkdir(mode=0o700, exist_ok=True)
        except FileExistsError:
            raise UserError(_("Your folder here is a file. Ask the people who run this place to look at it.")) from None
        status = self.home.lstat()
        owners = {os.geteuid(), os.geteuid() if owner is None else owner}
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in owners:
            raise UserError(
                _("Your folder here is not as it should be. Ask the people who run this place to look at it.")
            )
        self.home.chmod(0o700)
        if owner is not None:
            give(self.home, owner)

    def clear(self) -> None:
        """Take away what goes with the server: its temporary files, and a fresh home."""
        for name in (TEMPORARY, FRESH_HOME):
            take_away(self.private / name)

    def remove(self) -> None:
        """Take all away that belongs to the server; the home of a person stays."""
        take_away(self.private)

    def move_to(self, new: "ServerFolders") -> None:
        """Let another server have what this one has left, in place of what was there."""
        take_away(new.private)
        with suppress(FileNotFoundError):
            self.private.rename(new.private)

    def rotate_log(self, name: str) -> Path:
        """Return the path for a new log and keep the last ones beside it."""
        path = self.private / name
        for number in range(LOGS_KEPT, 0, -1):
            older = path.with_name(f"{name}.{number - 1}") if number > 1 else path
            with suppress(FileNotFoundError):
                older.replace(path.with_name(f"{name}.{number}"))
        return path

    def cut_log(self, name: str) -> None:
        """Keep only the end of a log that has grown too long; the server goes on writing to the same file."""
        cut(self.private / name, LOG_BYTES, LOG_TAIL_BYTES)

    def add_to_log(self, name: str, text: str) -> None:
        """Add a line to a log; what is there in its place, such as a pipe, is left alone."""
        append(self.private / name, text)

    def note_end(self, reason: Said) -> None:
        """Keep why the server ended: the first to notice knows the reason, and is not the only one to ask."""
        with suppress(FileExistsError), (self.private / contract.END_FILE).open("x") as file:
            json.dump(reason.in_all(), file)

    def why_ended(self) -> str:
        """Return why the last server ended; "" if nobody noticed."""
        text = read_end(self.private / contract.END_FILE, LONGEST_REASON).decode(errors="replace")
        try:
            return kept({language: str(said) for language, said in json.loads(text).items()})
        except (ValueError, AttributeError):
            # What an earlier hub kept, in English.
            return text

    def write_plan(self, text: str, owner: int | None) -> None:
        """Write the plan in place of whatever is there; the server's user, if it has one, reads it."""
        write_new(self.private / contract.PLAN_FILE, text.encode())
        if owner is not None:
            give(self.private / contract.PLAN_FILE, owner)
