"""`sardonyx class`: what an operator types for a class, beside a running hub or without one."""

import csv
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from unit.conftest import SETTINGS

from sardonyx_hub_config.commands.classes import class_
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.sign_in_links import hashed
from sardonyx_services.people.store import PeopleStore

END = "its people reach its data until 2027-12-14 23:00 UTC, when it ends; its data is kept then."


@pytest.fixture
def people(people_of_a_place: PeopleStore) -> PeopleStore:
    """Two people, who sign in elsewhere."""
    people_of_a_place.signed_in("university", "a", "amina", mail="amina@example.org")
    people_of_a_place.signed_in("university", "b", "bob", mail="bob@example.org")
    return people_of_a_place


def run(*words: str, stdin: str = "") -> str:
    """Run the command; return what it prints."""
    result = CliRunner().invoke(class_, words, input=stdin)
    if result.exception:
        raise result.exception
    return str(result.output)


@pytest.fixture
def course(people: PeopleStore) -> str:
    """The id of a class that was made by the command."""
    said = run("add", "  Statistics   101 ")
    (found,) = people.groups.all("class")
    assert said == f"“Statistics 101” has the id {found.id}. People join with: sardonyx class join {found.id} NAME …\n"
    return found.id


def roles(people: PeopleStore, course: str) -> dict[str, str]:
    """Return who is what in a class, by name."""
    members = people.groups.members(course)
    return {person.name: members[person.id] for person in people.everybody() if person.id in members}


def test_people_join_are_listed_and_leave(people: PeopleStore, course: str) -> None:
    """With their role, which joining again changes."""
    assert run("join", course, "amina", "bob") == (
        "amina is in the class now, as student.\nbob is in the class now, as student.\n"
    )
    run("join", course, "bob", "--role", "instructor")
    assert run("list") == f"{course}     1 students   1 staff  Statistics 101\n"
    shown = run("show", course).splitlines()
    assert shown[:2] == [
        "Statistics 101: it goes on until it is ended; its data is deleted a day later.",
        "Servers: none of its own.",
    ]
    assert [line.split()[:2] for line in shown[2:]] == [
        ["amina", "student"],
        ["bob", "instructor"],
    ]

    assert run("leave", course, "amina") == "amina is not in the class any more.\n"

    assert roles(people, course) == {"bob": "instructor"}


def test_what_a_class_is_is_shown_whatever_it_is(people: PeopleStore, course: str) -> None:
    """With what to do where nobody is in it or leads it; of one with days, until when its people reach its data."""
    shown = run("show", course).splitlines()
    assert shown[2:] == [f"Nobody is in it yet. Let somebody join with: sardonyx class join {course} NAME"]
    run("join", course, "amina")
    days = {"first_day": date(2027, 9, 6), "last_day": date(2027, 10, 31), "kept_days": 44, "zone": "Europe/Paris"}
    before = people.classes.details(course)
    people.classes.change(course, replace(before, profile="python", after_end="keep", **days))  # type: ignore[arg-type]  # as they are

    shown = run("show", course).splitlines()

    assert shown[:3] == [
        f"Statistics 101: its first day is 2027-09-06; its last day is 2027-10-31, by the clocks of Europe/Paris; {END}",
        "Servers: made from “python”.",
        f"Nobody leads it. Let somebody with: sardonyx class join {course} NAME --role instructor",
    ]
    people.groups.end(course)
    first, _servers, *rest = run("show", course).splitlines()
    assert re.fullmatch(r"Statistics 101: ended on .* UTC; its data is kept\.", first)
    assert [line.split()[0] for line in rest] == ["amina"]


def test_nobody_joins_where_one_of_them_is_not_known(people: PeopleStore, course: str) -> None:
    """All or none: a name that was mistyped is mended, and the same line typed again."""
    with pytest.raises(OperatorError, match="there is nobody called amin here. Nothing was changed."):
        run("join", course, "bob", "amin")

    assert roles(people, course) == {}


@pytest.mark.parametrize("words", [("show",), ("join", "amina"), ("leave", "amina"), ("end", "--yes")])
@pytest.mark.usefixtures("people")
def test_a_class_that_is_not_there_is_named(words: tuple[str, ...]) -> None:
    """With where to look."""
    with pytest.raises(
        OperatorError, match=r"There is no class with the id “xyz”. See which there are with: sardonyx class list"
    ):
        run(words[0], "xyz", *words[1:])


def test_a_team_is_no_class(people: PeopleStore) -> None:
    """Its members have another role."""
    team = people.groups.add("team", "Team 3")

    with pytest.raises(OperatorError, match="There is no class with the id"):
        run("join", team, "amina")


@pytest.mark.parametrize("title", ["  ", "x" * 201])
@pytest.mark.usefixtures("people")
def test_a_class_has_a_title(title: str) -> None:
    """One that can be shown."""
    with pytest.raises(OperatorError, match="A class needs a title, of 200 characters at most."):
        run("add", title)


def test_a_class_ends_once_and_keeps_its_data(people: PeopleStore, course: str) -> None:
    """After a question."""
    run("join", course, "amina")
    assert run("end", course, stdin="n\n").endswith("Nothing was changed.\n")

    people.class_removal.decide(course, "keep")
    assert run("end", course, "--yes") == f"“Statistics 101” has ended. Its data is kept, at class/{course}/.\n"

    assert people.groups.of(people.everybody()[0].id) == ()
    assert run("list").endswith("Statistics 101 (ended)\n")
    with pytest.raises(OperatorError, match="or it has ended"):
        run("end", course, "--yes")


def test_who_ends_a_class_is_told_that_its_data_goes_and_how_to_keep_it(people: PeopleStore, course: str) -> None:
    """And `show` says what became of it."""
    people.class_removal.decide(course, "delete")

    assert run("end", course, "--yes") == (
        f"“Statistics 101” has ended. Its data, at class/{course}/, is deleted in a day; to keep it:\n"
        f"sardonyx class change {course} --after-end keep\n"
    )

    assert re.fullmatch(
        r"Statistics 101: ended on .* UTC; its data is deleted on .* UTC, or when its people have a copy of what they made,"
        rf" at the latest on .* UTC\. To keep it: sardonyx class change {course} --after-end keep",
        run("show", course).splitlines()[0],
    )
    assert run("show", course).splitlines()[-1] == "Nobody was in it."
    assert people.class_removal.begin(course, datetime.now(UTC) + timedelta(days=9))
    people.class_removal.count(course, {"objects": 2, "bytes": 10})
    people.class_removal.finish(course)
    assert run("show", course).splitlines()[0].endswith("UTC: 2 files, 10 bytes.")


def test_nobody_joins_a_class_that_has_ended(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """And no account is made for it."""
    run("end", course, "--yes")
    (tmp_path / "roster.csv").write_text("cem\n")

    for words in (
        ["join", course, "amina"],
        ["import", course, str(tmp_path / "roster.csv"), "--links", str(tmp_path / "links.csv"), "--yes"],
    ):
        with pytest.raises(
            OperatorError, match="“Statistics 101” has ended: nobody joins it any more. Nothing was changed."
        ):
            run(*words)

    assert people.by_name("cem") is None


def test_a_roster_is_shown_before_anything_is_done(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """With what is wrong in it; a no, or a dry run, changes nothing."""
    roster = tmp_path / "roster.csv"
    roster.write_text("name;role\namina;\nbob;staff\nbob;\n")
    shown = f"{roster}, line 4: bob stands in line 3 already.\n2 join\n"

    assert run("import", course, str(roster), "--dry-run") == f"{shown}Nothing was changed.\n"
    assert run("import", course, str(roster), stdin="n\n").endswith("Nothing was changed.\n")
    assert roles(people, course) == {}

    assert run("import", course, str(roster), "--yes") == f"{shown}Done.\n"
    assert roles(people, course) == {"amina": "student", "bob": "instructor"}
    assert run("import", course, str(roster), "--yes").endswith("2 are in the class already\nNothing was changed.\n")


def test_accounts_are_made_for_who_has_none(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """With a link for each, in a file that only the operator reads and no spreadsheet computes."""
    roster, links = tmp_path / "roster.csv", tmp_path / "links.csv"
    roster.write_text("name,mail\ncem,-cem@example.org\namina,\n")

    said = run("import", course, str(roster), "--links", str(links), "--yes")

    assert said == (
        f"1 join, 1 get an account and join\nDone. {links} has a link for each new account, good once and for 14 days.\n"
    )
    assert roles(people, course) == {"amina": "student", "cem": "student"}
    assert links.stat().st_mode & 0o777 == 0o600
    title, row = csv.reader(links.read_text().splitlines())
    assert title == ["name", "mail", "link"]
    assert row[:2] == ["cem", "'-cem@example.org"]
    assert row[2].startswith("http://127.0.0.1:8000/hub/welcome?token=")
    cem = people.by_name("cem")
    assert cem is not None
    assert people.one_time_links.purpose(hashed(row[2].partition("token=")[2]), 0) == cem.id


def test_who_has_chosen_no_password_gets_another_link(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """All of them at once, in a file that only its owner reads; nobody else, and it is written down."""
    (tmp_path / "roster.csv").write_text("name\ncem\neva\namina\n")
    run("import", course, str(tmp_path / "roster.csv"), "--links", str(tmp_path / "first.csv"), "--yes")
    people.set_password("eva", "hers")
    links = tmp_path / "links.csv"

    said = run("links", course, str(links))

    assert (
        said == f"{links} has a new link for one person, good once and for 14 days. Links of before are good no more.\n"
    )
    assert links.stat().st_mode & 0o777 == 0o600
    title, row = csv.reader(links.read_text().splitlines())
    assert (title, row[0]) == (["name", "mail", "link"], "cem")
    cem = people.by_name("cem")
    assert cem is not None
    assert people.one_time_links.purpose(hashed(row[2].partition("token=")[2]), 0) == cem.id
    assert next((each.what, each.people) for each in people.actions.of(course)) == ("password", (cem.id,))
    with pytest.raises(OperatorError, match=r"links\.csv is there already, and is not written over"):
        run("links", course, str(links))
    people.set_password("cem", "his")
    with pytest.raises(OperatorError, match="everybody in this class who has an account with a password has chosen it"):
        run("links", course, str(tmp_path / "more.csv"))
    assert not (tmp_path / "more.csv").exists()


def test_no_account_is_made_by_the_way(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """Nobody would have its link."""
    (tmp_path / "roster.csv").write_text("cem\namina\n")

    with pytest.raises(
        OperatorError, match=r"some have no account yet. With --links FILE they get one.*Nothing was changed."
    ):
        run("import", course, str(tmp_path / "roster.csv"), "--yes")

    assert roles(people, course) == {}
    assert people.by_name("cem") is None


def test_a_file_of_links_is_not_written_over(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """It may hold links that nobody has handed out."""
    (tmp_path / "roster.csv").write_text("cem\n")
    (tmp_path / "links.csv").write_text("kept")

    with pytest.raises(OperatorError, match="is there already, and is not written over. Nothing was changed."):
        run("import", course, str(tmp_path / "roster.csv"), "--links", str(tmp_path / "links.csv"), "--yes")

    assert (tmp_path / "links.csv").read_text() == "kept"
    assert people.by_name("cem") is None


def test_where_links_cannot_be_written_no_account_is_made(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """A link is not shown a second time."""
    (tmp_path / "roster.csv").write_text("cem\namina\n")

    with pytest.raises(OperatorError, match="cannot be written: No such file or directory. Nothing was changed."):
        run("import", course, str(tmp_path / "roster.csv"), "--links", str(tmp_path / "no" / "links.csv"), "--yes")

    assert roles(people, course) == {}
    assert people.by_name("cem") is None


def test_a_roster_makes_no_administrator(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """Whoever has a name that the settings call an administrator's is one."""
    (tmp_path / "settings.yaml").write_text(f"{SETTINGS}sign_in: {{administrators: [boss]}}\n")
    (tmp_path / "roster.csv").write_text("Boss\n")

    said = run("import", course, str(tmp_path / "roster.csv"), "--links", str(tmp_path / "links.csv"), "--yes")

    assert "line 1: boss would be an administrator. Make this account with: sardonyx user add boss\n" in said
    assert people.by_name("boss") is None
    assert not (tmp_path / "links.csv").exists()


def add_provider(folder: Path) -> None:
    """Let people sign in with a provider, which makes them known here, beside passwords."""
    provider = "{university: {title: U, issuer: 'https://id.example.org', client_id: hub, client_secret: {env: S}}}"
    (folder / "settings.yaml").write_text(f"{SETTINGS}sign_in: {{providers: {provider}}}\n")


def test_people_who_have_not_signed_in_yet_are_invited(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """With a list, which may be imported again, or by name; with a file of links they get accounts instead."""
    add_provider(tmp_path)
    roster = tmp_path / "roster.csv"
    roster.write_text("name,mail,role\ncem,cem@example.org,\namina,,\n")
    said = run("import", course, str(roster), "--dry-run")
    assert said == "1 join, 1 are invited, and join at their first sign-in\nNothing was changed.\n"
    assert run("import", course, str(roster), "--yes").endswith("Done.\n")
    assert run("import", course, str(roster), "--yes") == (
        "1 are in the class already, 1 are invited already\nNothing was changed.\n"
    )
    said = run("invite", course, "Dora", "eva@example.org", "--role", "assistant")
    assert said.splitlines()[0] == "dora is invited, and is in the class from their first sign-in on, as assistant."

    assert run("list").strip().endswith("(no instructor, 3 invited)")
    assert [line.split(None, 2) for line in run("show", course).splitlines()[4:]] == [
        ["cem", "student", "invited, has not signed in yet"],
        ["dora", "assistant", "invited, has not signed in yet"],
        ["eva@example.org", "assistant", "invited, has not signed in yet"],
    ]
    assert run("withdraw", course, "dora") == "dora is not invited any more.\n"
    run("import", course, str(roster), "--links", str(tmp_path / "links.csv"), "--yes")
    assert roles(people, course) == {"amina": "student", "cem": "student"}
    assert [each.who for each in people.invitations.of(course)] == ["eva@example.org"]
    done = [(each.what, each.detail) for each in reversed(people.actions.of(course))]
    assert done == [
        *[("invite", "1"), ("import", ""), ("invite", "2"), ("uninvite", "")],
        *[("join-invited", "student"), ("import", "")],
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("invite", "amina"), "amina is known here already. Nothing was changed."),
        (("invite", "cem", "Eva Berg"), "“Eva Berg”: A name has the letters a to z,"),
        (("withdraw", "cem"), "cem: not invited. Nothing was changed."),
    ],
)
def test_who_cannot_be_invited_is_named(
    people: PeopleStore, course: str, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """And nobody else is then."""
    add_provider(tmp_path)
    command, *names = words
    with pytest.raises(OperatorError, match=said):
        run(command, course, *names)

    assert people.invitations.of(course) == []


def test_without_a_provider_nobody_is_invited(people: PeopleStore, course: str) -> None:
    """They would never come: the operator makes their account."""
    with pytest.raises(
        OperatorError, match="nobody signs in with a provider here. Make accounts with: sardonyx user add"
    ):
        run("invite", course, "cem")

    assert people.invitations.of(course) == []


def test_a_file_that_is_no_roster_is_named(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """With what to do."""
    (tmp_path / "roster.csv").write_bytes(b"\x00\x01")

    with pytest.raises(
        OperatorError, match="roster.csv: This is neither a text file nor a spreadsheet. Save the roster as CSV."
    ):
        run("import", course, str(tmp_path / "roster.csv"), "--yes")

    assert roles(people, course) == {}


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("leave", "tia"), id="leaves"),
        pytest.param(("leave", "tia", "amina"), id="leaves with another"),
        pytest.param(("join", "tia", "--role", "student"), id="is less"),
        pytest.param(("import", "--yes"), id="is less by a roster"),
    ],
)
def test_a_class_keeps_an_instructor(people: PeopleStore, course: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    """It is said how to name another one; then the first one goes."""
    for name in ("tia", "amina"):
        if people.by_name(name) is None:
            people.add_account(name, "")
    run("join", course, "amina")
    run("join", course, "tia", "--role", "instructor")
    roster = tmp_path / "roster.csv"
    roster.write_text("name,role\ntia,student\namina,student\n")
    command, *others = words
    words = (command, course, *([str(roster)] if command == "import" else []), *others)
    before = people.groups.members(course)

    with pytest.raises(OperatorError) as caught:
        run(*words)

    assert str(caught.value) == (
        "“Statistics 101” would have no instructor. Nothing was changed."
        f" Name another one first: sardonyx class join {course} NAME --role instructor"
    )
    assert people.groups.members(course) == before
    people.add_account("tom", "")
    run("join", course, "tom", "--role", "instructor")
    run(*words)
    assert list(people.groups.members(course).values()).count("instructor") == 1


def test_a_class_that_nobody_leads_is_marked(people: PeopleStore, course: str) -> None:
    """Until it has ended, or somebody does."""
    assert run("list").strip().endswith("(no instructor)")
    people.add_account("tia", "")

    run("join", course, "tia", "--role", "instructor")

    assert "no instructor" not in run("list")
    people.remove("tia")
    assert run("list").strip().endswith("(no instructor)")
    run("end", course, "--yes")
    assert run("list").strip().endswith("(ended)")


def test_the_last_instructor_leaves_a_class_that_has_ended(people: PeopleStore, course: str) -> None:
    """Nothing is done in it any more for which one is needed."""
    people.add_account("tia", "")
    run("join", course, "tia", "--role", "instructor")
    run("end", course, "--yes")

    assert run("leave", course, "tia") == "tia is not in the class any more.\n"


def test_a_roster_names_another_instructor_who_has_no_account_yet(
    people: PeopleStore, course: str, tmp_path: Path
) -> None:
    """Who leads it is one of them all the same."""
    people.add_account("tia", "")
    run("join", course, "tia", "--role", "instructor")
    (tmp_path / "roster.csv").write_text("name,role\ntia,assistant\ntom,instructor\n")

    run("import", course, str(tmp_path / "roster.csv"), "--links", str(tmp_path / "links.csv"), "--yes")

    assert roles(people, course) == {"tia": "assistant", "tom": "instructor"}
