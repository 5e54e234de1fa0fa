"""The `quotas` section of the settings: how much people, classes, events and the whole place may use."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import Field

from sardonyx_hub_config.settings.profiles import ProfileSettings
from sardonyx_hub_config.settings.section import Memory, Section
from sardonyx_services.credentials.configuration import StoredLimits
from sardonyx_services.people.groups import GROUP_ID
from sardonyx_spawner.amounts import memory_bytes
from sardonyx_spawner.quotas import Quota, Quotas

COUNTED = {"cpu": "cpu: 2", "memory": "memory: 2G"}
"""What has to be known of each server where it is limited, and how it is written."""
UNCOUNTED = (
    "cannot be counted: a server of the profile '{profile}' can take as much as it likes."
    " Write '{written}' in profiles.{profile}."
)
NO_ID = "can be the id of no {kind}: nothing would be limited by it. Write one that 'sardonyx {kind} list' shows."


class QuotaSettings(Section):
    """What may be used; without a number as much as there is."""

    servers: int | None = Field(default=None, ge=1, description="Servers that run at once.")
    cpu: float | None = Field(default=None, gt=0, description="Cores of all of them together.")
    memory: Memory | None = Field(default=None, description="Memory of all of them together, such as 32G.")
    gpus: int | None = Field(default=None, ge=0, description="GPUs of all of them together.")
    hours: int | None = Field(
        default=None,
        ge=1,
        description="Hours for which servers run, added up over a calendar month (UTC). No server starts after that, and"
        " none that is started runs for longer than what is left.",
    )

    def quota(self) -> Quota:
        """Return the same in the words of the spawner."""
        memory = memory_bytes(self.memory) if self.memory else None
        return Quota(self.servers, self.cpu, memory, self.gpus, self.hours)


class StorageLimitSettings(Section):
    """What may be stored in the data store."""

    storage: Memory | None = Field(
        default=None, description="How much may be in the data store, such as 20G. Whoever has more only deletes there."
    )

    @property
    def storage_bytes(self) -> int | None:
        """Return how much may be stored; None = as much as there is room."""
        return memory_bytes(self.storage) if self.storage else None


class StoredQuotaSettings(StorageLimitSettings, QuotaSettings):
    """What may be used, and stored in the data store."""


class QuotasSettings(Section):
    """How much may be used."""

    each_person: StoredQuotaSettings = Field(
        default=StoredQuotaSettings(), description="Each person, in all of their servers."
    )
    groups: dict[str, QuotaSettings] = Field(
        default_factory=dict,
        description="Group -> what each person in it may use: what it says counts in the place of each_person, and of"
        " several groups the most generous.",
    )
    each_class: StoredQuotaSettings = Field(
        default=StoredQuotaSettings(), description="Each class, in all of its servers."
    )
    each_event: StoredQuotaSettings = Field(
        default=StoredQuotaSettings(),
        description="Each event, in all of its servers; its data is that of its teams and of the accounts that end with it,"
        " too.",
    )
    each_team: StorageLimitSettings = Field(
        default=StorageLimitSettings(), description="Each team, in its part of the data of its event."
    )
    classes: dict[str, StoredQuotaSettings] = Field(
        default_factory=dict, description="Id of a class -> in the place of each_class for it, such as 7mw2kfqd."
    )
    events: dict[str, StoredQuotaSettings] = Field(
        default_factory=dict, description="Id of an event -> in the place of each_event for it."
    )
    place: QuotaSettings = Field(default=QuotaSettings(), description="Everybody together.")

    def quotas(self) -> Quotas:
        """Return the same in the words of the spawner."""
        return Quotas(
            person=self.each_person.quota(),
            groups={name: each.quota() for name, each in self.groups.items()},
            of_class=self.each_class.quota(),
            of_event=self.each_event.quota(),
            named={
                **{f"class-{name}": each.quota() for name, each in self.classes.items()},
                **{f"event-{name}": each.quota() for name, each in self.events.items()},
            },
            place=self.place.quota(),
        )

    def stored(self) -> StoredLimits:
        """Return how much may be stored, in the words of the keys service."""
        return StoredLimits(
            person=self.each_person.storage_bytes,
            of_class=self.each_class.storage_bytes,
            classes=_stored_by_id(self.classes),
            of_team=self.each_team.storage_bytes,
            of_event=self.each_event.storage_bytes,
            events=_stored_by_id(self.events),
        )

    def by_path(self) -> Iterator[tuple[tuple[str, ...], QuotaSettings]]:
        """Return each one with its place in the file."""
        for name in ("each_person", "each_class", "each_event", "place"):
            yield ("quotas", name), getattr(self, name)
        for name in ("groups", "classes", "events"):
            yield from ((("quotas", name, each), quota) for each, quota in getattr(self, name).items())


def _stored_by_id(quotas: Mapping[str, StoredQuotaSettings]) -> dict[str, int]:
    return {name: size for name, each in quotas.items() if (size := each.storage_bytes) is not None}


def quota_faults(quotas: QuotasSettings, profiles: Mapping[str, ProfileSettings]) -> list[tuple[tuple[str, ...], str]]:
    """Return what is wrong, and what to write instead: (path, message) pairs.

    A server without a limit of its own takes what there is, so it cannot be counted.
    """
    limited = [(path, name) for path, quota in quotas.by_path() for name in COUNTED if getattr(quota, name) is not None]
    uncounted = [
        ((*path, name), UNCOUNTED.format(profile=slug, written=COUNTED[name]))
        for path, name in limited
        for slug, profile in profiles.items()
        if not profile.profile(slug).always_gives(name)
    ]
    return [*_no_ids("classes", quotas.classes), *_no_ids("events", quotas.events), *uncounted]


def _no_ids(where: str, names: Iterable[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    kind = {"classes": "class", "events": "event"}[where]
    yield from (
        (("quotas", where, name), NO_ID.format(kind=kind)) for name in names if GROUP_ID.fullmatch(name) is None
    )
