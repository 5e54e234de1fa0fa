"""Who sees which profile."""

from collections.abc import Iterable

from sardonyx_spawner.errors import UnknownProfileError
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Profile


class Catalogue:
    """The profiles of this place."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._profiles = tuple(
            sorted(profiles, key=lambda profile: (profile.order, profile.title.casefold(), profile.slug))
        )
        slugs = [profile.slug for profile in self._profiles]
        twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
        if twice:
            raise ValueError(f"two profiles are called {', '.join(twice)}")

    def offered_to(self, person: Person) -> tuple[Profile, ...]:
        """Return what the person may start, in the order of the form, each without what they may not see."""
        return tuple(profile.seen_by(person) for profile in self._profiles if profile.is_for(person))

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
