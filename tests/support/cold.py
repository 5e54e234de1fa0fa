"""Files as they are on the disk alone: what the kernel keeps of them in memory is dropped."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

DROP = Path("/proc/sys/vm/drop_caches")
FILES_AND_FOLDERS = "3"


def drop_from_memory(folders: Iterable[Path]) -> str:
    """Drop what is in memory of the files of some folders, and return how; what a program has mapped stays with it.

    With the rights for it all files of the machine are dropped, with the folders that name them.
    """
    os.sync()
    try:
        DROP.write_text(FILES_AND_FOLDERS)
    except OSError:
        for folder in folders:
            _drop_files(folder)
        return "those of its own files"
    return "all files"


def _drop_files(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        with suppress(OSError):
            number = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(number, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(number)
