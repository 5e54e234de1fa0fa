"""What the people service is told by the hub that starts it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sardonyx_services.people.class_details import AfterEnd
from sardonyx_services.people.enrolment import Newcomers
from sardonyx_services.people.event_details import USUAL_SIGN_INS
from sardonyx_services.people.web.classes.seat import Makers
from sardonyx_services.private_file import write_private
from sardonyx_spawner.profiles import Profile

SESSION = "sardonyx-people"
"""Cookie of who has signed in; the hub ends it where somebody else signs in."""


class StorePlace(BaseModel):
    """Where what is handed in is.

    Args:
        keys: address of the keys service.
        token: file with what this service shows there.
        endpoint: of the store.
        is_limited: how much may be in it is limited for somebody or something.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: str
    token: Path
    endpoint: str
    region: str
    bucket: str
    is_limited: bool = False


class EventRules(BaseModel):
    """What events can be here.

    Args:
        makers: who may make them beside administrators: organisers, or nobody.
        maker_groups: groups of a provider whose people are organisers.
        most_accounts: of one event.
        longest_days: of one event.
        most_sign_ins: of one code.
        most_storage: bytes of one event in the data store; None = as much as there is room.
        storage_of: id of an event -> in the place of that for it.
        keep_accounts: an account can be made a lasting one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    makers: Literal["administrators", "organisers"] = "organisers"
    maker_groups: frozenset[str] = frozenset()
    most_accounts: int = 200
    longest_days: int = 14
    most_sign_ins: int = USUAL_SIGN_INS
    most_storage: int | None = None
    storage_of: Mapping[str, int] = {}
    keep_accounts: bool = False

    @property
    def usual_sign_ins(self) -> int:
        """How often a code lets somebody in where nobody says it."""
        return min(USUAL_SIGN_INS, self.most_sign_ins)

    def room_of(self, event: str = "") -> int | None:
        """Return how many bytes an event may have in the data store; "" = a new one, None = that is not limited."""
        return self.storage_of.get(event, self.most_storage)

    def may_make(self, *, is_admin: bool, is_organiser: bool, groups: frozenset[str]) -> bool:
        """Tell whether somebody may make events."""
        return is_admin or (self.makers == "organisers" and (is_organiser or bool(groups & self.maker_groups)))


class PlatformRules(BaseModel):
    """A learning platform.

    Args:
        title: what people call it.
        teachers_make_classes: for their courses, also those who may make no other class.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    teachers_make_classes: bool


class PeopleConfiguration(BaseModel):
    """Where the people are, what a class can be, and how this place looks.

    Args:
        people: people.sqlite; None = they are in a PostgreSQL, whose address is in the environment.
        secret: file with what sessions and links to join are made from.
        operator: file with what commands on the machine itself show here.
        profiles: what classes can be made from.
        tools: how those are called that servers have, by name.
        makers: who may make classes; administrators always do.
        maker_groups: groups of a provider whose people are instructors.
        after_end: what becomes of the data of a class when it has ended, if its instructor says nothing of it.
        exporting: what was handed in is copied to its people then, if its instructor says nothing of it.
        has_providers: people sign in with providers: who is not known here yet can be invited into a class.
        has_provider_groups: a provider tells the groups of its people.
        has_passwords: people sign in with passwords of this place.
        administrators: names whose accounts with a password are those of administrators.
        platforms: learning platforms by slug.
        events: what events can be here.
        homes: folder with everybody's home.
        home_uses: file that says how much is in each; None = homes are not measured here.
        home_limit: bytes that each may have; None = homes have no limit.
        audit: file with a line for each key that was given.
        has_vault: people have secrets in a Vault.
        title: of this place; so is `contact`.
        language: of who has chosen none.
        address: under which people open this place, without a slash at its end.
        templates: folder of the hub's page templates.
        servers_refused: see `sardonyx_spawner.local.isolation.REFUSED`; None = on a cluster, where they are kept apart.
        cluster_instance: name of this installation on its cluster; "" = it is on one machine.
        version: of its scripts and styles.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    people: Path | None
    secret: Path
    operator: Path
    log: Path
    profiles: tuple[Profile, ...] = ()
    tools: Mapping[str, str] = {}
    makers: Makers = "instructors"
    maker_groups: frozenset[str] = frozenset()
    after_end: AfterEnd = "delete"
    exporting: bool = True
    has_providers: bool = False
    has_provider_groups: bool = False
    has_passwords: bool = True
    administrators: frozenset[str] = frozenset()
    platforms: Mapping[str, PlatformRules] = {}
    events: EventRules = EventRules()
    title: str
    contact: str = ""
    language: str = "en"
    address: str
    homes: Path
    home_uses: Path | None = None
    home_limit: int | None = None
    audit: Path
    has_vault: bool = False
    store: StorePlace
    templates: Path
    version: str
    servers_refused: Path | None = None
    cluster_instance: str = ""

    @property
    def newcomers(self) -> Newcomers:
        """What becomes of somebody in a list of a class who is not known here."""
        if self.has_providers:
            return "invited"
        return "accounts" if self.has_passwords and not self.platforms else "unknown"

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https."""
        return self.address.startswith("https://")

    def write(self, path: Path) -> None:
        """Write the file for the service, for its owner only."""
        write_private(path, self.model_dump_json(indent=1))

    @classmethod
    def read(cls, path: Path) -> "PeopleConfiguration":
        """Read the file."""
        return cls.model_validate_json(path.read_bytes())
