"""Servers that a hub started and did not live to write down: found by a file beside their plan, and ended."""

from collections.abc import Collection
from pathlib import Path

from sardonyx_spawner.local.exposed_files import read_end, write_new
from sardonyx_spawner.local.process import ProcessId, end_namespace, is_first_of_namespace

FILE = "process"
PATIENCE_S = 2.0


def note(private: Path, process: ProcessId) -> None:
    """Write down which process is the server of a private folder."""
    write_new(private / FILE, f"{process.pid} {process.began}".encode())


def forget(private: Path) -> None:
    """Take the note away."""
    (private / FILE).unlink(missing_ok=True)


async def end_leftover(private: Path) -> bool:
    """End the server that still runs for a private folder, if there is one; tell whether there was."""
    process = noted(private)
    forget(private)
    if process is None or not is_first_of_namespace(process):
        return False
    await end_namespace(process, PATIENCE_S)
    return True


async def end_leftovers(servers: Path, known: Collection[ProcessId]) -> int:
    """End all servers that the hub does not know; return how many there were."""
    return sum([await end_leftover(private) for private in _private_folders(servers) if noted(private) not in known])


def _private_folders(servers: Path) -> list[Path]:
    return [file.parent for file in servers.glob(f"*/*/{FILE}")]


def noted(private: Path) -> ProcessId | None:
    """Return the process that was written down as the server of a private folder."""
    try:
        pid, began = read_end(private / FILE, 100).split()
        return ProcessId(int(pid), int(began))
    except ValueError:
        return None
