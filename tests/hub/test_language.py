"""What a person reads in their own server is in their language, in real servers of one fork server."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support import web
from support.addresses import plain, socket_path
from support.forks import Forks, Server, running_forks

from sardonyx_singleuser.contract import LANGUAGE

LOCALE = "@jupyterlab/translation-extension:plugin"
PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
BROKEN = "import flask\n\ndef root(:\n"


@pytest.fixture(scope="module")
def forks(prefix: Path) -> Iterator[Forks]:
    """A fork server, which is everybody's."""
    with running_forks(prefix / "bin" / "python", ordinary=False) as running:
        yield running


@pytest.fixture(scope="module")
def servers(forks: Forks) -> dict[str, Server]:
    """That of somebody who speaks French, and one in English that was made after it."""
    found = {}
    for language in ("fr", "en"):
        name = f"person{language}"
        forks.put(name, "broken.py", BROKEN)
        forks.put(name, "plain.py", "print(1)\n")
        forks.put(name, "env/pyvenv.cfg", "version = 3.11.2\n")
        found[language] = forks.start(name, variables={LANGUAGE: language})
        assert found[language].is_ready, found[language].said
    return found


@pytest.fixture
def ask(servers: dict[str, Server], language: str) -> Iterator[httpx.Client]:
    """A browser at the server of a person with a language."""
    server = servers[language]
    transport = httpx.HTTPTransport(uds=socket_path(server.url))
    headers = {"Authorization": f"token {server.name}-token"}
    with web.Client(base_url=plain(server.url), transport=transport, headers=headers, timeout=60) as client:
        yield client


def both(french: str, english: str) -> pytest.MarkDecorator:
    """Try in both languages."""
    return pytest.mark.parametrize(
        ("language", "said"), [pytest.param("fr", french, id="french"), pytest.param("en", english, id="english")]
    )


@both(
    "broken.py, ligne 3\xa0: invalid syntax. Corrigez puis réessayez.",
    "broken.py, line 3: invalid syntax. Correct it and try again.",
)
def test_why_a_file_is_no_app(ask: httpx.Client, said: str) -> None:
    """What Python says of it is Python's."""
    assert ask.post("sardonyx/api/apps", json={"path": "broken.py"}).json()["message"] == said


@both("Il n’y a pas d’outil abacus ici.", "There is no tool abacus here.")
def test_a_tool_that_there_is_not(ask: httpx.Client, said: str) -> None:
    """In the answer to a page that asks."""
    assert ask.get("sardonyx/api/processes/tools/abacus").json()["message"] == said


@both(
    "Les responsables de cette plateforme peuvent l’installer, avec\xa0: sardonyx tools install vscode",
    "Whoever runs this place can install it, with: sardonyx tools install vscode",
)
def test_what_tools_are_for_and_how_to_get_them(ask: httpx.Client, said: str, language: str) -> None:
    """They are written down once, for everybody, before anybody has a language."""
    tools = {tool["name"]: tool for tool in ask.get("sardonyx/api/tools").json()}

    assert tools["vscode"]["how_to_get"] == said
    french = "Écrire et exécuter du code dans Visual Studio Code"
    assert (tools["vscode"]["description"] == french) == (language == "fr")


@both(
    "Ce lien n’indique aucun dépôt. Adressez-vous à la personne qui vous a donné le lien.",
    "This link names no repository. Ask who gave you the link.",
)
def test_a_link_to_no_repository(ask: httpx.Client, said: str, language: str) -> None:
    """On its page, which says its language to programs that read it out."""
    page = ask.get("git-pull", headers=PAGE).text

    assert f'<p id="problem">{said}</p>' in page
    assert f'<html lang="{language}">' in page


@both(
    "Le site qui l’héberge ne répond pas. Réessayez plus tard.",
    "Its place on the web does not answer. Try again later.",
)
def test_a_repository_whose_forge_is_away(ask: httpx.Client, said: str) -> None:
    """What git says in English is known by its signs, and said in the person's language."""
    answer = ask.post("sardonyx/api/git-pull", json={"repo": "http://127.0.0.1:1/x.git"})

    assert (answer.status_code, answer.json()["message"]) == (502, said)


@both("Python 3.11 (env, défectueux)", "Python 3.11 (env, broken)")
def test_the_names_of_kernels(ask: httpx.Client, said: str) -> None:
    """Those of the person's own environments."""
    assert ask.get("api/kernelspecs").json()["kernelspecs"]["env-env"]["spec"]["display_name"] == said


@both("Vos fichiers sont ouverts", "Opened your files")
def test_how_far_the_start_is(servers: dict[str, Server], language: str, said: str) -> None:
    """The hub shows it as it comes."""
    assert said in [line.get("progress", {}).get("message") for line in servers[language].said]


@both("fr_FR", "default")
def test_jupyterlab_is_in_the_persons_language(ask: httpx.Client, said: str) -> None:
    """Until they choose another one in its settings, which stays."""
    found = ask.get(f"lab/api/settings/{LOCALE}").json()
    assert found["schema"]["properties"]["locale"]["default"] == said
    assert found["settings"] == {}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_jupyterlab_has_french_for_itself_and_for_our_extension(ask: httpx.Client) -> None:
    """For everybody: whoever chooses it in the settings of JupyterLab has it, too."""
    found = ask.get("lab/api/translations/fr_FR").json()

    assert found["message"] == ""
    assert found["data"]["jupyterlab"]["New Folder"] == ["Nouveau dossier"]
    assert found["data"]["sardonyx"]["Data Store"] == ["Stockage de données"]
