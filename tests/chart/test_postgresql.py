"""The PostgreSQL that the chart can bring: what it is, and how the hub finds it."""

import base64
from typing import Any

import pytest
import yaml
from support.chart import CHART, NAME, Rendered, everything, render

INSIDE = {"postgresql": {"enabled": True}}
SHIPPED = CHART.parents[1] / "hub_config" / "settings.yaml"
VARIABLE, PASSWORD = "SARDONYX_DATABASE_URL", "SARDONYX_POSTGRESQL_PASSWORD"


@pytest.fixture(scope="module")
def inside() -> Rendered:
    """An installation with it, and with nothing else set."""
    return render(INSIDE)


def settings(rendered: Rendered) -> dict[str, Any]:
    """Return the settings that the hub gets."""
    found: dict[str, Any] = yaml.safe_load(rendered.one("ConfigMap", f"{NAME}-hub")["data"]["settings.yaml"])
    return found


def names(rendered: Rendered) -> list[str]:
    """Return the names of the hub's variables, in their order."""
    return [each["name"] for each in rendered.containers[f"{NAME}-hub/hub"]["env"]]


def test_nothing_of_it_is_there_unless_it_is_wanted() -> None:
    """People are in files of SQLite, as on one machine."""
    rendered = render()

    assert not any("postgresql" in each["metadata"]["name"] for each in rendered.manifests)
    assert "database" not in settings(rendered)
    assert VARIABLE not in names(rendered)


def test_the_hub_gets_its_address_and_nobody_has_to_write_it(inside: Rendered) -> None:
    """The settings name a variable, in which the hub puts the password of the Secret."""
    (address,) = [each for each in inside.containers[f"{NAME}-hub/hub"]["env"] if each["name"] == VARIABLE]

    assert settings(inside)["database"] == {"url": {"env": VARIABLE}}
    assert address["value"] == f"postgresql://sardonyx:$({PASSWORD})@{NAME}-postgresql/sardonyx"
    assert inside.mounted_variables(f"{NAME}-hub")[PASSWORD] == f"{NAME}-postgresql/password"
    assert inside.one("Service", f"{NAME}-postgresql")["spec"]["ports"][0]["port"] == 5432


def test_settings_that_are_a_file_get_it_at_their_end() -> None:
    """With all that stands in them, letter by letter."""
    rendered = render(INSIDE, "--set-file", f"settingsFile={SHIPPED}")
    text = rendered.one("ConfigMap", f"{NAME}-hub")["data"]["settings.yaml"]

    assert text.startswith(SHIPPED.read_text().rstrip())
    assert yaml.safe_load(text)["database"] == {"url": {"env": VARIABLE}}


def test_both_know_one_password_that_is_made_for_them(inside: Rendered) -> None:
    """Of letters and digits, since it is part of an address; the hub reads no other one."""
    password = base64.b64decode(inside.one("Secret", f"{NAME}-postgresql")["data"]["password"]).decode()
    spec = inside.pods[f"{NAME}-postgresql"]["spec"]
    (volume,) = [each["projected"] for each in spec["volumes"] if each["name"] == "password"]

    assert len(password) == 64
    assert password.isalnum()
    assert volume["defaultMode"] == 0o400
    assert volume["sources"] == [
        {"secret": {"name": f"{NAME}-postgresql", "items": [{"key": "password", "path": "password"}]}}
    ]
    assert "env" not in spec["containers"][0]


def test_a_password_of_the_operator_takes_its_place() -> None:
    """None is made then."""
    mine = {"existingSecret": "mine", "key": "word"}
    rendered = render({"postgresql": {"enabled": True, "password": mine}})
    (volume,) = [
        each["projected"]
        for each in rendered.pods[f"{NAME}-postgresql"]["spec"]["volumes"]
        if each["name"] == "password"
    ]

    assert f"{NAME}-postgresql" not in [each["metadata"]["name"] for each in rendered.of("Secret")]
    assert rendered.mounted_variables(f"{NAME}-hub")[PASSWORD] == "mine/word"
    assert volume["sources"] == [{"secret": {"name": "mine", "items": [{"key": "word", "path": "password"}]}}]


def test_another_password_restarts_both_and_not_the_proxy() -> None:
    """Each rendering without a cluster makes a new one."""
    tokens = {"proxy": {"token": {"existingSecret": "mine"}}, "monitoring": {"token": {"existingSecret": "mine"}}}
    before, after = render({**INSIDE, **tokens}), render({**INSIDE, **tokens})

    for part in ("hub", "postgresql"):
        assert before.pods[f"{NAME}-{part}"] != after.pods[f"{NAME}-{part}"]
    assert before.pods[f"{NAME}-proxy"] == after.pods[f"{NAME}-proxy"]


def test_its_volume_stays_when_the_chart_goes(inside: Rendered) -> None:
    """As the hub's does; and there is one of it at most, also where a node is lost."""
    claim = inside.one("PersistentVolumeClaim", f"{NAME}-postgresql")
    made = inside.one("StatefulSet", f"{NAME}-postgresql")["spec"]
    (volume,) = [each for each in made["template"]["spec"]["volumes"] if each["name"] == "data"]

    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert claim["spec"]["resources"]["requests"]["storage"] == "5Gi"
    assert volume["persistentVolumeClaim"]["claimName"] == f"{NAME}-postgresql"
    assert made["replicas"] == 1
    assert "volumeClaimTemplates" not in made


def test_a_volume_of_the_operator_takes_its_place() -> None:
    """None is made then."""
    rendered = render({"postgresql": {"enabled": True, "storage": {"existingClaim": "mine"}}})
    (volume,) = [each for each in rendered.pods[f"{NAME}-postgresql"]["spec"]["volumes"] if each["name"] == "data"]

    assert volume["persistentVolumeClaim"]["claimName"] == "mine"
    assert [each["metadata"]["name"] for each in rendered.of("PersistentVolumeClaim")] == [f"{NAME}-hub"]


def test_it_is_asked_whether_it_answers_as_the_hub_asks(inside: Rendered) -> None:
    """By the network, which is open last; and after a power cut nobody ends it while it brings everything in order."""
    container = inside.containers[f"{NAME}-postgresql/postgresql"]

    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["exec"]["command"][:3] == ["pg_isready", "--quiet", "--host=127.0.0.1"]
    assert container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"] >= 3600


def test_whoever_is_in_files_moves_only_where_that_is_wanted(inside: Rendered) -> None:
    """Else the hub says what to write, and does not start."""
    assert inside.containers[f"{NAME}-hub/hub"]["args"] == ["sardonyx", "hub"]
    assert everything().containers[f"{NAME}-hub/hub"]["args"] == ["sardonyx", "hub", "--move"]


def test_no_name_is_longer_than_kubernetes_takes() -> None:
    """It makes a label of what makes the Pod, with eleven more letters."""
    rendered = render(INSIDE, release="a" * 53)
    (made,) = rendered.of("StatefulSet")

    assert len(made["metadata"]["name"]) <= 52
    assert max(len(each["metadata"]["name"]) for each in rendered.manifests) <= 63
