"""`sardonyx event`: what organisers do on their pages, typed; with the same rules, and codes in files for their owner only."""

import csv
import io
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.event_command import event as command
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.store import PeopleStore

TOMORROW = datetime.now(UTC) + timedelta(days=1)
BEGINS, ENDS = f"{TOMORROW:%Y-%m-%dT09:00}", f"{TOMORROW:%Y-%m-%dT18:00}"
USUAL = ("--organiser", "olga", "--begins", BEGINS, "--ends", ENDS)


@pytest.fixture
def people(people_of_a_place: PeopleStore, tmp_path: Path) -> PeopleStore:
    """Olga, who leads events, and Otto."""
    (tmp_path / "secrets").mkdir()
    for name in ("olga", "otto"):
        people_of_a_place.add_account(name, "")
    return people_of_a_place


def run(*words: str, said: str | None = None) -> list[str]:
    """Run the command; return the lines that it prints."""
    result = CliRunner().invoke(command, list(words), input=said)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.output).splitlines()


def made(*more: str) -> str:
    """Make an event; return its id."""
    (line,) = run("create", "Data days", *USUAL, *more)
    return line.partition("has the id ")[2].split(".")[0]


def test_an_event_is_made_with_its_accounts_in_teams(people: PeopleStore) -> None:
    """As its organiser makes it with the form, who leads it from then on."""
    event = made("--accounts", "6", "--teams-of", "3", "--zone", "Europe/Paris", "--place", "Room 1")

    first, organisers, accounts, cards, deleted = run("show", event)

    assert first.startswith("Data days: coming, ")
    assert first.endswith(", Room 1")
    assert organisers == "Organisers: olga."
    assert accounts == "Accounts: 6, of which 0 are taken; teams: 2; profile: python."
    assert cards == f"Cards to print: http://127.0.0.1:8000/services/people/events/{event}/cards"
    assert "Europe/Paris, 24 hours after its end." in deleted
    assert run("list")[0].startswith(f"{event}  coming      6 accounts")
    assert [line.split()[0] for line in run("people", event)] == ["1", "2", "3", "4", "5", "6"]
    assert {each.who for each in people.actions.of(event)} == {OPERATOR}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--accounts", "7", "--teams-of", "3"), "7 accounts are no teams of 3: make 6 or 9.", id="teams"),
        pytest.param(("--accounts", "201"), "200", id="too-many"),
        pytest.param(("--accounts", "2", "--ends", BEGINS), "end", id="no-time"),
        pytest.param(("--accounts", "2", "--zone", "Mars/Base"), "“Mars/Base” is no time zone", id="zone"),
        pytest.param(("--accounts", "2", "--organiser", "nobody"), "There is nobody called “nobody” here.", id="who"),
        pytest.param(("--accounts", "2", "--profile", "gpu"), "gpu", id="profile"),
        pytest.param(("--accounts", "2", "--set", "size"), "“size” settles nothing.", id="set"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(people: PeopleStore, words: tuple[str, ...], said: str) -> None:
    """With the reason of the form."""
    with pytest.raises(OperatorError) as caught:
        run("create", "Data days", *USUAL, *words)

    assert said in str(caught.value)
    assert people.groups.all("event") == []


@pytest.mark.usefixtures("people")
def test_codes_are_in_a_file_for_its_owner_and_the_same_each_time(tmp_path: Path) -> None:
    """Never over another file; printed only where that is asked for."""
    event, file = made("--accounts", "3"), tmp_path / "codes.csv"

    assert run("codes", event, "-o", str(file)) == [f"{file} has the codes."]

    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert all(row["link"] == f"http://127.0.0.1:8000/hub/code#{row['code']}" for row in rows)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "\n".join(run("codes", event, "-o", "-")) == file.read_text().rstrip().replace("\r", "")
    with pytest.raises(OperatorError, match="is there already, and is not written over. Nothing was changed."):
        run("codes", event, "-o", str(file))


@pytest.mark.usefixtures("people")
def test_more_accounts_come_and_who_leads_changes() -> None:
    """Those that there were keep their codes; somebody is left who leads."""
    event = made("--accounts", "2")
    before = run("codes", event, "-o", "-")

    assert run("accounts", event, "--more", "2")[0].startswith("There are 4 accounts now.")

    assert run("codes", event, "-o", "-")[: len(before)] == before
    assert run("organiser", event, "otto") == ["otto leads the event now."]
    assert run("organiser", event, "olga", "--revoke") == ["olga leads the event no more."]
    with pytest.raises(OperatorError, match="Nothing was changed"):
        run("organiser", event, "otto", "--revoke")


def test_what_is_not_said_stays(people: PeopleStore, tmp_path: Path) -> None:
    """A change of nothing says what can be."""
    event, welcome = made("--accounts", "2", "--place", "Room 1"), tmp_path / "welcome.md"
    welcome.write_text("# Hello\n")

    run("change", event, "--title", "Health days", "--welcome", str(welcome))

    details = people.events.details(event)
    assert (details.place, details.welcome) == ("Room 1", "# Hello\n")
    assert people.groups.get("event", event).title == "Health days"
    with pytest.raises(OperatorError, match="nothing was said that is to change"):
        run("change", event)


@pytest.mark.usefixtures("people")
def test_an_event_is_ended_after_a_question() -> None:
    """Once: what is over changes no more."""
    event = made("--accounts", "2")
    assert run("end", event, said="n\n")[-1] == "Nothing was changed."

    ended = run("end", event, "--yes")

    assert ended == ["“Data days” has ended. Its people copy what they have for 24 hours; then all is deleted."]
    assert run("show", event)[0].startswith("Data days: over, ")
    with pytest.raises(OperatorError, match="“Data days” is over. Nothing was changed."):
        run("accounts", event, "--more", "1")
    with pytest.raises(OperatorError, match="See which there are with: sardonyx event list"):
        run("show", "nothing2")
