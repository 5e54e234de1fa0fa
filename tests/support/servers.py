"""Servers of a whole Sardonyx, as they are called outside of their sandboxes."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path


def server_of(data: Path, name: str) -> int:
    """Return the process of somebody's server: the first one of its namespace."""
    with closing(sqlite3.connect(data / "hub" / "jupyterhub.sqlite")) as database:
        query = "select spawners.state from spawners join users on users.id = spawners.user_id where users.name = ?"
        ((state,),) = database.execute(query, (name,)).fetchall()
    return int(json.loads(state)["pid"])
