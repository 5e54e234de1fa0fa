"""`sardonyx event`: what organisers do on their pages, typed; with the same rules, and codes in files for their owner only."""

import csv
import io
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.cards import opened, read_codes

from sardonyx_hub_config.commands.events import event as command
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.entries import Entries
from sardonyx_services.people.event_models import SeatRow
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

    first, organisers, accounts, sign_ins, cards, deleted = run("show", event)

    assert first.startswith("Data days: coming, ")
    assert first.endswith(", Room 1")
    assert organisers == "Organisers: olga."
    assert accounts == "Accounts: 6, of which 0 are taken; teams: 2; profile: python."
    assert sign_ins == "Each code lets somebody in 30 times."
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
    assert all(row["link"].startswith(f"http://127.0.0.1:8000/hub/code#{row['code']}.") for row in rows)
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

    assert run("accounts", event, "--double")[0].startswith("There are 8 accounts now.")
    assert run("codes", event, "-o", "-")[: len(before)] == before
    for words in ((), ("--double", "--more", "2"), ("--double", "--teams-of", "2")):
        with pytest.raises(OperatorError, match="say --more N, with --teams-of N if they are in teams, or --double."):
            run("accounts", event, *words)
    assert run("organiser", event, "otto") == ["otto leads the event now."]
    assert run("organiser", event, "olga", "--revoke") == ["olga leads the event no more."]
    with pytest.raises(OperatorError, match="Nothing was changed"):
        run("organiser", event, "otto", "--revoke")


@pytest.mark.usefixtures("people")
def test_the_cards_are_a_pdf_for_their_owner_only(tmp_path: Path) -> None:
    """With the codes that the table has; no file is written over."""
    event, file = made("--accounts", "9"), tmp_path / "cards.pdf"

    assert run("cards", event, "--pdf", str(file)) == [f"{file} has the cards."]

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = csv.DictReader(io.StringIO("\n".join(run("codes", event, "-o", "-")).lstrip("\ufeff")))
    assert sorted(code for page in opened(file.read_bytes()) for code in read_codes(page)) == sorted(
        row["link"] for row in rows
    )
    with pytest.raises(OperatorError, match="is there already, and is not written over. Nothing was changed."):
        run("cards", event, "--pdf", str(file))


def test_each_team_has_a_link_to_what_it_has(people: PeopleStore) -> None:
    """While there can be something; else it is said why there is none."""
    event = made("--accounts", "2", "--teams-of", "1")
    with pytest.raises(OperatorError, match="has no teams, or is not on yet, or is deleted: there are no links."):
        run("teams", event)
    begun = replace(people.events.details(event), begins=datetime.now(UTC) - timedelta(hours=1))
    people.events.change(event, begun)

    first, second = run("teams", event)

    (team, other) = people.seats.teams(event)
    assert first.startswith("Team 1 ")
    assert {line.rpartition("/take/")[2].split("-")[0] for line in (first, second)} == {team.id, other.id}


def test_material_is_said_in_words_and_shown_in_the_same(people: PeopleStore) -> None:
    """Several repositories; what is shown can be typed again."""
    words = ("https://git.example.org/a branch=v1 depth=1", "https://git.example.org/b 'folder=week 1'")
    event = made("--accounts", "2", *(part for each in words for part in ("--repository", each)))

    assert [line for line in run("show", event) if "Material" in line] == [f"Material: {each}" for each in words]
    run("change", event, "--place", "Room 2")
    assert [each.url for each in people.events.details(event).repositories] == [each.split()[0] for each in words]
    with pytest.raises(OperatorError, match="This address needs an SSH key.* Nothing was changed."):
        run("change", event, "--repository", "git@git.example.org:a/b")
    run("change", event, "--repository", "")
    assert people.events.details(event).repositories == ()


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


def test_an_event_that_nobody_leads_is_marked(people: PeopleStore) -> None:
    """Until it is led again, as `sardonyx user remove` said."""
    event = made("--accounts", "2")
    assert run("list")[0].endswith("  Data days")
    people.remove("olga")
    assert run("list")[0].endswith("  Data days (no organiser)")

    assert run("organiser", event, "otto") == ["otto leads the event now."]

    assert run("list")[0].endswith("  Data days")


def test_it_is_said_how_often_codes_let_in_and_which_are_used_up(people: PeopleStore) -> None:
    """Within the settings; a desk sees why a card is not good any more."""
    event = made("--accounts", "2", "--sign-ins", "1")
    assert "Each code lets somebody in once." in run("show", event)
    with people._session() as session:
        code_hash = session.get_one(SeatRow, (event, 1)).code_hash
    begins = people.events.details(event).begins
    Entries(people._session, lambda: begins).by_code(code_hash, "Ada")

    first, second = run("people", event)

    assert first.endswith(" (code used up)")
    assert not second.endswith(" (code used up)")
    assert run("change", event, "--sign-ins", "2") == ["“Data days” is changed."]
    assert "Each code lets somebody in 2 times." in run("show", event)
    assert not any("used up" in line for line in run("people", event))
    with pytest.raises(OperatorError) as caught:
        run("change", event, "--sign-ins", "31")
    assert str(caught.value) == "A code lets people in at least once, and 30 times at most here. Nothing was changed."


def test_it_is_said_how_much_an_event_may_store(people: PeopleStore, tmp_path: Path) -> None:
    """Where the settings limit that; an empty amount takes it back."""
    refused = (
        "What events have in the data store is not limited here. Say nothing, or ask the people who run this place."
    )
    with pytest.raises(OperatorError) as caught:
        made("--accounts", "2", "--storage", "2G")
    assert str(caught.value) == f"{refused} Nothing was changed."
    with (tmp_path / "settings.yaml").open("a") as settings:
        settings.write("quotas: {each_event: {storage: 10G}}\n")

    event = made("--accounts", "2", "--storage", "2G")

    assert "All of it may have 2G in the data store." in run("show", event)
    run("change", event, "--storage", "")
    assert not any("in the data store" in line for line in run("show", event))
    with pytest.raises(OperatorError) as caught:
        run("change", event, "--storage", "11G")
    assert str(caught.value) == "An event has 10 GB in the data store at most here. Nothing was changed."
    assert people.events.details(event).storage == ""
