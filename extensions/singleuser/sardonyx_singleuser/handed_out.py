"""A file that those who lead a class hand out, put beside what its person has."""

from pathlib import Path, PurePosixPath

from sardonyx_singleuser.git.material import free_name

LARGEST = 1 << 20
"""Bytes of one such file."""
LONGEST_NAME = 200


def is_name(name: str) -> bool:
    """Tell whether a file can be called so: in one folder, and seen there."""
    return (
        bool(name) and name.isprintable() and "/" not in name and not name.startswith(".") and len(name) <= LONGEST_NAME
    )


def put(folder: Path, name: str, content: bytes) -> str:
    """Put a file into a folder; return what it is called there: another name where the person has a file with other content.

    Raises:
        OSError: there is no room, or the folder cannot be written.
    """
    path = folder / name
    if path.is_file() and path.read_bytes() == content:
        return name
    while True:
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            path = folder / free_name(folder, PurePosixPath(name))
        else:
            return path.name
