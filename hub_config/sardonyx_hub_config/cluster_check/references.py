"""What settings and values name and somebody else has to make: Secrets, ConfigMaps, claims. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sardonyx_hub_config.cluster_check.installation import Installation
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding
from sardonyx_hub_config.settings.secret_refs import secret_places
from sardonyx_spawner.kube.place import ClusterPlace

Object = Mapping[str, Any]

ABOUT = "secrets"
FOLDER = Path("/etc/sardonyx/secrets")
"""Where the chart puts secrets that the settings name as files."""
REGISTRY = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
KEY, CLAIM = "KEY", "PersistentVolumeClaim"
MANY = frozenset({"ReadWriteMany", "ReadOnlyMany"})


@dataclass(frozen=True)
class Reference:
    """Something that has to be there.

    Args:
        where: it is named.
        key: in it; "" = any.
        is_for_registry: nodes fetch images with it.
        is_for_many: Pods on several nodes have it at once.
    """

    kind: str
    name: str
    where: str
    key: str = ""
    is_for_registry: bool = False
    is_for_many: bool = False


def references(installation: Installation) -> list[Reference]:
    """Return what has to be there before the chart is installed."""
    values, hub = installation.values, installation.values.hub
    found = [
        Reference("Secret", secret.existing_secret, f"{section}.{name}", secret.key)
        for section, named in (("secretFiles", values.secret_files), ("secretEnv", values.secret_env))
        for name, secret in named.items()
    ]
    tokens = {"proxy.token": values.proxy.token, "monitoring.token": values.monitoring.token}
    if values.postgresql.enabled:
        tokens["postgresql.password"] = values.postgresql.password
    if values.copies.enabled:
        tokens["copies.token"] = values.copies.token
    for where, token in tokens.items():
        if token.existing_secret:
            found.append(Reference("Secret", token.existing_secret, where, token.key))
    found += [
        Reference("Secret", name, "imagePullSecrets", is_for_registry=True) for name in installation.hub_pull_secrets
    ]
    found += [
        Reference("Secret", name, "kubernetes.image_pull_secrets of the settings", is_for_registry=True)
        for name in installation.place.image_pull_secrets
    ]
    if values.ingress.enabled and values.ingress.tls.enabled and not values.ingress.tls.issuer:
        name = values.ingress.tls.secret_name or f"{values.fullname_override or 'sardonyx'}-tls"
        found.append(Reference("Secret", name, "ingress.tls", "tls.crt"))
    found += [
        Reference(CLAIM, storage.existing_claim, f"{part}.storage.existingClaim")
        for part, storage in values.volumes.items()
        if storage.existing_claim
    ]
    for volume in hub.extra_volumes:
        found += _of_volume(volume, f"hub.extraVolumes ({volume.get('name', '')})")
    found += dict.fromkeys(_of_place(installation.place))
    for variable in hub.extra_env:
        found += _of_variable(variable)
    return found


def judge_reference(reference: Reference, there: Object | None, namespace: str) -> Finding | None:
    """Say what is wrong with what is named; None = nothing.

    Args:
        there: what has that name; None = nothing has.
    """
    kind, name, where = reference.kind, reference.name, reference.where
    if there is None:
        return Finding(
            BAD,
            ABOUT,
            f"there is no {kind} '{name}' in the namespace {namespace}, which {where} names. {_make(reference, namespace)}",
        )
    if reference.is_for_registry and there.get("type") not in REGISTRY:
        return Finding(
            BAD,
            ABOUT,
            f"the Secret '{name}', which {where} names, is none for a registry. {_make(reference, namespace)}",
        )
    modes = set((there.get("spec") or {}).get("accessModes") or ())
    if reference.is_for_many and not modes & MANY:
        return Finding(
            NOTE,
            ABOUT,
            f"the {kind} '{name}', which {where} names, is one node's at a time ({', '.join(sorted(modes))}): servers elsewhere"
            " wait for it. Where there are several nodes, make it with ReadWriteMany or ReadOnlyMany.",
        )
    keys = {**(there.get("data") or {}), **(there.get("binaryData") or {})}
    if reference.key and reference.key not in keys:
        there_are = ", ".join(sorted(keys)) or "none"
        return Finding(
            BAD, ABOUT, f"the {kind} '{name}', which {where} names, has no key '{reference.key}'. It has: {there_are}."
        )
    return None


def judge_settings(installation: Installation) -> Iterator[Finding]:
    """Say which secrets the settings name and the chart is not told of."""
    values = installation.values
    mounts = [Path(str(each.get("mountPath", "/"))) for each in values.hub.extra_volume_mounts]
    variables = {str(each.get("name")) for each in values.hub.extra_env} | values.secret_env.keys()
    state = BAD if installation.is_told else NOTE
    refs = [ref for _at, ref in secret_places(installation.settings)]
    files = [ref.file for ref in refs if ref.file] + [
        path for path in (installation.settings.vault.certificate_authority,) if path
    ]
    for path in dict.fromkeys(files):
        if path.parent == FOLDER and path.name in values.secret_files:
            continue
        if not any(path.is_relative_to(mount) for mount in mounts):
            yield Finding(
                state,
                ABOUT,
                f"the settings name the file {path}, which is not there in the hub's Pod. Write {FOLDER}/{path.name} in its place, and"
                f" in the values secretFiles: {{{path.name}: {{existingSecret: NAME, key: {KEY}}}}}; sardonyx render does both.",
            )
    for name in dict.fromkeys(ref.env for ref in refs if ref.env):
        if name not in variables:
            yield Finding(
                state,
                ABOUT,
                f"the settings name the variable {name}, which the hub's Pod does not have. Write into the values secretEnv:"
                f" {{{name}: {{existingSecret: NAME, key: {KEY}}}}}; sardonyx render does that.",
            )


def judge_all(found: Sequence[Finding], named: Sequence[Reference]) -> Iterator[Finding]:
    """Say what is wrong, or that all is there that is named."""
    yield from found
    if named and not found:
        names = ", ".join(dict.fromkeys(f"{reference.kind} '{reference.name}'" for reference in named))
        yield Finding(GOOD, ABOUT, f"all that is named is there: {names}")


def _make(reference: Reference, namespace: str) -> str:
    command = f"Make it: kubectl --namespace {namespace} create"
    if reference.is_for_registry:
        return (
            f"{command} secret docker-registry {reference.name} --docker-server=REGISTRY --docker-username=NAME"
            " --docker-password=PASSWORD"
        )
    if reference.where == "ingress.tls":
        return f"{command} secret tls {reference.name} --cert=FILE --key=FILE; or let cert-manager: ingress.tls.issuer"
    if reference.kind == CLAIM and reference.is_for_many:
        return "Make it, or correct the name."
    if reference.kind == CLAIM:
        return "Correct the name, or leave it out: the chart makes one."
    kind = "secret generic" if reference.kind == "Secret" else "configmap"
    return f"{command} {kind} {reference.name} --from-file={reference.key + '=' if reference.key else ''}FILE"


def _of_place(usual: ClusterPlace) -> Iterator[Reference]:
    for place in (usual, *usual.of_profiles.values()):
        for each in place.volumes:
            for found in _of_volume(each.source, f"kubernetes.volumes ({each.name}) of the settings"):
                yield replace(found, is_for_many=found.kind == CLAIM)
    if usual.authority is not None:
        where = "kubernetes.certificate_authority of the settings"
        yield Reference("ConfigMap", usual.authority.config_map, where, usual.authority.key)


def _of_volume(volume: Object, where: str) -> Iterator[Reference]:
    for kind, part, name in (("ConfigMap", "configMap", "name"), ("Secret", "secret", "secretName")):
        source = volume.get(part)
        if isinstance(source, Mapping) and source.get(name) and not source.get("optional"):
            yield Reference(kind, str(source[name]), where)
    claim = volume.get("persistentVolumeClaim")
    if isinstance(claim, Mapping) and claim.get("claimName"):
        yield Reference(CLAIM, str(claim["claimName"]), where)


def _of_variable(variable: Object) -> Iterator[Reference]:
    where, source = f"hub.extraEnv ({variable.get('name', '')})", variable.get("valueFrom")
    for kind, part in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
        named = source.get(part) if isinstance(source, Mapping) else None
        if isinstance(named, Mapping) and named.get("name") and not named.get("optional"):
            yield Reference(kind, str(named["name"]), where, str(named.get("key", "")))
