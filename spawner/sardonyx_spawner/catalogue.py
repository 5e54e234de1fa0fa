"""Who sees which profile."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sardonyx_spawner.errors import UnknownProfileError
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Profile


class ProfileSource(Protocol):
    """Has more profiles, which depend on who asks: those of their classes and events."""

    def profiles_for(self, person: Person) -> Sequence[Profile]:
        """Return what the person may start besides, in the order of the form."""
        ...


class Catalogue:
    """The profiles of this place.

    Args:
        more: has those that depend on who asks.
    """

    def __init__(self, profiles: Iterable[Profile], more: ProfileSource | None = None) -> None:
        self._more = more
        self._profiles = tuple(
            sorted(profiles, key=lambda profile: (profile.order, profile.title.casefold(), profile.slug))
        )
        slugs = [profile.slug for profile in self._profiles]
        twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
        if twice:
            raise ValueError(f"two profiles are called {', '.join(twice)}")

    def offered_to(self, person: Person) -> tuple[Profile, ...]:
        """Return what the person may start, in the order of the form, each without what they may not see.

        What depends on them comes first, whatever order the operator has given to the others.
        """
        own = self._more.profiles_for(person) if self._more is not None else ()
        usual = () if person.is_temporary else self._profiles
        return tuple(profile.seen_by(person) for profile in (*own, *usual) if profile.is_for(person))

    def find(self, slug: str, person: Person) -> Profile:
        """Return a profile by its slug, without what the person may not see.

        Raises:
            UnknownProfileError: there is none, or the person may not see it: no difference is made.
        """
        offered = self.offered_to(person)
        for profile in offered:
            if profile.slug == slug:
                return profile
        raise UnknownProfileError(slug, [profile.slug for profile in offered])
