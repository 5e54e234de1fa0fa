"""What may be written into the values, and what is said of what may not."""

import re
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml
from support.chart import CHART, EVERYTHING, KUBERNETES, NAME, HelmRefusedError, everything, helm, render

from sardonyx_hub_config.chart.postgresql import BOTH
from sardonyx_hub_config.chart.schema import chart_schema_text
from sardonyx_hub_config.chart.values import ChartValues
from sardonyx_hub_config.settings.file import load_settings

SHIPPED = CHART.parents[1] / "hub_config" / "settings.yaml"
SIGN_IN = {"existingSecret": "sign-in", "key": "secret"}


def paths(tree: Any, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the way to each leaf."""
    if not isinstance(tree, dict) or not tree:
        return [prefix]
    return [path for name, below in tree.items() for path in paths(below, (*prefix, name))]


def written() -> dict[str, Any]:
    """Return the values of the chart as they are written."""
    found: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
    return found


def test_helm_finds_nothing_to_complain_of() -> None:
    """Not even in its strict mode, with nothing set and with everything."""
    assert "0 chart(s) failed" in helm("lint", "--strict", CHART)
    assert "0 chart(s) failed" in helm("lint", "--strict", CHART, "--values", EVERYTHING)


@pytest.mark.parametrize("kubernetes", KUBERNETES)
def test_the_chart_is_for_each_supported_kubernetes(kubernetes: str) -> None:
    """With nothing set."""
    assert render(kubernetes=kubernetes).of("Deployment")


def test_an_older_kubernetes_is_refused() -> None:
    """Before anything is installed."""
    with pytest.raises(HelmRefusedError, match=r"requires kubeVersion: >=1\.29"):
        render(kubernetes="1.28.0")


def test_each_template_has_something_to_give() -> None:
    """No template is for no values at all."""
    templates = {str(path.relative_to(CHART / "templates")) for path in CHART.glob("templates/**/*.yaml")}

    assert templates == everything().sources


def test_the_values_as_written_are_the_defaults_of_the_models() -> None:
    """All of them stand in values.yaml, and none beside them."""
    values = written()
    settings = values.pop("settings")
    defaults = ChartValues.model_validate({"settings": settings}).model_dump(by_alias=True)
    del defaults["settings"], defaults["global"]

    assert values == defaults


def test_each_value_is_used_by_a_template() -> None:
    """A value that does nothing would be believed."""
    templates = "".join(path.read_text() for path in (CHART / "templates").rglob("*.*"))
    names = {path[-1] for path in paths({**written(), "settings": {}, "secretFiles": {}, "secretEnv": {}})}
    # What is handed to Kubernetes as it is has names of its own.
    names -= {"cpu", "memory", "grafana_dashboard"}

    assert sorted(name for name in names if not re.search(rf"\.{name}\b", templates)) == []


def test_the_settings_of_the_chart_are_settings() -> None:
    """Those who check the file find nothing wrong with them."""
    assert ChartValues.model_validate(written()).settings.cross_faults() == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"hub": {"confg": 1}}, "at '/hub': additional properties 'confg' not allowed", id="value"),
        pytest.param({"ingres": {}}, "additional properties 'ingres' not allowed", id="section"),
        pytest.param(
            {"settings": {"web": {"prot": 3}}}, "at '/settings/web': additional properties 'prot' not allowed", id="setting"
        ),
        pytest.param(
            {"settings": {"profiles": {"My R": {"title": "R"}}}},
            "at '/settings/profiles': additional properties 'My R' not allowed",
            id="name of a profile",
        ),
        pytest.param(
            {"settings": {"profiles": {"r": {"image": "r"}}}}, "at '/settings/profiles/r': missing property 'title'", id="title"
        ),
        pytest.param(
            {"settings": {"kubernetes": {"volumes": {"v": {"path": "/data", "hostPath": {"path": "/"}}}}}},
            "at '/settings/kubernetes/volumes/v': additional properties 'hostPath' not allowed",
            id="folder of a node",
        ),
        pytest.param({"hub": {"storage": {"size": "much"}}}, "at '/hub/storage/size': 'much' does not match", id="size"),
        pytest.param({"secretFiles": {"a": {"key": "b"}}}, "at '/secretFiles/a': missing property 'existingSecret'", id="secret"),
        pytest.param({"secretEnv": {"A-B": SIGN_IN}}, "additional properties 'A-B' not allowed", id="variable"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_its_name(values: dict[str, Any], said: str) -> None:
    """Before anything is installed."""
    with pytest.raises(HelmRefusedError, match=re.escape(said)):
        render(values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param(
            {"settings": {"database": {"url": {"file": "/etc/sardonyx/secrets/database"}}}},
            "and secretFiles has no 'database'. Add it:",
            id="secret of the settings",
        ),
        pytest.param({"ingress": {"enabled": True}}, "No host is named. Write the address", id="host"),
        pytest.param({"gateway": {"enabled": True}}, "and no Gateway is named. Write its name", id="gateway"),
        pytest.param(
            {"scheduling": {"placeholders": {"replicas": 1}}}, "Placeholders need a PriorityClass below 0", id="placeholders"
        ),
        pytest.param({"settingsFile": "a: [1"}, "settingsFile cannot be read", id="settings"),
        pytest.param(
            {"postgresql": {"enabled": True}, "settings": {"database": {"url": {"env": "DATABASE"}}}}, BOTH, id="two databases"
        ),
        pytest.param(
            {"postgresql": {"enabled": True}, "settingsFile": "database: {url: {env: DATABASE}}\n"}, BOTH, id="two, in a file"
        ),
        pytest.param(
            {"hub": {"moveDatabase": True}}, "hub.moveDatabase is true, and there is no PostgreSQL to move to.", id="nowhere to move"
        ),
    ],
)  # fmt: skip
def test_what_lacks_its_other_half_is_refused_with_a_sentence(values: dict[str, Any], said: str) -> None:
    """It says what to write."""
    with pytest.raises(HelmRefusedError, match=re.escape(said)):
        render(values)


def test_a_secret_in_a_comment_of_the_settings_is_none() -> None:
    """Files have examples in them."""
    commented = "profiles: {r: {title: R, image: r}}\n# {file: /etc/sardonyx/secrets/example}\n"

    assert render({"settingsFile": commented}).of("Deployment")


def test_a_value_that_was_taken_away_is_refused_with_its_new_name(tmp_path: Path) -> None:
    """And not as one that never was."""
    root = tmp_path / "checkout"
    chart = Path(copytree(CHART, root / "helm" / "sardonyx"))
    (chart / "removed.yaml").write_text("hub.oldName: {version: 0.2.0, instead: hub.newName}\n")
    (chart / "values.schema.json").write_text(chart_schema_text(root))

    with pytest.raises(
        HelmRefusedError, match=r"hub\.oldName is no value any more since version 0\.2\.0\. Write hub\.newName"
    ):
        render({"hub": {"oldName": {"a": 1}}}, chart=chart)
    assert render(chart=chart).of("Deployment")


def test_null_in_the_settings_reaches_the_hub(tmp_path: Path) -> None:
    """`idle_stop: null` is "never", and not the default."""
    values = {"settings": {"servers": {"idle_stop": None}}}
    settings = tmp_path / "settings.yaml"
    settings.write_text(render(values).one("ConfigMap", f"{NAME}-hub")["data"]["settings.yaml"])

    assert load_settings(settings).servers.idle_stop is None


def test_a_profile_of_the_chart_is_taken_out_with_null() -> None:
    """For who wants none but their own."""
    mine = {"r": {"title": "R", "image": "r"}}
    rendered = render({"settings": {"profiles": {"python": None, **mine}}})

    settings = yaml.safe_load(rendered.one("ConfigMap", f"{NAME}-hub")["data"]["settings.yaml"])
    assert settings["profiles"] == mine


def test_the_settings_of_one_machine_are_taken_as_they_are() -> None:
    """As a file, in its order, with its comments."""
    rendered = render(None, "--set-file", f"settingsFile={SHIPPED}")

    # A block of YAML ends with one end of line.
    assert rendered.one("ConfigMap", f"{NAME}-hub")["data"]["settings.yaml"].rstrip() == SHIPPED.read_text().rstrip()


def test_helm_checks_the_settings_before_it_changes_anything() -> None:
    """The same settings, in a job that comes first, on which all else waits."""
    rendered = everything()
    job = rendered.one("Job", f"{NAME}-check")
    (checked, used) = (rendered.one("ConfigMap", f"{NAME}-{part}") for part in ("check", "hub"))

    assert {each["metadata"]["annotations"]["helm.sh/hook"] for each in (job, checked)} == {"pre-install,pre-upgrade"}
    assert job["spec"]["template"]["spec"]["containers"][0]["args"][:2] == ["sardonyx", "check"]
    assert job["spec"]["backoffLimit"] == 0
    assert checked["data"] == used["data"]
    assert render({"hub": {"checkSettings": False}}).of("Job") == []
