"""What Vault has to know of this place, decided without touching anything: a sign-in, two roles, policies, groups."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sardonyx_hub_config.engines.engine import ports_here
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.services.one_machine import KEYS_PATH, issuer, keys_address
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.credentials.vault.badge import AUDIENCE, SUBJECT
from sardonyx_spawner.amounts import duration_seconds

ACCESSOR = "$ACCESSOR"
"""Stands for the accessor of the sign-in, which Vault chooses."""
BROKER_TOKEN_S = 900
READ, OWN = ("read",), ("create", "read", "update", "patch", "delete")


@dataclass(frozen=True)
class Write:
    """Something to write to a path of Vault's API."""

    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class ExternalGroup:
    """A group of Vault for those whose tokens name a class or team.

    Args:
        alias: what the tokens call it.
        policy: what its members may do.
    """

    name: str
    alias: str
    policy: str


@dataclass(frozen=True)
class Setup:
    """Everything, in the order in which it is written."""

    namespace: str
    mount: str
    secrets: str
    writes: tuple[Write, ...]
    groups: tuple[ExternalGroup, ...]


def jwks_url(settings: Settings, ports: Ports) -> str:
    """Return where Vault finds our public keys."""
    base = f"{settings.web.public_url}{KEYS_PATH}" if settings.vault.is_elsewhere else keys_address(settings, ports)
    return f"{base}/jwks"


def setup_for(settings: Settings, groups: Iterable[tuple[str, str]]) -> Setup:
    """Return what to write for these settings.

    Args:
        groups: kind and id of each class and team.
    """
    at, ports = settings.vault, ports_here(settings)
    auth = f"auth/{at.mount}"
    config = {"jwks_url": jwks_url(settings, ports), "bound_issuer": issuer(settings, ports)}
    person = {
        "role_type": "jwt",
        "bound_audiences": [AUDIENCE],
        "user_claim": "sub",
        "groups_claim": "groups",
        "token_type": "service",
        "token_period": duration_seconds(at.period),
        "token_policies": [at.role],
    }
    broker = {
        "role_type": "jwt",
        "bound_audiences": [AUDIENCE],
        "bound_subject": SUBJECT,
        "user_claim": "sub",
        "token_type": "batch",
        "token_ttl": BROKER_TOKEN_S,
        "token_policies": [f"{at.role}-broker"],
        "token_no_default_policy": True,
    }
    accessors = [f"auth/token/{call}-accessor" for call in ("lookup", "renew", "revoke")]
    writes = [
        Write(f"{auth}/config", config),
        _policy(at.role, _secrets(at.secrets, f"users/{{{{identity.entity.aliases.{ACCESSOR}.name}}}}", writes=True)),
        _policy(f"{at.role}-broker", "".join(_rule(path, ("update",)) for path in accessors)),
        Write(f"{auth}/role/{at.role}", person),
        Write(f"{auth}/role/{at.role}-broker", broker),
    ]
    found = []
    for kind, group in groups:
        name = f"{kind}-{group}"
        # Teams write what is theirs; of a class, its staff does.
        for alias in (name, f"{name}-staff") if kind == "class" else (name,):
            policy = f"{at.role}-{alias}"
            writes.append(
                _policy(policy, _secrets(at.secrets, f"groups/{name}", writes=kind != "class" or alias != name))
            )
            found.append(ExternalGroup(policy, alias, policy))
    return Setup(at.namespace, at.mount, at.secrets, tuple(writes), tuple(found))


def as_commands(setup: Setup) -> str:
    """Return the same as commands for a shell."""
    lines = [
        "#!/bin/sh",
        "# What Sardonyx needs in Vault. Run it where `vault` is signed in as an operator, while Sardonyx runs:",
        "# Vault fetches the public keys of this place at once. It may be run again at any time.",
        "set -eu",
        *([f"export VAULT_NAMESPACE={setup.namespace}"] if setup.namespace else []),
        f"vault read sys/auth/{setup.mount} >/dev/null 2>&1 || vault auth enable -path={setup.mount} jwt",
        f"vault read sys/mounts/{setup.secrets} >/dev/null 2>&1 || vault secrets enable -path={setup.secrets} -version=2 kv",
        f"ACCESSOR=$(vault read -field=accessor sys/auth/{setup.mount})",
        *(_command(write) for write in setup.writes),
    ]
    for group in setup.groups:
        path = f"identity/group/name/{group.name}"
        alias = f'name={group.alias} mount_accessor="$ACCESSOR" canonical_id="$(vault read -field=id {path})"'
        lines += [
            f"vault write {path} type=external policies={group.policy}",
            # Vault refuses to write an alias that is there already.
            f'vault read -format=json {path} | grep -q \'"mount_accessor": "\'"$ACCESSOR" ||',
            f"  vault write identity/group-alias {alias}",
        ]
    return "\n".join(lines) + "\n"


def _command(write: Write) -> str:
    if "policy" in write.body:
        name = write.path.rpartition("/")[2]
        return f"vault policy write {name} - <<END\n{write.body['policy']}END"
    return f"vault write {write.path} - <<'END'\n{json.dumps(write.body, indent=1)}\nEND"


def _policy(name: str, text: str) -> Write:
    return Write(f"sys/policies/acl/{name}", {"policy": text})


def _secrets(mount: str, folder: str, *, writes: bool) -> str:
    """Return the rules for a folder of a KV engine, version 2."""
    rules = [
        (f"{mount}/data/{folder}/*", OWN if writes else READ),
        (f"{mount}/metadata/{folder}", ("list",)),
        (f"{mount}/metadata/{folder}/*", ("list", "read", "delete") if writes else ("list", "read")),
    ]
    if writes:
        rules += [(f"{mount}/{call}/{folder}/*", ("update",)) for call in ("delete", "undelete", "destroy")]
    return "".join(_rule(path, capabilities) for path, capabilities in rules)


def _rule(path: str, capabilities: Iterable[str]) -> str:
    return f'path "{path}" {{\n  capabilities = {json.dumps(list(capabilities))}\n}}\n'
