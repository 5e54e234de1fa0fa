"""A real server in its sandbox, with a real data store: what JupyterLab asks it about the person's data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import web
from support.addresses import plain, socket_path
from support.forks import Forks, running_forks
from support.places import BUCKET, REGION, Place, running_place


@pytest.fixture(scope="module")
def forks(prefix: Path) -> Iterator[Forks]:
    """A fork server as on a machine whose hub has the most rights that the tests have."""
    with running_forks(prefix / "bin" / "python", ordinary=False) as running:
        yield running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A store and a keys service."""
    with running_place(tmp_path_factory.mktemp("place")) as found:
        yield found


class DataServer:
    """Somebody's server, asked as JupyterLab does it."""

    def __init__(self, forks: Forks, place: Place, name: str, *, endpoint: str = "", keys: str = "") -> None:
        self.place, self.person = place, place.person(name)
        told = {
            "JUPYTERHUB_API_TOKEN": self.person.token,
            "SARDONYX_TOKEN_FILE": "/run/sardonyx/token",
            "SARDONYX_CREDENTIALS_URL": f"{keys or place.keys}/aws",
            "SARDONYX_S3_ENDPOINT": endpoint or place.endpoint,
            "SARDONYX_S3_REGION": REGION,
            "SARDONYX_S3_BUCKET": BUCKET,
            "SARDONYX_S3_HOME": f"s3://{BUCKET}/{self.person.home}",
        }
        self.server = forks.start(name, variables=told)
        assert self.server.is_ready, (self.server.said, self.server.log.read_text())
        self.web = web.Client(
            base_url=f"{plain(self.server.url)}sardonyx/api/storage/",
            transport=httpx.HTTPTransport(uds=socket_path(self.server.url)),
            headers={"Authorization": f"token {name}-token"},
            timeout=120,
        )

    @property
    def store(self) -> Any:
        """The person's own client of the store."""
        return self.person.s3()

    def ask(self, what: str, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """Ask about a path."""
        query = {"path": path, **more.pop("query", {})}
        return self.web.request(method, what, params=query, **more)

    def says(self, what: str, path: str, method: str = "GET", **more: Any) -> Any:
        """Ask, and return the answer, which is none of a refusal."""
        answer = self.ask(what, path, method, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, path: str, body: bytes) -> None:
        """Write a file as a small one is uploaded."""
        self.says("file", path, "PUT", content=body, query={"replaces": "1"})

    def names(self, path: str) -> list[str]:
        """Return the names in a folder."""
        return sorted(entry["name"] for entry in self.says("folder", path)["entries"])

    def copy(self, source: str, target: str, *, moves: bool = False) -> httpx.Response:
        """Copy or move."""
        return self.web.post("copy", json={"from": source, "to": target, "moves": moves})

    def cross(self, source: str, target: str, into: str) -> httpx.Response:
        """Copy between the home and the store, into one of them."""
        return self.web.post("crossing", json={"from": source, "to": target, "into": into})

    def preview(self, path: str, what: str = "first", *arguments: str, is_local: bool = False) -> httpx.Response:
        """Ask a preview."""
        told = {"path": path, "what": what, "arguments": arguments, "is_local": is_local}
        return self.web.post("preview", json=told)

    def shown(self, path: str, what: str = "first", *arguments: str) -> Any:
        """Ask a preview, and return its answer."""
        answer = self.preview(path, what, *arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def data_server(forks: Forks, place: Place, name: str, **where: str) -> Iterator[DataServer]:
    """Run one."""
    running = DataServer(forks, place, name, **where)
    try:
        yield running
    finally:
        running.web.close()


def told(answer: httpx.Response) -> str:
    """Return the sentence of a refusal: one line, and nothing of a program's insides."""
    assert answer.status_code >= 400, answer.text
    message = str(answer.json()["message"])
    assert "Traceback" not in message
    assert message.endswith("."), message
    return message
