"""What the hub owes to changes of people: done for each, whatever fails for another, and never to who has a name now."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyterhub import orm

from sardonyx_hub_config.sign_in.owed import UNANSWERED, OwedWork
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


class Server:
    """A server that runs, as far as the hub knows.

    Args:
        client: of the hub's OAuth, by which it lets people in.
    """

    def __init__(self, owner: Any, client: str) -> None:
        self.user, self.oauth_client_id, self.name, self.pending = owner, client, "", None
        self.active = self.ready = True
        # A hub that started again knows neither.
        self.api_token, self.server, self.orm_spawner = "", None, SimpleNamespace(started=None)
        self.said: list[str] = []

    def note_end(self, why: str) -> None:
        """Keep why it ends."""
        self.said.append(why)


class Proxy:
    """What leads to servers."""

    async def delete_user(self, _user: Any, _name: str) -> None:
        """Lead there no more."""


@pytest.fixture
def told(app: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Who of Ann, Bob and Cem has a server, and what each answers; none is asked without being here."""
    answers: dict[str, Any] = {}
    asked: list[str] = []

    async def call(server: Any, name: str, _body: object, _patience_s: float) -> Any:
        assert name == "visits"
        asked.append(server.user.name)
        return answers[server.user.name]

    async def stop(server: Any) -> None:
        server.active = server.ready = False

    monkeypatch.setattr("sardonyx_hub_config.visits.call", call)
    app.proxy = Proxy()
    for row in app.db.query(orm.User):
        user = SimpleNamespace(name=row.name, orm_user=row, spawners={}, api_tokens=row.api_tokens, db=app.db)
        user.spawners[""] = server = Server(user, f"jupyterhub-user-{row.name}")
        user.stop = lambda _name, server=server: stop(server)
        app.users[row] = user
    return {
        "answers": answers,
        "asked": asked,
        "servers": {user.name: user.spawners[""] for user in app.users.values()},
    }


async def test_servers_are_told_that_let_somebody_in_whose_sessions_end(
    people: PeopleStore, app: Any, told: dict[str, Any]
) -> None:
    """Their own, and those where they visited; the others are left alone, and all go on."""
    app.db.add(orm.OAuthClient(identifier="jupyterhub-user-bob"))
    app.db.commit()
    orm.APIToken.new(user=orm.User.find(app.db, "ann"), client_id="jupyterhub-user-bob", scopes=[])
    told["answers"].update(ann={"ended": 2}, bob={"ended": 1})
    people.set_password("ann", "other")

    await OwedWork(app, people, lambda _person: None).carry_out()

    assert sorted(told["asked"]) == ["ann", "bob"]
    assert all(server.active for server in told["servers"].values())
    assert people.owed() == []


async def test_a_server_that_does_not_answer_is_stopped_so_that_nobody_stays_in_it(
    people: PeopleStore, app: Any, told: dict[str, Any]
) -> None:
    """Its person reads why, and whoever ended the sessions how many there were."""
    told["answers"].update(ann=None)
    people.set_password("ann", "other")
    work = OwedWork(app, people, lambda _person: None)

    await work.carry_out()

    ann = told["servers"]["ann"]
    assert not ann.active
    assert ann.said == [UNANSWERED]
    person = people.by_name("ann")
    assert person is not None
    assert (work.stopped(person.id), work.stopped(person.id)) == (1, 0)
