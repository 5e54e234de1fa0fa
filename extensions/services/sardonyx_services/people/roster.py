"""A roster: who is to be in a class, as somebody has written it down in a spreadsheet or a text file."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.sheet import KINDS, read_sheet
from sardonyx_spawner.language import _

MOST_BYTES = 4 << 20
MOST_LINES = 10_000
MOST_CELL, MOST_COLUMNS = 200, 100
HALF = 0.5
DELIMITERS = ",;\t"
NAME, MAIL, ROLE = "name", "mail", "role"
TITLES = {
    NAME: ("name", "user", "username", "user name", "login", "account", "identifiant", "compte", "utilisateur"),
    MAIL: ("mail", "email", "e-mail", "email address", "mail address", "courriel", "adresse e-mail", "adresse mail"),
    ROLE: ("role", "rôle", "fonction", "status", "statut"),
}
"""What the columns that are read may be called, in English and French; others are passed over."""
ROLES = {
    "student": ("student", "learner", "participant", "étudiant", "étudiante", "élève", "apprenant", "apprenante"),
    "guest": ("guest", "auditor", "observer", "invité", "invitée", "auditeur", "auditrice"),
    "assistant": ("assistant", "teaching assistant", "ta", "assistante", "chargé de td", "chargée de td"),
    "instructor": (
        "instructor",
        "staff",
        "teacher",
        "enseignant",
        "enseignante",
        "professeur",
        "formateur",
        "formatrice",
    ),
}
_MAIL = re.compile(r"[^@\s;,=\"'<>()]+@[^@\s;,=\"'<>()]+\.[^@\s;,=\"'<>()]+")


@dataclass(frozen=True)
class Entry:
    """Somebody in a roster.

    Args:
        line: where they stand, counted from 1 as a spreadsheet does.
        name: under which they sign in, in small letters where these are plain ones.
        mail: their address, in small letters; "" = not said.
        role: a role in a class; "" = not said.
    """

    line: int
    name: str
    mail: str
    role: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line."""

    line: int
    text: str


@dataclass(frozen=True)
class Roster:
    """What was read: all lines that can be used, and what is wrong with the others."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


def read_roster(data: bytes) -> Roster:
    """Read a roster: CSV in any usual encoding and with any usual separator, or a spreadsheet (.xlsx, .ods, .xls).

    The first line may name the columns. Without such a line, a column with addresses beside another one is that of
    addresses, and the first other one that of names.

    Raises:
        PeopleError: it is no roster at all, or too large for one.
    """
    if len(data) > MOST_BYTES:
        raise PeopleError(_("This file is larger than 4 MB. Is it the roster?"))
    rows = read_sheet(data) if data.startswith(KINDS) else _read_csv(_decoded(data))
    lines = [(number, [_clean(cell) for cell in row[:MOST_COLUMNS]]) for number, row in enumerate(rows, 1)]
    lines = [(number, row) for number, row in lines if any(row)]
    if not lines:
        raise PeopleError(_("There is nobody in this list."))
    if len(lines) > MOST_LINES:
        raise PeopleError(_("This file has more than 10,000 lines. Is it the roster?"))
    columns = _columns(lines[0][1])
    if columns:
        del lines[0]
    else:
        columns = _guessed(row for _number, row in lines)
    return _Reading(columns).read(lines)


def read_pasted(text: str) -> Roster:
    """Read a list that somebody has typed or pasted: a name in each line, and perhaps their address and role behind it.

    With a first line that names the columns it is read as a file is.

    Raises:
        PeopleError: it is no roster at all, or too large for one.
    """
    lines = [(number, _cells(line)) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, row) for number, row in lines if any(row)]
    if not lines or len(lines) > MOST_LINES or _columns(lines[0][1]):
        return read_roster(text.encode())
    reading = _Reading({NAME: 0, MAIL: 1, ROLE: 2})
    for number, row in lines:
        names = [cell for cell in row if cell and not _MAIL.fullmatch(cell) and not _role(cell)]
        if len(names) > 1:
            said = _("Which is the name, {first} or {second}? Write one name on each line.")
            reading.faults.append(Fault(number, said.format(first=names[0][:MOST_CELL], second=names[1][:MOST_CELL])))
            continue
        mail = next(filter(_MAIL.fullmatch, row), "")
        role = next(filter(_role, row), "")
        reading.add(number, [names[0], mail, role] if names else [mail or role, "", ""])
    return reading.roster


@dataclass
class _Reading:
    """One pass over the lines."""

    columns: dict[str, int]
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def read(self, lines: Sequence[tuple[int, list[str]]]) -> Roster:
        """Read all lines.

        Raises:
            PeopleError: the columns hold something else than what they are called.
        """
        self._look_whether_swapped([row for _number, row in lines])
        for number, row in lines:
            self.add(number, row)
        return self.roster

    def add(self, number: int, row: Sequence[str]) -> None:
        """Read one line."""
        fault = self._line(number, row)
        if fault:
            self.faults.append(Fault(number, fault))

    @property
    def roster(self) -> Roster:
        """What was read."""
        return Roster(tuple(self.entries), tuple(self.faults))

    def _line(self, number: int, row: Sequence[str]) -> str:
        """Read one line; return what is wrong with it."""
        name, mail, role = (self._cell(row, column) for column in (NAME, MAIL, ROLE))
        # A letter that only looks like a plain one stays what it is, and is nobody's.
        name, mail = name.lower() if name.isascii() else name, mail.lower()
        if any(len(cell) > MOST_CELL for cell in (name, mail, role)):
            return _("A cell has more than 200 characters.")
        if not name:
            return _("There is no name. Write what they sign in with.")
        if mail and not _MAIL.fullmatch(mail):
            return _("“{mail}” is not a mail address.").format(mail=mail)
        meant = _role(role)
        if role and not meant:
            return _("“{role}” is no role in a class: write student, guest, assistant or instructor.").format(role=role)
        if name in self.seen:
            return _("{name} stands in line {line} already.").format(name=name, line=self.seen[name])
        self.seen[name] = number
        self.entries.append(Entry(number, name, mail, meant))
        return ""

    def _look_whether_swapped(self, rows: Sequence[Sequence[str]]) -> None:
        if NAME not in self.columns or MAIL not in self.columns:
            return
        names, mails = ([self._cell(row, column) for row in rows] for column in (NAME, MAIL))
        if _share(names) > HALF > _share(mails):
            raise PeopleError(
                _(
                    "The column of names holds addresses, and that of addresses does not: are they swapped? Nothing was read."
                )
            )

    def _cell(self, row: Sequence[str], column: str) -> str:
        at = self.columns.get(column, -1)
        return row[at] if 0 <= at < len(row) else ""


def _role(cell: str) -> str:
    """Return the role that a word means; "" = none."""
    return next((known for known, words in ROLES.items() if cell.lower() in words), "")


def _cells(line: str) -> list[str]:
    """Return what is in a line, whatever stands between."""
    return [_clean(cell) for cell in re.split("[,;\t]", line)]


def _columns(row: Sequence[str]) -> dict[str, int]:
    """Return which column is which, from a line that names them; {} = this one does not."""
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        for column, titles in TITLES.items():
            if cell.lower() in titles:
                found.setdefault(column, at)
    return found if NAME in found else {}


def _guessed(rows: Iterable[Sequence[str]]) -> dict[str, int]:
    held = list(rows)
    width = max(map(len, held))
    shares = [_share([row[at] for row in held if at < len(row)]) for at in range(width)]
    mail = next((at for at, share in enumerate(shares) if share > HALF), -1) if width > 1 else -1
    name = next((at for at in range(width) if at != mail), -1)
    return {column: at for column, at in ((NAME, name), (MAIL, mail)) if at >= 0}


def _share(cells: Sequence[str]) -> float:
    """Return how many of the cells with something in them are mail addresses, from 0 to 1."""
    full = [cell for cell in cells if cell]
    return sum(_MAIL.fullmatch(cell) is not None for cell in full) / len(full) if full else 0.0


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, with or without its mark, UTF-16 as Excel's "Unicode text", else what Windows writes."""
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise PeopleError(_("This is neither a text file nor a spreadsheet. Save the roster as CSV."))


def _read_csv(text: str) -> list[list[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    # The one that stands most often in the first line: names of people have none of them.
    delimiter = max(DELIMITERS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise PeopleError(_("This file cannot be read as CSV: {reason}.").format(reason=error)) from error


def _clean(cell: str) -> str:
    """Return a cell without what copying brings with it: spaces around it, no-break spaces, marks that nobody sees."""
    text = cell.replace("\u00a0", " ")
    return "".join(letter for letter in text if unicodedata.category(letter) not in {"Cc", "Cf"}).strip()
