"""After the end of a class what was handed in goes into its people's own data, and nothing is deleted before that."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.errors import NotOpenError
from sardonyx_services.people.web.kept.class_copies import RETRY, ClassCopies
from sardonyx_services.people.web.kept.export_words import say_behind, say_exported
from sardonyx_services.people.web.kept.keeps import Keeps

CHANGED = datetime(2026, 1, 1, tzinfo=UTC)


class Store:
    """An object store and its door: some are let in by no key, and some files are not copied."""

    bucket = "sardonyx"

    def __init__(self) -> None:
        self.objects: set[str] = set()
        self.asked: list[str] = []
        self.full: set[str] = set()
        self.refused: set[str] = set()
        self.is_away = False

    def client(self, purpose: str, asked: Mapping[str, str]) -> "Store":
        """Return a client: this one."""
        assert purpose == "export"
        self.asked.append(asked["name"])
        if asked["name"] in self.full:
            raise NotOpenError("The place is full.")
        return self

    def get_paginator(self, _what: str) -> "Store":
        """Return what lists: this one."""
        return self

    def paginate(self, Prefix: str, **_asked: Any) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's name
        """List what is below a prefix."""
        if self.is_away:
            raise EndpointConnectionError(endpoint_url="http://store")
        found = sorted(key for key in self.objects if key.startswith(Prefix))
        yield {"Contents": [{"Key": key, "Size": 1, "LastModified": CHANGED} for key in found]}

    def copy_object(self, Key: str, CopySource: Mapping[str, str], **_asked: Any) -> None:  # noqa: N803 - boto3's names
        """Copy a file, or not."""
        if CopySource["Key"] in self.refused:
            raise ClientError({"Error": {"Code": "InternalError"}}, "CopyObject")
        self.objects.add(Key)

    def put_object(self, Key: str, **_asked: Any) -> None:  # noqa: N803 - boto3's name
        """Write a file."""
        self.objects.add(Key)


class Course:
    """A class that has just ended, of an instructor, an assistant, a guest and two students who have handed in something."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, self.store, self.now = people, Store(), datetime.now(UTC)
        self.id = people.groups.add("class", "Statistics")
        people.classes.change(self.id, ClassDetails(after_end="delete"))
        self.ids = {name: people.add_account(name, "").id for name in ("tia", "tom", "gus", "amina", "bob")}
        for name, role in (("tia", "instructor"), ("tom", "assistant"), ("gus", "guest")):
            people.groups.join(self.id, self.ids[name], role)  # type: ignore[arg-type]  # they are roles
        for name in ("amina", "bob"):
            people.groups.join(self.id, self.ids[name], "student")
            self.store.objects.add(self.key(name))
        self.store.objects.add(f"class/{self.id}/shared/data.csv")
        self.new_service()

    def new_service(self) -> None:
        """Start the service anew."""
        self.exports = ClassCopies(self.people, self.store, Keeps(self.store), lambda: self.now)  # type: ignore[arg-type]  # as much as is asked of it

    def key(self, name: str) -> str:
        """Return what somebody has handed in."""
        return f"class/{self.id}/hand-in/{self.ids[name]}/work.txt"

    def kept(self, name: str) -> set[str]:
        """Return what is in somebody's own data of the class."""
        home = f"home/{self.ids[name]}/"
        folder = f"{home}kept/Statistics ({self.id})/"
        found = {key for key in self.store.objects if key.startswith(home)}
        assert all(key.startswith(folder) for key in found)
        return {key.removeprefix(folder) for key in found if not key.endswith(").csv")}

    @property
    def details(self) -> ClassDetails:
        """What the class is now."""
        return self.people.classes.details(self.id)

    def may_go(self) -> bool:
        """Tell whether its data could be deleted now."""
        return self.id in self.people.class_removal.due(self.now)

    def behind(self) -> list[str]:
        """Return what its instructor reads."""
        names = {person: name for name, person in self.ids.items()}
        return say_behind(self.details, self.people.groups.get("class", self.id).ended, names, self.now)


@pytest.fixture
def course(people_place: Place) -> Iterator[Course]:
    """The class, in both kinds of database; it goes on."""
    store = PeopleStore(people_place)
    yield Course(store)
    store.close()


async def test_each_gets_what_they_made_and_instructors_all_of_it(course: Course) -> None:
    """Once it has ended, and not before; assistants and guests have made nothing. Then its data may go."""
    await course.exports.look()
    assert course.store.asked == []

    course.people.groups.end(course.id)
    await course.exports.look()
    await course.exports.look()

    assert [course.kept(name) for name in ("amina", "bob")] == [{"handed-in/work.txt"}] * 2
    assert course.kept("tia") == {"hand-ins/amina/work.txt", "hand-ins/bob/work.txt", "shared/data.csv"}
    assert course.kept("tom") == course.kept("gus") == set()
    assert course.store.asked == ["amina", "bob", "tia"], "each once"
    assert say_exported(course.details) == "3 of 3 people have it."
    assert course.behind() == []
    assert [each.what for each in course.people.actions.of(course.id)] == ["class-copied"]
    course.now += timedelta(days=1, minutes=1)
    assert course.may_go()


async def test_the_data_waits_for_who_has_not_got_it_and_it_is_said_why(course: Course) -> None:
    """It is tried again, also by a service that was started anew; a week after the deletion was due it is given up."""
    course.people.groups.end(course.id)
    course.store.full.add("amina")
    course.store.refused.add(course.key("bob"))
    await course.exports.look()
    course.now += timedelta(days=1, minutes=1)

    assert not course.may_go()
    assert say_exported(course.details) == "0 of 3 people have it."
    full, files, again = course.behind()
    assert full == "Their place in the data store is full: amina. They delete something there, and get it then."
    assert files.startswith("The data store did not take some of it: bob, tia.")
    assert again.startswith(
        "It is tried again every quarter of an hour. Nothing is deleted until all have it, or until "
    )

    course.store.full.clear()
    course.new_service()
    await course.exports.look()
    assert course.kept("amina") == {"handed-in/work.txt"}
    assert say_exported(course.details) == "1 of 3 people have it."
    assert not course.may_go()

    course.now += timedelta(days=7)
    await course.exports.look()
    assert course.may_go()
    assert course.behind()[-1].endswith(", and nothing waits for it any more.")


async def test_a_store_that_is_away_is_asked_again_after_a_while(course: Course) -> None:
    """Not with each look: keys are made each time."""
    course.people.groups.end(course.id)
    course.store.is_away = True
    for _look in range(3):
        await course.exports.look()
    assert course.store.asked == ["amina", "bob", "tia"]
    assert course.behind()[0] == "The data store did not answer: amina, bob, tia."

    course.store.is_away = False
    course.now += RETRY
    await course.exports.look()

    assert course.details.exported is not None


async def test_its_instructor_can_stop_it(course: Course) -> None:
    """Before its end, or between two people; nothing waits for it then. What was begun to be deleted is not copied."""
    exports = course.people.class_exports
    exports.decide(course.id, exporting=False)
    course.people.groups.end(course.id)
    await course.exports.look()
    assert course.store.asked == []

    exports.decide(course.id, exporting=True)
    copy = course.store.copy_object

    def stopping(**asked: Any) -> None:
        copy(**asked)
        exports.decide(course.id, exporting=False)

    course.store.copy_object = stopping  # type: ignore[assignment, method-assign]
    await course.exports.look()
    assert course.store.asked == ["amina"]

    course.now += timedelta(days=1, minutes=1)
    assert course.people.class_removal.begin(course.id, course.now)
    for exporting in (True, False):
        with pytest.raises(PeopleError, match="is being deleted, or is gone"):
            exports.decide(course.id, exporting=exporting)
    assert exports.due(course.now) == []


async def test_a_class_without_details_is_copied_too(course: Course) -> None:
    """As one that was typed. Whoever has left or was removed gets nothing, and nobody waits for them."""
    typed = course.people.groups.add("class", "Typed")
    for name in ("tia", "amina", "bob"):
        course.people.groups.join(typed, course.ids[name], "instructor" if name == "tia" else "student")
    course.store.objects.add(f"class/{typed}/hand-in/{course.ids['amina']}/a")
    course.people.groups.end(typed)
    course.people.remove("bob")

    await course.exports.look()

    assert course.people.classes.details(typed).exports == {course.ids[name]: "" for name in ("amina", "tia")}
    assert f"home/{course.ids['amina']}/kept/Typed ({typed})/handed-in/a" in course.store.objects


def test_keys_are_made_only_for_who_was_in_a_class_that_has_ended(course: Course) -> None:
    """Neither while it goes on, nor when all have theirs, nor long after."""
    leaving, amina, now = course.people.class_exports.leaving, course.ids["amina"], course.now
    assert leaving(course.id, amina, now) is None
    course.people.groups.end(course.id)
    found = leaving(course.id, amina, now)
    assert found is not None
    assert (found.kind, found.group, found.role) == ("class", course.id, "student")
    nobody = course.people.add_account("una", "").id
    assert leaving(course.id, nobody, now) is None
    assert leaving("zzzzzzzz", amina, now) is None
    assert leaving(course.id, amina, now + timedelta(days=9)) is None

    assert course.people.class_exports.begin(course.id, [amina], now) == {amina: "waiting"}
    assert not course.people.class_exports.finish(course.id, now)
    assert course.people.class_exports.note(course.id, amina, "", now)
    assert course.people.class_exports.finish(course.id, now)
    assert leaving(course.id, amina, now) is None


def test_many_names_are_not_all_said(course: Course) -> None:
    """The page has room for some."""
    details = replace(course.details, exports={str(number): "full" for number in range(20)})
    names = {str(number): f"p{number:02}" for number in range(20)}

    full, *_ = say_behind(details, course.now, names, course.now)

    assert "p11 …. They delete" in full
