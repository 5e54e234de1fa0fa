"""The file of values that settings become, as text: with what follows from them, and what the operator still decides. Pure."""

import ipaddress
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent
from urllib.parse import SplitResult, urlsplit

from sardonyx_hub_config.render.settings_tree import Secret
from sardonyx_hub_config.settings.addresses import is_loopback
from sardonyx_hub_config.settings.whole import Settings

CONF_D = "/etc/sardonyx/conf.d"
TO_DECIDE = "To decide:"
OURS = "sardonyx/"
"""Beginning of the images as `make images` names them: no registry has them."""
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Rendering:
    """Settings, and what was made of them.

    Args:
        source: the file that they are from.
        text: the settings as they are on a cluster.
        left_out: settings without a meaning there, and why.
        conf_d: a folder with files for JupyterHub; None = there are none.
        without_image: what is said of profiles that cannot run from one.
    """

    settings: Settings
    source: Path
    namespace: str
    text: str
    left_out: Sequence[tuple[str, str]] = ()
    secrets: Sequence[Secret] = ()
    conf_d: Path | None = None
    without_image: Sequence[str] = ()


@dataclass
class _Page:
    lines: list[str] = field(default_factory=list)

    def part(self, *lines: str) -> None:
        """Add lines, after an empty one."""
        self.lines += ["", *lines] if self.lines else lines


def values_text(found: Rendering) -> str:
    """Return the file of values."""
    page = _Page()
    page.part(*_head(found))
    page.part(*_image(found.settings))
    page.part(*_way_in(found))
    page.part(*_hub(found))
    if found.settings.database.url is None:
        page.part(*_postgresql())
    if egress := [*_egress(found.settings)]:
        page.part(*egress)
    if found.secrets:
        page.part(*_secrets(found))
    page.part(*_settings(found))
    return "\n".join(page.lines) + "\n" + indent(found.text, "  ")


def _head(found: Rendering) -> Iterator[str]:
    yield f"# Values for the chart of Sardonyx, from {found.source.name}. What is left to you is called '{TO_DECIDE[:-1]}'."
    yield f"#   sardonyx check --kubernetes --values THIS-FILE --namespace {found.namespace}"
    yield f"#   helm install sardonyx helm/sardonyx --namespace {found.namespace} --values THIS-FILE"


def images(settings: Settings) -> list[str]:
    """Return the images that the settings name."""
    given = [*settings.profiles.values()]
    chosen = [choice for profile in given for option in profile.options.values() for choice in option.choices.values()]
    named = [environment.image for environment in settings.environments.values()]
    return [*dict.fromkeys(image for image in (*named, *(each.image for each in (*given, *chosen))) if image)]


def _image(settings: Settings) -> Iterator[str]:
    used = images(settings)
    beside = {image.rpartition("/")[0] for image in used}
    registry = beside.pop() if len(beside) == 1 else ""
    if any(image.startswith(OURS) for image in used):
        yield f"# {TO_DECIDE} the registry that your nodes reach, here and before each image '{OURS}…' in the settings below."
    else:
        yield f"# {TO_DECIDE} where the image of the hub is; make images builds it, and those of servers."
    yield f"image: {{repository: {registry or OURS.rstrip('/')}/hub}}"
    if secrets := settings.kubernetes.image_pull_secrets:
        named = ", ".join(f"{{name: {name}}}" for name in secrets)
        yield "# As for servers, by kubernetes.image_pull_secrets of the settings."
        yield f"imagePullSecrets: [{named}]"


def _way_in(found: Rendering) -> Iterator[str]:
    url = urlsplit(found.settings.web.public_url)
    if not url.hostname or is_loopback(found.settings.web.public_url):
        yield f"# {TO_DECIDE} the address that people type, as public_url under 'web' in the settings below, and the way to it."
        yield "# Without both: kubectl --namespace " + f"{found.namespace} port-forward service/sardonyx 8000:80"
        yield "#ingress: {enabled: true, tls: {enabled: true, issuer: NAME-OF-AN-ISSUER}}"
        return
    yield f"# For {url.hostname}, by the address in the settings. {TO_DECIDE} the class, where your cluster has no usual one;"
    yield "# or another way: gateway: {enabled: true, parentRefs: [{name: NAME, namespace: NAMESPACE}]} in its place."
    yield "ingress:"
    yield "  enabled: true"
    yield '  className: ""'
    if url.scheme != "https":
        yield f"  # {TO_DECIDE} a certificate. Without one passwords travel in the clear."
        yield "  tls: {enabled: false}"
        return
    yield from _certificate(found)


def _certificate(found: Rendering) -> Iterator[str]:
    web = found.settings.web
    if web.certificate is None or web.key is None:
        yield f"  # {TO_DECIDE} the issuer of cert-manager, or your own certificate:"
        yield f"  #   {_kubectl(found)} secret tls sardonyx-tls --cert=FILE --key=FILE"
    else:
        yield "  # The certificate of the settings, or the issuer of cert-manager in its place:"
        files = f"--cert={shlex.quote(str(web.certificate))} --key={shlex.quote(str(web.key))}"
        yield f"  #   {_kubectl(found)} secret tls sardonyx-tls {files}"
    yield '  tls: {enabled: true, secretName: sardonyx-tls, issuer: ""}'


def _hub(found: Rendering) -> Iterator[str]:
    settings, homes = found.settings, found.settings.kubernetes.homes
    if settings.storage.kind == "embedded":
        what = "Keys, people and everybody's data are on it: the store of the settings is beside the hub."
    else:
        what = "Keys and logs are on it." if settings.database.url else "Keys, people and the database are on it."
    yield f"# {TO_DECIDE} how large the hub's volume is. {what}"
    yield "hub:"
    yield "  storage:"
    yield "    size: 10Gi"
    yield "    storageClass: null # the cluster's usual one"
    if found.conf_d is not None:
        yield "  # Your own files for JupyterHub, from a ConfigMap; paths and programs in them are those of the hub's image:"
        yield f"  #   {_kubectl(found)} configmap sardonyx-conf-d --from-file={shlex.quote(str(found.conf_d))}"
        yield "  extraVolumes: [{name: conf-d, configMap: {name: sardonyx-conf-d}}]"
        yield f"  extraVolumeMounts: [{{name: conf-d, mountPath: {CONF_D}}}]"
    if not homes.model_fields_set:
        yield f"# {TO_DECIDE} the volumes of homes, in the settings below. Now each has {homes.size}, of the cluster's usual storage class:"
        yield "#  kubernetes: {homes: {size: 10G, storage_class: NAME}}"
    if settings.web.trusted_proxies:
        yield f"# {TO_DECIDE} web.trusted_proxies in the settings below: on a cluster it is the Ingress controller that is in front."


def _postgresql() -> Iterator[str]:
    yield f"# {TO_DECIDE} whether people are in files on the hub's volume, or in a PostgreSQL beside the hub; one of yours is"
    yield "# named in the settings below."
    yield "#postgresql: {enabled: true, image: {repository: REGISTRY/postgresql}}"


def _egress(settings: Settings) -> Iterator[str]:
    private, others = [], []
    for name, address in _reached(settings):
        url = urlsplit(address)
        if is_loopback(address):
            yield f"# {TO_DECIDE} {name} is {address}, and on a cluster that is the Pod itself. Write where it is from there."
        elif network := _private(url):
            private.append((name, network, url.port or PORTS[url.scheme]))
        else:
            others.append(name)
    if others:
        yield f"# {TO_DECIDE} what of {', '.join(others)} is in a private network. Servers reach none without a rule such as"
        yield "#  networkPolicy: {singleuser: {egress: [{to: [{ipBlock: {cidr: 10.20.30.40/32}}], ports: [{port: 443}]}]}}"
    if private:
        yield "# Servers reach no private network but these."
        yield "networkPolicy:"
        yield "  singleuser:"
        yield "    egress:"
        for name, network, port in private:
            yield f"      - {{to: [{{ipBlock: {{cidr: {network}}}}}], ports: [{{port: {port}}}]}} # {name}"


def _reached(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.storage.kind == "s3":
        yield "storage.endpoint", settings.storage.endpoint
    if settings.vault.is_there:
        yield "vault.address", settings.vault.address
    for slug, provider in settings.git.providers.items():
        if provider.address:
            yield f"git.providers.{slug}.address", provider.address


def _private(url: SplitResult) -> str:
    try:
        found = ipaddress.ip_address(url.hostname or "")
    except ValueError:
        return ""
    return f'"{found}/{found.max_prefixlen}"' if found.is_private else ""


def _secrets(found: Rendering) -> Iterator[str]:
    yield "# Secrets of the settings. Each is made once, from where it is now:"
    for secret in found.secrets:
        yield f"#   {_make(secret, found)}"
    for section, is_variable in (("secretFiles", False), ("secretEnv", True)):
        named = [secret for secret in found.secrets if secret.is_variable is is_variable]
        if named:
            yield f"{section}:"
        for secret in named:
            name = secret.variable if is_variable else secret.name
            yield f"  {name}: {{existingSecret: {secret.secret}, key: {secret.key}}}"


def _make(secret: Secret, found: Rendering) -> str:
    command = f"{_kubectl(found)} secret generic {secret.secret} --from-file={secret.key}="
    if secret.file is not None:
        return command + shlex.quote(str(secret.file))
    # Not as an argument, which everybody on the machine sees.
    return f"printenv {shlex.quote(secret.variable)} | {command}/dev/stdin"


def _settings(found: Rendering) -> Iterator[str]:
    for why in found.without_image:
        yield f"# {TO_DECIDE} {why}"
    for why in dict.fromkeys(why for _name, why in found.left_out):
        yield f"# Left out, because {why}: {', '.join(name for name, other in found.left_out if other == why)}."
    yield "# As text: Helm would forget their order, and put them into the profiles that the chart has."
    # A text that begins with spaces has to say how far it is moved in.
    yield "settingsFile: |2" if found.text.lstrip("\n").startswith(" ") else "settingsFile: |"


def _kubectl(found: Rendering) -> str:
    return f"kubectl --namespace {found.namespace} create"
