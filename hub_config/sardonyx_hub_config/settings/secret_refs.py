"""Secrets by reference: read from a file or the environment when needed, generated on the first run."""

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sardonyx_hub_config.errors import OperatorError

IN_A_POD = "KUBERNETES_SERVICE_HOST"
"""Variable that Kubernetes sets in each Pod."""


class SecretRef(BaseModel):
    """Where a secret is: {file: PATH} or {env: NAME}; the secret itself is never in the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    file: Path | None = Field(default=None, description="File that holds it, readable by its owner only.")
    env: str | None = Field(default=None, description="Environment variable that holds it.")

    @model_validator(mode="before")
    @classmethod
    def _not_the_secret_itself(cls, value: object) -> object:
        if isinstance(value, str):
            raise ValueError(
                "holds the secret itself. Put it into a file and write {file: /path/to/it}, or {env: NAME}."
            )
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> "SecretRef":
        if (self.file is None) == (self.env is None):
            raise ValueError("needs either 'file' or 'env', and not both.")
        return self

    def value(self) -> str:
        """Read the secret.

        Raises:
            OperatorError: it is missing, empty, or open to others.
        """
        return _from_file(self.file) if self.file is not None else _from_environment(self.env or "")


def secret_places(found: object, at: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], SecretRef]]:
    """Return where settings name a secret, wherever in them: (path, reference) pairs.

    Args:
        at: the path of what is looked through.
    """
    if isinstance(found, SecretRef):
        return [(at, found)]
    if isinstance(found, BaseModel):
        found = {name: getattr(found, name) for name in type(found).model_fields}
    elif isinstance(found, list | tuple):
        found = dict(enumerate(found))
    parts = found.items() if isinstance(found, Mapping) else ()
    return [place for name, part in parts for place in secret_places(part, (*at, str(name)))]


def secret_files(found: object) -> list[Path]:
    """Return the files that settings name as holding a secret, wherever in them."""
    return [ref.file for _at, ref in secret_places(found) if ref.file is not None]


def generated_secret(path: Path, length: int = 32) -> str:
    """Return the secret in a file, and make it on the first run: `length` random bytes in hex, mode 0600.

    A file that a power cut left empty or half written is made again: nothing can have used it.

    Raises:
        OperatorError: the file is open to others, or cannot be read or written.
    """
    try:
        found = _from_file(path) if path.exists() and path.stat().st_size > 0 else ""
        if len(found) == 2 * length:
            return found
        secret = secrets.token_hex(length)
        write_private(path, secret.encode())
    except OSError as error:
        raise OperatorError(f"{path} cannot be used for a secret: {error.strerror}.") from error
    return secret


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600, all of it or nothing, and so that it survives a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_open_to_others(status: os.stat_result, *, in_a_pod: bool) -> bool:
    """Tell whether somebody else may read the file of a secret, or change it."""
    # Files of Secrets are root's, and a program that is not root reads them by the group of its Pod, in which nobody else is.
    is_of_the_pod = in_a_pod and status.st_uid == 0 and status.st_gid == os.getegid()
    return bool(stat.S_IMODE(status.st_mode) & (0o037 if is_of_the_pod else 0o077))


def _from_file(path: Path) -> str:
    try:
        if is_open_to_others(path.stat(), in_a_pod=IN_A_POD in os.environ):
            raise OperatorError(f"the secret in {path} can be read by others. Close it: chmod 600 {path}")
        text = path.read_text().strip()
    except OSError as error:
        raise OperatorError(f"the secret in {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise OperatorError(f"the secret in {path} is not text. Write it as one line of text.") from None
    if not text:
        raise OperatorError(f"the file {path} for a secret is empty. Write the secret into it.")
    return text


def _from_environment(name: str) -> str:
    text = os.environ.get(name, "").strip()
    if not text:
        raise OperatorError(f"the secret in the environment variable {name} is missing. Set it before the start.")
    return text
