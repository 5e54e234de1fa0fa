"""A class on the cluster, with people who have signed in before; whatever makes them is asked once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from support.cluster.place import Place
from support.visitors import PASSWORD

MAKE = """
import pathlib
from sardonyx_hub_config.sign_in.passwords import Passwords
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.store import PeopleStore
people = PeopleStore(pathlib.Path("/var/lib/sardonyx/data/people.sqlite"))
password = Passwords().hashed({password!r})
for name in {names!r}:
    people.by_name(name) or people.add_account(name, password)
course = people.groups.add("class", {title!r})
people.classes.change(course, ClassDetails(profile={profile!r}))
for name, role in {roles!r}.items():
    people.groups.join(course, people.by_name(name).id, role)
print(course)
"""


@dataclass(frozen=True)
class Lesson:
    """One class.

    Args:
        course: its id.
    """

    place: Place
    course: str

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"{self.place.url}/services/people/classes/{self.course}"

    @property
    def profile(self) -> str:
        """The slug of its servers."""
        return f"class-{self.course}"

    def live(self) -> dict[str, str]:
        """Return who does what, as the operator's command has it from the API: name -> the rest of their line."""
        lines = self.place.in_hub("sardonyx", "class", "live", self.course).splitlines()
        return {name: what.strip() for name, _space, what in (line.partition(" ") for line in lines)}


def make_lesson(
    place: Place, title: str, roles: Mapping[str, str], *, profile: str, others: Iterable[str] = ()
) -> Lesson:
    """Make a class.

    Args:
        roles: who is what in it.
        profile: slug of what its servers are made from.
        others: names of more people, who are not in it.
    """
    names = [*roles, *others]
    script = MAKE.format(title=title, roles=dict(roles), names=names, profile=profile, password=PASSWORD)
    course = place.in_hub("python", "-c", script).strip()
    for name in names:
        # As their first sign-in does.
        assert place.api("POST", f"users/{name}").status_code in {201, 409}
    return Lesson(place, course)
