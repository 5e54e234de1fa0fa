"""Access to Vault that renews itself: every program in this server finds a token that is good, in a file.

The broker renews the token while this server runs, so the file stays as it is. It is looked at all the same: a token
that was ended, as after a change of classes, is replaced by a new one.
"""

import os
import random
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import _
from sardonyx_singleuser.progress import Progress
from sardonyx_singleuser.vault_calls import AwayError, EndedError, Token, VaultCalls, VaultError

TOKEN_NAME = "sardonyx-vault-token"  # noqa: S105 - the name of a file
"""By this name a link in a home is known to be ours, whatever server of the person has made it."""
CERTIFICATES_NAME = "sardonyx-vault.pem"
SECRETS_WAIT_S = 5.0
"""So long does a start wait for secrets at most."""
LOOK_S = 60.0
LOOKS_PER_LIFE = 6
TOO_LITTLE = 0.4
"""A token that was renewed has two thirds of its life left, or more."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0


def vault_variables(told: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the variables that clients of Vault read; the token itself is in no variable: children would keep an old one."""
    found = {"VAULT_ADDR": told[contract.VAULT_ADDRESS]}
    if told.get(contract.VAULT_NAMESPACE):
        found["VAULT_NAMESPACE"] = told[contract.VAULT_NAMESPACE]
    if told.get(contract.VAULT_CERTIFICATES):
        found["VAULT_CACERT"] = str(folder / CERTIFICATES_NAME)
    return found


def give_vault(secrets: Mapping[str, str], home: Path, progress: Progress) -> None:
    """Let every program of this server find Vault; one that is away holds up nothing."""
    told = dict(os.environ)
    if not told.get(contract.VAULT_URL):
        return
    folder = Path(told[contract.TOKEN_FILE]).parent
    certificates = os.environ.pop(contract.VAULT_CERTIFICATES, "")
    os.environ.update(vault_variables(told, folder))
    try:
        if certificates:
            write_private(folder / CERTIFICATES_NAME, certificates)
        calls = VaultCalls(told, told.get("JUPYTERHUB_API_TOKEN", ""))
    except (OSError, ValueError) as error:
        log(f"there is no way to Vault from this server: {error}")
        return
    keeper = Keeper(calls, folder / TOKEN_NAME, home / ".vault-token", secrets)
    if secrets:
        progress.say(_("Getting your secrets"))
    keeper.start()
    if not secrets:
        return
    is_through = keeper.is_through.wait(SECRETS_WAIT_S)
    if is_through and not keeper.missing:
        progress.say(_("Got your secrets: {names}").format(names=", ".join(secrets)), "done")
    else:
        reason = keeper.missing or keeper.problem or _("Vault is slow.")
        said = _("Your secrets are not all here: {reason} Your server starts all the same.")
        progress.say(said.format(reason=reason), "warn")


class Keeper:
    """Has a token in a file, for as long as this process lives.

    Args:
        token_file: where it is.
        link: where clients look for it.
        secrets: environment variable -> PATH#FIELD.
    """

    def __init__(self, calls: VaultCalls, token_file: Path, link: Path, secrets: Mapping[str, str]) -> None:
        self._calls, self._file, self._link = calls, token_file, link
        self._secrets = dict(secrets)
        self._token: Token | None = None
        self._pause_s = FIRST_PAUSE_S
        self._said = ""
        self.problem = self.missing = ""
        self.is_through = threading.Event()

    def start(self) -> None:
        """Begin, beside whatever this process does."""
        threading.Thread(target=self._run, name="vault", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                pause_s = self.step()
            except Exception as error:  # noqa: BLE001 - nothing may end this thread
                pause_s = self._failed(f"{type(error).__name__}: {error}")
            time.sleep(pause_s * random.uniform(0.8, 1))  # noqa: S311 - not a secret

    def step(self) -> float:
        """Look after the token once; return the seconds until it is time again."""
        try:
            token = self._token
            if token is None or self._ends_soon(token):
                token = self._calls.new_token()
                write_private(self._file, token.text)
                self._token = token
                self._set_link()
            self._read_secrets(token)
        except (VaultError, OSError) as error:
            return self._failed(str(error))
        self._pause_s, self.problem = FIRST_PAUSE_S, ""
        self.is_through.set()
        return min(LOOK_S, token.life_s / LOOKS_PER_LIFE)

    def _ends_soon(self, token: Token) -> bool:
        try:
            return self._calls.left_s(token.text) < token.life_s * TOO_LITTLE
        except EndedError:
            return True

    def _failed(self, why: str) -> float:
        self.problem = why
        self._say_once(_("{problem} It is tried again.").format(problem=why))
        pause_s, self._pause_s = self._pause_s, min(self._pause_s * 2, LONGEST_PAUSE_S)
        return pause_s

    def _read_secrets(self, token: Token) -> None:
        """Read those that were not read yet; what is not there is said, and stays away until the next start."""
        problems = []
        for name, where in list(self._secrets.items()):
            try:
                os.environ[name] = self._calls.secret(token.text, where)
            except AwayError:
                raise
            except VaultError as error:
                problems.append(_("{name} is missing, because {reason}").format(name=name, reason=error))
            del self._secrets[name]
        if problems:
            self.missing = " ".join(problems)
            log(self.missing)

    def _set_link(self) -> None:
        """Let clients find the token; what a person has put there themselves stays."""
        if self._link.is_symlink() and self._link.readlink().name == TOKEN_NAME:
            self._link.unlink(missing_ok=True)
        try:
            self._link.symlink_to(self._file)
        except FileExistsError:
            self._say_once(
                _(
                    "{link} is a file of your own, so it stays. Programs use the token in it;"
                    " the one that renews itself is in {file}. Delete yours, and start again, to have it used."
                ).format(link=self._link, file=self._file)
            )

    def _say_once(self, text: str) -> None:
        if text != self._said:
            self._said = text
            log(text)


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner only, all of it or nothing."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)


def log(text: str) -> None:
    """Write to this server's log."""
    sys.stderr.write(f"Sardonyx: Vault: {text}\n")
    sys.stderr.flush()
