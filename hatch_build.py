"""Compiles the translations for Python and for page scripts, in wheels and in editable installs alike.

Both distributions have this file, the same one: a test compares them.
"""

import json
import os
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

JUPYTERLAB = {"fr": "fr_FR"}
"""JupyterLab calls a language by that of a country, too; its language packs do."""


class Catalogues(BuildHookInterface[Any]):
    """Writes, beside each .po, a .mo with all texts and a .json with those of the scripts; neither is committed."""

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are collected."""
        for package in self.build_config.packages:
            for source in Path(self.root, package).glob("locale/*/LC_MESSAGES/*.po"):
                compile_catalogue(source)
                if Path(self.root, "labextension").is_dir():
                    compile_for_jupyterlab(source)
        build_data["artifacts"] += ["/**/LC_MESSAGES/*.mo", "/**/LC_MESSAGES/*.json"]


def compile_catalogue(source: Path) -> None:
    """Compile one; another build may do the same at the same time."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    new = source.with_name(f".{source.stem}.{os.getpid()}")
    with new.open("wb") as file:
        write_mo(file, catalogue)
    new.replace(source.with_suffix(".mo"))
    new.write_text(json.dumps(_scripts(catalogue), ensure_ascii=False))
    new.replace(source.with_suffix(".json"))


def compile_for_jupyterlab(source: Path) -> None:
    """Compile one for JupyterLab's translator (see jupyterlab_server.translation_utils)."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    language = JUPYTERLAB[source.parts[-3]]
    about = {"domain": source.stem, "language": language.replace("_", "-"), "plural_forms": catalogue.plural_forms}
    texts = {text: said if isinstance(said, tuple) else [said] for text, said in _scripts(catalogue).items()}
    target = source.parents[2] / language / "LC_MESSAGES" / f"{source.stem}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{source.stem}.{os.getpid()}")
    new.write_text(json.dumps({"": about, **texts}, ensure_ascii=False))
    new.replace(target)


def _scripts(catalogue: Catalog) -> dict[str, Any]:
    """Return the texts of page scripts, by the English ones."""
    return {
        text if isinstance(text, str) else text[0]: message.string
        for message in catalogue
        if (text := message.id) and any(path.endswith(".js") for path, _ in message.locations)
    }
