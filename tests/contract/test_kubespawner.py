"""What KubeSpawner's own settings are here: each is in the docs, and those that decide nothing do so."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from kubespawner import KubeSpawner
from support.stack import ROOT
from traitlets import TraitError
from traitlets.config import Config

from sardonyx_hub_config.settings.whole import Settings
from sardonyx_spawner.kube.spawner import SardonyxKubeSpawner
from sardonyx_spawner.plan import ServerPlan

DOCS = (ROOT / "docs" / "reference" / "kubespawner-settings.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (.*) \|$", re.MULTILINE)
NEVER, COUNTS = DOCS.split("## What counts")
DECIDES_NOTHING = sorted(name for name, _said in ROW.findall(NEVER))
PLAN = ServerPlan("kite2345", "python", "Python", "Python", image="lab/python:1", cpu=2, memory=1 << 30)
SAMPLES: tuple[Any, ...] = (7, ["sample"], {"sample": "other"}, lambda *_any: None, False, True, "sample")
"""One of them is what a setting takes, and not what it is by itself."""


class Person:
    """As much of JupyterHub's as the Pod of one depends on."""

    name, id, url = "ida", 1, "/user/ida/"
    spawners: dict[str, Any] = {}  # noqa: RUF012 - nobody changes it


@pytest.fixture(scope="module", autouse=True)
def _nowhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cluster that nobody asks: KubeSpawner wants to know of one."""
    named = {"cluster": "nowhere", "user": "nobody"}
    known = {
        "current-context": "tests",
        "contexts": [{"name": "tests", "context": named}],
        "clusters": [{"name": "nowhere", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "nobody", "user": {}}],
    }
    file = tmp_path_factory.mktemp("nowhere") / "config"
    file.write_text(json.dumps(known))
    with pytest.MonkeyPatch.context() as patch:
        # It is looked up when the library is imported.
        patch.setattr("kubernetes_asyncio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(file))
        yield


def spawner_with(config: Config) -> Any:
    """Return a spawner with settings of KubeSpawner's."""
    found = SardonyxKubeSpawner(config=config, user=Person(), namespace="lab", _mock=True)
    found.orm_spawner = SimpleNamespace(name="", server=None, started=datetime(2026, 11, 30, tzinfo=UTC))
    return found


def manifests(config: Config) -> Any:
    """Return what the plan becomes, as it is sent to the cluster."""
    spawner = spawner_with(config)
    made, hidden = spawner._manifests(PLAN)
    return spawner.api.api_client.sanitize_for_serialization(made), hidden


def other_value(name: str) -> Any:
    """Return one that a setting can have, and does not have by itself."""
    spawner = spawner_with(Config())
    usual = getattr(spawner, name)
    for sample in SAMPLES:
        try:
            setattr(spawner, name, sample)
        except (TraitError, KeyError, TypeError):
            continue
        if getattr(spawner, name) != usual:
            return sample
    raise AssertionError(f"no sample is another value of {name}: add one")


def test_each_setting_of_kubespawner_is_in_the_docs_once() -> None:
    """If this fails there is a new KubeSpawner: say in the docs what its new settings are here."""
    assert sorted(name for name, _said in ROW.findall(DOCS)) == sorted(KubeSpawner.class_own_traits(config=True))


def test_what_takes_the_place_of_another_is_a_setting() -> None:
    """Those of the section `kubernetes`, which are said with their path."""
    known = Settings.model_json_schema()["$defs"]
    homes, others = known["HomeVolumeSettings"]["properties"], known["KubernetesSettings"]["properties"]
    named = set(re.findall(r"`kubernetes\.([\w.]+)`", DOCS))

    assert named <= others.keys() | {f"homes.{name}" for name in homes}
    assert len(named) > 10


@pytest.mark.parametrize("name", DECIDES_NOTHING)
async def test_a_setting_that_decides_nothing_leaves_pod_and_secret_as_they_are(name: str) -> None:
    """Whatever it is set to."""
    config = Config()
    config.SardonyxKubeSpawner[name] = other_value(name)

    assert manifests(config) == manifests(Config())


@pytest.mark.parametrize(("name", "value"), [("common_labels", {"a": "b"}), ("pod_name_template", "my-{username}")])
async def test_one_that_counts_changes_them(name: str, value: Any) -> None:
    """So that the test above would see it."""
    config = Config()
    config.SardonyxKubeSpawner[name] = value

    assert manifests(config) != manifests(Config())
