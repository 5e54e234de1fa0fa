"""Keys with which servers speak to the hub, and one with which the hub speaks to a server.

A hub that started again does not know those of the servers from before: it keeps no more of them than what recognises them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from jupyterhub.orm import APIToken
from jupyterhub.utils import url_escape_path, url_path_join

LIFE_S = 300
"""Longer than any question to a server takes."""


@contextmanager
def key_to(spawner: Any) -> Iterator[str]:
    """Give a key that a running server takes, as long as it is asked something."""
    if spawner.api_token:
        yield spawner.api_token
        return
    user = spawner.user
    scopes = [f"access:servers!server={user.name}/{spawner.name}"]
    made = user.new_api_token(
        note=f"The hub asks the server at {spawner.server.base_url}", expires_in=LIFE_S, scopes=scopes
    )
    try:
        yield made
    finally:
        found = APIToken.find(user.db, made)
        if found is not None:
            user.db.delete(found)
            user.db.commit()


def keys_of_servers(user: Any) -> frozenset[str]:
    """Return the ids, as the API has them, of the keys with which somebody's servers speak to the hub."""
    running = (spawner for spawner in user.spawners.values() if spawner.active)
    found = (_key_of(spawner, user.api_tokens) for spawner in running)
    return frozenset(key.api_id for key in found if key is not None)


def end_keys(user: Any, spawner: Any) -> None:
    """End the keys with which a server that stopped spoke to the hub; JupyterHub ends the one that it knows, if it does."""
    note = _note(url_path_join(user.base_url, url_escape_path(spawner.name), "/"))
    # A key that somebody called the same may do what they may.
    scope = f"access:servers!server={user.name}/{spawner.name}"
    left = [key for key in user.api_tokens if key.note == note and key.expires_at is None and scope in key.scopes]
    for key in left:
        user.db.delete(key)
    user.db.commit()


def _note(base_url: str) -> str:
    """Return what JupyterHub calls a server's key."""
    return f"Server at {base_url}"


def _key_of(spawner: Any, keys: Iterable[Any]) -> Any:
    if spawner.api_token:
        return APIToken.find(spawner.user.db, spawner.api_token)
    started = spawner.orm_spawner.started
    if spawner.server is None or started is None:
        # It is about to start, and has none yet.
        return None
    # A hub that started again does not know it any more. The note alone would hide a key that somebody called the same.
    note = _note(spawner.server.base_url)
    own = (key for key in keys if key.note == note and key.expires_at is None and key.created <= started)
    return max(own, key=lambda key: key.created, default=None)
