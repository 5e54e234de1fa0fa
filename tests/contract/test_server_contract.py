"""The hub side and the user side share no code: here they are compared."""

import json
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from sardonyx_hub_config.pages import data_places
from sardonyx_hub_config.settings import tools as tool_settings
from sardonyx_hub_config.settings.tools import ToolSettings
from sardonyx_services.credentials import asker
from sardonyx_services.credentials.places import group_places
from sardonyx_services.people.groups import ROLES, Kind, Membership, Role
from sardonyx_singleuser import contract as user_side
from sardonyx_singleuser import key_door
from sardonyx_singleuser.forkserver import protocol
from sardonyx_singleuser.git import clone
from sardonyx_singleuser.plan import PlanError, Repository, read_plan
from sardonyx_singleuser.sandbox import layout
from sardonyx_singleuser.storage import places as storage_places
from sardonyx_singleuser.tools import tool
from sardonyx_singleuser.tools.own import own_tools
from sardonyx_singleuser.tools.registry import TOOLS
from sardonyx_singleuser.tools.tool import Place, Start
from sardonyx_spawner import contract as hub_side
from sardonyx_spawner import repository
from sardonyx_spawner.copy_places import CopiesService
from sardonyx_spawner.local.launcher import Places
from sardonyx_spawner.local.sandbox_spec import SandboxSpec
from sardonyx_spawner.local.variables import server_variables
from sardonyx_spawner.plan import PLAN_VERSION, ServerPlan
from sardonyx_spawner.repository import Repository as PlannedRepository
from sardonyx_spawner.surroundings import Surroundings

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("kind", "role"), [(kind, role) for kind, roles in ROLES.items() for role in roles])
def test_jupyterlab_and_the_page_data_say_the_same_of_a_place(kind: Kind, role: Role) -> None:
    """In each kind of group, to each who can be in it; and none is taken for another kind's."""
    for place in group_places("abcd2345efgh6789", Membership(kind, "7mw2kfqd", role, "")):
        said = storage_places.what_of(role, place.prefix)
        assert said == data_places.what_of(role, place.prefix)
        assert kind in said or "hand" in said


def test_the_way_to_keys_in_a_server_has_the_rule_of_the_door_that_it_leads_to() -> None:
    """A header that is refused at one of them only would be a way in."""
    assert set(key_door.NEVER) == set(asker.NEVER)


def test_both_sides_name_the_same_variables() -> None:
    """A variable renamed on one side only would never arrive."""
    assert hub_side.VARIABLES == user_side.VARIABLES


def test_a_trial_is_made_with_a_user_that_servers_have() -> None:
    """One that every container has would find what servers then cannot have."""
    assert hub_side.FIRST_OWNER == user_side.FIRST_OWNER


def test_both_sides_mean_the_same_by_progress_in_a_log() -> None:
    """The hub would show it as the server's log, and nobody as a step."""
    assert (hub_side.PROGRESS_IN_LOG, hub_side.PROGRESS_MARK) == (user_side.PROGRESS_IN_LOG, user_side.PROGRESS_MARK)


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("https://git.example.org/statistics/material.git", "material"),
        ("https://git.example.org/statistics/material/", "material"),
        ("https://git.example.org/a/%2e%2e", "2e-2e"),
        ("https://git.example.org/a/~~b~~2026~", "b--2026"),
        ("https://git.example.org/a/été", "t"),
        ("https://git.example.org/a/.git", "repository"),
        ("https://git.example.org", "repository"),
    ],
)
def test_both_sides_name_the_folder_of_a_repository_alike(url: str, folder: str) -> None:
    """The hub's refuses two in one folder, and names it on pages."""
    assert clone.folder_name(url) == repository.folder_name(url) == folder


def test_both_sides_speak_the_same_version_of_the_plan() -> None:
    """An old environment refuses a plan that it would misread."""
    assert PLAN_VERSION == user_side.PLAN_VERSION


def test_both_sides_mean_the_same_by_a_sandbox() -> None:
    """Its places, the version of what is said, and the fields of a request."""
    assert hub_side.FORK_VERSION == protocol.VERSION
    assert hub_side.SANDBOX_PLAN == layout.PLAN
    assert hub_side.SANDBOX_TOKEN.startswith(f"{layout.OWN}/")
    assert hub_side.SANDBOX_JUPYTER == layout.JUPYTER
    spoken = {field.name for field in fields(SandboxSpec)}
    assert spoken <= {field.name for field in fields(layout.Sandbox)}


def test_a_server_speaks_the_language_of_its_person() -> None:
    """In the plan, and as a variable, whatever a profile says."""
    told = {hub_side.LANGUAGE: "xx"}
    plan = ServerPlan("abcd1234", "python", "Python", "Python", language="fr", variables=told)
    places = Places("/tmp", "/plan", "/token")  # noqa: S108 - names, nothing is written
    found = server_variables(plan, Path("/h"), places, prefix=Path("/e"), storage=None, hub={}, gpus={})

    assert plan.to_json()["language"] == found[user_side.LANGUAGE] == "fr"


def test_the_user_side_reads_the_plan_that_the_hub_side_writes(tmp_path: Path) -> None:
    """All that this side needs comes through the file."""
    about = ("https://e.org/a", "b", "c", "d/e", 1, True)
    copies = CopiesService("http://copies", "key")
    plan = ServerPlan(
        "abcd1234",
        "python",
        "Python",
        "Python",
        repositories=(PlannedRepository(*about, is_mirrored=True), PlannedRepository(*about)),
        environment="course",
        author_name="A",
        author_mail="m",
        tools=("vscode",),
        collaboration=True,
        home="fresh",
    )
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan.to_json(copies)))

    found = read_plan(path)

    assert (found.title, found.environment) == ("Python", "course")
    copy = copies.of("https://e.org/a", "abcd1234")
    assert found.repositories == (Repository(*about, copy=copy), Repository(*about))
    assert (found.author_name, found.author_mail) == ("A", "m")
    assert found.collaboration
    assert found.is_fresh
    assert [found.offers(name) for name in ("vscode", "mlflow")] == [True, False]


def test_a_plan_that_names_no_tools_offers_all(tmp_path: Path) -> None:
    """And one that names an empty list, none."""
    path = tmp_path / "plan.json"
    for tools, offered in ((None, True), ((), False)):
        path.write_text(json.dumps(ServerPlan("abcd1234", "python", "Python", "Python", tools=tools).to_json()))

        assert read_plan(path).offers("mlflow") is offered


def test_settings_name_the_tools_that_servers_have() -> None:
    """One that only one side knows could be asked for in vain, or not at all."""
    assert {name: tool.title for name, tool in TOOLS.items()} == tool_settings.TITLES


def test_settings_refuse_the_tools_that_servers_would() -> None:
    """Who writes one hears it before anything starts."""
    assert get_args(tool_settings.Category) == get_args(tool.Category)
    assert tool.DRAWING.pattern == tool_settings.DRAWING


def test_a_server_reads_the_tools_of_the_settings(tmp_path: Path) -> None:
    """With all that is to be known of one, also where only what has to be is written."""
    least = {"title": "Pluto", "description": "Notebooks in Julia", "command": ["pluto", "{socket}"]}
    more = {
        "icon": "M1 2h3",
        "category": "notebooks",
        "needs_window": True,
        "keeps_prefix": True,
        "how_to_get": "Ask {me}.",
    }
    how = {"ready_path": "/ready", "patience": "2m", "variables": {"BASE": "{prefix}/"}}
    settings = {"pluto": ToolSettings(**least), "more": ToolSettings(**least, **more, **how)}
    told = Surroundings(tmp_path, "http://x", own_tools={name: each.told() for name, each in settings.items()})

    found = own_tools(told.variables())

    assert [(each.title, each.category, each.needs_window, each.keeps_prefix) for each in found.values()] == [
        ("Pluto", "tools", False, False),
        ("Pluto", "notebooks", True, True),
    ]
    assert [each.way_to_get("", "") for each in found.values()] == [
        "Ask the people who run this place for it.",
        "Ask {me}.",
    ]
    place = Place(Path("/run/s"), "/user/ann/tools/more", Path("/home/ann"), Path("/home/ann/work"), {})
    begin = found["more"].start
    assert begin is not None
    assert begin("/bin/pluto", place) == Start(
        ("/bin/pluto", "/run/s"), place.folder, {"BASE": "/user/ann/tools/more/"}, "/ready", 120.0
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "cannot be read", id="empty"),
        pytest.param("[]", "cannot be read", id="no-object"),
        pytest.param(
            '{"version": 99, "repositories": [], "title": ""}',
            "has version 99, and this environment understands 1",
            id="newer",
        ),
    ],
)
def test_a_plan_that_cannot_be_read_is_explained(tmp_path: Path, text: str, said: str) -> None:
    """The operator learns from the server's log what is wrong."""
    path = tmp_path / "plan.json"
    path.write_text(text)

    with pytest.raises(PlanError, match=said):
        read_plan(path)


def test_both_distributions_have_one_version() -> None:
    """They are released together, and an environment gets the hub's own version."""
    versions = [
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]["version"]
        for folder in (".", "extensions/singleuser")
    ]

    assert versions[0] == versions[1]
