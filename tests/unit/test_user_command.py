"""`sardonyx user`: what an operator types beside a running hub, or without one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from unit.conftest import SETTINGS

from sardonyx_hub_config.commands.users import user
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.sign_in_links import hashed
from sardonyx_services.people.store import PeopleStore

PASSWORD = "correct horse battery"


@pytest.fixture
def people(people_of_a_place: PeopleStore) -> PeopleStore:
    """Nobody yet."""
    return people_of_a_place


def run(*words: str, stdin: str = "") -> str:
    """Run the command; return what it prints."""
    result = CliRunner().invoke(user, words, input=stdin)
    if result.exception:
        raise result.exception
    return str(result.output)


def test_an_account_is_made_listed_and_removed(people: PeopleStore) -> None:
    """The id is said, because files and data are kept under it."""
    assert run("add", "Amina", "--password-stdin", stdin=PASSWORD) == "amina can sign in now.\n"
    person = people.by_name("amina")
    assert person is not None
    assert run("list").split() == ["amina", person.id, "local"]

    said = run("remove", "amina", "--yes")

    assert said.startswith("amina is removed: signed out within seconds, servers stop.")
    assert f"under the id {person.id}" in said
    assert people.by_name("amina") is None
    assert run("list") == ""


def test_removing_asks_first(people: PeopleStore) -> None:
    """And does nothing without a yes."""
    run("add", "amina", "--password-stdin", stdin=PASSWORD)

    said = run("remove", "amina", stdin="n\n")

    assert said.endswith("Nothing was changed.\n")
    assert people.by_name("amina") is not None


def test_an_administrator_is_shown_as_one(people: PeopleStore) -> None:
    """So that the operator sees who may operate."""
    assert not people.has_admin()
    run("add", "boss", "--admin", "--password-stdin", stdin=PASSWORD)

    assert "administrator" in run("list")


def test_an_instructor_is_made_shown_and_no_more(people: PeopleStore) -> None:
    """With the account or later; being an administrator is something else."""
    run("add", "tia", "--instructor", "--password-stdin", stdin=PASSWORD)
    run("add", "boss", "--admin", "--password-stdin", stdin=PASSWORD)
    assert run("instructor", "boss") == "boss can make classes now.\n"

    assert [line.split(maxsplit=3)[3] for line in run("list").splitlines()] == [
        "administrator, instructor",
        "instructor",
    ]
    assert run("instructor", "tia", "--revoke") == "tia makes no classes any more.\n"
    assert [person.is_instructor for person in people.everybody()] == [True, False]


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        pytest.param(["add", "amina", "--password-stdin"], "short", "at least 12 characters", id="short-password"),
        pytest.param(["add", "amina", "--password-stdin"], "", "at least 12 characters", id="no-password"),
        pytest.param(["add", "taken", "--password-stdin"], PASSWORD, "already somebody called “taken”", id="taken"),
        pytest.param(["add", "a/b", "--link"], "", "A name has the letters a to z", id="bad-name"),
        pytest.param(
            ["add", "taken", "--link"],
            "",
            "For another link to an account with a password: sardonyx user reset-password taken --link",
            id="taken-link",
        ),
        pytest.param(
            ["add", "new", "--link", "--password-stdin"],
            PASSWORD,
            "say --link or --password-stdin",
            id="link-and-password",
        ),
        pytest.param(["remove", "nobody", "--yes"], "", "there is nobody called nobody here.", id="remove-nobody"),
        pytest.param(["instructor", "nobody"], "", "there is nobody called nobody here.", id="instructor-nobody"),
        pytest.param(
            ["reset-password", "nobody", "--link"], "", "There is nobody called “nobody” here.", id="reset-nobody"
        ),
        pytest.param(
            ["reset-password", "provided", "--link"],
            "",
            "signs in with a provider and has no password here",
            id="provider",
        ),
    ],
)
def test_what_cannot_be_done_is_said(people: PeopleStore, words: list[str], stdin: str, said: str) -> None:
    """In a sentence; nothing is changed."""
    run("add", "taken", "--password-stdin", stdin=PASSWORD)
    people.signed_in("university", "1", "provided")
    before = run("list")

    with pytest.raises(OperatorError, match=said):
        run(*words, stdin=stdin)

    assert run("list") == before


def test_a_link_is_good_for_one_name_and_ends_with_the_next(people: PeopleStore) -> None:
    """A lost link is worthless when a new one is made."""
    first = run("add", "amina", "--link").split()[-1]
    assert first.startswith("http://127.0.0.1:8000/hub/welcome?token=")

    second = run("reset-password", "amina", "--link").split()[-1]

    purposes = [people.one_time_links.purpose(hashed(link.partition("token=")[2]), 0) for link in (first, second)]
    person = people.by_name("amina")
    assert person is not None
    assert purposes == ["", person.id]


def test_who_was_removed_is_readmitted(people: PeopleStore) -> None:
    """A local account gets a link, because its password went with it."""
    run("add", "amina", "--password-stdin", stdin=PASSWORD)
    people.signed_in("university", "1", "emma")
    before = run("list")
    for name in ("amina", "emma"):
        run("remove", name, "--yes")

    assert run("readmit", "amina").startswith(
        "Give amina this link to choose a password, good once and for 24 hours: http"
    )
    assert run("readmit", "emma") == "emma can sign in again.\n"

    assert run("list") == before


def test_without_local_sign_in_there_is_nobody_to_add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link would lead to a refusal."""
    provider = "{university: {title: U, issuer: 'https://u.example', client_id: c}}"
    sign_in = f"sign_in: {{local: {{enabled: false}}, providers: {provider}}}\n"
    (tmp_path / "settings.yaml").write_text(SETTINGS + sign_in)
    monkeypatch.setenv("SARDONYX_SETTINGS", str(tmp_path / "settings.yaml"))
    monkeypatch.setenv("SARDONYX_DATA", str(tmp_path))

    with pytest.raises(OperatorError, match="nobody signs in with a password here"):
        run("add", "amina", "--link")


def test_a_place_that_was_never_started_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""
    (tmp_path / "settings.yaml").write_text(SETTINGS)
    monkeypatch.setenv("SARDONYX_SETTINGS", str(tmp_path / "settings.yaml"))
    monkeypatch.setenv("SARDONYX_DATA", str(tmp_path / "nowhere"))

    with pytest.raises(OperatorError, match="is not there yet. Start Sardonyx once with: make up"):
        run("list")


@pytest.mark.usefixtures("people")
def test_a_link_leads_below_the_path_of_the_place(tmp_path: Path) -> None:
    """As the person's browser reaches it."""
    (tmp_path / "settings.yaml").write_text(f"web: {{public_url: 'https://x.org/datalab/'}}\n{SETTINGS}")

    assert "https://x.org/datalab/hub/welcome?token=" in run("add", "amina", "--link")


@pytest.mark.parametrize("yes", [True, False], ids=["at once", "after a question"])
def test_it_is_said_what_nobody_leads_without_who_is_removed(people: PeopleStore, *, yes: bool) -> None:
    """Before they are asked, and they are removed all the same: whoever has to close an account can."""
    people.add_account("tia", "")
    tia = people.names.ids(["tia"])["tia"]
    course = people.groups.add("class", "Statistics")
    now = datetime.now(UTC)
    event = people.events.add("Hackathon", EventDetails(now, now + timedelta(days=1)))
    people.groups.join(course, tia, "instructor")
    people.groups.join(event, tia, "organiser")

    join = f"sardonyx class join {course} NAME --role instructor"
    said = run("remove", "tia", *(["--yes"] if yes else []), stdin="y\n").splitlines()

    assert said[:2] == [
        f"Without them nobody leads “Statistics”. Name somebody with: {join}",
        f"Without them nobody leads “Hackathon”. Name somebody with: sardonyx event organiser {event} NAME",
    ]
    assert people.by_name("tia") is None
