"""Who somebody is to the server that is started for them."""

from collections.abc import Callable
from urllib.parse import urlsplit

from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.groups import all_groups
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import _, spoken, spoken_to
from sardonyx_spawner.person import Person


class PersonSource:
    """Everybody as the people store knows them, with what the settings say for those who told nothing."""

    def __init__(self, settings: Settings, people: Callable[[], PeopleStore]) -> None:
        self._people = people
        self._language = settings.language
        # git makes no commit without an address; who has another one tells git.
        self._host = urlsplit(settings.shown_url).hostname or "localhost"

    def person(self, name: str, groups: frozenset[str], is_admin: bool) -> Person:  # noqa: FBT001 - called by position
        """Return somebody by their name, in the provider's groups and in those that they have here.

        Raises:
            UserError: nobody of this name is known here, in a sentence.
        """
        people = self._people()
        record = people.by_name(name)
        if record is None:
            raise UserError(
                _("{name} has not signed in here yet. A server can be started after that.").format(name=name)
            )
        # Who starts a server for somebody else may read another language.
        language = people.languages.of(name) or (spoken() if spoken_to() == name else self._language)
        return Person(
            id=record.id,
            name=name,
            groups=all_groups(groups, people.groups.of(record.id)),
            is_admin=is_admin,
            full_name=record.full_name or name,
            mail=record.mail or f"{name}@{self._host}",
            language=language,
            is_temporary=record.is_temporary,
        )
