"""`sardonyx check --kubernetes` without a cluster, and the values that it reads: said in a sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.ports import free_ports

from sardonyx_hub_config.chart.file import load_values, merged
from sardonyx_hub_config.commands.check import check
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.file import SettingsError

SETTINGS = "profiles: {r: {title: R, image: r}}\n"
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: {current}
clusters: [{{name: c, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: u, user: {user}}}]
contexts: [{{name: lab, context: {{cluster: c, user: u, namespace: datalab}}}}]
"""
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A way to run the command, with a kubeconfig that a test writes."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    settings = tmp_path / "settings.yaml"
    settings.write_text(SETTINGS)

    def look(*told: str) -> tuple[int, str]:
        result = CliRunner().invoke(check, [str(settings), "--kubernetes", *told])
        assert result.exception is None or isinstance(result.exception, SystemExit | OperatorError), result.exception
        return result.exit_code, result.output or str(result.exception)

    return look


def write(folder: Path, *, current: str = "lab", user: str = "{}", port: int | None = None) -> None:
    """Write a kubeconfig of a cluster that is not there."""
    (folder / "kubeconfig").write_text(KUBECONFIG.format(current=current, user=user, port=port or free_ports()))


def test_without_a_kubeconfig_it_is_said_where_one_is_looked_for(run: Run, tmp_path: Path) -> None:
    """And how to name another one."""
    code, said = run()

    assert code == 1
    assert (
        f"FAULT  kubeconfig   there is no kubeconfig: {tmp_path}/kubeconfig. Get one from the people who run the"
        in said
    )
    assert "KUBECONFIG=FILE sardonyx check --kubernetes" in said


def test_a_context_that_is_not_there_is_said_with_those_that_are(run: Run, tmp_path: Path) -> None:
    """The way to its name is short."""
    write(tmp_path)
    code, said = run("--context", "lba")

    assert code == 1
    assert f"FAULT  kubeconfig   the kubeconfig {tmp_path}/kubeconfig has no context 'lba'. There are: lab." in said


def test_without_a_current_context_one_is_chosen_by_an_option(run: Run, tmp_path: Path) -> None:
    """Nobody guesses a cluster."""
    write(tmp_path, current='""')
    code, said = run()

    assert code == 1
    assert "names no context as the current one. Choose one by --context. There are: lab." in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a: [", "cannot be used: while parsing", id="no YAML"),
        pytest.param("", "cannot be used: it is none. Try it with: kubectl get pods", id="empty"),
        pytest.param("[1]", "cannot be used: it is none. Try it with: kubectl get pods", id="a list"),
    ],
)
def test_what_is_no_kubeconfig_is_said_so(run: Run, tmp_path: Path, text: str, said: str) -> None:
    """In one line."""
    (tmp_path / "kubeconfig").write_text(text)
    code, found = run()

    assert code == 1
    assert said in found
    assert len(found.splitlines()) == 2


def test_a_program_for_signing_in_that_fails_is_said(run: Run, tmp_path: Path) -> None:
    """Clouds have such."""
    write(tmp_path, user="{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-program-here}}")
    code, said = run()

    assert code == 1
    assert "cannot be used:" in said
    assert "no-such-program-here" in said


def test_a_cluster_that_does_not_answer_is_said_with_its_address(run: Run, tmp_path: Path) -> None:
    """And what may be between."""
    port = free_ports()
    write(tmp_path, port=port)
    code, said = run()

    assert code == 1
    assert f"ok     kubeconfig   context lab, namespace datalab: http://127.0.0.1:{port}" in said
    assert f"FAULT  cluster      http://127.0.0.1:{port}: it does not answer: " in said
    assert "Look whether it runs, and whether this machine reaches it, such as by a VPN." in said


def test_a_namespace_of_ones_own_wins_over_that_of_the_context(run: Run, tmp_path: Path) -> None:
    """It is where one installs."""
    write(tmp_path)

    assert "context lab, namespace other:" in run("--namespace", "other")[1]


def test_the_options_for_a_cluster_go_with_kubernetes(tmp_path: Path) -> None:
    """Else nobody looks at it."""
    result = CliRunner().invoke(check, [str(tmp_path / "settings.yaml"), "--images"])

    assert str(result.exception) == "--context, --namespace, --values and --images go with --kubernetes. Add it."


def test_a_profile_without_an_image_is_a_fault_of_the_settings(run: Run, tmp_path: Path) -> None:
    """On a cluster; no cluster is asked."""
    (tmp_path / "settings.yaml").write_text(
        "environments: {p: {title: P, prefix: /p}}\nprofiles: {r: {title: R, environment: p}}\n"
    )
    code, said = run()

    assert code == 1
    assert said.startswith("the profile 'r' has no image, and servers on Kubernetes run from one.")


def values(folder: Path, text: str) -> Path:
    """Write a file of values."""
    path = folder / "values.yaml"
    path.write_text(text)
    return path


def test_values_are_put_into_those_of_the_chart_as_helm_does_it(tmp_path: Path) -> None:
    """Sections are merged, and null takes out."""
    found = load_values(
        values(
            tmp_path,
            "hub: {resources: {limits: {cpu: 1}}}\nsettings: {title: X, profiles: {python: null, r: {title: R, image: r}}}\n",
        ),
        None,
    )

    assert found.hub.resources.limits == {"memory": "2Gi", "cpu": 1}
    assert [*found.settings.profiles] == ["r"]
    assert found.settings.title == "X"


def test_null_takes_out_and_nothing_else() -> None:
    """What was not there stays null, which is what a setting may be."""
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"b": None}, "d": None}) == {"a": {"c": 2}, "d": None}


def test_settings_as_text_win_over_settings_in_the_values(tmp_path: Path) -> None:
    """As in the chart."""
    found = load_values(values(tmp_path, f"settings: {{title: X}}\nsettingsFile: |\n  title: Y\n  {SETTINGS}"), None)

    assert (found.settings.title, [*found.settings.profiles]) == ("Y", ["r"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "image: {}\nhub:\n  storge: {}\n",
            "the values in {path} have one fault:\nvalues.yaml:3: hub.storge: is not a setting. Did you mean 'storage'?",
            id="value",
        ),
        pytest.param(
            "hub: {checkSetings: true}\n",
            "values.yaml:1: hub.checkSetings: is not a setting. Did you mean 'checkSettings'?",
            id="name",
        ),
        pytest.param(
            "settings:\n  titel: X\n",
            "values.yaml:2: settings.titel: is not a setting. Did you mean 'title'?",
            id="setting",
        ),
        pytest.param(
            "image: {}\nsettingsFile: |\n  titel: X\n  profiles: {r: {title: R, image: r}}\n",
            "the settings in {path} have one fault:\nvalues.yaml:3: titel: is not a setting. Did you mean 'title'?",
            id="setting in text",
        ),
        pytest.param("settingsFile: |\n  a: [\n", "values.yaml:3: ", id="text that is no YAML"),
        pytest.param("hub: [\n", "the values in {path} have one fault:", id="no YAML"),
        pytest.param(
            "settings: {quotas: {each_person: {memory: 2G}}}\n",
            "settings in {path} have one fault:\nvalues.yaml: ",
            id="crossed",
        ),
    ],
)
def test_a_fault_in_the_values_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    """As one in the settings is."""
    path = values(tmp_path, text)
    if "quotas" in text:
        path.write_text(
            text + "settingsFile: |\n  profiles: {r: {title: R, image: r}}\n  quotas: {each_person: {memory: 2G}}\n"
        )
    with pytest.raises(SettingsError) as caught:
        load_values(path, None)

    assert said.format(path=path) in str(caught.value)


def test_values_that_are_not_there_are_said_so(tmp_path: Path) -> None:
    """And none are guessed."""
    with pytest.raises(OperatorError, match=r"there is no file of values .*values\.yaml\. Name another one\."):
        load_values(tmp_path / "values.yaml", None)


def test_two_databases_are_refused_as_the_chart_does_it(tmp_path: Path) -> None:
    """One of the chart and one of the settings: nobody would know where people are."""
    text = f"postgresql: {{enabled: true}}\nsettings:\n  database: {{url: {{env: DATABASE}}}}\n  {SETTINGS}"

    with pytest.raises(OperatorError, match="the settings have a section 'database', too. Take it out of them"):
        load_values(values(tmp_path, text), None)
