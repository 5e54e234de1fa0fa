"""Writes down what is in an image, as CycloneDX: packages of Debian, of Python, of Node, extensions of VS Code, and jars."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path("/")
JAR = re.compile(r"([\w.-]+):([\w.-]+):([\w.-]+) --hash=sha256:([0-9a-f]{64})")
SPDX = LicenseFactory()


def main() -> None:
    """Write the list of this image to standard output."""
    bom = Bom(components=[*debian(), *python(ROOT), *node(ROOT), *extensions(ROOT), *jars(ROOT)])
    sys.stdout.write(JsonV1Dot6(bom).output_as_string(indent=1))


def debian() -> Iterator[Component]:
    """Return the packages of the distribution; their licences are in /usr/share/doc/PACKAGE/copyright."""
    system = dict(line.split("=", 1) for line in (ROOT / "etc/os-release").read_text().splitlines() if "=" in line)
    asked = ["dpkg-query", "--show", "--showformat=${Package}\t${Version}\t${Architecture}\n"]
    for line in subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines():
        name, version, architecture = line.split("\t")
        yield _component(PackageURL("deb", system["ID"].strip('"'), name, version, {"arch": architecture}))


def python(root: Path) -> Iterator[Component]:
    """Return the packages of Python environments below /opt."""
    places = [str(place) for place in sorted(root.glob("opt/**/site-packages")) if place != root / "opt/tools"]
    for found in distributions(path=places):
        yield _component(PackageURL("pypi", None, found.name.lower(), found.version), licence=_licence(found))


def node(root: Path) -> Iterator[Component]:
    """Return the packages of Node that lock files below /opt name and that are there."""
    for lock in sorted(root.glob("opt/*/*/package-lock.json")):
        for path, told in json.loads(lock.read_text())["packages"].items():
            if path and (lock.parent / path).is_dir():
                group, _, name = path.rpartition("node_modules/")[2].rpartition("/")
                url = PackageURL("npm", group or None, name, told["version"])
                yield _component(url, licence=str(told.get("license", "")))


def extensions(root: Path) -> Iterator[Component]:
    """Return the extensions of VS Code that everybody has."""
    for listed in root.glob("opt/tools/vscode-extensions/extensions.json"):
        for told in json.loads(listed.read_text()):
            publisher, _, name = told["identifier"]["id"].partition(".")
            about = json.loads((listed.parent / told["relativeLocation"] / "package.json").read_text())
            url = PackageURL("vscode-extension", publisher, name, told["version"])
            yield _component(url, licence=str(about.get("license", "")))


def jars(root: Path) -> Iterator[Component]:
    """Return the jars that a lock file beside this list names; those within PySpark are part of it."""
    for lock in root.glob("usr/share/sardonyx/*.jars"):
        for group, name, version, digest in JAR.findall(lock.read_text()):
            yield _component(PackageURL("maven", group, name, version), digest=digest)


def _component(url: PackageURL, *, licence: str = "", digest: str = "") -> Component:
    return Component(
        type=ComponentType.LIBRARY,
        group=url.namespace,
        name=url.name,
        version=url.version,
        purl=url,
        bom_ref=url.to_string(),
        licenses=[SPDX.make_from_string(licence)] if licence else (),
        hashes=[HashType.from_hashlib_alg("sha256", digest)] if digest else (),
    )


def _licence(found: Distribution) -> str:
    told = found.metadata.get("License-Expression") or found.metadata.get("License") or ""
    # Some have the whole text of theirs there.
    return "" if "\n" in told else told


if __name__ == "__main__":
    main()
