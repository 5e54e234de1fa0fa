"""AWS profiles for each place that this server reaches, in a file that is made anew while the server runs.

`python -m sardonyx_singleuser.aws_profiles` makes it anew at once, and lists them.
"""

import os
import random
import re
import shlex
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sardonyx_singleuser import contract
from sardonyx_singleuser.keys_service import KeysError, KeysService
from sardonyx_singleuser.language import _

FILE_NAME = "aws-config"
VARIABLE = "AWS_CONFIG_FILE"
EVERY_S = 60.0
LOOKS_PER_QUESTION = 5
"""The person's own file is looked at each minute, the keys service is asked every five."""
AGAIN_S = 1.0
"""A service that did not answer is asked again so soon, and each time after twice as long: until then who has just started has no
profile of their class, and on a cluster the way to it may open a moment later than the server."""
LARGEST_OWN = 1 << 20
GROUP = re.compile(r"(?:class|event|team)-[a-z0-9]{8,64}")
SECTION = re.compile(rb"^\[\s*(?:profile\s+)?[\"']?([^\]\"']+?)[\"']?\s*\]", re.MULTILINE)
HEAD = b"# Written by Sardonyx again and again: change ~/.aws/config instead, which is copied into this file.\n"


@dataclass(frozen=True)
class Profile:
    """A profile.

    Args:
        title: of the place, on one line.
        arguments: of the program that gets its keys.
    """

    name: str
    title: str
    arguments: tuple[str, ...]


def own_profiles(home: str) -> tuple[Profile, ...]:
    """Return the profiles that everybody has.

    Args:
        home: address of the person's own place: s3://bucket/home/…/
    """
    prefix = home.removeprefix("s3://").partition("/")[2]
    return (
        Profile("home", _("My place"), ("--prefix", prefix)),
        Profile("public", _("Published"), ("--prefix", "public/")),
    )


def group_profiles(access: Mapping[str, Any]) -> tuple[Profile, ...]:
    """Return a profile for each class, event and team, from what the keys service says that this server reaches."""
    found = []
    for group in access.get("memberships", ()):
        name = str(group["name"])
        if GROUP.fullmatch(name):
            found.append(Profile(name, " ".join(str(group["title"]).split()), ("--group", name)))
    return tuple(found)


def file_text(own: bytes, profiles: Sequence[Profile], endpoint: str, region: str) -> bytes:
    """Return the file: the person's own one as it is, and after it the profiles whose names it does not have.

    Titles are not in it: a tool that reads the file in another encoding would stumble over all of it.
    """
    taken = {name.decode(errors="replace").strip() for name in SECTION.findall(own)}
    parts = [HEAD, own if own.endswith(b"\n") or not own else own + b"\n"]
    for profile in profiles:
        if profile.name in taken:
            parts.append(f"\n# {profile.name} is a profile of your own, which counts.\n".encode())
            continue
        # Isolated: a json.py in the folder where the person works is none of this program's.
        command = shlex.join([sys.executable, "-I", "-m", "sardonyx_singleuser.key_process", *profile.arguments])
        parts.append(
            f"\n[profile {profile.name}]\ncredential_process = {command}\n"
            f"endpoint_url = {endpoint}\nregion = {region}\ns3 =\n    addressing_style = path\n".encode()
        )
    return b"".join(parts)


def own_file(home: Path) -> bytes:
    """Return the person's own ~/.aws/config; b"" if there is none, or if it is not a file of a usual size."""
    path = home / ".aws" / "config"
    with suppress(OSError):
        # A pipe in its place would wait for somebody for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            state = os.fstat(descriptor)
            if stat.S_ISREG(state.st_mode) and state.st_size <= LARGEST_OWN:
                return file.read(LARGEST_OWN)
    return b""


class ProfileFile:
    """The file, in this server's own folder."""

    def __init__(self, environment: Mapping[str, str], home: Path) -> None:
        self.path = Path(environment[contract.TOKEN_FILE]).with_name(FILE_NAME)
        self._home, self._environment = home, environment
        self._groups: tuple[Profile, ...] = ()
        self._written = b""

    def ask(self) -> None:
        """Ask which classes and teams there are now.

        Raises:
            KeysError: it cannot be said now; those that were known stay.
        """
        try:
            self._groups = group_profiles(KeysService.found(self._environment).access())
        except (KeyError, TypeError, AttributeError) as error:
            raise KeysError(
                _("The service that gives keys is of another version than this server. Start the server again.")
            ) from error

    def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles that are known."""
        return (*own_profiles(self._environment[contract.S3_HOME]), *self._groups)

    def write(self) -> None:
        """Write the file, if it is to be another one.

        Raises:
            OSError: the folder is full, or gone.
        """
        environment = self._environment
        text = file_text(
            own_file(self._home), self.profiles(), environment["AWS_ENDPOINT_URL"], environment["AWS_REGION"]
        )
        if text == self._written:
            return
        # Whoever reads it meanwhile reads the old one or the new one.
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=FILE_NAME)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            # Not for writing: `aws configure` would write here, and it would be lost. So it says that it cannot.
            Path(name).chmod(0o400)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        self._written = text

    def keep(self) -> None:
        """Write it again whenever there is something new, for as long as the server runs."""
        look, again_s = 0, AGAIN_S
        while True:
            pause_s = EVERY_S
            try:
                if look % LOOKS_PER_QUESTION == 0:
                    self.ask()
                look, again_s = look + 1, AGAIN_S
            except KeysError:
                pause_s, again_s = again_s, min(2 * again_s, EVERY_S)
            with suppress(OSError):
                self.write()
            # Servers of a class that started together do not ask together.
            time.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311 - not a secret


def give_profiles() -> None:
    """Let AWS' tools in this server find the profiles; a start neither waits for the keys service nor fails without it."""
    if contract.S3_HOME not in os.environ or "AWS_ENDPOINT_URL" not in os.environ:
        return
    file = ProfileFile(dict(os.environ), Path.home())
    try:
        file.write()
    except OSError as error:
        sys.stderr.write(f"Sardonyx: there are no AWS profiles in this server: {error}\n")
        return
    os.environ[VARIABLE] = str(file.path)
    threading.Thread(target=file.keep, name="aws-profiles", daemon=True).start()


def main() -> None:
    """Make the file anew, and list the profiles."""
    try:
        KeysService.found(os.environ)
        file = ProfileFile(os.environ, Path.home())
        file.ask()
        file.write()
    except KeysError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    except OSError as error:
        said = _("The profiles cannot be written to {file}: {problem}.")
        sys.stderr.write(f"{said.format(file=error.filename, problem=error.strerror)}\n")
        raise SystemExit(1) from None
    for profile in file.profiles():
        sys.stdout.write(f"{profile.name:<20} {profile.title}\n")


if __name__ == "__main__":
    main()
