"""Jars for an environment's PySpark, such as its part for S3: got by the Ivy that PySpark has in it, known by their hashes.

The lock file names no Maven repository. Ivy knows the public one; `DEFAULT_ARTIFACT_REPOSITORY`, as Spark itself reads it,
names another one.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.sax.saxutils import quoteattr

from sardonyx_services.parent import die_with

REPOSITORY = "DEFAULT_ARTIFACT_REPOSITORY"
PATIENCE_S = 900.0
LINE = re.compile(r"([\w.-]+):([\w.-]+):([\w.-]+)(?: --hash=sha256:([0-9a-f]{64}))?")
NAMED = "[organisation]:[artifact]:[revision].[ext]"
IVY = """\
<ivy-module version="2.0"><info organisation="sardonyx" module="jars"/><configurations><conf name="default"/></configurations>
<dependencies>{dependencies}</dependencies></ivy-module>
"""
ELSEWHERE = """\
<ivysettings><settings defaultResolver="given"/>
<resolvers><ibiblio name="given" m2compatible="true" root={root}/></resolvers></ivysettings>
"""


class JarsError(Exception):
    """Jars cannot be had; the message is for the operator."""


@dataclass(frozen=True)
class Jar:
    """One, by what Maven repositories know it by.

    Args:
        digest: SHA-256 of what is in it; "" = it is not known yet.
    """

    group: str
    name: str
    version: str
    digest: str = ""

    @property
    def file(self) -> str:
        """Its name in a folder of jars."""
        return f"{self.name}-{self.version}.jar"


def read_jars(lock: Path) -> tuple[Jar, ...]:
    """Return the jars of a lock file.

    Raises:
        JarsError: it cannot be read.
    """
    try:
        lines = [line.strip() for line in lock.read_text().splitlines()]
    except OSError as error:
        raise JarsError(f"{lock} cannot be read: {error.strerror}.") from None
    found = []
    for line in lines:
        if line and not line.startswith("#"):
            match = LINE.fullmatch(line)
            if match is None:
                raise JarsError(f"{lock}: '{line}' is no jar. Write GROUP:NAME:VERSION --hash=sha256:HASH.")
            found.append(Jar(*(part or "" for part in match.groups())))
    return tuple(found)


def give_jars(lock: Path, prefix: Path, log: Path) -> None:
    """Put what a lock file names into the PySpark of an environment, all of it or nothing.

    Args:
        log: what Ivy says is added to it.

    Raises:
        JarsError: it cannot be had, or is something else than the lock file says.
    """
    jars = read_jars(lock)
    home = next(prefix.glob("lib/python3*/site-packages/pyspark/jars"), None)
    if home is None:
        raise JarsError(f"there is no PySpark in {prefix} for the jars of {lock}.")
    if all(_digest(home / jar.file) == jar.digest for jar in jars):
        return
    # Beside their place, so that they are put there in one step each.
    with tempfile.TemporaryDirectory(dir=prefix, prefix=".jars-") as folder:
        got = fetch(jars, home, Path(folder), log)
        for jar in jars:
            file = got / f"{jar.group}:{jar.name}:{jar.version}.jar"
            found = _digest(file)
            if not found:
                raise JarsError(f"the Maven repository has no {jar.group}:{jar.name}:{jar.version}.")
            if found != jar.digest:
                raise JarsError(f"{jar.file} has the hash {found}, and {lock} says {jar.digest}: it was not taken.")
        for jar in jars:
            file = got / f"{jar.group}:{jar.name}:{jar.version}.jar"
            file.chmod(0o644)
            file.replace(home / jar.file)


def fetch(
    jars: Iterable[Jar],
    home: Path,
    folder: Path,
    log: Path,
    *,
    without: Collection[str] | None = None,
) -> Path:
    """Get jars from a Maven repository; return the folder with them, each called GROUP:NAME:VERSION.jar.

    Args:
        home: folder of PySpark's jars, with Ivy among them.
        folder: an empty one to work in.
        without: names of jars to leave out of what the jars need; None = leave out all that they need.

    Raises:
        JarsError: Java or Ivy is missing, or Ivy failed.
    """
    java, ivy = shutil.which("java"), next(home.glob("ivy-*.jar"), None)
    if java is None:
        raise JarsError("Java is not on this machine. On Debian and Ubuntu: sudo apt-get install default-jre-headless.")
    if ivy is None:
        raise JarsError(f"PySpark in {home.parent} has no Ivy, which gets jars for it.")
    told = folder / "ivy.xml"
    told.write_text(IVY.format(dependencies="".join(_dependency(jar, without) for jar in jars)))
    command = [java, f"-Divy.default.ivy.user.dir={folder}", "-jar", str(ivy), "-warn", "-ivy", str(told)]
    command += ["-cache", str(folder / "cache"), "-retrieve", str(folder / "got" / NAMED)]
    if repository := os.environ.get(REPOSITORY):
        settings = folder / "settings.xml"
        settings.write_text(ELSEWHERE.format(root=quoteattr(repository)))
        command += ["-settings", str(settings)]
    with log.open("ab") as output:
        try:
            result = subprocess.run(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=PATIENCE_S,
                preexec_fn=partial(die_with, os.getpid()),
            )
        except subprocess.TimeoutExpired:
            raise JarsError(f"the Maven repository did not answer within {PATIENCE_S / 60:.0f} minutes.") from None
    if result.returncode != 0:
        raise JarsError(
            f"the jars cannot be had from the Maven repository. Where this machine reaches another one,"
            f" {REPOSITORY} is to have its address."
        )
    return folder / "got"


def _dependency(jar: Jar, without: Collection[str] | None) -> str:
    named = f'org="{jar.group}" name="{jar.name}" rev="{jar.version}"'
    if without is None:
        return f'<dependency {named} transitive="false" conf="default->master"/>'
    left_out = "".join(f'<exclude module="{name}"/>' for name in sorted(without))
    return f'<dependency {named} conf="default->default">{left_out}</dependency>'


def _digest(file: Path) -> str:
    """Return the SHA-256 of a file; "" where there is none."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""
