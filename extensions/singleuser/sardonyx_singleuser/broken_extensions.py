"""Extensions of the server that could not be loaded: which, why, and a way to try one again. Jupyter Server only logs it."""

import importlib
import logging
import sys
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

BROKEN = "sardonyx_broken_extensions"
"""Under this name the web application knows them."""
SAID_OF_ONE = "%s | "
"""What Jupyter Server's extension manager (2.21) says of an extension begins so, with its name as the first value."""
MOST_LINES, MOST_IN_A_LINE = 30, 500


@dataclass(frozen=True)
class Broken:
    """One that could not be loaded.

    Args:
        name: of its module.
        why: a sentence, or what Python says.
        said: the last lines of what stands in the server's log.
    """

    name: str
    why: str
    said: str

    @classmethod
    def by(cls, name: str, error: BaseException) -> "Broken":
        """Return one, by what was raised."""
        lines = "".join(traceback.format_exception(error)).splitlines()[-MOST_LINES:]
        text = " ".join(str(error).split())
        # Many exceptions say no more than a name: KeyError: 'x'.
        why = text if " " in text else f"{type(error).__name__}: {text}".rstrip(": ")
        return cls(name, why[:MOST_IN_A_LINE], "\n".join(line[:MOST_IN_A_LINE] for line in lines))


class BrokenExtensions(logging.Filter):
    """Those of a server; hears of them by what is logged, for what is not told to anybody else."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Broken] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything be logged."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and str(record.msg).startswith(SAID_OF_ONE) and isinstance(record.args, tuple):
            self.add(str(record.args[0]), error)
        return True

    def add(self, name: str, error: BaseException) -> None:
        """Remember one; the first reason is the one from which others follow."""
        self._known.setdefault(name, Broken.by(name, error))

    def told(self) -> list[Mapping[str, str]]:
        """Return what JupyterLab is told."""
        return [asdict(broken) for broken in self._known.values()]

    async def try_again(self, manager: Any, name: str) -> Broken | None:
        """Load one anew, from files that may have changed; return what is wrong with it now.

        Args:
            manager: Jupyter Server's own, of extensions.

        Raises:
            KeyError: it is none of these.
        """
        del self._known[name]
        for module in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
            del sys.modules[module]
        importlib.invalidate_caches()
        manager.extensions.pop(name, None)
        manager.linked_extensions.pop(name, None)
        # Whatever goes wrong is logged, and heard; what wants to end the server is kept from it.
        try:
            if manager.add_extension(name, enabled=True):
                manager.link_extension(name)
                manager.load_extension(name)
                await manager.start_extension(name)
        except SystemExit as error:
            self.add(name, error)
        return self._known.get(name)
