"""Variables of a Pod's that are mounted as files.

A container's own variables are asked of the cluster's API whenever its node starts it, so a hub or a proxy that ends while the API
is away would be away as well. Files of a Secret are there already.
"""

import re
from collections.abc import MutableMapping
from pathlib import Path

from sardonyx_hub_config.errors import OperatorError

FOLDER = "SARDONYX_ENVIRONMENT"
NAMED = re.compile(r"\$\((\w+)\)")


def take_mounted(environment: MutableMapping[str, str]) -> None:
    """Set what the mounted folder has, a file for each variable; nothing where no folder is named.

    Variables that are set win, as one that stands later in a container's list does. In them `$(NAME)` becomes a mounted one's value,
    which Kubernetes does with a container's own.

    Raises:
        OperatorError: a file cannot be read, or is nothing that a variable could be.
    """
    if not (folder := environment.get(FOLDER)):
        return
    mounted = dict(_mounted_in(Path(folder)))
    for name, value in list(environment.items()):
        # Only those that name one are written again.
        if any(each in mounted for each in NAMED.findall(value)):
            environment[name] = NAMED.sub(lambda found: mounted.get(found[1], found[0]), value)
    for name, value in mounted.items():
        environment.setdefault(name, value)


def _mounted_in(folder: Path) -> list[tuple[str, str]]:
    try:
        # What Kubernetes puts beside them, to change all at once, begins with two points.
        files = sorted(each for each in folder.iterdir() if not each.name.startswith(".."))
        found = [(each.name, each.read_bytes()) for each in files]
    except OSError as error:
        raise OperatorError(
            f"{FOLDER} is '{folder}', which cannot be read: {error.strerror}. The chart mounts it: install Sardonyx with the chart."
        ) from None
    return [(name, _text(name, value)) for name, value in found]


def _text(name: str, value: bytes) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise OperatorError(
            f"The Secret for the variable {name} is not text. Write it anew, such as with kubectl create secret generic."
        )
    return text
