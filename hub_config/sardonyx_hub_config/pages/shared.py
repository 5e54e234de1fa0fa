"""What others let somebody enter, for the first page."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sardonyx_spawner.language import _


@dataclass(frozen=True)
class SharedServer:
    """A server of somebody else's.

    Args:
        path: its owner and name, as they are in addresses.
        address: "" = it does not run.
        is_team: it is the server of a team of theirs.
    """

    title: str
    path: str
    address: str
    is_team: bool = False


def shared_with(user: Any) -> list[SharedServer]:
    """Return the servers that a person, as JupyterHub knows them, is invited into."""
    found = []
    for each in user.orm_user.shared_with_me:
        owner, name = each.owner.name, each.spawner.name
        title = (
            _("{name} of {owner}").format(name=name, owner=owner)
            if name
            else _("The server of {owner}").format(owner=owner)
        )
        path = f"{quote(owner)}/{name}" if name else quote(owner)
        # It is there from the start to the end of a server.
        running = each.spawner.server
        is_team = user.name in (each.spawner.state or {}).get("mates", ())
        found.append(SharedServer(title, path, running.base_url if running else "", is_team))
    return sorted(found, key=lambda each: each.path)
