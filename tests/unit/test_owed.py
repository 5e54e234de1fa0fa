"""What the hub owes to changes of people: done for each, whatever fails for another, and never to who has a name now."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyterhub import orm

from sardonyx_hub_config.sign_in.owed import OwedWork
from sardonyx_services.people.models import HOME, SIGN_OUT
from sardonyx_services.people.records import Owed
from sardonyx_services.people.store import PeopleStore


class Users(dict[orm.User, Any]):
    """The hub's users, without servers."""

    def delete(self, user: Any) -> None:
        """Forget one."""
        self.db.delete(user.orm_user)
        self.db.commit()

    def __missing__(self, row: orm.User) -> Any:
        """Return one."""
        return SimpleNamespace(orm_user=row, spawners={}, delete_spawners=self._nothing)

    async def _nothing(self) -> None:
        pass

    db: Any = None


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleStore]:
    """Ann, Bob and Cem."""
    store = PeopleStore(tmp_path / "people.sqlite")
    for name in ("ann", "bob", "cem"):
        store.add_account(name, "hash")
    yield store
    store.close()


@pytest.fixture
def app(tmp_path: Path) -> Any:
    """A hub that knows all three."""
    db = orm.new_session_factory(f"sqlite:///{tmp_path}/hub.sqlite")()
    db.add_all(orm.User(name=name) for name in ("ann", "bob", "cem"))
    db.commit()
    users = Users()
    users.db = db
    yield SimpleNamespace(db=db, users=users, log=logging.getLogger("hub"))
    db.close()


def names(app: Any) -> set[str]:
    """Return whom the hub knows."""
    return {user.name for user in app.db.query(orm.User)}


async def test_who_leaves_with_their_home_is_forgotten_and_then_it_is_deleted(people: PeopleStore, app: Any) -> None:
    """By its id, which nobody else ever has."""
    cleared: list[str] = []
    work, ann = OwedWork(app, people, cleared.append), people.remove("ann", with_home=True)

    await work.carry_out()
    assert (names(app), cleared) == ({"bob", "cem"}, [])
    assert people.owed() == [Owed(ann.id, "ann", HOME)]

    await work.clear_left()
    assert cleared == [ann.id]
    assert people.owed() == []


async def test_a_home_that_cannot_be_deleted_keeps_nobody_else_waiting(
    people: PeopleStore, app: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried again."""
    ann, bob = (people.remove(name, with_home=True) for name in ("ann", "bob"))
    people.set_password("cem", "other")
    cleared: list[str] = []

    def clear(person: str) -> None:
        if person == ann.id:
            raise OSError(5, "Input/output error")
        cleared.append(person)

    work = OwedWork(app, people, clear)
    await work.carry_out()
    await work.clear_left()

    assert cleared == [bob.id]
    assert people.owed() == [Owed(ann.id, "ann", HOME)]
    assert f"What is owed to ann ({ann.id}) could not be done yet: home" in caplog.text


async def test_whoever_has_the_name_next_is_left_alone(people: PeopleStore, app: Any) -> None:
    """They come in while the home of who had it before is still there."""
    work, before = OwedWork(app, people, lambda _person: None), people.remove("ann", with_home=True)
    await work.carry_out("ann")
    people.add_account("ann", "hash")
    app.db.add(orm.User(name="ann"))
    app.db.commit()

    await work.carry_out()
    await work.clear_left()

    assert "ann" in names(app)
    assert before.id not in {owed.person for owed in people.owed()}


async def test_nobody_comes_in_under_a_name_as_long_as_its_last_sessions_go_on(people: PeopleStore, app: Any) -> None:
    """What fails then is not passed over."""
    people.set_password("ann", "other")
    work = OwedWork(app, people, lambda _person: None)
    app.users = {}

    with pytest.raises(KeyError):
        await work.carry_out("ann")

    assert [owed.what for owed in people.owed()] == [SIGN_OUT]
