"""Who may enter a server that is somebody else's, with JupyterHub's own database."""

from collections.abc import Iterator
from typing import Any

import pytest
from jupyterhub import orm
from jupyterhub.roles import create_role
from jupyterhub.scopes import get_scopes_for

from sardonyx_spawner.shares import end_shares, share, who_came, who_may

ENTER = "access:servers!server=ada/"


@pytest.fixture
def db() -> Iterator[Any]:
    """A database with three people."""
    session = orm.new_session_factory("sqlite:///:memory:")()
    create_role(session, {"name": "user", "scopes": ["self"]})
    for name in ("ada", "ben", "eve"):
        session.add(orm.User(name=name))
    session.commit()
    yield session
    session.close()


@pytest.fixture
def server(db: Any) -> Any:
    """Ada's server, and what it is to those who sign in to it."""
    found = orm.Spawner(name="", user=orm.User.find(db, "ada"))
    found.oauth_client = orm.OAuthClient(identifier="jupyterhub-user-ada", allowed_scopes=[])
    db.add(found)
    db.commit()
    return found


def may(db: Any, name: str) -> set[str]:
    """Return what somebody may do with servers of others."""
    db.expire_all()
    user = orm.User.find(db, name)
    return {scope for scope in get_scopes_for(user) if "ada" in scope} if user else set()


def visit(db: Any, server: Any, name: str) -> None:
    """Let somebody sign in to the server."""
    orm.User.find(db, name).new_api_token(oauth_client=server.oauth_client, scopes=[], roles=None)


def test_an_invitation_opens_the_door_and_nothing_else(db: Any, server: Any) -> None:
    """To one person."""
    share(db, server, "ben")

    assert (may(db, "ben"), may(db, "eve")) == ({ENTER}, set())
    assert who_may(db, server) == ["ben"]


def test_a_name_that_nobody_has_is_no_fault(db: Any, server: Any) -> None:
    """And nobody can enter, also not who gets that name later."""
    share(db, server, "later")
    db.add(orm.User(name="later"))
    db.commit()

    assert may(db, "later") == set()


def test_one_invitation_ends_and_the_other_does_not(db: Any, server: Any) -> None:
    """With what the server was given of that person; the owner's own stays."""
    for name in ("ben", "eve"):
        share(db, server, name)
        visit(db, server, name)
    visit(db, server, "ada")

    end_shares(db, server, "ben")

    assert (may(db, "ben"), may(db, "eve")) == (set(), {ENTER})
    assert who_came(db, server) == {"eve"}
    assert db.query(orm.APIToken).count() == 2


def test_all_invitations_end_with_codes_that_are_still_open(db: Any, server: Any) -> None:
    """An administrator can have made some."""
    share(db, server, "ben")
    orm.ShareCode.new(db, server, scopes=[ENTER])

    end_shares(db, server)

    assert may(db, "ben") == set()
    assert db.query(orm.ShareCode).count() == 0


def test_who_got_another_name_is_found_by_that(db: Any, server: Any) -> None:
    """The old one may be somebody else's by now."""
    share(db, server, "ben")
    orm.User.find(db, "ben").name = "benjamin"
    db.commit()

    assert who_may(db, server) == ["benjamin"]
    end_shares(db, server, "benjamin")
    assert may(db, "benjamin") == set()


@pytest.mark.parametrize("gone", ["the server", "ada", "ben"])
def test_an_invitation_ends_with_the_server_and_with_either_account(db: Any, server: Any, gone: str) -> None:
    """Also for somebody who gets the same name afterwards."""
    share(db, server, "ben")
    db.delete(server if gone == "the server" else orm.User.find(db, gone))
    db.commit()
    if gone != "the server":
        db.add(orm.User(name=gone))
        db.commit()

    assert may(db, "ben") == set()
    assert db.query(orm.Share).count() == 0
