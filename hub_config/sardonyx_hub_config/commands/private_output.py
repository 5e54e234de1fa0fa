"""Files that commands write secrets into: for their owner only, and never over another one."""

import os
from pathlib import Path
from typing import BinaryIO, TextIO

from sardonyx_hub_config.errors import OperatorError


def new_file(path: Path) -> TextIO:
    """Make a file of mode 0600, before anything is changed: what is written into it is nowhere else.

    Raises:
        OperatorError: it is there already, or cannot be written.
    """
    return os.fdopen(_descriptor(path), "w", encoding="utf-8")


def new_binary_file(path: Path) -> BinaryIO:
    """Make such a file of what is no text.

    Raises:
        OperatorError: it is there already, or cannot be written.
    """
    return os.fdopen(_descriptor(path), "wb")


def _descriptor(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise OperatorError(f"{path} is there already, and is not written over. Nothing was changed.") from error
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}. Nothing was changed.") from error
