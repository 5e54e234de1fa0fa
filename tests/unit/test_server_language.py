"""The language of a server: what it says, and that all that it and JupyterLab's extension say can be translated."""

import ast
import json
import os
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from support import unmarked

from sardonyx_singleuser import language
from sardonyx_singleuser.contract import LANGUAGE
from sardonyx_singleuser.git.command import Answer
from sardonyx_singleuser.git.problems import problem
from sardonyx_singleuser.pages import template
from sardonyx_singleuser.spark_settings import FOLDER, write_spark_settings

ROOT = Path(__file__).parents[2] / "extensions" / "singleuser"
PYTHON = sorted((ROOT / "sardonyx_singleuser").rglob("*.py"))
FOR_OPERATORS = {"forkserver", "kernels", "sandbox"}
SPEAKERS = {
    *("StorageError", "HTTPError", "KeysError", "NoneError", "VaultError", "AwayError", "EndedError", "EndError"),
    *(
        "AppError",
        "LinkError",
        "KeptError",
        "CannotStartError",
        "ProbeError",
        "RefusedError",
        "SystemExit",
        "ValueError",
    ),
    *("LookupError", "Fetched", "say", "warn"),
}
SAME = {"no listing"}
"""Never said to a person."""
CODE = {
    "Preview",  # the name by which JupyterLab knows a viewer
    *("GET", "POST", "PUT", "PATCH", "DELETE", "Enter"),
    *("Notebook", "Console", "Other"),  # of JupyterLab, which translates them
    *("Data", "Data Store"),  # of a drive and of a kind of panels, in addresses and layouts
    *("Parquet", "GeoJSON", "SQL", "SELECT * FROM data LIMIT 100"),
    "JupyterLab does not share ${name}",  # for the console
}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        pytest.param("fr", "Il n’y a pas de dépôt à cette adresse. Vérifiez l’adresse.", id="french"),
        pytest.param("en", "There is no repository at this address. Look at the address.", id="english"),
        pytest.param("tlh", "There is no repository at this address. Look at the address.", id="unknown"),
        pytest.param("", "There is no repository at this address. Look at the address.", id="none"),
    ],
)
def test_a_text_is_in_the_language_that_the_hub_has_told(monkeypatch: pytest.MonkeyPatch, told: str, said: str) -> None:
    """Found when it is said: the module was imported before anybody had a language, as in the fork server."""
    monkeypatch.setenv(LANGUAGE, told)

    assert problem(Answer(128, said="fatal: repository not found"), "") == said


def test_the_form_fits_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """In French nothing is one, too."""
    one, many = "{files} and {count} more", "{files} and {count} more"
    monkeypatch.setenv(LANGUAGE, "fr")

    assert [language.ngettext(one, many, count) for count in (0, 1, 2)] == [
        *("{files} et {count} autre", "{files} et {count} autre", "{files} et {count} autres")
    ]


def test_a_page_is_in_the_language_of_its_person_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept after the first time; what is put into it is text, whatever it is."""
    found = []
    for told in ("fr", "en"):
        monkeypatch.setenv(LANGUAGE, told)
        page = template("process.html").render(
            title="<b>", problem="", last_words="", status="x", server="/", waits=False
        )
        found.append([line.strip() for line in page.splitlines() if "<html" in line or "<h1>" in line])

    assert found == [
        [
            '<html lang="fr">',
            *("<h1>Démarrage de &lt;b&gt;…</h1>", "<h1>&lt;b&gt; n’a pas démarré</h1>"),
            *("<h1>&lt;b&gt; ne répond pas</h1>", "<h1>&lt;b&gt; est à l’arrêt</h1>"),
        ],
        [
            '<html lang="en">',
            *("<h1>Starting &lt;b&gt; …</h1>", "<h1>&lt;b&gt; did not start</h1>"),
            *("<h1>&lt;b&gt; does not answer</h1>", "<h1>&lt;b&gt; is stopped</h1>"),
        ],
    ]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        pytest.param("fr", "Sardonyx: ce PySpark n’a pas de module pour S3", id="french"),
        pytest.param("en", "Sardonyx: this PySpark has no part for S3, so s3:// and s3a:// fail in it", id="english"),
    ],
)
def test_what_spark_lacks_is_said_by_its_own_script(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: str, said: str
) -> None:
    """With the release that fits, which only the script finds out."""
    monkeypatch.setenv(LANGUAGE, told)
    (tmp_path / "jars").mkdir()
    (tmp_path / "jars" / "hadoop-client-api-3.4.1.jar").touch()
    write_spark_settings({"AWS_ENDPOINT_URL": "http://store", "AWS_REGION": "x"}, tmp_path / "token")
    variables = {"PATH": "/usr/bin:/bin", "SPARK_HOME": str(tmp_path), "SPARK_CONF_DIR": str(tmp_path / FOLDER)}
    script = ["sh", "-c", '. "$SPARK_CONF_DIR/spark-env.sh"']
    done = subprocess.run(script, env=variables, capture_output=True, text=True, check=True)

    assert done.stderr.startswith(said)
    assert done.stderr.endswith(".config('spark.jars.packages', 'org.apache.hadoop:hadoop-aws:3.4.1')\n")


@pytest.mark.parametrize(
    ("told", "before", "after"),
    [
        pytest.param("fr", "", f"{language.LOCALE}/fr", id="french"),
        pytest.param("fr", "/etc/ours", f"/etc/ours:{language.LOCALE}/fr", id="the-operators-first"),
        pytest.param("en", "", "", id="english"),
        pytest.param("", "", "", id="none"),
    ],
)
def test_jupyterlab_begins_in_the_language(monkeypatch: pytest.MonkeyPatch, told: str, before: str, after: str) -> None:
    """By a folder with defaults of its settings, behind those of an operator."""
    monkeypatch.setenv(LANGUAGE, told)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", before)

    language.give_jupyterlab()

    assert os.environ["JUPYTER_CONFIG_PATH"] == after


def test_jupyterlab_finds_all_texts_of_its_extension() -> None:
    """In the form of its own language packs, made of the same translation."""
    folder = language.LOCALE / "fr_FR" / "LC_MESSAGES"
    told = json.loads((folder / "sardonyx.json").read_text())
    about = told.pop("")
    with (ROOT / "sardonyx_singleuser/locale/fr/LC_MESSAGES/sardonyx.po").open("rb") as file:
        catalogue = read_po(file)
    scripts = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if any(path.endswith(".js") for path, _ in message.locations)
    }

    assert about == {"domain": "sardonyx", "language": "fr-FR", "plural_forms": "nplurals=2; plural=(n > 1);"}
    assert told.keys() == scripts
    assert told["Tools"] == ["Outils"]
    assert told["%2 row"] == ["%2 ligne", "%2 lignes"]
    assert all(isinstance(said, list) and all(said) for said in told.values())


@pytest.mark.parametrize(
    "page", sorted((ROOT / "sardonyx_singleuser" / "pages").glob("*.html")), ids=lambda path: path.name
)
def test_no_text_of_a_page_is_english_only(page: Path) -> None:
    """Names and code are the same in every language."""
    left = {text for text in unmarked.in_template(page.read_text()) if "SparkSession" not in text}

    assert left <= {"Spark"}


@pytest.mark.parametrize("script", sorted((ROOT / "labextension" / "static").glob("*.js")), ids=lambda path: path.name)
def test_no_text_of_the_extension_is_english_only(script: Path) -> None:
    """The descriptions of plugins are for those who turn them off, and stand in no menu."""
    lines = [line for line in script.read_text().splitlines() if not line.strip().startswith("description: ")]
    left = set(unmarked.in_script("\n".join(lines)))

    if script.name == "icons.js":
        left = {text for text in left if not text.startswith(("M", "<svg"))}
    assert {text for text in left if "URLSearchParams" not in text} <= CODE


@pytest.mark.parametrize(
    "module",
    [path for path in PYTHON if not FOR_OPERATORS & set(path.parts)],
    ids=lambda path: str(path.relative_to(ROOT / "sardonyx_singleuser")),
)
def test_no_text_of_the_server_is_english_only(module: Path) -> None:
    """Where it is given to what speaks to people; and none is marked where nothing finds it."""
    source = module.read_text()

    assert set(unmarked.in_python(source, SPEAKERS)) <= SAME
    for text in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)):
        calls = [call.func for call in ast.walk(text) if isinstance(call, ast.Call)]
        # Python before 3.12 has an f-string as one word, in which Babel finds none.
        assert not {call.id for call in calls if isinstance(call, ast.Name)} & unmarked.TRANSLATING, text.lineno
