"""Tools that an operator installs: in their place in one step, replaced without a gap, and refused with what is missing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sardonyx_hub_config.commands import tools as tools_command
from sardonyx_hub_config.commands.tools import tools
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.tools.extensions import FOLDER, LIST, ExtensionError
from sardonyx_hub_config.tools.install import MADE, install, is_installed, remove
from sardonyx_hub_config.tools.recipes import RECIPES, Recipe

Run = Callable[..., Result]
SETTINGS = """
environments: {python: {title: Python, prefix: /usr}}
profiles: {python: {title: Python, environment: python}}
"""
ONE = (
    "iniconfig==2.1.0 --hash=sha256:9deba5723312380e77435581c6bf4935c94cbfab9b1ed33ef8d238ea168eb760\n",
    "iniconfig==2.0.0 --hash=sha256:b6a85871a79d2e3b22d2d1b94ac2824226a63c6b741c88f7ae975f18b6778374\n",
    "iniconfig==1.1.1 --hash=sha256:011e24c64b7f47f6ebd835bb12a743f2fbe9a26d4cecaa7f53bc4f35ee9da8b3\n",
)
"""Three versions of a small tool, as lock files."""


@dataclass(frozen=True)
class Made(Recipe):
    """A tool of the tests.

    Args:
        lock: its only part.
    """

    lock: Path = Path()

    @property
    def files(self) -> tuple[Path, ...]:
        """The lock file."""
        return (self.lock,)


def version(number: int, folder: Path) -> Made:
    """Return one version of a tool."""
    lock = folder / f"{number}.lock"
    lock.write_text(ONE[number])
    return Made("tiny", "Tiny", "python", "python", lock=lock)


def test_a_tool_is_in_its_place_and_servers_can_read_it(tmp_path: Path) -> None:
    """Whatever user they run as; a second time nothing is made."""
    recipe, folder = version(0, tmp_path), tmp_path / "tools"
    assert not is_installed(recipe, folder)

    install(recipe, folder, tmp_path / "log")

    assert is_installed(recipe, folder)
    program = folder / "tiny" / "bin" / "python"
    assert program.exists()
    assert all(path.stat().st_mode & 0o005 == 0o005 for path in (folder, folder / MADE, (folder / "tiny").resolve()))
    made = (folder / "tiny").resolve().stat().st_ctime
    install(recipe, folder, tmp_path / "log")
    assert (folder / "tiny").resolve().stat().st_ctime == made


def test_a_newer_version_leaves_the_one_before_to_servers_that_run_it(tmp_path: Path) -> None:
    """And no older one."""
    folder = tmp_path / "tools"
    places = []
    for number in range(3):
        recipe = version(number, tmp_path)
        install(recipe, folder, tmp_path / "log")
        places.append((folder / "tiny").resolve())

    assert is_installed(version(2, tmp_path), folder)
    assert not is_installed(version(1, tmp_path), folder)
    assert [place.exists() for place in places] == [False, True, True]


def test_a_tool_that_is_removed_leaves_nothing(tmp_path: Path) -> None:
    """Also where it was not there."""
    recipe, folder = version(0, tmp_path), tmp_path / "tools"
    remove(recipe, folder)
    install(recipe, folder, tmp_path / "log")

    remove(recipe, folder)

    assert not (folder / "tiny").is_symlink()
    assert not list((folder / MADE).glob("tiny-*"))


def test_what_the_machine_does_not_have_is_named_with_its_packages(tmp_path: Path) -> None:
    """Before anything is made."""
    recipe = Recipe(
        "tiny", "Tiny", "npm", "tiny", needs=("no-such-compiler", "/no/such.h"), packages="compiler headers"
    )

    with pytest.raises(OperatorError) as caught:
        install(recipe, tmp_path / "tools", tmp_path / "log")

    assert str(caught.value) == (
        "Tiny is partly compiled here, and no-such-compiler, /no/such.h are missing."
        " On Debian and Ubuntu: sudo apt-get install compiler headers"
    )
    assert not (tmp_path / "tools").exists()


def test_an_installer_that_fails_leaves_the_version_of_before(tmp_path: Path) -> None:
    """Its words are in the log."""
    folder, recipe = tmp_path / "tools", version(0, tmp_path)
    install(recipe, folder, tmp_path / "log")
    bad = tmp_path / "bad.lock"
    bad.write_text(ONE[1].replace("b6a8", "0000"))

    with pytest.raises(OperatorError, match="The whole story is in .*log"):
        install(Made("tiny", "Tiny", "python", "python", lock=bad), folder, tmp_path / "log")

    assert is_installed(recipe, folder)
    assert "hash" in (tmp_path / "log").read_text().lower()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A way to give the operator's commands."""
    monkeypatch.setenv("SARDONYX_DATA", str(tmp_path / "data"))
    (tmp_path / "settings.yaml").write_text(SETTINGS)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(tools, [*arguments, "--settings", str(tmp_path / "settings.yaml")])

    return invoke


def test_the_list_names_each_tool(run: Run) -> None:
    """With whether it is there."""
    result = run("list")

    assert [line.split() for line in result.output.splitlines()] == [
        ["vscode", "VS", "Code", "not", "installed"],
        ["mlflow", "MLflow", "not", "installed"],
    ]
    assert set(RECIPES) == {"vscode", "mlflow"}


def test_a_tool_that_is_unknown_is_answered_with_those_that_are(run: Run) -> None:
    """Nothing is made."""
    result = run("install", "emacs")

    assert str(result.exception) == "there is no tool 'emacs'. There are: vscode, mlflow."


@pytest.fixture
def vscode(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A VS Code that is there at once, and takes extensions as they are; what it was asked for."""
    asked: list[str] = []

    def take(wanted: Sequence[str], tools: Path, _log: Path) -> None:
        asked.extend(wanted)
        told = [{"identifier": {"id": each}, "version": "1.0.0", "relativeLocation": f"{each}-1.0.0"} for each in asked]
        (tools / FOLDER).mkdir(exist_ok=True)
        (tools / FOLDER / LIST).write_text(json.dumps(told))

    monkeypatch.setattr(tools_command, "add_extensions", take)
    monkeypatch.setitem(RECIPES, "vscode", version(0, tmp_path))
    return asked


def test_extensions_are_installed_with_vs_code_and_listed(run: Run, vscode: list[str]) -> None:
    """And removed without it."""
    result = run("install", "vscode", "--extension", "acme.hello", "--extension", "acme.more@1.0.0")

    assert vscode == ["acme.hello", "acme.more@1.0.0"]
    assert "Whenever VS Code starts from now on, everybody has: acme.hello, acme.more@1.0.0." in result.output
    assert "extension of VS Code for everybody: acme.hello 1.0.0" in run("list").output
    result = run("remove", "vscode", "--extension", "acme.hello")
    assert result.output == "Whenever VS Code starts from now on, it is without acme.hello.\n"
    assert "acme.hello" not in run("list").output
    run("remove", "vscode")
    assert "extension of VS Code" not in run("list").output


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            ("install", "mlflow", "--extension", "acme.hello"),
            "extensions are those of VS Code. Write: sardonyx tools install vscode --extension NAME.",
        ),
        (
            ("remove", "vscode", "mlflow", "--extension", "acme.hello"),
            "extensions are those of VS Code. Write: sardonyx tools remove vscode --extension NAME.",
        ),
        (("install", "vscode", "--extension", "nowhere.vsix"), "there is no file nowhere.vsix."),
        (
            ("remove", "vscode", "--extension", "acme.hello"),
            "there is no extension 'acme.hello' that was installed for servers. There are: none.",
        ),
    ],
)
def test_extensions_that_cannot_be_are_refused_before_anything_is_made(
    run: Run, tmp_path: Path, command: tuple[str, ...], said: str
) -> None:
    """VS Code itself takes minutes."""
    assert str(run(*command).exception) == said
    assert not (tmp_path / "data" / "tools" / "vscode").exists()


def test_an_extension_that_vs_code_refuses_is_said_with_the_place_of_its_words(
    run: Run, vscode: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """VS Code is there all the same."""

    def refuse(*_told: object) -> None:
        raise ExtensionError("VS Code does not take it.")

    monkeypatch.setattr(tools_command, "add_extensions", refuse)

    log = tmp_path / "data" / "logs" / "tool-vscode-extensions.log"
    assert str(run("install", "vscode", "--extension", "acme.hello").exception) == (
        f"VS Code does not take it. What VS Code said is in {log}."
    )
    assert vscode == []


@pytest.mark.parametrize("command", [("list",), ("install", "vscode"), ("remove", "vscode")])
def test_on_kubernetes_tools_are_in_images(run: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    """What the hub's Pod installs reaches no server: each command says what does."""
    monkeypatch.setenv("SARDONYX_ENGINE", "kubernetes")
    monkeypatch.setenv("SARDONYX_NAME", "lab")

    result = run(*command)

    assert str(result.exception) == (
        "servers on Kubernetes have the tools that are in their image. For others: build one that has vscode and mlflow, such as"
        ' with make images ARGS="python+vscode+mlflow", or choose another one, with environments.NAME.image in the settings:'
        " docs/how-to/make-your-own-image.md."
    )
