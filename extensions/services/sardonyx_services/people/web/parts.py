"""What the service is made of, and how a route gets at it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.callers import Callers
from sardonyx_services.people.web.classes.classroom import Classroom
from sardonyx_services.people.web.classes.course_desk import CourseDesk
from sardonyx_services.people.web.classes.deadlines import Deadlines
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.classes.end_notices import EndNotices
from sardonyx_services.people.web.classes.endings import Endings
from sardonyx_services.people.web.classes.ends import ClassEnds
from sardonyx_services.people.web.classes.enrolling import Enrolling
from sardonyx_services.people.web.classes.hand_ins import HandIns
from sardonyx_services.people.web.classes.lesson_desk import LessonDesk
from sardonyx_services.people.web.classes.lesson_rounds import LessonRounds
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.events.card_renewals import CardRenewals
from sardonyx_services.people.web.events.desk import EventDesk
from sardonyx_services.people.web.events.ends import EventEnds
from sardonyx_services.people.web.events.room import EventRoom
from sardonyx_services.people.web.events.seat_desk import SeatDesk
from sardonyx_services.people.web.events.team_links import TeamLinks
from sardonyx_services.people.web.kept.class_copies import ClassCopies
from sardonyx_services.people.web.kept.copies import Copies
from sardonyx_services.people.web.kept.erasures import Erasures
from sardonyx_services.people.web.kept.event_copies import EventCopies
from sardonyx_services.people.web.kept.exports import Exports
from sardonyx_services.people.web.kept.keeps import Keeps
from sardonyx_services.people.web.live.hand_outs import HandOuts
from sardonyx_services.people.web.live.helping import Helping
from sardonyx_services.people.web.live.servers import GroupServers
from sardonyx_services.people.web.operation.account_desk import AccountDesk
from sardonyx_services.people.web.operation.accounting import Accounting
from sardonyx_services.people.web.operation.desk import Operation
from sardonyx_services.people.web.operation.group_desk import GroupDesk
from sardonyx_services.people.web.operation.group_look import GroupLook
from sardonyx_services.people.web.operation.people_desk import PeopleDesk
from sardonyx_services.people.web.operation.personal_desk import PersonalDesk
from sardonyx_services.people.web.operation.storage_desk import StorageDesk
from sardonyx_services.people.web.pages import Pages
from sardonyx_services.people.web.sign_in import SignIn
from sardonyx_services.people.web.store_use import StoreUse
from sardonyx_services.people.web.tidying import Tidying
from sardonyx_spawner.profiles import Profile


@dataclass(frozen=True)
class Parts:
    """The parts.

    Args:
        profiles: what classes can be made from.
        root: path of the pages, with a slash at both ends.
        is_secure: browsers come by https.
    """

    people: PeopleStore
    desk: Desk
    enrolling: Enrolling
    courses: CourseDesk
    classroom: Classroom
    deadlines: Deadlines
    hand_ins: HandIns
    hand_outs: HandOuts
    helping: Helping
    event_servers: GroupServers
    event_hand_outs: HandOuts
    event_helping: Helping
    endings: Endings
    class_ends: ClassEnds
    end_notices: EndNotices
    lessons: LessonDesk
    lesson_rounds: LessonRounds
    accounting: Accounting
    tidying: Tidying
    erasures: Erasures
    events: EventDesk
    seats: SeatDesk
    card_renewals: CardRenewals
    team_links: TeamLinks
    copies: Copies
    keeps: Keeps
    class_copies: ClassCopies
    event_copies: EventCopies
    event_room: EventRoom
    event_ends: EventEnds
    operation: Operation
    group_look: GroupLook
    group_desk: GroupDesk
    people_desk: PeopleDesk
    account_desk: AccountDesk
    exports: Exports
    personal_desk: PersonalDesk
    storage: StorageDesk
    stored: StoreUse
    pages: Pages
    callers: Callers
    sign_in: SignIn
    profiles: tuple[Profile, ...]
    root: str
    is_secure: bool


async def _caller(request: Request) -> Caller:
    return await _parts(request).callers.of(request)


def _parts(request: Request) -> Parts:
    found: Parts = request.app.state.parts
    return found


Who = Annotated[Caller, Depends(_caller)]
"""Whoever asks; without somebody whom the hub knows a route is not called."""
Here = Annotated[Parts, Depends(_parts)]
