"""The form of an event: read from what a browser sent, and filled in again where something was wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import partial
from typing import Any

from markupsafe import Markup
from starlette.datastructures import FormData

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_checks import LONGEST_WELCOME, SHORTEST
from sardonyx_services.people.event_details import USUAL_SIGN_INS, EventDetails
from sardonyx_services.people.faults import Faults, said_at
from sardonyx_services.people.moments import moment_of
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.events.new_seats import Wanted
from sardonyx_services.people.web.limits_form import Ticked, read_ticked, ticked_of
from sardonyx_services.people.web.markdown import rendered
from sardonyx_services.people.web.material_form import MaterialRow, materials, read_rows, row_faults, rows_of
from sardonyx_services.people.web.words import Words
from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.language import SaidError, _
from sardonyx_spawner.profiles import Profile

LONGEST_NUMBER = 6
SEE = "see-welcome"
"""What the button below the welcome sends as `do`."""


@dataclass(frozen=True)
class EventForm:
    """What stands in the form, as text.

    Args:
        teams, team_size, accounts: of a new event only.
        is_unfinished: a row for a repository was to be added or taken out, or the welcome seen, and nothing kept yet.
        sees_welcome: how the welcome looks is shown below it.
        team_servers: "" = no.
        answers: profile.option -> what was chosen; "" = each of its people chooses.
    """

    title: str = ""
    place: str = ""
    welcome: str = ""
    begins: str = ""
    ends: str = ""
    zone: str = ""
    read_hours: str = "24"
    profile: str = ""
    repositories: tuple[MaterialRow, ...] = (MaterialRow(),)
    is_unfinished: bool = False
    sees_welcome: bool = False
    teams: str = "10"
    team_size: str = "4"
    accounts: str = "0"
    changed: str = "0"
    team_servers: str = ""
    sign_ins: str = str(USUAL_SIGN_INS)
    storage: str = ""
    lifetime: str = ""
    idle_stop: str = ""
    tools: Ticked = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls, profiles: Sequence[Profile], rules: EventRules) -> "EventForm":
        """Return the form of a new event: its servers are of the first kind that there is."""
        return cls(profile=profiles[0].slug if profiles else "", sign_ins=str(rules.usual_sign_ins))

    @classmethod
    def of(cls, seen: EventSeen) -> "EventForm":
        """Return the form of an event that there is."""
        details = seen.details
        return cls(
            title=seen.group.title,
            place=details.place,
            welcome=details.welcome,
            begins=Words().field(details.begins, details.zone),
            ends=Words().field(details.ends, details.zone),
            zone=details.zone,
            read_hours=str(details.read_hours),
            profile=details.profile,
            repositories=rows_of(details.repositories),
            changed=str(details.changed),
            team_servers="yes" if details.team_servers else "",
            sign_ins=str(details.sign_ins),
            storage=details.storage,
            lifetime=details.limits.lifetime,
            idle_stop=details.limits.idle_stop,
            tools=ticked_of(details.profile, details.limits),
            answers={f"{details.profile}.{name}": value for name, value in details.answers.items()},
        )

    def read(self, before: EventDetails | None = None) -> "EventRead":
        """Return what the form describes, and what of it is no moment or number.

        Args:
            before: as it was when the form was filled in; None = there was none.
        """
        faults, zone, prefix = Faults(), self.zone or "UTC", f"{self.profile}."

        # In the place of what cannot be read stands what nothing else is wrong because of.
        def number(text: str, field: str = "") -> int:
            return faults.tried(partial(_number, text, field), 1)

        def moment(text: str, field: str, kept: datetime | None) -> datetime | None:
            return faults.tried(partial(_moment, text, zone, field, kept), None)

        begins = moment(self.begins, "begins", before.begins if before else None)
        ends = moment(self.ends, "ends", before.ends if before else None)
        begins = begins or (ends or datetime.now(UTC) + 2 * SHORTEST) - SHORTEST
        details = EventDetails(
            begins=begins,
            ends=ends or begins + SHORTEST,
            place=" ".join(self.place.split()),
            welcome=self.welcome.replace("\r\n", "\n"),
            zone=zone,
            read_hours=number(self.read_hours, "read_hours"),
            profile=self.profile,
            answers={k.removeprefix(prefix): v for k, v in self.answers.items() if v and k.startswith(prefix)},
            repositories=materials(self.repositories),
            limits=Limits(self.tools.get(self.profile), self.lifetime, self.idle_stop),
            changed=number(self.changed),
            team_servers=bool(self.team_servers),
            sign_ins=number(self.sign_ins, "sign_ins"),
            storage=self.storage,
        )
        named = (("accounts", self.accounts), ("teams", self.teams), ("team_size", self.team_size))
        return EventRead(details, Wanted(*(number(text, name) for name, text in named)), tuple(faults.found))

    def places_of(self, error: SaidError) -> Mapping[str, str]:
        """Return what is wrong, as `said_at` does."""
        return said_at(error, TEXTS)

    @property
    def seen_welcome(self) -> Markup:
        """The welcome as its people will read it; of one that is too long to be kept, the beginning."""
        return rendered(self.welcome[:LONGEST_WELCOME])

    def row_faults(self, profiles: Sequence[Profile]) -> Mapping[tuple[int, str], str]:
        """Return what is wrong with its repositories, by row and field."""
        return row_faults(self.repositories, self.profile, profiles)


@dataclass(frozen=True)
class EventRead:
    """What a form describes.

    Args:
        wanted: accounts of a new event.
        faults: what could not be read; in its place stands something.
    """

    details: EventDetails
    wanted: Wanted
    faults: tuple[SaidError, ...] = ()


NO_TEXTS = ("answers", "tools", "repositories", "is_unfinished", "sees_welcome")
TEXTS = tuple(each.name for each in fields(EventForm) if each.name not in NO_TEXTS)


def read_event_form(sent: FormData, profiles: Sequence[Profile]) -> EventForm:
    """Return what a browser sent; fields that are not of the form are not looked at."""
    texts: dict[str, Any] = {name: str(sent[name]).strip() for name in TEXTS if name in sent}
    known = [f"{profile.slug}.{option.name}" for profile in profiles for option in profile.questions]
    answers = {name: str(sent.get(name, "")).strip() for name in known}
    rows, sees = read_rows(sent), sent.get("do") == SEE
    rows["is_unfinished"] |= sees
    return EventForm(**texts, **rows, sees_welcome=sees, tools=read_ticked(sent, profiles), answers=answers)


def _moment(text: str, zone: str, field: str, before: datetime | None) -> datetime:
    try:
        found = moment_of(text, zone)
    except PeopleError as error:
        raise PeopleError(error.message, field=error.field or field) from error
    if found is None:
        raise PeopleError(_("Say when the event begins and when it ends."), field=field)
    # A field has no seconds, and does not tell the two hours of the night in which clocks are put back.
    return before if before is not None and Words().field(before, zone) == text else found


def _number(text: str, field: str = "") -> int:
    text = text or "0"
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_NUMBER:
        raise PeopleError(_("“{text}” is no number.").format(text=text[:40]), field=field)
    return int(text)
