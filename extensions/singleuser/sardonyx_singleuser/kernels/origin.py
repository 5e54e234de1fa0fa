"""What a kernel is made from: the state of the process after the imports that kernels share, before the server's."""

import logging
import os
import sys
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from sardonyx_singleuser.forkserver.fingerprint import fingerprint, is_changed, package_folders

LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")
ENVIRON = "/proc/self/environ"


@dataclass(frozen=True)
class Origin:
    """See the module.

    Args:
        ordinary: names of the modules that an ordinary kernel has, too, when it is ready.
        path: where modules are searched.
        finders: who searches them.
        filters: of warnings.
        loggers: their handlers, levels and so on.
        locale: the variables of the language, as Python has found them.
        added: variables that Python and the modules have added.
        launcher: file that an ordinary kernel executes.
        made_from: what the environment was made of at that time.
        library_filters: of warnings, that libraries add when they are imported.
    """

    current: ClassVar["Origin | None"] = None

    ordinary: frozenset[str]
    path: tuple[str, ...]
    finders: tuple[Any, ...]
    filters: tuple[Any, ...]
    loggers: Mapping[str, Mapping[str, Any]]
    locale: Mapping[str, str]
    added: Mapping[str, str]
    launcher: str
    made_from: frozenset[tuple[str, int]]
    library_filters: list[Any] = field(default_factory=list)

    @classmethod
    def from_here(cls, ordinary: frozenset[str], added: Mapping[str, str]) -> "Origin":
        """Return this process's state.

        Args:
            added: variables that the modules have added to the environment.

        Raises:
            ImportError: ipykernel has no launcher.
        """
        spec = find_spec("ipykernel_launcher")
        if spec is None or spec.origin is None:
            raise ImportError("ipykernel_launcher")
        locale = variables_at_start(LOCALE)
        coerced = {name: os.environ[name] for name in LOCALE if name in os.environ and name not in locale}
        return cls(
            ordinary=ordinary,
            path=tuple(sys.path),
            finders=tuple(sys.meta_path),
            filters=tuple(warnings.filters),
            loggers={name: _logged(logger) for name, logger in _loggers().items()},
            locale=locale,
            added={**coerced, **added},
            launcher=spec.origin,
            made_from=fingerprint(package_folders()),
        )

    def is_still_true(self) -> bool:
        """Tell whether no package was changed since."""
        return not is_changed(self.made_from)

    def restore(self) -> None:
        """Take back what the server's modules have changed at their import."""
        sys.path[:] = self.path
        sys.meta_path[:] = self.finders
        # So Python forgets, too, what it has decided by the filters of before.
        warnings.resetwarnings()
        warnings.filters[:] = self.filters  # type: ignore[index]  # a list, whatever typeshed says
        for name, logger in _loggers().items():
            known = self.loggers.get(name)
            if known is not None:
                vars(logger).update({**known, "handlers": list(known["handlers"])})
            else:
                logger.handlers[:] = [held for held in logger.handlers if isinstance(held, logging.NullHandler)]
                logger.setLevel(logging.NOTSET)
                logger.propagate = True
        logging.root.setLevel(logging.root.level)  # forgets which levels were asked for

    def early_variables(self, variables: Mapping[str, str]) -> dict[str, str] | None:
        """Return what Python and the shell's modules add to the environment; None if this one has another language.

        Source: PEP 538, coercion of the C locale: Python sets LC_CTYPE for what it starts.
        """
        if any(variables.get(name) != self.locale.get(name) for name in LOCALE):
            return None
        return {name: value for name, value in self.added.items() if name not in variables}


def variables_at_start(names: Iterable[str]) -> dict[str, str]:
    """Return some variables of this process's environment as it was before Python changed it."""
    pairs = (pair.partition("=") for pair in Path(ENVIRON).read_text(errors="surrogateescape").split("\0"))
    first = {name: value for name, _, value in pairs}
    return {name: first[name] for name in names if name in first}


def _loggers() -> dict[str, logging.Logger]:
    named = {name: held for name, held in logging.root.manager.loggerDict.items() if isinstance(held, logging.Logger)}
    return {"": logging.root, **named}


def _logged(logger: logging.Logger) -> dict[str, Any]:
    return {
        "handlers": tuple(logger.handlers),
        "filters": list(logger.filters),
        "level": logger.level,
        "propagate": logger.propagate,
        "disabled": logger.disabled,
    }
