"""What those who lead a class say to servers: words for JupyterLab to show, and what to do with the material."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import uuid4

from sardonyx_singleuser.git.clone import Fetched, place_name
from sardonyx_singleuser.git.coming import Coming, fetch_all, say_when_here
from sardonyx_singleuser.git.command import PATIENCE_S, Git, GitError
from sardonyx_singleuser.git.material import KeptError, put_back
from sardonyx_singleuser.git.note import add_to_note
from sardonyx_singleuser.handed_out import put
from sardonyx_singleuser.language import _
from sardonyx_singleuser.plan import Repository

WORDS = "sardonyx_words"
"""Under this name the web application has them."""
MOST = 20
"""So many of the latest are kept."""
LONGEST = 1000


@dataclass(frozen=True)
class Word:
    """Something that was said.

    Args:
        id: another one for each word, so that no window shows it twice.
        at: seconds since 1970.
        said_by: whom people call so.
        asker: name of who asks to be let into this server; "" = nobody does.
    """

    id: str
    at: float
    said_by: str
    text: str
    asker: str = ""


@dataclass
class Words:
    """The words of this server, the latest last; they go with it.

    Args:
        turn: one git at a time, whoever asks for it.
        coming: repositories that are on their way beside it.
    """

    home: Path
    repositories: Sequence[Repository]
    turn: asyncio.Lock
    said: list[Word] = field(default_factory=list)
    coming: Sequence[Coming] = ()

    def add(self, said_by: str, text: str, asker: str = "") -> None:
        """Keep a word until the windows of this server have shown it."""
        self.said = [*self.said, Word(uuid4().hex, time.time(), said_by, text, asker)][-MOST:]

    def say_when_here(self, coming: Iterable[Coming]) -> None:
        """Let repositories go on arriving, and say of each when it is there."""
        coming = list(coming)
        self.coming = [*(each for each in self.coming if each.is_under_way), *coming]
        say_when_here(coming, self.add, partial(add_to_note, self.home))

    def on_its_way(self, repository: Repository) -> Coming | None:
        """Return the repository of the same address and folder that is on its way; None = there is none."""

        def where(one: Repository) -> tuple[str, str]:
            return one.url, place_name(one)

        every = (each for each in self.coming if each.is_under_way)
        return next((each for each in every if where(each.repository) == where(repository)), None)

    async def bring(self, said_by: str) -> str:
        """Bring the material of this server up to date, and say what is new; return what is not, and why."""
        # git does not go well with another git in the same folder.
        async with self.turn:
            new, fetched = await asyncio.to_thread(self._bring)
        aside = [file for each in fetched for file in each.set_aside]
        problems = [each.problem for each in fetched if each.problem]
        text = " ".join(
            (
                *([_("There is new material: {names}.").format(names=", ".join(new))] if new else []),
                *(
                    [_("Beside new files are yours, or new ones beside yours: {files}.").format(files=", ".join(aside))]
                    if aside
                    else []
                ),
                *problems,
            )
        )
        if text:
            self.add(said_by, text)
        return " ".join(problems)

    async def put_back(self, said_by: str, path: str, folder: str = "") -> str:
        """Put a file of the material back as it was brought, with the person's own beside it; return why not, "" = it is.

        Args:
            folder: of the repository that has it; "" = the first one that does.
        """
        async with self.turn:
            return await asyncio.to_thread(self._put_back, said_by, path, folder)

    async def hand_out(self, said_by: str, name: str, content: bytes) -> str:
        """Put a file beside what the person has, where JupyterLab opens; return why not, "" = it is there."""
        async with self.turn:
            return await asyncio.to_thread(self._hand_out, said_by, name, content)

    def _hand_out(self, said_by: str, name: str, content: bytes) -> str:
        folders = [self.home / place_name(each) for each in self.repositories]
        folder = next(filter(Path.is_dir, folders), self.home)
        try:
            there = put(folder, name, content)
        except OSError:
            return _("“{name}” cannot be put there now: there is no room, or the folder cannot be written.").format(
                name=name
            )
        where = str((folder / there).relative_to(self.home))
        if there == name:
            self.add(said_by, _("There is a new file: “{path}”.").format(path=where))
        else:
            said = _("There is a new file: “{path}”. Yours of the name “{name}” is as it was.")
            self.add(said_by, said.format(path=where, name=name))
        return ""

    def _put_back(self, said_by: str, path: str, wanted: str) -> str:
        why = _("This server has no material.")
        if wanted:
            why = _(
                "This server has no material in “{folder}”. What was added since its start comes with its next one."
            ).format(folder=wanted)
        for each in (each for each in self.repositories if each.is_material and wanted in {"", place_name(each)}):
            folder = self.home / place_name(each)
            if not (folder / ".git").exists():
                why = _(
                    "All of “{folder}” is gone, which has the material. Bring new material, then it is there again."
                )
                why = why.format(folder=folder.name)
                continue
            try:
                aside = put_back(Git(folder, time.monotonic() + PATIENCE_S), path)
            except KeptError as error:
                why = str(error)
            except (GitError, OSError):
                why = _("“{path}” cannot be put back now: something in its folder is in the way.").format(path=path)
            else:
                shown = f"{wanted}/{path}" if wanted else path
                said = _("“{path}” is as it is in the material again.").format(path=shown)
                own = _("What you wrote is beside it, in “{aside}”.").format(aside=aside) if aside else ""
                self.add(said_by, f"{said} {own}".strip())
                return ""
        return why

    def _bring(self) -> tuple[list[str], list[Fetched]]:
        """Return the names of what is new, and what became of each."""
        on_their_way = {place_name(each.repository) for each in self.coming if each.is_under_way}
        here = [each for each in self.repositories if place_name(each) not in on_their_way]
        names = [place_name(each) for each in here]
        before = [_commit(self.home / name) for name in names]
        fetched, coming = fetch_all(here, self.home, is_news=True)
        self.say_when_here(coming)
        found = zip(names, before, fetched, strict=True)
        return [name for name, commit, each in found if _commit(each.folder) != commit], fetched


def _commit(folder: Path) -> str:
    return Git(folder).line("rev-parse", "HEAD") if (folder / ".git").exists() else ""
