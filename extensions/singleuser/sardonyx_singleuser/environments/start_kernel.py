"""Runs an IPython kernel in an environment of the person's own: started by the Python of that environment.

Only the standard library, and what the environment has: nothing of Sardonyx is in it, and it may be an older Python.
"""

import os
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path
from runpy import run_path

PACKAGES = "SARDONYX_KERNEL_PACKAGES"
"""Names the folder with ipykernel and what it needs; "" = the environment has it itself."""
PORTS = Path(__file__).parents[1] / "kernels" / "ports.py"
SAYS = "SARDONYX_KERNEL_SAYS"
"""Names the open file to which it says that it is there, or what went wrong."""


def main() -> None:
    """Import the kernel, say so, and be it."""
    # As ipykernel_launcher does it: neither this file's folder nor the notebook's has what is imported now.
    del sys.path[0]
    packages, says = os.environ.pop(PACKAGES, ""), int(os.environ.pop(SAYS))
    own = Path(sysconfig.get_path("purelib"))
    if not own.is_dir():
        # pip removes it with the last package; what is installed next could not be imported.
        with suppress(OSError):
            own.mkdir(parents=True)
            sys.path.append(str(own))
    if packages:
        # Behind all others: what the environment has itself, in whatever version, comes first.
        sys.path.append(packages)
    do_without_ports()
    try:
        from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415 - found only now
    except Exception as error:
        say(says, f"{type(error).__name__}: {error}")
        raise
    say(says, "ready")
    app = IPKernelApp.instance()
    app.initialize()
    give_pip(app.shell)
    app.start()


def do_without_ports() -> None:
    """Replace what opens ports in this environment's ipykernel, as in the server's own."""
    run_path(str(PORTS))["do_without"]()


def say(file: int, line: str) -> None:
    """Tell the server a line, the only one."""
    os.write(file, (" ".join(line.split()) + "\n").encode(errors="replace"))
    os.close(file)


def give_pip(shell: object) -> None:
    """Let `%pip` work where no pip is in the environment, as uv makes them: by the one that is first on the PATH."""
    from gettext import translation  # noqa: PLC0415 - as the next
    from importlib.util import find_spec  # noqa: PLC0415 - not before the path is right

    if find_spec("pip") is not None:
        return

    def pip(line: str) -> None:
        """Install packages into this environment."""
        shell.system("pip " + line)  # type: ignore[attr-defined]
        language = os.environ.get("SARDONYX_LANGUAGE", "")
        _ = translation("sardonyx", str(Path(__file__).parents[1] / "locale"), [language], fallback=True).gettext
        sys.stdout.write(_("Note: you may need to restart the kernel to use updated packages.") + "\n")

    shell.register_magic_function(pip, "line", "pip")  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
