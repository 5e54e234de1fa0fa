"""Extensions of VS Code that go into an image: what was asked for is what the image differs by, and what its build gets."""

import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sardonyx_hub_config.tools.extensions import check_wanted, is_file

FOLDER, LIST = "wanted", "list"
"""In what a build gets."""


@dataclass(frozen=True)
class Extensions:
    """What was asked for, in this order: names, and files of this machine.

    Raises:
        ExtensionError: something is neither.
    """

    wanted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_wanted(self.wanted)

    def key(self, today: str = "") -> str:
        """Return a text that is another one for other extensions.

        Args:
            today: a name without a version is what is published on that day; "" = on this one.
        """
        today = today or datetime.now(UTC).date().isoformat()
        digest = hashlib.sha256()
        for each in self.wanted:
            version = Path(each).read_bytes().hex() if is_file(each) else "" if "@" in each else today
            digest.update(f"{Path(each).name} {version}\n".encode())
        return digest.hexdigest()[:16]

    def give(self, folder: Path) -> None:
        """Put the files, and a list with a line for each extension, into the folder of a build; nothing for none."""
        if not self.wanted:
            return
        place = folder / FOLDER
        place.mkdir()
        lines = []
        for number, each in enumerate(self.wanted, start=1):
            if is_file(each):
                # A folder for each: two may have one name.
                copy = place / str(number) / Path(each).name
                copy.parent.mkdir()
                shutil.copyfile(each, copy)
                lines.append(str(copy.relative_to(place)))
            else:
                lines.append(each)
        (place / LIST).write_text("".join(f"{line}\n" for line in lines))
