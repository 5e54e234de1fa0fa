"""What the people service is told by the hub that starts it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sardonyx_services.people.web.seat import Makers
from sardonyx_services.private_file import write_private
from sardonyx_spawner.profiles import Profile


class StorePlace(BaseModel):
    """Where what is handed in is.

    Args:
        keys: address of the keys service.
        token: file with what this service shows there.
        endpoint: of the store.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: str
    token: Path
    endpoint: str
    region: str
    bucket: str


class PeopleConfiguration(BaseModel):
    """Where the people are, what a class can be, and how this place looks.

    Args:
        people: people.sqlite; None = they are in a PostgreSQL, whose address is in the environment.
        secret: file with what sessions and links to join are made from.
        profiles: what classes can be made from.
        makers: who may make classes; administrators always do.
        maker_groups: groups of a provider whose people are instructors.
        title: of this place; so is `contact`.
        language: of who has chosen none.
        address: under which people open this place, without a slash at its end.
        templates: folder of the hub's page templates.
        version: of its scripts and styles.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    people: Path | None
    secret: Path
    log: Path
    profiles: tuple[Profile, ...] = ()
    makers: Makers = "instructors"
    maker_groups: frozenset[str] = frozenset()
    title: str
    contact: str = ""
    language: str = "en"
    address: str
    store: StorePlace
    templates: Path
    version: str

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
