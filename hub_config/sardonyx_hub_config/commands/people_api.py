"""The service of classes, as commands on this machine ask it: what goes on in servers is known to it alone."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.engines.engine import ports_here
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.services.people import PATH
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.settings.whole import Settings

PATIENCE_S = 60.0
LOOK_S = 0.5
NOT_FOUND = 404
NOT_HERE = (
    "the service of classes does not answer ({error}). What goes on in servers is known while Sardonyx runs: start it with"
    " sardonyx up, or wait a few seconds where it starts."
)


@dataclass(frozen=True)
class Progress:
    """How far a go through servers is.

    Args:
        refused: name of who -> why it was not done.
    """

    total: int
    done: int
    refused: Mapping[str, str]

    @property
    def goes_on(self) -> bool:
        """Whether it is not through."""
        return self.done < self.total

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Progress":
        """Return what the service says of one."""
        return cls(said["total"], said["done"], said["refused"])


@dataclass(frozen=True)
class GroupApi:
    """What the service does for one class or event.

    Args:
        kind: "class" or "event".
    """

    client: httpx.Client
    kind: str
    id: str

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return what it answers.

        Args:
            body: bytes as they are; else what becomes JSON; None = nothing.

        Raises:
            OperatorError: it refuses, or does not answer.
        """
        content = body if body is None or isinstance(body, bytes) else json.dumps(body)
        return _answer(self.client, self.kind, method, self._address(path), content=content)

    def save(self, path: str, out: Any) -> None:
        """Write what it answers into a file.

        Raises:
            OperatorError: it refuses, or ends in the middle.
        """
        try:
            with self.client.stream("GET", self._address(path)) as answer:
                if answer.is_error:
                    answer.read()
                _look(answer, self.kind)
                for part in answer.iter_bytes():
                    out.write(part)
        except httpx.HTTPError as error:
            raise OperatorError(NOT_HERE.format(error=error)) from error

    def look_again(self) -> Progress:
        """Return how far the last go through servers is, after a moment.

        Raises:
            OperatorError: the service does not answer.
        """
        time.sleep(LOOK_S)
        return Progress.of(self.ask("GET", "live")["run"])

    def _address(self, path: str) -> str:
        # Names of people and files may have signs that mean something in an address.
        parts = [quote(part, safe="") for part in (self.id, *path.split("/"))]
        return "/".join(("classes" if self.kind == "class" else "events", *parts))


@dataclass(frozen=True)
class GroupsApi:
    """What the service does for all classes, or all events, of a place.

    Args:
        kind: "class" or "event".
    """

    client: httpx.Client
    kind: str

    def find(self, wish: Mapping[str, str | int]) -> list[dict[str, Any]]:
        """Return what is found.

        Raises:
            OperatorError: it refuses, or does not answer.
        """
        found: list[dict[str, Any]] = _answer(self.client, self.kind, "GET", self._address(), params=wish)
        return found

    def act(self, wish: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Do something to many; return what became of each.

        Raises:
            OperatorError: it refuses, or does not answer.
        """
        done: list[dict[str, Any]] = _answer(self.client, self.kind, "POST", self._address(), content=json.dumps(wish))
        return done

    def _address(self) -> str:
        return f"operation/{'classes' if self.kind == 'class' else 'events'}"


def _answer(client: httpx.Client, kind: str, method: str, address: str, **said: Any) -> Any:
    try:
        answer = client.request(method, address, **said)
        _look(answer, kind)
        return answer.json() if answer.content else None
    except (httpx.HTTPError, json.JSONDecodeError) as error:
        raise OperatorError(NOT_HERE.format(error=error)) from error


def _look(answer: httpx.Response, kind: str) -> None:
    if not answer.is_error:
        return
    try:
        said = str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        said = f"the service of classes answers {answer.status_code}. Its log says why: people.log."
    more = f" See which there are with: sardonyx {kind} list" if answer.status_code == NOT_FOUND else ""
    raise OperatorError(f"{said}{more}")


def group_api(kind: str, group: str) -> GroupApi:
    """Return the way to what is done with the servers of a class or an event.

    Raises:
        OperatorError: Sardonyx does not run here, or not for this user.
    """
    return GroupApi(_client_here(), kind, group)


def groups_api(kind: str) -> GroupsApi:
    """Return the way to what is done with many classes or events; it raises what `group_api` does."""
    return GroupsApi(_client_here(), kind)


def _client_here() -> httpx.Client:
    settings = load_settings(find_settings(None))
    folder = DataFolder(settings.data_folder)
    try:
        token = folder.operator_token.read_text()
    except FileNotFoundError as error:
        raise OperatorError(NOT_HERE.format(error="it was not started yet")) from error
    except OSError as error:
        raise OperatorError(f"{folder.operator_token} cannot be read: {error.strerror}.") from error
    return _client(settings, token)


def _client(settings: Settings, token: str) -> httpx.Client:
    ports = ports_here(settings)
    return httpx.Client(
        base_url=f"{ports.url(ports.people)}{settings.web.path}{PATH}api/",
        headers={"Authorization": f"token {token}", "Content-Type": "application/json", "Accept-Language": "en"},
        timeout=PATIENCE_S,
        trust_env=False,
    )


def content_of(path: Path) -> bytes:
    """Return what is in a file.

    Raises:
        OperatorError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}. Nothing was handed out.") from error
