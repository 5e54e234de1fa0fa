"""The service of classes in the process of a test, without a hub."""

from contextlib import closing
from pathlib import Path

import httpx
import pytest
from support.served import served

from sardonyx_hub_config.services.people import TEMPLATES
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.__main__ import parts_of
from sardonyx_services.people.web.classes.seat import Makers
from sardonyx_services.people.web.configuration import EventRules, PeopleConfiguration, StorePlace
from sardonyx_services.people.web.parts import Parts
from sardonyx_services.people.web.service import create_app
from sardonyx_spawner.profiles import Profile

ROOT = "/services/people/"
ENVIRONMENT = {
    "JUPYTERHUB_SERVICE_PREFIX": ROOT,
    "JUPYTERHUB_BASE_URL": "/",
    "JUPYTERHUB_API_URL": "http://hub/api",
    "JUPYTERHUB_API_TOKEN": "token-of-the-service",
    "JUPYTERHUB_CLIENT_ID": "service-people",
    "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{ROOT}oauth_callback",
}
OPERATOR_TOKEN = "of-the-operator"
EVENTS = EventRules()


def quiet_hub(request: httpx.Request) -> httpx.Response:
    """Answer as the hub does, whose tokens are called as their people; nothing runs, and nothing is stored."""
    if request.url.path == "/stored":
        return httpx.Response(200, json={})
    if request.url.path == "/api/sardonyx/servers":
        return httpx.Response(200, json={"servers": []})
    name = request.headers["Authorization"].removeprefix("token ")
    scopes = ["access:services!service=people"]
    return httpx.Response(200, json={"kind": "user", "name": name, "groups": [], "scopes": scopes})


def parts_in(
    folder: Path,
    people: PeopleStore,
    hub: httpx.MockTransport,
    monkeypatch: pytest.MonkeyPatch,
    events: EventRules = EVENTS,
    *,
    profiles: tuple[Profile, ...] = (Profile("python", "Python"),),
    has_providers: bool = False,
    has_passwords: bool = True,
    makers: Makers = "instructors",
    cluster_instance: str = "",
) -> Parts:
    """Return what the service is made of.

    Args:
        folder: for what it reads and writes.
        hub: what answers instead of the hub and the keys service.
        events: what events can be.
        profiles: what classes and events can be made from.
        has_providers: people sign in with providers.
        has_passwords: people sign in with passwords of the place.
        makers: who makes classes.
        cluster_instance: as of `PeopleConfiguration`.
    """
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    (folder / "secret").write_text("ab" * 32)
    (folder / "operator").write_text(OPERATOR_TOKEN)
    nowhere = "http://127.0.0.1:9"
    configuration = PeopleConfiguration(
        people=None,
        secret=folder / "secret",
        operator=folder / "operator",
        log=folder / "people.log",
        title="Sardonyx",
        address="http://place",
        store=StorePlace(
            keys=nowhere, token=folder / "secret", endpoint=nowhere, region="r", bucket="b", is_limited=True
        ),
        profiles=profiles,
        tools={"vscode": "VS Code", "mlflow": "MLflow"},
        events=events,
        has_providers=has_providers,
        has_passwords=has_passwords,
        makers=makers,
        administrators=frozenset({"chief"}),
        homes=folder / "homes",
        audit=folder / "credentials.jsonl",
        templates=TEMPLATES,
        version="1",
        cluster_instance=cluster_instance,
    )
    return parts_of(configuration, people, httpx.AsyncClient(transport=hub))


def routes_of_the_service(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return method and path of all that the service answers to, below its own path."""
    with closing(PeopleStore(folder / "people.sqlite")) as people:
        parts = parts_in(folder, people, httpx.MockTransport(lambda _request: httpx.Response(404)), monkeypatch)
        return served(create_app(parts).routes, ROOT.rstrip("/"))
