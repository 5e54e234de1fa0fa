"""Events over the REST API: all that the pages do."""

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.api_models import MemberShown
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.errors import NoEventError
from sardonyx_services.people.web.events.api_models import (
    CardShown,
    DoubleWish,
    EventLinkShown,
    EventLinkWish,
    EventShown,
    EventWish,
    KeptShown,
    MadeShown,
    NameWish,
    NewEventWish,
    OwnSeatShown,
    SeatShown,
    SeatsWish,
    TeamWish,
)
from sardonyx_services.people.web.events.cards_pdf import cards_pdf
from sardonyx_services.people.web.events.codes_table import codes_table
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.events.own import copied, kept, own
from sardonyx_services.people.web.events.seat_desk import SeatSeen
from sardonyx_services.people.web.kept.models import KeepShown
from sardonyx_services.people.web.material_models import RepositoryOf
from sardonyx_services.people.web.parts import Here, Who

router = APIRouter(prefix="/api/events")


@router.get("")
def events(here: Here, who: Who) -> list[EventShown]:
    """List the events that the caller is in; for administrators, all."""
    return [_shown(seen) for seen in here.events.mine(who)]


@router.post("", status_code=201)
def make(here: Here, who: Who, wish: NewEventWish) -> EventShown:
    """Make an event with its accounts, and the caller as its organiser."""
    made = here.events.make(who, wish.title, wish.details(here.events.rules), wish.wanted())
    return _shown(here.events.seen(who, made, Level.MEMBER))


@router.get("/{event}")
def one(here: Here, who: Who, event: str) -> EventShown:
    """Return an event."""
    return _shown(here.events.seen(who, event, Level.MEMBER))


@router.put("/{event}")
def change(here: Here, who: Who, event: str, wish: EventWish) -> EventShown:
    """Change an event; what is not said is as it usually is."""
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    changed = seen.details.changed if wish.changed is None else wish.changed
    here.events.change(who, event, wish.title, replace(wish.details(here.events.rules), changed=changed))
    return _shown(here.events.seen(who, event, Level.MEMBER))


@router.post("/{event}/end", status_code=204)
async def end(here: Here, who: Who, event: str) -> None:
    """End an event now: codes, servers and writing end, and all of it is deleted after its hours to read."""
    await run_in_threadpool(here.events.end, who, event)
    here.event_ends.sooner.set()


@router.get("/{event}/seat")
async def own_seat(here: Here, who: Who, event: str) -> OwnSeatShown:
    """Return the caller's own account of an event, with their team."""
    seat = await own(here, who, event)
    if seat.own is None:
        raise NoEventError
    team = seat.own.team
    return OwnSeatShown(
        number=seat.own.seat.number,
        full_name=seat.own.shown_name,
        team=team.id if team else "",
        team_title=team.title if team else "",
        mates=[each.shown_name for each in seat.team if each.seat != seat.own.seat],
        host=seat.host,
    )


@router.put("/{event}/seat", status_code=204)
def rename_own(here: Here, who: Who, event: str, wish: NameWish) -> None:
    """Call the caller otherwise in an event that is on: its people see them so."""
    here.seats.rename(who, event, wish.full_name)


@router.get("/{event}/accounts")
def accounts(here: Here, who: Who, event: str) -> list[SeatShown]:
    """List the accounts of an event, without their codes."""
    return [_seat(each) for each in here.seats.seats(who, event)]


@router.post("/{event}/accounts", status_code=204)
def more(here: Here, who: Who, event: str, wish: SeatsWish) -> None:
    """Make more accounts."""
    here.seats.add_seats(who, event, wish.wanted())


@router.post("/{event}/accounts/double")
def double(here: Here, who: Who, event: str, wish: DoubleWish) -> MadeShown:
    """Make as many accounts as there are, in teams of the same sizes; less where there may not be so many."""
    return MadeShown(accounts=here.seats.double(who, event, wish.there))


@router.post("/{event}/accounts/{number}/code")
async def renew(here: Here, who: Who, event: str, number: int) -> CardShown:
    """Give an account another code; that of before is good for nothing any more, and who came in with it is out."""
    out = await here.card_renewals.renew(who, event, number)
    seats = await run_in_threadpool(here.seats.seats, who, event)
    seat = next(each for each in seats if each.seat.number == number)
    code = here.seats.code(who, seat.seat)
    link = here.seats.card_address(code)
    return CardShown(number=number, code=code, link=link, signed_out=out.is_done, stopped=out.stopped)


@router.post("/{event}/accounts/{number}/keep")
def keep(here: Here, who: Who, event: str, number: int) -> KeptShown:
    """Make a lasting account of one that somebody has; with the link they choose a password."""
    return KeptShown(link=here.seats.keep(who, event, number))


@router.get("/{event}/cards.pdf", response_class=Response)
def cards(here: Here, who: Who, event: str, number: int = 0) -> Response:
    """Return the cards of all accounts as a PDF, eight on a sheet of A4; with a number, the card of that one."""
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    made = cards_pdf(seen, here.seats.cards(who, event, number), here.seats.said_address)
    return Response(made, media_type="application/pdf")


@router.get("/{event}/codes.csv", response_class=Response)
def codes(here: Here, who: Who, event: str) -> Response:
    """Return the codes of all accounts as CSV."""
    return Response(codes_table(here.seats.cards(who, event)), media_type="text/csv")


@router.put("/{event}/teams/{team}", status_code=204)
def rename(here: Here, who: Who, event: str, team: str, wish: TeamWish) -> None:
    """Call a team otherwise."""
    here.seats.rename_team(who, event, team, wish.title)


@router.get("/{event}/link")
def link(here: Here, who: Who, event: str) -> EventLinkShown:
    """Return the link that leads each into the next free account."""
    return EventLinkShown(link=here.seats.link(who, event))


@router.put("/{event}/link")
def open_link(here: Here, who: Who, event: str, wish: EventLinkWish) -> EventLinkShown:
    """Open that link, close it, or make another one."""
    here.seats.open_link(who, event, sharing=wish.sharing, renew=wish.renew)
    return EventLinkShown(link=here.seats.link(who, event))


@router.get("/{event}/organisers")
def organisers(here: Here, who: Who, event: str) -> list[MemberShown]:
    """List who leads an event."""
    found = here.events.organisers(who, event)
    return [MemberShown(name=each.name, full_name=each.full_name, role="organiser") for each in found]


@router.put("/{event}/organisers/{name}", status_code=204)
def add_organiser(here: Here, who: Who, event: str, name: str) -> None:
    """Let somebody lead an event."""
    here.events.set_organiser(who, event, name, is_organiser=True)


@router.delete("/{event}/organisers/{name}", status_code=204)
def remove_organiser(here: Here, who: Who, event: str, name: str) -> None:
    """Let somebody lead an event no more."""
    here.events.set_organiser(who, event, name, is_organiser=False)


@router.get("/{event}/copy.zip", response_class=Response)
async def copy(here: Here, who: Who, event: str) -> Response:
    """Return what the caller has in an event, and what is of their team, as a ZIP archive; on Kubernetes without homes."""
    return await copied(here, who, event)


@router.get("/{event}/keep")
async def kept_of(here: Here, who: Who, event: str) -> KeepShown:
    """Return how far what the caller keeps of their team is."""
    return KeepShown.of(await kept(here, who, event))


@router.post("/{event}/keep", status_code=202)
async def keep_of(here: Here, who: Who, event: str) -> KeepShown:
    """Copy what is of the caller's team into their own data, in the background. Not for accounts that end with the event."""
    return KeepShown.of(await kept(here, who, event, begin=True))


def _seat(each: SeatSeen) -> SeatShown:
    team = each.team
    return SeatShown(
        number=each.seat.number,
        team=team.id if team else "",
        team_title=team.title if team else "",
        name=each.person.name if each.person else "",
        full_name=each.person.full_name if each.person else "",
        taken=each.seat.taken,
        sign_ins=each.seat.sign_ins,
        is_used_up=each.is_used_up,
        lasts=each.seat.is_kept,
    )


def _shown(seen: EventSeen) -> EventShown:
    details = seen.details
    return EventShown(
        id=seen.group.id,
        title=seen.group.title,
        role=seen.role,
        state=seen.state,
        place=details.place,
        welcome=details.welcome,
        begins=details.begins,
        ends=details.ends,
        zone=details.zone,
        read_hours=details.read_hours,
        deleted_at=details.goes,
        profile=details.profile,
        answers=dict(details.answers),
        repositories=[RepositoryOf.model_validate(each) for each in details.repositories],
        tools=details.limits.tools,
        lifetime=details.limits.lifetime,
        idle_stop=details.limits.idle_stop,
        team_servers=details.team_servers,
        sign_ins=details.sign_ins,
        storage=details.storage,
        changed=details.changed,
        report=dict(details.report),
    )
