"""Modules that are in memory already, and are given out when they are imported: as if they had been imported only then.

So `sys.modules` is an ordinary kernel's, and a person's own `secrets.py` is found before the library's, as usual.
"""

import ctypes
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, ModuleSpec, PathFinder
from types import FunctionType, ModuleType
from typing import Any, ClassVar

MODULES = {*SOURCE_SUFFIXES, *EXTENSION_SUFFIXES}
BUILT_IN = {None, "built-in", "frozen"}
"""Origins of modules that no file of the same name can be found before."""
THREADS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
"""What OpenBLAS reads when it is loaded, the first that is set counts (its README, "Setting the number of threads")."""
SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)
READ_HOME = ("send2trash",)
"""Packages that have read another home at their import: who imports one, imports it anew."""


class Preimported(MetaPathFinder, Loader):
    """Finds modules in memory, where a search would have found the same file.

    Args:
        ordinary: names of the modules that stay where they are.
        filters: of warnings that numpy adds at its import.
    """

    current: ClassVar["Preimported | None"] = None

    def __init__(self, ordinary: frozenset[str], filters: Sequence[Any]) -> None:
        found = [name for name in sys.modules if name not in ordinary and _has_file(name)]
        self._left = [name for name in found if name.partition(".")[0] in READ_HOME]
        self._held = {name: sys.modules[name] for name in found if name not in self._left}
        self._needs = needs()
        self._filters = filters
        self._given: list[str] = []

    def take_away(self) -> None:
        """Hide the modules until they are imported."""
        for name in (*self._held, *self._left):
            sys.modules.pop(name, None)
        where = next((n for n, finder in enumerate(sys.meta_path) if finder is PathFinder), len(sys.meta_path))
        sys.meta_path.insert(where, self)

    def held(self, name: str) -> ModuleType | None:
        """Return a module that is hidden; None = it is not, or there is none."""
        return self._held.get(name)

    def shadowed_in(self, folder: str) -> str:
        """Return a file or package of a folder that would be imported instead of one of the modules; "" if there is none."""
        packages = {name.partition(".")[0] for name in self._held}
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                name, dot, suffix = entry.name.partition(".")
                if name in packages and (dot + suffix in MODULES if dot else _is_package(entry.path)):
                    return entry.name
        return ""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a specification that gives out the module; None if there is none, or another would be found."""
        module = self._held.get(fullname)
        origin = getattr(getattr(module, "__spec__", None), "origin", None)
        if module is None or origin is None:
            return None
        found = PathFinder.find_spec(fullname, path)
        if found is None or found.origin != origin:
            return None
        return ModuleSpec(fullname, self, origin=origin, is_package=hasattr(module, "__path__"))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module, and put back all that it needs."""
        module = self._held[spec.name]
        spec.loader_state = module.__spec__
        left = [spec.name]
        while left:
            name = left.pop()
            if name in self._held:
                sys.modules.setdefault(name, self._held.pop(name))
                left += self._needs[name]
                self._given.append(name)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Do what its import would have done to this process; its code has run already."""
        spec = module.__spec__
        if spec is not None:
            module.__spec__ = spec.loader_state
        given, self._given = self._given, []
        if "numpy" in given:
            filters = [*self._filters, *warnings.filters]
            # So Python forgets, too, what it has decided by the filters of before.
            warnings.resetwarnings()
            warnings.filters[:] = filters  # type: ignore[index]  # a list, whatever typeshed says
            adopt_numpy()
        if "multiprocessing.process" in given:
            # Its children begin in the folder that was the working one when it was imported.
            sys.modules["multiprocessing.process"].ORIGINAL_DIR = os.getcwd()  # type: ignore[attr-defined]  # noqa: PTH109


def needs() -> dict[str, tuple[str, ...]]:
    """Return for each module the ones that it has taken something from, and the package that it is in."""
    found = {}
    for name, module in list(sys.modules.items()):
        taken = {name.rpartition(".")[0]}
        for value in list(vars(module).values()) if isinstance(module, ModuleType) else ():
            if isinstance(value, ModuleType):
                taken.add(value.__name__)
            elif isinstance(value, (type, FunctionType)):
                taken.add(str(value.__module__))
        found[name] = tuple(sorted(taken & sys.modules.keys()))
    return found


def _is_package(path: str) -> bool:
    return os.path.isfile(os.path.join(path, "__init__.py"))  # noqa: PTH113, PTH118 - for each entry of a folder


def _has_file(name: str) -> bool:
    module = sys.modules[name]
    return isinstance(module, ModuleType) and name != "__main__" and _origin(module) not in BUILT_IN


def _origin(module: ModuleType) -> str | None:
    spec = module.__spec__
    # One without a specification was made by another module, and goes with it.
    return "made" if spec is None else spec.origin


def adopt_numpy() -> None:
    """Give this process random numbers of its own, and as many threads as its environment says."""
    sys.modules["numpy"].random.seed()
    wanted = next((os.environ[name] for name in THREADS if os.environ.get(name, "").isdigit()), "")
    count = int(wanted or 0) or len(os.sched_getaffinity(0))
    for setter in _setters():
        setter(ctypes.c_int(count))


def _setters() -> list[Any]:
    with open("/proc/self/maps") as maps:  # noqa: PTH123 - read line by line
        libraries = {line.split(maxsplit=5)[-1].strip() for line in maps if "openblas" in line}
    found = []
    for library in sorted(libraries):
        with suppress(OSError):
            loaded = ctypes.CDLL(library)
            found += [getattr(loaded, name) for name in SETTERS if hasattr(loaded, name)][:1]
    return found
