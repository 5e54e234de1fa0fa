"""The pages of one event. None needs a script; what they do, the desks do."""

from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from sardonyx_services.people.events import EventChangedError
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.errors import NoEventError
from sardonyx_services.people.web.events.card_renewals import SignedOut
from sardonyx_services.people.web.events.card_words import with_card
from sardonyx_services.people.web.events.cards_pdf import cards_pdf
from sardonyx_services.people.web.events.codes_table import codes_table
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.events.form import EventForm, read_event_form
from sardonyx_services.people.web.events.new_seats import Wanted
from sardonyx_services.people.web.events.own_routes import participants_page
from sardonyx_services.people.web.events.room import event_now
from sardonyx_services.people.web.events.typed_address import TypedAddress
from sardonyx_services.people.web.live.live import counts_of, reach_of
from sardonyx_services.people.web.pages import as_file, qr_code, see
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_services.people.web.store_use import Amount
from sardonyx_spawner.language import SaidError

router = APIRouter(prefix="/events", include_in_schema=False)


@router.get("/new")
def new(request: Request, here: Here, who: Who) -> Response:
    """Show the form of a new event."""
    told = {"form": EventForm.new(here.profiles, here.events.rules), "profiles": here.profiles, "fault": ""}
    return here.pages.page(request, who, "event_new.html", **told)


@router.post("/new")
async def make(request: Request, here: Here, who: Who) -> Response:
    """Make an event, and show it; or the form again with what is wrong."""
    form = read_event_form(await request.form(), here.profiles)
    if form.is_unfinished:
        return here.pages.page(request, who, "event_new.html", form=form, profiles=here.profiles, fault="")
    read = form.read()
    try:
        make = partial(here.events.make, who, form.title, read.details, read.wanted, unread=read.faults)
        made = await run_in_threadpool(make)
    except SaidError as error:
        told = {"form": form, "profiles": here.profiles, "fault": error.message, "faults": form.places_of(error)}
        return here.pages.page(request, who, "event_new.html", 400, **told)
    return _at(here, made)


@router.get("/{event}")
async def one(request: Request, here: Here, who: Who, event: str) -> Response:
    """Show the event: live to its organisers, with a welcome and a start to its people."""
    seen = await run_in_threadpool(here.events.seen, who, event, Level.MEMBER)
    if seen.is_organiser:
        seats = await run_in_threadpool(here.seats.seats, who, event)
        rows, run = await here.event_servers.live(who, event)
        link = await run_in_threadpool(here.seats.link, who, event)
        told = {"seen": seen, "now": event_now(seats, rows), "link": link, "stored": await stored_of(here, seen)}
        told |= {"event": event, "team_links": await run_in_threadpool(here.team_links.of, who, event), "run": run}
        told |= {"rows": rows, "counts": counts_of(rows), "reach": reach_of(rows)}
        told |= {"has_material": bool(here.events.material(seen)), "room": await here.event_servers.room(who, event)}
        return here.pages.page(request, who, "event.html", **told)
    return await participants_page(request, here, who, seen)


@router.post("/{event}/link")
async def open_link(request: Request, here: Here, who: Who, event: str) -> Response:
    """Open the link into the next free account, close it, or make another one."""
    do = (await request.form()).get("do")
    await run_in_threadpool(here.seats.open_link, who, event, sharing=do != "close", renew=do == "renew")
    return _at(here, event)


@router.get("/{event}/accounts")
def accounts(request: Request, here: Here, who: Who, event: str, card: str = "") -> Response:
    """Show the accounts, for the desk: all, or those whose card says something."""
    return _accounts(request, here, who, event, sought=card)


@router.post("/{event}/accounts")
async def change_accounts(request: Request, here: Here, who: Who, event: str) -> Response:
    """Make more accounts, another card for one, a lasting one of it, or call a team otherwise."""
    form = await request.form()
    try:
        if form.get("do") == "card":
            number, stop = _number(form, "number"), form.get("stop") == "yes"
            out = await here.card_renewals.renew(who, event, number, stop=stop)
            return await run_in_threadpool(_accounts, request, here, who, event, renewed=number, out=out)
        kept = await run_in_threadpool(_change_accounts, here, who, event, form)
    except SaidError as error:
        await run_in_threadpool(here.events.seen, who, event, Level.INSTRUCTOR)
        return await run_in_threadpool(_accounts, request, here, who, event, error.message)
    return (
        await run_in_threadpool(_accounts, request, here, who, event, kept=kept)
        if kept
        else _at(here, event, "/accounts")
    )


@router.get("/{event}/accounts/{number}/card")
def new_card(request: Request, here: Here, who: Who, event: str, number: int) -> Response:
    """Ask before an account has another card."""
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    card = next((each for each in here.seats.seats(who, event) if each.seat.number == number), None)
    if card is None:
        raise NoEventError
    return here.pages.page(request, who, "card_new.html", seen=seen, card=card)


@router.get("/{event}/cards")
def cards(request: Request, here: Here, who: Who, event: str, number: int = 0) -> Response:
    """Show the cards, to be printed; one of them only, if its number is given."""
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    made = [(card, qr_code(card.link)) for card in here.seats.cards(who, event, number)]
    return here.pages.page(
        request, who, "cards.html", seen=seen, cards=made, address=TypedAddress(here.seats.said_address)
    )


@router.get("/{event}/cards.pdf")
def cards_as_pdf(here: Here, who: Who, event: str, number: int = 0) -> Response:
    """Send the cards as a PDF, to be printed elsewhere."""
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    made = cards_pdf(seen, here.seats.cards(who, event, number), here.seats.said_address)
    return Response(made, media_type="application/pdf", headers=as_file(f"{seen.group.title}.pdf"))


@router.get("/{event}/cards.csv")
def codes(here: Here, who: Who, event: str) -> Response:
    """Send the codes as a table, for letters and mails."""
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    table = codes_table(here.seats.cards(who, event))
    return Response(table, media_type="text/csv", headers=as_file(f"{seen.group.title}.csv"))


@router.get("/{event}/settings")
def settings(request: Request, here: Here, who: Who, event: str) -> Response:
    """Show the settings."""
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    told = {"seen": seen, "form": EventForm.of(seen), "profiles": here.profiles, "fault": "", "is_old": False}
    return here.pages.page(request, who, "event_settings.html", **told)


@router.post("/{event}/settings")
async def change(request: Request, here: Here, who: Who, event: str) -> Response:
    """Keep the settings, or show them again with what is wrong."""
    seen = await run_in_threadpool(here.events.seen, who, event, Level.INSTRUCTOR)
    form = read_event_form(await request.form(), here.profiles)
    told = {"seen": seen, "profiles": here.profiles, "fault": "", "is_old": False}
    if form.is_unfinished:
        return here.pages.page(request, who, "event_settings.html", form=form, **told)
    read = form.read(seen.details)
    try:
        change = partial(here.events.change, who, event, form.title, read.details, unread=read.faults)
        await run_in_threadpool(change)
    except EventChangedError as error:
        form, told = replace(form, changed=str(seen.details.changed)), told | {"fault": error.message, "is_old": True}
        return here.pages.page(request, who, "event_settings.html", 409, form=form, **told)
    except SaidError as error:
        told |= {"fault": error.message, "faults": form.places_of(error)}
        return here.pages.page(request, who, "event_settings.html", 400, form=form, **told)
    return _at(here, event)


@router.post("/{event}/organisers")
async def organisers(request: Request, here: Here, who: Who, event: str) -> Response:
    """Let somebody lead the event, or not any more."""
    form = await request.form()
    name = str(form.get("name", "")).strip()
    try:
        is_organiser = form.get("do") != "remove"
        await run_in_threadpool(here.events.set_organiser, who, event, name, is_organiser=is_organiser)
    except SaidError as error:
        await run_in_threadpool(here.events.seen, who, event, Level.INSTRUCTOR)
        return await run_in_threadpool(_accounts, request, here, who, event, error.message)
    return see(here.root) if not is_organiser and name == who.name else _at(here, event, "/accounts")


@router.get("/{event}/end")
def ending(request: Request, here: Here, who: Who, event: str) -> Response:
    """Ask before the event is ended."""
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    taken = sum(each.person is not None for each in here.seats.seats(who, event))
    return here.pages.page(request, who, "event_end.html", seen=seen, taken=taken)


@router.post("/{event}/end")
async def end(here: Here, who: Who, event: str) -> Response:
    """End the event now."""
    await run_in_threadpool(here.events.end, who, event)
    here.event_ends.sooner.set()
    return _at(here, event)


async def stored_of(here: Parts, seen: EventSeen) -> Amount | None:
    """Return how much is in the data store of an event; None = that is not limited, or it is deleted."""
    return await here.stored.of("event", seen.group.id) if seen.state != "gone" else None


def _change_accounts(here: Parts, who: Caller, event: str, form: FormData) -> str:
    """Do it; return the link of an account that lasts now, "" = none does."""
    do, number = str(form.get("do", "")), _number(form, "number")
    if do == "more":
        wanted = Wanted(_number(form, "accounts"), _number(form, "teams"), _number(form, "team_size"))
        here.seats.add_seats(who, event, wanted)
    elif do == "one":
        here.seats.add_seats(who, event, Wanted(1))
    elif do == "double":
        here.seats.double(who, event, _number(form, "there"))
    elif do == "keep":
        return here.seats.keep(who, event, number)
    elif do == "rename":
        here.seats.rename_team(who, event, str(form.get("team", "")), str(form.get("title", "")))
    return ""


def _accounts(
    request: Request,
    here: Parts,
    who: Caller,
    event: str,
    fault: str = "",
    *,
    renewed: int = 0,
    out: SignedOut | None = None,
    kept: str = "",
    sought: str = "",
) -> Response:
    seen, seats = here.events.seen(who, event, Level.INSTRUCTOR), here.seats.seats(who, event)
    card = next((each for each in seats if each.seat.number == renewed), None)
    told = {
        "seen": seen,
        "seats": with_card(seats, sought),
        "count": len(seats),
        "sought": sought,
        "out": out,
        "organisers": here.events.organisers(who, event),
        "fault": fault,
        "again": here.seats.again(who, event),
        "card": card,
        "code": here.seats.code(who, card.seat) if card is not None else "",
        "kept": kept,
        "may_keep": here.events.rules.keep_accounts,
    }
    return here.pages.page(request, who, "accounts.html", 400 if fault else 200, **told)


def _number(form: FormData, name: str) -> int:
    text = str(form.get(name, "") or "0").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1  # noqa: PLR2004 - no number of ours is longer


def _at(here: Parts, event: str, page: str = "") -> Response:
    return see(f"{here.root}events/{event}{page}")
