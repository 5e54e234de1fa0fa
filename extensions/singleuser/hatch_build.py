"""Compiles the translations for Python and for page scripts, in wheels and in editable installs alike.

Both distributions have this file, the same one: a test compares them.
"""

import json
import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface[Any]):
    """Writes, beside each .po, a .mo with all texts and a .json with those of the scripts; neither is committed."""

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are collected."""
        for package in self.build_config.packages:
            for source in Path(self.root, package).glob("locale/*/LC_MESSAGES/*.po"):
                compile_catalogue(source)
        build_data["artifacts"] += ["/**/LC_MESSAGES/*.mo", "/**/LC_MESSAGES/*.json"]


def compile_catalogue(source: Path) -> None:
    """Compile one; another build may do the same at the same time."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    scripts = {
        text if isinstance(text, str) else text[0]: message.string
        for message in catalogue
        if (text := message.id) and any(path.endswith(".js") for path, _ in message.locations)
    }
    new = source.with_name(f".{source.stem}.{os.getpid()}")
    with new.open("wb") as file:
        write_mo(file, catalogue)
    new.replace(source.with_suffix(".mo"))
    new.write_text(json.dumps(scripts, ensure_ascii=False))
    new.replace(source.with_suffix(".json"))
