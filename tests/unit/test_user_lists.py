"""`sardonyx user` for many people at once: a list of new accounts, and acts on several names, all of them written down."""

import csv
import io
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from unit.conftest import SETTINGS

from sardonyx_hub_config.commands.users import user
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.sign_in_links import hashed
from sardonyx_services.people.store import PeopleStore


@pytest.fixture
def people(people_of_a_place: PeopleStore) -> PeopleStore:
    """Amina and Bob."""
    for name in ("amina", "bob"):
        people_of_a_place.add_account(name, "")
    return people_of_a_place


def run(*words: str, stdin: str = "") -> str:
    """Run the command; return what it prints."""
    result = CliRunner().invoke(user, words, input=stdin)
    if result.exception:
        raise result.exception
    return str(result.output)


def names(people: PeopleStore) -> list[str]:
    """Return who there is."""
    return [person.name for person in people.everybody()]


def done(people: PeopleStore) -> list[tuple[str, str]]:
    """Return what was done to whom, sorted."""
    return sorted((each.what, each.whom) for each in people.actions.latest() if each.who == OPERATOR)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_what_a_list_would_do_is_said_with_each_line_that_cannot_be_used(
    people: PeopleStore, tmp_path: Path, encoding: str
) -> None:
    """As a roster is read; a trial makes nobody, and no file."""
    written = "name;mail\nCem;c@example.org\nzoé;z@example.org\namina;\ncem;\ndora;no address\n"
    (tmp_path / "list.csv").write_bytes(written.encode(encoding))

    said = run("add", "--from", str(tmp_path / "list.csv"), "--links", str(tmp_path / "links.csv"), "--dry-run")

    lines = said.splitlines()
    assert [line.partition("list.csv, ")[2].split(":")[0] for line in lines[:3]] == ["line 3", "line 5", "line 6"]
    assert lines[3:] == ["1 get an account, 1 have one already", "Nothing was changed."]
    assert names(people) == ["amina", "bob"]
    assert not (tmp_path / "links.csv").exists()


def test_everybody_in_a_list_gets_an_account_and_a_link(people: PeopleStore, tmp_path: Path) -> None:
    """In a file for its owner only; who has an account keeps it, and gets no link."""
    (tmp_path / "list.csv").write_text("name,mail\ncem,+cem@example.org\ndora,\namina,\n")
    links = tmp_path / "links.csv"

    said = run("add", "--from", str(tmp_path / "list.csv"), "--links", str(links), "--instructor", stdin="y\n")

    assert said.endswith(f"Done. {links} has a link for each new account, good once and for 14 days.\n")
    rows = list(csv.DictReader(io.StringIO(links.read_text())))
    assert [(row["name"], row["mail"]) for row in rows] == [("cem", "'+cem@example.org"), ("dora", "")]
    assert stat.S_IMODE(links.stat().st_mode) == 0o600
    made = [people.local(name).id for name in ("cem", "dora")]
    tokens = [row["link"].partition("token=")[2] for row in rows]
    assert [people.one_time_links.purpose(hashed(token), 0) for token in tokens] == made
    assert tokens[0] not in said, "a secret is not printed"
    assert [each.name for each in people.everybody() if each.is_instructor] == ["cem", "dora"]
    assert done(people) == sorted((what, person) for what in ("account", "instructor") for person in made)


def test_a_list_makes_no_administrator(people: PeopleStore, tmp_path: Path) -> None:
    """Whoever has a name that the settings call an administrator's is one."""
    (tmp_path / "settings.yaml").write_text(f"{SETTINGS}sign_in: {{administrators: [boss]}}\n")
    (tmp_path / "list.csv").write_text("Boss\n")

    said = run("add", "--from", str(tmp_path / "list.csv"), "--links", str(tmp_path / "links.csv"), "--yes")

    assert "line 1: boss would be an administrator." in said
    assert names(people) == ["amina", "bob"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--yes",), "with --links FILE each gets an account", id="no-links"),
        pytest.param(("--links", "list.csv", "--yes"), "is there already, and is not written over", id="there"),
        pytest.param(("--links", "no/links.csv", "--yes"), "cannot be written: No such file", id="no-folder"),
        pytest.param(("cem",), "a list is added without NAME", id="name-too"),
        pytest.param(("--admin",), "makes no administrators", id="admin"),
    ],
)
def test_what_cannot_be_done_with_a_list_is_said(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    """In a sentence, and nobody is made."""
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text("cem\n")

    with pytest.raises(OperatorError, match=said):
        run("add", "--from", "list.csv", *words)

    assert names(people) == ["amina", "bob"]
    assert Path("list.csv").read_text() == "cem\n"


@pytest.mark.usefixtures("people")
def test_without_a_name_and_a_list_it_is_said_what_to_type() -> None:
    """Both ways."""
    with pytest.raises(OperatorError, match="say for whom: sardonyx user add NAME, or with a list"):
        run("add")


@pytest.mark.parametrize("what", ["instructor", "organiser"])
def test_several_people_are_made_something_and_no_more(people: PeopleStore, what: str) -> None:
    """Each is written down."""
    ids = [person.id for person in people.everybody()]

    run(what, "amina", "bob")
    assert [getattr(each, f"is_{what}") for each in people.everybody()] == [True, True]
    run(what, "amina", "bob", "--revoke")

    assert [getattr(each, f"is_{what}") for each in people.everybody()] == [False, False]
    assert done(people) == sorted((word, person) for word in (what, f"{what}-end") for person in ids)


def test_several_people_are_removed_or_none(people: PeopleStore) -> None:
    """After one question that names them; a name that is nobody's stops it before anything is done."""
    ids = [person.id for person in people.everybody()]
    with pytest.raises(OperatorError, match="there is nobody called amin here. Nothing was changed."):
        run("remove", "bob", "amin", "--yes")
    assert run("remove", "amina", "bob", stdin="n\n").startswith("Remove amina, bob? ")
    assert names(people) == ["amina", "bob"]

    run("remove", "amina", "bob", "--yes")

    assert names(people) == []
    assert done(people) == sorted(("remove", person) for person in ids)


def test_a_new_password_is_written_down(people: PeopleStore) -> None:
    """Whether it was typed or is to be chosen; whoever reads the log sees that somebody else could sign in as them."""
    run("reset-password", "amina", "--link")
    run("reset-password", "amina", "--password-stdin", stdin="correct horse battery\n")

    assert done(people) == [("password", people.local("amina").id)] * 2
