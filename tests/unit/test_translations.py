"""Every text that people see is translated: extracted afresh, and compared with each translation."""

import filecmp
import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from catalogues import HEADER, LANGUAGES, PARTS, ROOT, Part, from_script, problems, read, sources, texts
from support import unmarked

TRANSLATIONS = [pytest.param(part, language, id=f"{part.name}-{language}") for part in PARTS for language in LANGUAGES]


@pytest.mark.parametrize(("part", "language"), TRANSLATIONS)
def test_every_text_is_translated(part: Part, language: str) -> None:
    """`make words` brings the file up to date; what is left is for a person who speaks the language."""
    assert problems(texts(part), read(part.file(language), language)) == []


def faults(said: str) -> list[str]:
    """Return what is wrong with a translation of two texts."""
    found = Catalog()
    found.add("Start {name}", None, [("a.py", 0)])
    found.add(("One file", "{count} files"), None, [("b.html", 0)])
    return problems(found, read_po(StringIO(HEADER.format(language="fr", plural=LANGUAGES["fr"]) + said)))


def test_every_text_of_a_script_is_found() -> None:
    """Also one after a text with another one in it, one of several pieces, and one with a quote."""
    script = b"""
    const href = `${base}log/${name}${server ? `/${server}` : ""}`; add("a", { href }, _("Log"), "b");
    say(ngettext("One", "{count} of them", n), trans.__(
      "It's " + "long"));
    """

    found = [text for _line, _name, text, _comments in from_script(BytesIO(script))]

    assert found == ["Log", ("One", "{count} of them"), "It's long"]


START = 'msgid "Start {name}"\nmsgstr "Démarrer {name}"\n\n'
FILES = 'msgid "One file"\nmsgid_plural "{count} files"\nmsgstr[0] "Un fichier"\nmsgstr[1] "{count} fichiers"\n\n'


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(START + FILES, [], id="complete"),
        pytest.param(FILES, ["not translated: “Start {name}” (a.py)"], id="missing"),
        pytest.param(
            START + FILES.replace("{count} fichiers", ""), ["not translated: “One file” (b.html)"], id="half-plural"
        ),
        pytest.param(
            "#, fuzzy\n" + START + FILES, ["a guess (fuzzy), to be looked at: “Start {name}” (a.py)"], id="guess"
        ),
        pytest.param(
            START.replace("er {name}", "er {nom}") + FILES,
            ["other {values} than in the English text: “Start {name}” (a.py)"],
            id="values",
        ),
        pytest.param(
            START + FILES + '#: c.js\nmsgid "Gone"\nmsgstr "Parti"\n', ["no longer used: “Gone” (c.js)"], id="unused"
        ),
    ],
)
def test_what_is_wrong_with_a_translation_is_named(said: str, expected: list[str]) -> None:
    """With the text and where it stands."""
    assert faults(said) == expected


MARKED = {
    ".html": unmarked.in_template,
    ".js": unmarked.in_script,
    ".css": unmarked.in_style,
    ".R": unmarked.in_r,
}
SPEAKING = {
    *(
        "UserError",
        "SaidError",
        "HTTPError",
        "StartRefusedError",
        "PeopleError",
        "NameRefusedError",
        "SignInRefusedError",
    ),
    *("CredentialsError", "NotAllowedError", "BadRequestError", "UnavailableError", "KeysServiceError", "NoGpuError"),
    *("LogUnreadableError", "tell"),
}
"""What speaks to people, by its name; `RefusedError` of Vault is looked at by hand: a half of it is for the log."""
OPERATORS = (
    *("and nobody with that id", "is erased with the event", "is being erased already", "had here is being deleted"),
    *("sardonyx user list", "newer Sardonyx", "here by now", "was removed here", "no password here", "your Prometheus"),
    *("no class or team", "nobody is “", "no such person", "was an account of an event"),
)
"""From texts that only the command line and programs show: they are English, as all that operators read."""
PROGRAMS = {"Ended", "InternalFailure", "NotFound", "NotReady", "VaultSealed"}
"""Codes in answers."""
RULES_OF_STYLE = "form:has("
OF_JUPYTERLAB = {
    *("Runs files as apps", "Shows the person's places in the data store", "Leads to pages of the hub"),
    *("Says why the server is gone, and leads back", "Folds what is beside the work where there is no room"),
    "Lets cells wait for the kernel of their notebook",
    *("Prefers the kernel of the environment beside a notebook", "Shows the tools of this server"),
    *("Tells the server that somebody is there, so that it is not stopped meanwhile",),
    *("Shows what this server uses, and how long it goes on", "Hands in files of the home in a class"),
    *("Preview", "Data Store", "Data", "Parquet", "GeoJSON", "Spark", "Enter", "SELECT * FROM data LIMIT 100"),
    *("Notebook", "Console", "Other"),
}
"""Descriptions of plugins, which JupyterLab translates none of, and names of its factories; rows of its launcher; names, keys and code."""
CODE = ("<svg ", "${URLExt", "JupyterLab does not share", "from pyspark.sql import")


@pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])
def test_every_text_is_marked(part: Part) -> None:
    """In templates, scripts of pages and of JupyterLab, styles, Python and R; if this fails, give the text to `_`."""
    found = []
    styles = (path for folder in part.sources for path in folder.rglob("*.css"))
    for path in (*sources(part), *styles):
        text = path.read_text()
        look = MARKED.get(path.suffix)
        found += [(path.name, said) for said in (look(text) if look else unmarked.in_python(text, SPEAKING))]

    assert [
        (name, said)
        for name, said in found
        if said not in PROGRAMS | OF_JUPYTERLAB
        and not said.startswith((RULES_OF_STYLE, *CODE))
        and not any(piece in said for piece in OPERATORS)
    ] == []


@pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])
def test_french_has_its_spaces(part: Part) -> None:
    """None that breaks a line before a sign of two parts or inside guillemets, and none missing there."""
    wrong = re.compile(r" [:;?!»]|« |[^\s\xa0](?:[;?!](?=\s|$)|:(?=\s)|»)|«(?!\xa0)|\w'\w")
    forms = [form for message in read(part.file("fr"), "fr") if message.id for form in spoken_forms(message)]

    assert [form for form in forms if wrong.search(re.sub(r"<[^>]*>|Contents: read", "", form))] == []


def spoken_forms(message: Message) -> list[str]:
    """Return what a message is in the translation."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize(
    ("template", "found"),
    [
        pytest.param("<p>{{ _('Start') }}</p>{% trans n=name %}Stop {{ n }}{% endtrans %}", [], id="marked"),
        pytest.param("<p>Start {{ name }}</p>", ["Start"], id="text"),
        pytest.param('<input placeholder="A name"><a title="{{ _("x") }} now">', ["A name", "now"], id="attribute"),
        pytest.param('{{ "one" if n == 1 else n ~ " things" }}', ["one things"], id="expression"),
        pytest.param('{% set title = name or "My server" %}{{ icon("note") }}', ["My server"], id="kept"),
        pytest.param('<code>sardonyx up</code><a lang="fr">Français</a><script>let a</script>', [], id="unread"),
        pytest.param("{# A comment #}<b>Sardonyx</b> … · {{ '%H:%M' }}", [], id="no-words"),
    ],
)
def test_a_text_in_a_template_that_is_not_marked_is_found(template: str, found: list[str]) -> None:
    """Wherever in the template it stands."""
    assert unmarked.in_template(template) == found


def test_a_text_in_a_script_that_is_not_marked_is_found() -> None:
    """What looks like a sentence; names of events and classes do not."""
    script = """
    // Not this one.
    say(_("Stop it?")); say("Stop it!"); make("div", "sx-row is-now"); say(`${name} is gone now`);
    say(ngettext("One file", "{count} files", n));
    """

    assert unmarked.in_script(script) == ["Stop it!", "${name} is gone now"]


def test_a_text_in_a_style_is_found() -> None:
    """It belongs into an attribute of the template."""
    assert unmarked.in_style('a::before { content: "Profile "; } b::after { content: "· "; }') == ["Profile "]


def test_a_text_in_python_that_is_not_marked_is_found() -> None:
    """Where it is given to what speaks to people."""
    code = """
raise UserError("Write a number.", field="Not this")
raise UserError(_("Write a number."))
tell(folders, f"Found {room} for you", "done")
log.info("For the operator")
"""

    assert unmarked.in_python(code, {"UserError", "tell"}) == ["Write a number.", "Not this", "Found {} for you"]


def test_both_distributions_compile_their_translations_alike() -> None:
    """Each is built from its own folder, so each has the file."""
    assert filecmp.cmp(ROOT / "hatch_build.py", ROOT / "extensions/singleuser/hatch_build.py", shallow=False)


@pytest.mark.parametrize(("part", "language"), TRANSLATIONS)
def test_each_wheel_has_its_translations(part: Part, language: str) -> None:
    """Compiled; the tests run against what a release would have."""
    package = {"hub": "sardonyx_spawner", "server": "sardonyx_singleuser"}[part.name]
    folder = Path(__import__(package).__file__ or "").parent / "locale" / language / "LC_MESSAGES"

    assert {path.name for path in folder.iterdir()} >= {"sardonyx.mo", "sardonyx.json"}


def test_what_r_says_untranslated_is_found() -> None:
    """Not what is given to gettext, and not what is no sentence."""
    source = 'stop(gettext("Try again.")); warning( "There are no keys", call. = FALSE); cat("\\n"); message("key")'

    assert unmarked.in_r(source) == ["There are no keys"]
