"""Keeps ipykernel from opening ports: with sockets in the server's private folder for its messages, it has none then.

Only the standard library, and what the kernel's environment has: an ipykernel from 6.0 on, and maybe an older Python.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

WITHOUT = {"debugger": "Nothing is debugged.", "output": "What its forks print comes through a port."}
"""What is replaced, the first one before ipykernel's kernel is imported; and what is so where it cannot be."""


def do_without() -> None:
    """Replace what opens them; where that cannot be, the log says what is so then."""
    for name, without in WITHOUT.items():
        try:
            _ours(name).install()
        except Exception as error:  # noqa: BLE001 - of whatever ipykernel it is
            theirs = sys.modules.get("ipykernel.debugger")
            if name == "debugger" and theirs is not None:
                theirs._is_debugpy_available = False  # type: ignore[attr-defined]  # noqa: SLF001 - it asks for that
            sys.stderr.write(f"Sardonyx: the {name} of this ipykernel is another one ({error}). {without}\n")


def _ours(name: str) -> ModuleType:
    """Return a module of this folder, which is not searched: it may be outside of the kernel's environment."""
    spec = spec_from_file_location(f"sardonyx_singleuser_{name}", Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
