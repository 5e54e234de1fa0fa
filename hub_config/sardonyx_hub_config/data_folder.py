"""Where everything lives on one machine: the data folder, its parts, and what may be wrong with it."""

import fcntl
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from sardonyx_hub_config.errors import OperatorError

ENOUGH_BYTES = 1 << 30
"""Free space below which a first start is refused: environments and an empty store need about this much."""


@dataclass(frozen=True)
class DataFolder:
    """The data folder and the paths inside it; making them is `prepare`."""

    root: Path

    @property
    def secrets(self) -> Path:
        """Keys and tokens, each file 0600."""
        return self.root / "secrets"

    @property
    def vault_leases(self) -> Path:
        """What tokens of Vault are renewed and ended by."""
        return self.secrets / "vault-leases.sqlite"

    @property
    def git_key(self) -> Path:
        """What people's tokens of forges are sealed with."""
        return self.secrets / "git-accounts"

    @property
    def link_token(self) -> Path:
        """By what the keys service knows the service that opens links."""
        return self.secrets / "links-service"

    @property
    def people_secret(self) -> Path:
        """What sessions of the service of classes, links to join, and the codes of events are made from."""
        return self.secrets / "people-service"

    @property
    def operator_token(self) -> Path:
        """By what the service of classes knows commands on this machine, for as long as the hub runs."""
        return self.run / "operator-token"

    @property
    def collector_token(self) -> Path:
        """By what the keys service knows the service of classes."""
        return self.secrets / "people-service-keys"

    @property
    def hub_database(self) -> Path:
        """JupyterHub's own database."""
        return self.root / "hub" / "jupyterhub.sqlite"

    @property
    def people_database(self) -> Path:
        """People, their immutable ids and local accounts."""
        return self.root / "people.sqlite"

    @property
    def homes(self) -> Path:
        """One folder per person, named by id."""
        return self.root / "homes"

    @property
    def servers(self) -> Path:
        """Plan, progress and log of each server."""
        return self.root / "servers"

    @property
    def store(self) -> Path:
        """The embedded object store's files."""
        return self.root / "store"

    @property
    def environments(self) -> Path:
        """User environments made by us."""
        return self.root / "environments"

    @property
    def proxy(self) -> Path:
        """JupyterHub's proxy, installed from npm."""
        return self.root / "proxy"

    @property
    def tools(self) -> Path:
        """Tools for servers, such as VS Code; servers see this folder, to read."""
        return self.root / "tools"

    @property
    def mirrors(self) -> Path:
        """Copies of repositories of profiles and classes; servers see this folder, to read."""
        return self.root / "mirrors"

    @property
    def run(self) -> Path:
        """Sockets, process ids, and what is measured anew: nothing that anybody would miss."""
        return self.root / "run"

    @property
    def forks(self) -> Path:
        """Sockets and logs of the fork servers."""
        return self.run / "forks"

    @property
    def home_uses(self) -> Path:
        """What each home took when it was last looked at."""
        return self.run / "homes.json"

    @property
    def image_times(self) -> Path:
        """How long images took to fetch, on a cluster."""
        return self.run / "images.json"

    @property
    def logs(self) -> Path:
        """Logs of the hub and the services."""
        return self.root / "logs"

    @property
    def audit(self) -> Path:
        """A line for each credential that was issued."""
        return self.logs / "audit" / "credentials.jsonl"

    def prepare(self) -> None:
        """Make the folder and its parts, each readable by the owner only.

        Raises:
            OperatorError: it cannot be written, belongs to somebody else, or the disk is full.
        """
        parts = (
            self.root, self.secrets, self.hub_database.parent, self.homes, self.servers,
            self.store, self.environments, self.proxy, self.run, self.logs,
        )  # fmt: skip
        try:
            for part in parts:
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
                _check_owner(part)
                part.chmod(0o700)
            for seen in (self.tools, self.mirrors):
                seen.mkdir(mode=0o755, exist_ok=True)
                seen.chmod(0o755)
            probe = self.run / "write-probe"
            probe.write_bytes(b"\0" * 4096)
            probe.unlink()
        except OSError as error:
            raise OperatorError(_explain(self.root, error)) from error

    def check_space(self) -> str:
        """Refuse a first start for which there is no room; return what to tell the operator at a later one, or "".

        A later start goes on: after a disk was full, people have to sign in and delete.

        Raises:
            OperatorError: less than `ENOUGH_BYTES` are free, and nothing is here yet.
        """
        free = shutil.disk_usage(self.root).free
        if free >= ENOUGH_BYTES:
            return ""
        left = f"the disk of {self.root} has only {free >> 20} MB left"
        if self.hub_database.exists():
            return f"Look: {left}. People may be unable to save. Free some space."
        raise OperatorError(
            f"{left}, and {ENOUGH_BYTES >> 20} MB are needed for the first start."
            " Free some space, or set SARDONYX_DATA to a folder on another disk."
        )

    def is_in_use(self) -> bool:
        """Tell whether a Sardonyx runs on this folder."""
        try:
            os.close(self.lock())
        except OperatorError:
            return True
        except OSError:
            return False
        return False

    def lock(self) -> int:
        """Make sure that nobody else runs on this folder; the lock lasts as long as the returned file descriptor.

        Raises:
            OperatorError: another Sardonyx uses the folder.
        """
        descriptor = os.open(self.run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise OperatorError(
                f"Sardonyx already runs on {self.root}. Open it in the browser, stop it first,"
                " or set SARDONYX_DATA to another folder for a second one."
            ) from error
        return descriptor


def _check_owner(folder: Path) -> None:
    status = folder.stat()
    if not stat.S_ISDIR(status.st_mode):
        raise OperatorError(f"{folder} is not a folder. Move it away, or set SARDONYX_DATA to another folder.")
    if status.st_uid != os.geteuid():
        raise OperatorError(
            f"{folder} belongs to another user (uid {status.st_uid}). Run Sardonyx as that user,"
            " or set SARDONYX_DATA to a folder of your own."
        )


def _explain(root: Path, error: OSError) -> str:
    reasons = {
        28: f"the disk of {root} is full. Free some space, or set SARDONYX_DATA to a folder on another disk.",
        30: f"{root} is on a disk that cannot be written. Set SARDONYX_DATA to a folder that can.",
        13: f"{error.filename} cannot be written by this user. Give it to you, or set SARDONYX_DATA to another folder.",
        17: f"{error.filename} is a file, and a folder is needed there. Move it away.",
        20: f"{error.filename} cannot be made: a part of its path is a file. Set SARDONYX_DATA to another folder.",
    }
    return reasons.get(
        error.errno or 0, f"{root} cannot be used: {error.strerror or error}. Set SARDONYX_DATA to another folder."
    )
