"""What the REST API of the whole place takes and gives."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sardonyx_services.people.directory import Listed
from sardonyx_services.people.web.kept.exports import Export
from sardonyx_services.people.web.operation.desk import Place
from sardonyx_services.people.web.operation.overview import StoredLine
from sardonyx_services.people.web.operation.people_desk import Act
from sardonyx_services.people.web.operation.storage import Held
from sardonyx_services.people.web.operation.storage_desk import Holdings


class ServersStopWish(BaseModel):
    """Servers that are to be stopped."""

    model_config = ConfigDict(extra="forbid")

    servers: list[str] = Field(max_length=5000, description="Each as NAME/SERVER; the usual one of somebody is NAME/.")


class ServerShown(BaseModel):
    """A server, whosever it is."""

    name: str = Field(description="Of its person, or of the team.")
    server: str = Field(description="Its own; empty: the usual one.")
    what: str = Field(description="Title of the class or event whose profile it is, else the slug of its profile.")
    state: str = Field(description="running, starting, stopping or failed.")
    since: datetime | None
    seen: datetime | None = Field(description="When it was last used.")
    memory: int | None = Field(description="Bytes in use.")
    memory_limit: int | None = Field(description="Bytes.")
    problem: str = Field(description="What is wrong with it, or about to be, in words.")


class HoursOfOne(BaseModel):
    """For how long somebody's servers of one profile ran."""

    name: str = Field(description="Of who was removed, their id.")
    profile: str
    hours: float


class StoredShown(BaseModel):
    """Somebody or something that has nearly as much in the data store as it may, in bytes."""

    kind: str = Field(description="home, class, event or team.")
    title: str
    size: int
    limit: int

    @classmethod
    def of(cls, line: StoredLine) -> "StoredShown":
        """Return what is found of one."""
        return cls(kind=line.kind, title=line.title, size=line.amount.size or 0, limit=line.amount.limit)


class PlaceShown(BaseModel):
    """What the whole place does now."""

    people: int
    here: int = Field(description="People with a server that runs, or is about to.")
    running: int = Field(description="Servers that run, or are about to.")
    memory: int = Field(description="Bytes in use by them.")
    problems: int = Field(description="Servers with something wrong.")
    servers: list[ServerShown] = Field(description="Those with a problem first, then the largest.")
    stored: list[StoredShown] | None = Field(description="The fullest first; null: that cannot be said now.")

    @classmethod
    def of(cls, place: Place) -> "PlaceShown":
        """Return what is found."""
        servers = [
            ServerShown.model_validate({**vars(line.server), "what": line.what, "problem": line.problem})
            for line in place.servers
        ]
        stored = None if place.stored is None else [StoredShown.of(each) for each in place.stored]
        return cls(**vars(place.figures), servers=servers, stored=stored)


class HeldShown(BaseModel):
    """Somebody or something that has files."""

    kind: Literal["home", "class", "event", "team"] = Field(description="home: of a person.")
    id: str = Field(description="Of the person, class, event or team.")
    title: str = Field(description="What it is called; empty: nobody and nothing that is known here any more.")
    size: int = Field(description="Bytes. Of an event with what its teams and accounts have.")
    limit: int | None = Field(description="Bytes that it may have; null: as much as there is room.")
    counted: datetime
    is_all: bool = Field(description="false: it is more, since not all of it could be looked at.")

    @classmethod
    def of(cls, held: Held) -> "HeldShown":
        """Return what is found of one."""
        said = {name: getattr(held, name) for name in ("kind", "id", "title", "size", "limit", "is_all")}
        return cls(**said, counted=held.at)


class HoldingsShown(BaseModel):
    """Who and what has files, the largest first."""

    store: list[HeldShown] | None = Field(description="In the data store; null: that cannot be said now.")
    is_whole: bool = Field(
        description="false: the data store is being counted for the first time since Sardonyx began."
    )
    homes: list[HeldShown] | None = Field(
        description="In homes on this machine; null: they are not measured, as where they have no limit or are on a cluster."
    )

    @classmethod
    def of(cls, held: Holdings) -> "HoldingsShown":
        """Return what is found."""
        store, homes = (None if found is None else [*map(HeldShown.of, found)] for found in (held.store, held.homes))
        return cls(store=store, is_whole=held.is_whole, homes=homes)


class LeaderlessShown(BaseModel):
    """A class or an event that nobody leads."""

    kind: Literal["class", "event"]
    id: str
    title: str


class PersonShown(BaseModel):
    """Somebody of the place."""

    id: str
    name: str
    full_name: str
    mail: str
    provider: str = Field(
        description="Where they sign in: local, event, the slug of a provider, or lti: and a platform."
    )
    is_admin: bool
    is_instructor: bool
    is_organiser: bool
    removed: datetime | None
    erasure: str = Field(description="How far it is that all that is theirs is deleted: empty, wanted, going or done.")
    groups: int = Field(description="In how many classes, events and teams they are, or were.")
    hours: float = Field(description="For how long their servers ran in the last 30 days.")
    place: str = Field(description="With it as “after”, the next people are listed.")

    @classmethod
    def of(cls, listed: Listed, seconds: int) -> "PersonShown":
        """Return somebody in the list, whose servers ran for some seconds."""
        said = {name: getattr(listed, name) for name in cls.model_fields.keys() - {"hours"}}
        return cls(**said, hours=round(seconds / 3600, 2))


class PeopleActWish(BaseModel):
    """What is to be done to people."""

    model_config = ConfigDict(extra="forbid")

    do: Act
    people: list[str] = Field(max_length=5000, description="Their ids.")


class AccountWish(BaseModel):
    """Somebody who is to sign in with a password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="With which they sign in.")
    is_instructor: bool = Field(default=False, description="They may make classes.")


class PasswordsWish(BaseModel):
    """People who are to choose another password."""

    model_config = ConfigDict(extra="forbid")

    people: list[str] = Field(max_length=5000, description="Their ids.")


class PasswordLink(BaseModel):
    """With what somebody chooses their password, once."""

    name: str
    link: str = Field(description="For this person alone; it is shown this once.")


class ActFault(BaseModel):
    """Why something could not be done to somebody."""

    id: str
    message: str


class ExportShown(BaseModel):
    """How far it is that what is known of somebody is written out."""

    goes_on: bool
    is_there: bool = Field(description="It can be fetched.")
    made: datetime | None
    fault: str = Field(description="Why it could not be written out.")

    @classmethod
    def of(cls, export: Export) -> "ExportShown":
        """Return it of a go."""
        return cls(goes_on=export.goes_on, is_there=export.content != "", made=export.made, fault=export.fault)


class EraseWish(BaseModel):
    """That somebody is to be erased."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="Theirs, to be sure that the right person is meant.")


class ErasureShown(BaseModel):
    """How far it is that somebody is erased."""

    state: Literal["", "wanted", "going", "done"] = Field(
        description="Empty: they are not; wanted: removed, and nothing is deleted yet; going: it is being deleted."
    )
    begins: datetime | None = Field(description="When it is deleted, or was begun.")
