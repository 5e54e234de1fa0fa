from collections.abc import Sequence

import pytest

from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.errors import UnknownProfileError
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Profile

ANYBODY = Person("p1", "amina")
STAFF = Person("p2", "jonah", frozenset({"staff"}))


def catalogue() -> Catalogue:
    """Return two profiles for everybody and one for staff."""
    return Catalogue(
        [
            Profile("r", "R", order=20),
            Profile("gpu", "GPU", order=5, groups=frozenset({"staff"})),
            Profile("python", "Python", order=10),
        ]
    )


def slugs(person: Person) -> list[str]:
    """Return what is offered."""
    return [profile.slug for profile in catalogue().offered_to(person)]


def test_profiles_stand_in_their_order() -> None:
    """The operator's order, not the file's."""
    assert slugs(ANYBODY) == ["python", "r"]
    assert slugs(STAFF) == ["gpu", "python", "r"]


def test_profiles_of_equal_order_stand_by_title() -> None:
    """The same for everybody, at every start."""
    offered = Catalogue([Profile("b", "beta"), Profile("a", "Gamma"), Profile("c", "Alpha")]).offered_to(ANYBODY)

    assert [profile.title for profile in offered] == ["Alpha", "beta", "Gamma"]


def test_two_profiles_with_one_slug_are_refused() -> None:
    """A choice could mean either."""
    with pytest.raises(ValueError, match="two profiles are called python"):
        Catalogue([Profile("python", "One"), Profile("python", "Two")])


def test_a_profile_is_found_by_its_slug_and_not_by_its_title() -> None:
    """Renaming a title breaks no link and no remembered choice (KubeSpawner's slugs come from the title)."""
    assert catalogue().find("python", ANYBODY).title == "Python"
    with pytest.raises(UnknownProfileError):
        catalogue().find("Python", ANYBODY)


def test_profile_of_another_group_is_refused_like_an_unknown_one() -> None:
    """Nobody learns from the answer what there is for others."""
    with pytest.raises(UnknownProfileError) as hidden:
        catalogue().find("gpu", ANYBODY)
    with pytest.raises(UnknownProfileError) as unknown:
        Catalogue([Profile("r", "R", order=20), Profile("python", "Python", order=10)]).find("gpu", ANYBODY)

    assert hidden.value.message == "“gpu” is not available to you. Choose one of: python, r."
    assert unknown.value.message == hidden.value.message
    assert unknown.value.field == hidden.value.field == "profile"


def test_a_long_or_strange_name_is_not_repeated_in_full() -> None:
    """Somebody may send a megabyte, or what changes the direction of the text."""
    with pytest.raises(UnknownProfileError) as caught:
        catalogue().find("\u202e\x00" + "x" * 1_000_000, ANYBODY)

    assert caught.value.message == f"“··{'x' * 38}…” is not available to you. Choose one of: python, r."


def test_who_is_offered_nothing_is_told_whom_to_ask() -> None:
    """There is nothing to choose from."""
    with pytest.raises(UnknownProfileError, match=r"^Nothing is offered to you yet. Ask who runs this place.$"):
        Catalogue([]).find("python", ANYBODY)


class Classes:
    """A class of amina's, called as one of the operator's profiles is."""

    def profiles_for(self, person: Person) -> Sequence[Profile]:
        """Return it for her alone."""
        return [Profile("r", "Statistics 101", order=99)] if person == ANYBODY else []


def test_what_is_somebodys_own_comes_first_and_is_found() -> None:
    """Whatever orders and slugs the operator has chosen; others are not offered it."""
    both = Catalogue([Profile("python", "Python", order=-(10**9)), Profile("r", "R")], Classes())

    assert [profile.title for profile in both.offered_to(ANYBODY)] == ["Statistics 101", "Python", "R"]
    assert both.find("r", ANYBODY).title == "Statistics 101"
    assert both.find("r", STAFF).title == "R"


class Hackathon:
    """Events that somebody is in."""

    def profiles_for(self, person: Person) -> Sequence[Profile]:
        """Return the one."""
        return [Profile("event-7mw2kfqd", "Hackathon")] if person.is_temporary else []


def test_an_account_of_an_event_is_offered_that_event_alone() -> None:
    """Nobody let its owner in for anything else."""
    guest = Person("p3", "hackathon-1", is_temporary=True)
    offering = Catalogue([Profile("python", "Python")], Hackathon())

    assert [profile.slug for profile in offering.offered_to(guest)] == ["event-7mw2kfqd"]
    with pytest.raises(UnknownProfileError):
        offering.find("python", guest)
