"""What a company has beside a cluster: a data store, a Vault, a forge and a PostgreSQL, with certificates of its own authority."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from support.authority import Authority, Certificate
from support.cluster.cluster import Cluster
from support.git_server import Forge
from support.minio import REVOKER, Minio
from support.nginx import Nginx, Site
from support.ports import free_ports
from support.postgresql import PostgresqlServer, running_postgresql
from support.vault import OPENBAO, VaultServer, running_vault

HOST = "lab.company.test"
"""The name by which people, store and Vault reach the place."""
AUDIENCE, BUCKET = "s3", "lab"
STORE_PORT, VAULT_PORT, FORGE_PORT = 9000, 8200, 3000
"""Of the machine of the tests, as the cluster reaches it."""
AUTHORITY_FILE = "/etc/sardonyx-authority/ca.crt"
"""Where the docs say that the hub has the certificates."""
SECRETS = "/etc/sardonyx/secrets"


@dataclass
class Company:
    """All of it; store and Vault are started when the place answers, whose keys they fetch."""

    cluster: Cluster
    folder: Path
    authority: Authority
    front: Nginx
    postgresql: PostgresqlServer
    minio: Minio
    over: ExitStack

    def address(self, port: int) -> str:
        """Return the address of something, as the settings name it."""
        return f"https://{self.cluster.host_address}:{port}"

    def settings(self, images: Mapping[str, str]) -> dict[str, Any]:
        """Return what an operator writes."""
        small = {"image": images["python"], "cpu": 0.5, "memory": "1G"}
        course = {"course": {"url": f"{self.address(FORGE_PORT)}/course.git"}}
        key, secret = ({"file": f"{SECRETS}/{name}"} for name in ("revoker-id", "revoker-key"))
        return {
            "web": {"public_url": f"https://{HOST}"},
            "kubernetes": {"certificate_authority": {"config_map": "company-authority"}},
            "database": {"url": {"file": f"{SECRETS}/database"}},
            "storage": {
                "kind": "s3",
                "endpoint": self.address(STORE_PORT),
                "role": self.minio.role,
                "bucket": BUCKET,
                "revoke_with": "minio",
                "revoke_access_key": key,
                "revoke_secret_key": secret,
            },
            "vault": {"address": self.address(VAULT_PORT)},
            "profiles": {
                "python": {"title": "Python", **small, "repositories": course, "order": 1},
                "own": {"title": "Our own", **small, "image": images["own"]},
            },
            "servers": {"start_timeout": "60s"},
        }

    def values(self) -> dict[str, Any]:
        """Return what they write beside the settings, as the how-to has it: single ways, by port, to a private address."""
        host = {"ipBlock": {"cidr": f"{self.cluster.host_address}/32"}}
        names = {"to": [{"ipBlock": {"cidr": f"{self.cluster.node_address}/32"}}]}
        ports = [{"port": port} for port in (STORE_PORT, VAULT_PORT, FORGE_PORT)]
        return {
            "secretFiles": {
                name: {"existingSecret": "company", "key": name} for name in ("database", "revoker-id", "revoker-key")
            },
            "networkPolicy": {
                "dns": names,
                "singleuser": {"egress": [{"to": [host], "ports": ports}]},
                "copies": {"egress": [{"to": [host], "ports": [{"port": FORGE_PORT}]}]},
            },
            "ingress": {"enabled": True, "tls": {"enabled": True, "secretName": "entrance"}},
        }

    def objects(self) -> list[dict[str, Any]]:
        """Return what they have made before."""
        about = {"database": self.database(), "revoker-id": REVOKER[0], "revoker-key": REVOKER[1]}
        return [
            {**_named("ConfigMap", "company-authority"), "data": {"ca.crt": self.authority.pem}},
            {**_named("Secret", "company"), "stringData": about},
            _tls("entrance", self.authority.certificate(HOST)),
        ]

    @cached_property
    def at_gateway(self) -> Certificate:
        """The certificate of a Gateway, another one than that of the Ingress."""
        return self.authority.certificate(HOST)

    def gateway(self) -> list[dict[str, Any]]:
        """Return a Gateway by https, as somebody else has it in a namespace of their own."""
        reference = {"certificateRefs": [{"name": "public"}], "mode": "Terminate"}
        routes = {"namespaces": {"from": "All"}}
        listener = {"name": "https", "port": 443, "protocol": "HTTPS", "tls": reference, "allowedRoutes": routes}
        gateway = {**_named("Gateway", "public"), "apiVersion": "gateway.networking.k8s.io/v1"}
        return [
            _tls("public", self.at_gateway),
            {**gateway, "spec": {"gatewayClassName": "company", "listeners": [listener]}},
        ]

    def database(self) -> str:
        """Return the address of the database, with who has to have signed its certificate."""
        return f"{self.postgresql.empty()}?sslmode=verify-full&sslrootcert={AUTHORITY_FILE}"

    def start_store(self) -> None:
        """Start the store, which fetches the keys of the place."""
        self.over.callback(self.minio.close)
        self.minio.start(f"https://{HOST}/services/credentials")
        self._shown(STORE_PORT, self.minio.endpoint)

    def start_vault(self) -> VaultServer:
        """Start Vault, which does not know the place yet."""
        vault = self.over.enter_context(
            running_vault(OPENBAO, self.folder / "vault", free_ports(), *_at_home(self.folder))
        )
        self._shown(VAULT_PORT, vault.address)
        return vault

    def show_forge(self, forge: Forge) -> None:
        """Let a forge be reached by https, too."""
        self._shown(FORGE_PORT, forge.url)

    def _shown(self, port: int, behind: str) -> None:
        address = self.cluster.host_address
        self.front.serve(Site(f"{address}:{port}", self.authority.certificate(address), {"/": behind}))


def _named(kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}


def _tls(name: str, found: Certificate) -> dict[str, Any]:
    data = {"tls.crt": found.certificate, "tls.key": found.key}
    return {**_named("Secret", name), "type": "kubernetes.io/tls", "stringData": data}


@contextmanager
def company(cluster: Cluster, folder: Path) -> Iterator[Company]:
    """Have one, and leave nothing behind."""
    authority = Authority()
    for part in ("front", "minio", "vault"):
        (folder / part).mkdir()
    (folder / "ca.crt").write_text(authority.pem)
    (folder / "hosts").write_text(f"127.0.0.1 localhost\n{cluster.host_address} {HOST}\n")
    with ExitStack() as over:
        front = over.enter_context(closing(Nginx(folder / "front")))
        address = cluster.host_address
        postgresql = over.enter_context(running_postgresql(address, authority.certificate(address)))
        minio = Minio(folder / "minio", BUCKET, AUDIENCE, *_at_home(folder))
        yield Company(cluster, folder, authority, front, postgresql, minio, over)


def _at_home(folder: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the command by which a program knows the company's names, and the variable by which it trusts its authority."""
    script = 'mount --bind "$0" /etc/hosts && exec "$@"'
    within = ("unshare", "--mount", "sh", "-c", script, str(folder / "hosts"))
    return within, {"SSL_CERT_FILE": str(folder / "ca.crt")}
