"""Run the people service under JupyterHub: `python -m sardonyx_services.people.web CONFIGURATION`."""

import asyncio
import os
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn

from sardonyx_services.listening import given
from sardonyx_services.parent import die_with_hub
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.derived import JOIN_LINKS, SESSIONS, TEAM_LINKS, derived
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.postgresql import VARIABLE, Postgresql
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
from sardonyx_services.people.web.classes.seat import operator
from sardonyx_services.people.web.clearer import Clearer
from sardonyx_services.people.web.configuration import PeopleConfiguration
from sardonyx_services.people.web.events.card_renewals import CardRenewals
from sardonyx_services.people.web.events.desks import event_desks
from sardonyx_services.people.web.events.ends import EventEnds
from sardonyx_services.people.web.events.room import EventRoom
from sardonyx_services.people.web.events.team_links import TeamLinks
from sardonyx_services.people.web.hub import Hub
from sardonyx_services.people.web.kept.class_copies import ClassCopies
from sardonyx_services.people.web.kept.copies import Copies
from sardonyx_services.people.web.kept.erasures import Erasures
from sardonyx_services.people.web.kept.event_copies import EventCopies
from sardonyx_services.people.web.kept.exports import Exports
from sardonyx_services.people.web.kept.keeps import Keeps
from sardonyx_services.people.web.live.hand_outs import HandOuts
from sardonyx_services.people.web.live.helping import Helping
from sardonyx_services.people.web.live.rooms import EventRooms
from sardonyx_services.people.web.live.servers import GroupServers
from sardonyx_services.people.web.makers import MakerRules
from sardonyx_services.people.web.operation.account_desk import AccountDesk
from sardonyx_services.people.web.operation.accounting import Accounting
from sardonyx_services.people.web.operation.desk import Operation
from sardonyx_services.people.web.operation.group_desk import GroupDesk
from sardonyx_services.people.web.operation.group_look import GroupLook
from sardonyx_services.people.web.operation.people_desk import PeopleDesk
from sardonyx_services.people.web.operation.personal_desk import PersonalDesk
from sardonyx_services.people.web.operation.storage_desk import StorageDesk
from sardonyx_services.people.web.pages import Pages
from sardonyx_services.people.web.parts import Parts
from sardonyx_services.people.web.service import API, create_app
from sardonyx_services.people.web.sign_in import OAuthClient, SignIn
from sardonyx_services.people.web.store_door import StoreDoor
from sardonyx_services.people.web.store_use import StoreUse
from sardonyx_services.people.web.tidying import Tidying
from sardonyx_services.people.web.volumes import volumes_of
from sardonyx_services.service_log import log_to
from sardonyx_spawner.local.machine import Machine


def parts_of(configuration: PeopleConfiguration, people: PeopleStore, client: httpx.AsyncClient) -> Parts:
    """Return the service's parts; the hub tells the rest by the environment."""
    root, hub = os.environ["JUPYTERHUB_SERVICE_PREFIX"], f"{os.environ['JUPYTERHUB_BASE_URL']}hub/"
    api, token = os.environ["JUPYTERHUB_API_URL"], os.environ["JUPYTERHUB_API_TOKEN"]
    secret = bytes.fromhex(configuration.secret.read_text().strip())
    oauth = OAuthClient(
        client_id=os.environ["JUPYTERHUB_CLIENT_ID"],
        secret=token,
        api=api,
        authorize=f"{hub}api/oauth2/authorize",
        callback=os.environ["JUPYTERHUB_OAUTH_CALLBACK_URL"],
    )
    sign_in = SignIn(oauth, client, derived(secret, SESSIONS))
    rules, refused = configuration.events, configuration.servers_refused
    makers = MakerRules(configuration.makers, configuration.maker_groups, rules, refused)
    commands = operator(configuration.title), configuration.operator.read_text()
    callers = Callers(sign_in, people, makers, configuration.language, api=f"{root}{API}", operator=commands)
    usual = ClassDetails(after_end=configuration.after_end, exporting=configuration.exporting)
    desk = Desk(people, JoinLinks(derived(secret, JOIN_LINKS)), configuration.profiles, usual)
    origin, hub_api = urlsplit(configuration.address), Hub(api, token, client)
    address = f"{origin.scheme}://{origin.netloc}{root}"
    classroom = Classroom(desk, people, hub_api, address)
    pages = Pages(configuration, callers, root, hub)
    store = StoreDoor(configuration.store)
    keeps = Keeps(store)
    clearer = Clearer(store, remove_volume=volumes_of(configuration.cluster_instance))
    stored = StoreUse(configuration.store, client)
    shown_hub = f"{origin.scheme}://{origin.netloc}{hub}"
    events, seats = event_desks(people, secret, configuration.profiles, configuration.events, shown_hub)
    event_servers = GroupServers(EventRooms(events, people), people, hub_api)
    look = GroupLook(people, hub_api, (desk, events), stored, profiles=configuration.profiles)
    exports = Exports(people, configuration.audit)
    accounts = AccountDesk(
        people, shown_hub, has_passwords=configuration.has_passwords, administrators=configuration.administrators
    )
    return Parts(
        people=people,
        desk=desk,
        enrolling=Enrolling(desk, people, accounts, configuration.newcomers),
        courses=CourseDesk(desk, people, configuration.platforms),
        classroom=classroom,
        deadlines=Deadlines(desk, people),
        hand_ins=HandIns(store),
        hand_outs=HandOuts(classroom, store),
        helping=Helping(classroom, people, hub_api, configuration.language),
        event_servers=event_servers,
        event_hand_outs=HandOuts(event_servers, store),
        event_helping=Helping(event_servers, people, hub_api, configuration.language),
        endings=Endings(desk, people),
        class_ends=ClassEnds(people, hub_api, clearer, configuration.language),
        end_notices=EndNotices(people, hub_api, configuration.language),
        lessons=LessonDesk(desk, people, configuration.profiles, Machine.here()),
        lesson_rounds=LessonRounds(people, classroom, hub_api, configuration.language),
        accounting=Accounting(people, hub_api),
        tidying=Tidying(people),
        erasures=Erasures(people, clearer),
        events=events,
        seats=seats,
        card_renewals=CardRenewals(seats, people, hub_api, sign_in),
        team_links=TeamLinks(events, people, JoinLinks(derived(secret, TEAM_LINKS)), address),
        copies=Copies(store, configuration.homes),
        keeps=keeps,
        class_copies=ClassCopies(people, store, keeps),
        event_copies=EventCopies(people, keeps),
        event_room=EventRoom(hub_api),
        event_ends=EventEnds(people, hub_api, clearer, configuration.language),
        operation=Operation(people, hub_api, look, stored),
        group_look=look,
        group_desk=GroupDesk(people, look, (desk, events), (classroom, event_servers)),
        people_desk=PeopleDesk(people),
        account_desk=accounts,
        exports=exports,
        personal_desk=PersonalDesk(people, exports, has_vault=configuration.has_vault),
        storage=StorageDesk(people, stored, rules, configuration.home_uses, configuration.home_limit),
        stored=stored,
        pages=pages,
        callers=callers,
        sign_in=sign_in,
        profiles=configuration.profiles,
        root=root,
        is_secure=configuration.is_secure,
    )


async def serve(configuration: PeopleConfiguration, place: Place) -> None:
    """Serve on the hub's port for this service."""
    with closing(PeopleStore(place)) as people:
        async with httpx.AsyncClient(trust_env=False) as client:
            settings = uvicorn.Config(
                create_app(parts_of(configuration, people, client)),
                log_config=None,
                access_log=False,
                server_header=False,
                ws="none",
                timeout_graceful_shutdown=2,
            )
            port = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port or 80
            await uvicorn.Server(settings).serve(sockets=[given(port)])


def main() -> None:
    """Run until the hub says stop."""
    die_with_hub()
    os.umask(0o077)
    configuration = PeopleConfiguration.read(Path(sys.argv[1]))
    log_to(configuration.log)
    # What this service starts, such as what reads a spreadsheet, does not have it.
    address = os.environ.pop(VARIABLE, "")
    asyncio.run(serve(configuration, configuration.people or Postgresql(address)))


if __name__ == "__main__":
    main()
