"""What the credentials service is told, in one JSON file."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sardonyx_services.credentials.git.oauth import GitProvider, Kind
from sardonyx_services.private_file import write_private

LONGEST_LIFE_S = 43200
LONGEST_LIFE = timedelta(seconds=LONGEST_LIFE_S)
"""Of keys: no store gives longer ones."""


class StoredLimits(BaseModel):
    """How much may be stored, in bytes; None = as much as there is room.

    Args:
        person: in each person's own place.
        of_class: in all of each class; `classes`: id -> in its place for that one.
        of_team: in the place of each team.
        of_event: in all of each event, with its teams and the accounts that end with it; `events`: as `classes`.
        count_every_s: so often is counted how much there is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: int | None = None
    of_class: int | None = None
    classes: dict[str, int] = {}
    of_team: int | None = None
    of_event: int | None = None
    events: dict[str, int] = {}
    count_every_s: float = 300

    @property
    def is_set(self) -> bool:
        """Whether anything is limited."""
        of_all = (self.person, self.of_class, self.of_team, self.of_event)
        return any(limit is not None for limit in of_all) or bool(self.classes) or bool(self.events)

    def of(self, whole: str) -> int | None:
        """Return the limit of what is all of somebody or something, such as "home/7mw2kfqd/" or "event/abcd2345/"."""
        kind, _, group = whole.rstrip("/").partition("/")
        match kind:
            case "home":
                return self.person
            case "class":
                return self.classes.get(group, self.of_class)
            case "team":
                return self.of_team
            case "event":
                return self.events.get(group, self.of_event)
        return None


class StoreConfiguration(BaseModel):
    """The S3 store and its STS.

    Args:
        role: to assume; "" = the store knows none (MinIO).
        access_key: file with the id of the key that assumes the role; None = it is assumed with our own tokens.
        secret_key: file with the secret of that key; this service alone reads it.
        revoke_with: how sessions are refused; "" = they are not, and live until their keys end.
        administrator: file with the key of the embedded store's administrator, which does so; None = the store is
            somebody else's.
        revoke_access_key: file with the id of the key that does so in a store of somebody else's.
        revoke_secret_key: file with its secret.
        laptop_key_lifetime_s: longest life of keys for people's own computers; None = there are none.
        limits: how much may be stored.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint: str
    sts_endpoint: str
    role: str
    bucket: str
    region: str
    key_lifetime_s: int = Field(ge=900, le=LONGEST_LIFE_S)
    access_key: Path | None = None
    secret_key: Path | None = None
    revoke_with: Literal["", "bucket_policy", "minio"] = ""
    administrator: Path | None = None
    revoke_access_key: Path | None = None
    revoke_secret_key: Path | None = None
    laptop_key_lifetime_s: int | None = Field(default=None, ge=900, le=LONGEST_LIFE_S)
    limits: StoredLimits = StoredLimits()


class VaultConfiguration(BaseModel):
    """Where Vault is, and how the broker signs in there.

    Args:
        mount: of its JWT sign-in for this place.
        role: under which tokens of people are made.
        ca: file with the certificates to trust; none = those of this machine.
        leases: file of the tokens that were given, by their accessors.
        look_every_s: so often is the hub asked which servers run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    namespace: str = ""
    mount: str = "sardonyx"
    role: str = "sardonyx"
    ca: Path | None = None
    leases: Path
    look_every_s: float = 60

    @property
    def broker_role(self) -> str:
        """The role of the broker itself."""
        return f"{self.role}-broker"


class GitProviderConfiguration(BaseModel):
    """An OAuth app of this place at a forge; its secret stays in its file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str
    title: str
    kind: Kind
    address: str
    client_id: str
    client_secret: Path

    def provider(self) -> GitProvider:
        """Return the app, with its secret."""
        secret = self.client_secret.read_text().strip()
        return GitProvider(self.slug, self.title, self.kind, self.address, self.client_id, secret)


class LinksConfiguration(BaseModel):
    """The links by which people share files.

    Args:
        token: file with what the service that opens them shows here.
        name: of that service in the hub: below its path they are.
        origin: scheme, host and port at which others reach this place; "" = as whoever makes a link reaches it.
        longest_s: longest life of one.
        most: so many may somebody have at once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Path
    name: str
    origin: str = ""
    longest_s: int = Field(ge=60)
    most: int = Field(ge=1)


class CredentialsConfiguration(BaseModel):
    """Who signs, who is asked, and for whom.

    Args:
        issuer: this service's address, as tokens name it.
        issuer_socket: unix socket on which the embedded store fetches the signing keys.
        keys: folder of the signing keys.
        people: people.sqlite, for names and their immutable ids; not there where they are in a PostgreSQL.
        audit: file that gets a line for each credential.
        hosts: Host headers that are answered; all others are somebody's trick.
        vault: none = there is no Vault.
        git_key: file with what opens people's tokens of forges; none = nobody has any.
        links: none = nobody shares files by links.
        collector: file with what the service of classes shows here; none = there is none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    issuer_socket: Path
    keys: Path
    people: Path
    hosts: tuple[str, ...]
    store: StoreConfiguration
    log: Path
    audit: Path
    vault: VaultConfiguration | None = None
    git_key: Path | None = None
    git_providers: tuple[GitProviderConfiguration, ...] = ()
    links: LinksConfiguration | None = None
    collector: Path | None = None

    def write(self, path: Path) -> None:
        """Write the file for the service, for its owner only."""
        write_private(path, self.model_dump_json(indent=1))
