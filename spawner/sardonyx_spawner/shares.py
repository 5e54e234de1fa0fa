"""Who may enter a server that is somebody else's: shares of it, which JupyterHub keeps until somebody ends them."""

from typing import Any

from jupyterhub import orm


def share(db: Any, spawner: Any, name: str) -> None:
    """Let somebody enter a server, and no more than that; nothing happens where nobody has that name.

    Args:
        spawner: the server, as it is in JupyterHub's database.
    """
    visitor = orm.User.find(db, name)
    if visitor is not None:
        orm.Share.grant(db, spawner, visitor)


def end_shares(db: Any, spawner: Any, name: str | None = None) -> None:
    """Let nobody enter any more whom the server does not belong to.

    Args:
        name: only this person; None = everybody.
    """
    shares = [each for each in _of(db, orm.Share, spawner) if name is None or (each.user and each.user.name == name)]
    codes = _of(db, orm.ShareCode, spawner) if name is None else []
    visits = [token for token in _visits(db, spawner) if name is None or token.user.name == name]
    gone = (*shares, *codes, *visits)
    for each in gone:
        db.delete(each)
    if gone:
        db.commit()


def who_may(db: Any, spawner: Any) -> list[str]:
    """Return who may enter the server, by the names that they have now."""
    return [each.user.name for each in _of(db, orm.Share, spawner) if each.user]


def who_came(db: Any, spawner: Any) -> set[str]:
    """Return who has entered the server, and may do so still."""
    return {token.user.name for token in _visits(db, spawner)}


def _of(db: Any, kind: Any, spawner: Any) -> list[Any]:
    return list(db.query(kind).filter_by(spawner_id=spawner.id))


def _visits(db: Any, spawner: Any) -> list[Any]:
    """Return the tokens that the server was given of others than its owner."""
    if not spawner.oauth_client_id:
        return []
    of_this = orm.APIToken.client_id == spawner.oauth_client_id
    return list(db.query(orm.APIToken).filter(of_this, orm.APIToken.user_id != spawner.user_id))
