"""`sardonyx vault setup`: what Vault has to know of this place, printed or written."""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import httpx

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.place import open_people
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.trust import advice
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.vault_setup import ACCESSOR, ExternalGroup, Setup, as_commands, setup_for
from sardonyx_services.certificates import trusting

PATIENCE_S = 20.0


@click.group()
def vault() -> None:
    """Vault: what it has to know of this place."""


@vault.command()
@click.argument("settings", required=False, type=click.Path(path_type=Path))
@click.option("--apply", "is_applied", is_flag=True, help="Write it to Vault, with the token in VAULT_TOKEN.")
def setup(settings: Path | None, *, is_applied: bool) -> None:
    """Print the commands that Vault needs once, and again for new classes and teams; --apply runs them."""
    found = load_settings(find_settings(settings))
    if not found.vault.is_there:
        raise OperatorError("there is no Vault in the settings. Add a section 'vault' with its address.")
    wanted = setup_for(found, _groups(found))
    if not is_applied:
        click.echo(as_commands(wanted), nl=False)
        return
    token = os.environ.get("VAULT_TOKEN", "")
    if not token:
        raise OperatorError("--apply needs the token of an operator of Vault. Set VAULT_TOKEN, or leave --apply out.")
    with closing(Operator(found, token)) as operator:
        apply(wanted, operator)
    click.echo(
        f"{found.vault.address} knows this place now: sign-in {wanted.mount}, {len(wanted.groups)} groups of classes and teams."
    )


class Operator:
    """Writes to Vault as its operator.

    Raises:
        OperatorError: Vault is away, or refuses, in its own words.
    """

    def __init__(self, settings: Settings, token: str) -> None:
        headers = {"X-Vault-Token": token, "X-Vault-Request": "true"}
        if settings.vault.namespace:
            headers["X-Vault-Namespace"] = settings.vault.namespace
        self._address = settings.vault.address
        settings.vault.certificates()
        self._client = httpx.Client(
            base_url=f"{self._address}/v1/",
            headers=headers,
            timeout=PATIENCE_S,
            trust_env=False,
            verify=trusting(settings.vault.certificate_authority),
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def read(self, path: str) -> dict[str, Any] | None:
        """Return what is there; None = nothing is."""
        answer = self._ask("GET", path)
        # What Vault has no mount for, it calls a bad request.
        if answer.status_code in {400, 404}:
            return None
        found: dict[str, Any] = self._checked(answer, path).json()
        data = found.get("data")
        return data if isinstance(data, dict) else found

    def write(self, path: str, body: object) -> None:
        """Write something."""
        self._checked(self._ask("POST", path, body), path)

    def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            return self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            what = advice(error) or " Look whether it runs."
            raise OperatorError(f"Vault does not answer at {self._address}: {error}.{what}") from error

    def _checked(self, answer: httpx.Response, path: str) -> httpx.Response:
        if not answer.is_success:
            raise OperatorError(
                f"Vault refuses {path}: {answer.text.strip()[:300]} (status {answer.status_code})."
                " Look whether Sardonyx runs and the token in VAULT_TOKEN is an operator's, and run it again."
            )
        return answer


def apply(setup: Setup, operator: Operator) -> None:
    """Write everything; what is there already is written again."""
    if operator.read(f"sys/auth/{setup.mount}") is None:
        operator.write(f"sys/auth/{setup.mount}", {"type": "jwt"})
    engine = operator.read(f"sys/mounts/{setup.secrets}")
    if engine is None:
        operator.write(f"sys/mounts/{setup.secrets}", {"type": "kv", "options": {"version": "2"}})
    elif (engine.get("type"), (engine.get("options") or {}).get("version")) != ("kv", "2"):
        raise OperatorError(
            f"what is at {setup.secrets} in Vault is no KV engine of version 2. Name another in 'vault: secrets'."
        )
    accessor = str((operator.read(f"sys/auth/{setup.mount}") or {}).get("accessor", ""))
    for write in setup.writes:
        operator.write(write.path, {name: _named(value, accessor) for name, value in write.body.items()})
    for group in setup.groups:
        _join(group, accessor, operator)


def _join(group: ExternalGroup, accessor: str, operator: Operator) -> None:
    path = f"identity/group/name/{group.name}"
    operator.write(path, {"type": "external", "policies": [group.policy]})
    found = operator.read(path) or {}
    alias = {"name": group.alias, "mount_accessor": accessor}
    # Vault refuses to write one that is there already.
    if not alias.items() <= (found.get("alias") or {}).items():
        operator.write("identity/group-alias", {**alias, "canonical_id": found.get("id", "")})


def _named(value: object, accessor: str) -> object:
    return value.replace(ACCESSOR, accessor) if isinstance(value, str) else value


def _groups(settings: Settings) -> tuple[tuple[str, str], ...]:
    folder = DataFolder(settings.data_folder)
    if settings.database.url is None and not folder.people_database.exists():
        return ()
    people = open_people(settings, folder)
    try:
        return people.groups.living()
    finally:
        people.close()
