"""Rosters as people really have them: whatever their program writes, and whatever went wrong in it."""

import pytest
from support.sheets import ods, xlsx

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.roster import MOST_LINES, Entry, Fault, read_pasted, read_roster
from sardonyx_services.people.sheet import harmless, write_csv

TWO = (Entry(2, "amina", "amina@example.org", "student"), Entry(3, "René", "", "instructor"))
ROWS = [["name", "mail", "role"], ["Amina", "amina@example.org", "student"], ["René", "", "staff"]]
BOMB = xlsx([["name"]], far=True)
"""Its table has as many cells as a spreadsheet can have, in some hundred bytes."""
TEXT = "name,mail,role\nAmina,amina@example.org,student\nRené,,staff\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode(), id="utf-8"),
        pytest.param(TEXT.encode("utf-8-sig"), id="utf-8-with-a-mark"),
        pytest.param(TEXT.encode("utf-16"), id="utf-16"),
        pytest.param(TEXT.encode("cp1252"), id="windows"),
        pytest.param(TEXT.replace(",", ";").encode("cp1252"), id="semicolons"),
        pytest.param(TEXT.replace(",", "\t").encode("utf-16"), id="tabs"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="windows-line-ends"),
        pytest.param(
            "Rôle;Adresse e-mail;Identifiant;Groupe\nétudiante;amina@example.org;amina;3\nenseignant;;René;3\n".encode(),
            id="french-titles-in-another-order",
        ),
        pytest.param(TEXT.replace("Amina,", '"Amina\u00a0\u200b",').encode(), id="marks-that-nobody-sees"),
        pytest.param(xlsx(ROWS), id="xlsx"),
        pytest.param(ods(ROWS), id="ods"),
    ],
)
def test_a_roster_is_read_whatever_wrote_it(data: bytes) -> None:
    """Names in small letters, with the line that a spreadsheet shows."""
    found = read_roster(data)

    assert found.entries == TWO
    assert found.faults == ()


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("amina\n\nbob\n", (Entry(1, "amina", "", ""), Entry(3, "bob", "", ""))),
        # Some providers call people so.
        ("a@example.org\nb@example.org\n", (Entry(1, "a@example.org", "", ""), Entry(2, "b@example.org", "", ""))),
        ("amina;a@example.org\nbob;\n", (Entry(1, "amina", "a@example.org", ""), Entry(2, "bob", "", ""))),
        ("a@example.org,amina\nb@example.org,bob\n", (Entry(1, "amina", "a@example.org", ""), Entry(2, "bob", "b@example.org", ""))),
    ],
)  # fmt: skip
def test_without_titles_addresses_are_told_from_names(text: str, entries: tuple[Entry, ...]) -> None:
    """By what most of a column holds."""
    assert read_roster(text.encode()).entries == entries


def test_numbers_of_students_are_names_without_a_point() -> None:
    """A spreadsheet knows no other numbers than those with one."""
    assert [each.name for each in read_roster(xlsx([["name"], [20261234]])).entries] == ["20261234"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("bob,not-an-address,", "“not-an-address” is not a mail address."),
        ("bob,,dean", "“dean” is no role in a class: write student, guest, assistant or instructor."),
        (",bob@example.org,student", "There is no name. Write what they sign in with."),
        ("bob,a@b.c;=1+1,", "“a@b.c;=1+1” is not a mail address."),
        ("AMINA,,", "amina stands in line 2 already."),
        (f"{'x' * 201},,", "A cell has more than 200 characters."),
    ],
)
def test_what_is_wrong_is_said_for_its_line_and_the_others_are_read(line: str, said: str) -> None:
    """With the number that a spreadsheet shows."""
    found = read_roster(f"name,mail,role\namina,amina@example.org,\n{line}\ncem,,\n".encode())

    assert [(fault.line, fault.text) for fault in found.faults] == [(3, said)]
    assert [entry.name for entry in found.entries] == ["amina", "cem"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "There is nobody in this list.", id="empty"),
        pytest.param(b"\n ;\n", "There is nobody in this list.", id="blank-lines"),
        pytest.param(
            b"name,mail\na@example.org,amina\nb@example.org,bob\n",
            "The column of names holds addresses, and that of addresses does not: are they swapped? Nothing was read.",
            id="swapped",
        ),
        pytest.param(b"\x00\x01\x02\x03", "This is neither a text file nor a spreadsheet. Save the roster as CSV.", id="binary"),
        pytest.param(b"PK\x03\x04 no archive", "This file cannot be read as a spreadsheet. Save the roster as CSV.", id="broken"),
        pytest.param(BOMB, "This file cannot be read as a spreadsheet. Save the roster as CSV.", id="bomb"),
        pytest.param(b"x" * (4 << 20) + b"x", "This file is larger than 4 MB. Is it the roster?", id="large"),
        pytest.param(b"x\n" * (MOST_LINES + 1), "This file has more than 10,000 lines. Is it the roster?", id="long"),
        pytest.param(
            b'name\n"' + b"x" * 140_000,
            "This file cannot be read as CSV: field larger than field limit (131072).",
            id="open-quote",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_no_roster_is_refused_whole(data: bytes, said: str) -> None:
    """With what to do."""
    with pytest.raises(PeopleError) as refused:
        read_roster(data)

    assert str(refused.value) == said


def test_five_thousand_lines_are_read() -> None:
    """And a doubled one among them is found."""
    lines = "".join(f"s{number};s{number}@example.org\n" for number in range(5000))

    found = read_roster(f"name;mail\n{lines}s17;\n".encode())

    assert len(found.entries) == 5000
    assert [(fault.line, fault.text) for fault in found.faults] == [(5002, "s17 stands in line 19 already.")]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_of_ours_is_a_formula(name: str) -> None:
    """Whatever somebody has called themselves: the one who opens the file would run it."""
    assert harmless(name) == f"'{name}"
    assert write_csv([(name, "b")]).lstrip('"').startswith("'")


def test_other_cells_are_written_as_they_are() -> None:
    """In quotes, whatever separator a spreadsheet is set to."""
    assert write_csv([("amina", 'a, "b"')]) == '"amina","a, ""b"""\n'


def test_a_letter_that_looks_like_another_one_stays_what_it_is() -> None:
    """The sign of the kelvin is no k: whoever is called so is nobody here."""
    (found,) = read_roster("name\n\u212aim\n".encode()).entries

    assert found.name == "\u212aim"


def test_a_line_of_commas_takes_no_time() -> None:
    """What is beyond the hundredth column is no roster."""
    (found,) = read_roster(("amina" + "," * 300_000 + "\n" + "\n" * 3000).encode()).entries

    assert found == Entry(1, "amina", "", "")


def test_what_is_typed_needs_no_columns() -> None:
    """An address and a role are known by what they are, whatever stands between; two names in a line are told apart by nobody."""
    typed = "Amina\r\n\r\nbob, Bob@example.org\ncem;assistante;cem@example.org\nola@example.org\nEva, Berg\ndora\tenseignant\n"

    found = read_pasted(typed)

    assert [(each.line, each.name, each.mail, each.role) for each in found.entries] == [
        (1, "amina", "", ""),
        (3, "bob", "bob@example.org", ""),
        (4, "cem", "cem@example.org", "assistant"),
        (5, "ola@example.org", "", ""),
        (7, "dora", "", "instructor"),
    ]
    assert found.faults == (Fault(6, "Which is the name, Eva or Berg? Write one name on each line."),)


def test_what_is_pasted_with_its_titles_is_read_as_a_file() -> None:
    """As a spreadsheet gives it, with a tab between cells."""
    found = read_pasted("Prénom\tIdentifiant\tcourriel\nEva\teva\teva@example.org\n")

    assert [(each.line, each.name, each.mail) for each in found.entries] == [(2, "eva", "eva@example.org")]
