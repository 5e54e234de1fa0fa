"""Three real stores with real keys services, each behind a front that lets keys die after seconds."""

import base64
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import Queue
from threading import Thread

import httpx
import pytest
from support import web
from support.environments import built_environment, clients_environment
from support.expiring_front import KEYS_PATH, ExpiringFront
from support.go_servers import MC
from support.minio import REVOKER, Minio
from support.places import BUCKET, REGION, Place
from support.ports import free_ports
from support.radosgw import Radosgw, missing_programs
from support.waiting import soon

from sardonyx_singleuser.credentials import storage_variables, write_token
from sardonyx_singleuser.spark_settings import spark_variables, write_spark_settings

NEEDS = {"r": "Rscript", "r-parquet": "Rscript", "rclone": "rclone", "rclone-daemon": "rclone", "spark": "java"}
"""Client -> a program of the machine that it is made of, or needs."""
NEEDS_OF_R = {"r": "DBI", "r-parquet": "reticulate"}
"""Client -> the package of R that it needs."""
LIFE_S = 6.0
AT_ONCE = 10
"""Clients at the same time. Most of their time they wait, but with more of them keys die before they are used."""
KEYS_READY = 4
PATIENCE_S = 240
BESIDE = ("obstore", "deltalake", "mlflow", "minio-py", "aws-cli", "spark")
"""Clients in the environment of the tests; the others are in the shipped one for Python."""


def need_r_package(name: str | None) -> None:
    """Skip the test where R has not a package that it needs; None = it needs none."""
    if (
        name
        and subprocess.run(["Rscript", "-e", f"loadNamespace('{name}')"], check=False, capture_output=True).returncode
    ):
        pytest.skip(f"R has no package {name} on this machine. On Debian: r-cran-{name.lower()}")


@dataclass
class Front:
    """A store as servers see it, and what was run against it.

    Args:
        key_for: makes a role and a key of the store, for a place that assumes the role with it.
    """

    place: Place
    folder: Path
    proxy: ExpiringFront = field(init=False)
    role: str = ""
    revoke: dict[str, object] = field(default_factory=dict)
    key_for: Callable[[str], tuple[str, str, str]] | None = None
    _ready: dict[str, Queue[dict[str, str]]] = field(default_factory=dict)
    _runs: dict[str, Future[subprocess.CompletedProcess[str]]] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE))

    def serve(self, store: str) -> None:
        """Begin to pass requests on to a store."""
        self.proxy = ExpiringFront(store, self._fresh_keys, LIFE_S)

    def _fresh_keys(self, client: str) -> dict[str, str] | None:
        ready = self._ready.get(client)
        return ready.get(timeout=PATIENCE_S) if ready is not None else None

    def _get_ready(self, client: str) -> None:
        """Have keys ready: some clients wait for a second only, and this machine has much to do."""
        for number in count():
            # From a server of its own each time: for one and the same the keys service gives the same keys again.
            person = self.place.person(client, f"{client}-{number}")
            try:
                self._ready[client].put(person.keys())
            except httpx.HTTPError:
                return

    def variables(self, client: str) -> dict[str, str]:
        """Return the environment of a server, as launcher and hub make it, whose hub token is the client's name."""
        home = self.folder / client
        home.mkdir(exist_ok=True)
        self._ready[client] = Queue(KEYS_READY)
        self.place.person(client)
        Thread(target=self._get_ready, args=(client,), daemon=True).start()
        token_file = home / "token"
        told = {
            "SARDONYX_TOKEN_FILE": str(token_file),
            "SARDONYX_CREDENTIALS_URL": f"{self.proxy.address}{KEYS_PATH}aws",
            "SARDONYX_S3_ENDPOINT": self.proxy.address,
            "SARDONYX_S3_REGION": REGION,
            "SARDONYX_S3_BUCKET": BUCKET,
            "SARDONYX_S3_HOME": f"s3://{BUCKET}/{self.place.person(client).home}",
        }
        found = storage_variables(told, client)
        write_token(token_file, client)
        write_spark_settings(found, token_file)
        return {**told, **found, **spark_variables(told, token_file), "HOME": str(home), "LANG": "C.UTF-8"}

    def start(self, client: str) -> None:
        """Let a client begin as soon as it is its turn."""
        self._runs[client] = self._pool.submit(self._run, client)

    def result(self, client: str) -> subprocess.CompletedProcess[str]:
        """Wait for a client's end."""
        program = NEEDS.get(client)
        if program and shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine")
        need_r_package(NEEDS_OF_R.get(client))
        if client not in self._runs:
            self.start(client)
        return self._runs[client].result(PATIENCE_S)

    def _run(self, client: str) -> subprocess.CompletedProcess[str]:
        prefix = clients_environment() if client in BESIDE else built_environment()
        variables = self.variables(client)
        script = str(Path(__file__).with_name("clients.py"))
        notebook = ["-m", "IPython", script] if client == "duckdb-notebook" else ["-W", "error::RuntimeWarning", script]
        return subprocess.run(
            [str(prefix / "bin" / "python"), *notebook, client],
            cwd=variables["HOME"],
            env={
                **variables,
                "PATH": f"{prefix}/bin:{os.environ['PATH']}",
                "MATRIX_LIFE_S": str(LIFE_S),
                "MATRIX_PORT": str(free_ports()),
                "MATRIX_MC": str(MC.built()) if client == "mc" else "",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def close(self) -> None:
        """Leave nothing behind."""
        self._pool.shutdown(cancel_futures=True)
        self.proxy.close()
        self.place.close()


def _thumbprint(place: Place) -> str:
    """Return that of the certificate of the signing key, as an operator sees it."""
    soon(lambda: web.get(f"{place.keys}/jwks").status_code == 200)
    short = web.get(f"{place.keys}/jwks").json()["keys"][0]["x5t"]
    return base64.urlsafe_b64decode(f"{short}=").hex().upper()


def revoking(place: Place, way: str, key: tuple[str, str]) -> dict[str, object]:
    """Write down with what keys are refused, and return what the keys service is told of it."""
    files = [place.folder / name for name in ("revoke-key", "revoke-secret")]
    for file, text in zip(files, key, strict=True):
        file.write_text(text)
    return {"revoke_with": way, "revoke_access_key": files[0], "revoke_secret_key": files[1]}


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The store that comes with Sardonyx."""
    place = Place(tmp_path_factory.mktemp("place"), free_ports())
    front = Front(place, tmp_path_factory.mktemp("seaweedfs"))
    front.serve(place.endpoint)
    try:
        place.start_store()
        place.start_keys()
        place.wait()
        yield front
    finally:
        front.close()


@pytest.fixture(scope="session")
def radosgw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Ceph's gateway, as an operator would make it ready for us."""
    if missing := missing_programs():
        pytest.skip(f"Ceph is not on this machine: {', '.join(missing)}. On Debian: radosgw, ceph-mon and ceph-osd.")
    # A short path, because of its sockets.
    folder = Path(tempfile.mkdtemp(prefix="sardonyx-rgw-"))
    place = Place(tmp_path_factory.mktemp("place"), free_ports())
    ceph = Radosgw(folder, BUCKET)
    front = Front(place, tmp_path_factory.mktemp("radosgw"), key_for=ceph.key_for)
    front.serve(ceph.endpoint)
    try:
        ceph.start()
        front.revoke = revoking(place, "bucket_policy", ceph.administrator)
        place.start_keys(ceph.endpoint, ceph.role, revoke=front.revoke)
        ceph.trust(place.keys, "s3", _thumbprint(place))
        place.wait()
        yield front
    finally:
        front.close()
        ceph.close()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """MinIO, as an operator would make it ready for us."""
    place = Place(tmp_path_factory.mktemp("place"), free_ports())
    store = Minio(tmp_path_factory.mktemp("store"), BUCKET, "s3")
    front = Front(place, tmp_path_factory.mktemp("minio"), role=store.role, key_for=store.key_for)
    front.serve(store.endpoint)
    try:
        front.revoke = revoking(place, "minio", REVOKER)
        place.start_keys(store.endpoint, store.role, revoke=front.revoke)
        # It reads once, when it starts, where the issuer has its keys.
        soon(lambda: web.get(f"{place.keys}/.well-known/openid-configuration").status_code == 200)
        store.start(place.keys)
        place.wait()
        yield front
    finally:
        front.close()
        store.close()
