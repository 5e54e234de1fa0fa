"""Extensions of VS Code for the tests, as their files: small ones that say when they run."""

import json
import zipfile
from pathlib import Path
from typing import Any

PUBLISHER = "sardonyx-tests"
MAIN = """
const fs = require("fs"), os = require("os"), path = require("path");
exports.activate = context => fs.writeFileSync(
  path.join(os.homedir(), "{name}.txt"), `${{context.extension.packageJSON.version}} ${{context.extensionPath}}`);
"""
MANIFEST = """\
<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata><Identity Language="en-US" Id="{name}" Version="{version}" Publisher="{publisher}"/></Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation><Dependencies/>
<Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/></Assets>
</PackageManifest>
"""


def vsix(folder: Path, name: str = "hello", version: str = "1.0.0", engine: str = "^1.80.0", **more: Any) -> Path:
    """Write an extension into a folder; where it runs it writes NAME.txt into the home, with its version and its place.

    Args:
        engine: the VS Code that it asks for.
        more: what its package.json says beside.
    """
    about = {
        "name": name,
        "publisher": PUBLISHER,
        "version": version,
        "engines": {"vscode": engine},
        "main": "./main.js",
        "activationEvents": ["onStartupFinished"],
        **more,
    }
    file = folder / f"{name}-{version}.vsix"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("extension.vsixmanifest", MANIFEST.format(name=name, version=version, publisher=PUBLISHER))
        packed.writestr("extension/package.json", json.dumps(about))
        packed.writestr("extension/main.js", MAIN.format(name=name))
    return file
