"""Stopping servers over JupyterHub's REST API: why is kept for their people, who read it where their server was."""

from typing import Any

from jupyterhub.apihandlers.users import UserServerAPIHandler
from jupyterhub.scopes import needs_scope

from sardonyx_spawner.ends import stopped_by
from sardonyx_spawner.language import ENGLISH, Said, _

IDLE_STOP = "idle-stop"
"""How the service is called that stops what nobody uses."""


class StopAPIHandler(UserServerAPIHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """In front of JupyterHub's own, which keeps nothing of who stopped a server."""

    @needs_scope("delete:servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def delete(self, user_name: str, server_name: str = "") -> None:
        """Stop a server; a service may say `why`, in every language."""
        user = self.find_user(user_name)
        spawner = user.spawners.get(server_name) if user is not None else None
        if spawner is not None and spawner.active:
            asker = self.current_user
            why = why_stopped(asker.kind, asker.name, user.name, self.get_json_body())
            if why is not None:
                spawner.note_end(why)
        await super().delete(user_name, server_name)


def why_stopped(kind: str, name: str, owner: str, told: Any) -> Said | None:
    """Return why a server is stopped, for its person; None = they know, or nobody says.

    Args:
        kind: "user" or "service", as JupyterHub has it of who asks.
        told: what was sent with it.
    """
    if kind == "user":
        return stopped_by(name) if name != owner else None
    if name == IDLE_STOP:
        return _("Nobody used it for a while.")
    why = told.get("why") if isinstance(told, dict) else None
    if not isinstance(why, dict) or ENGLISH not in why:
        return None
    return Said(lambda language: str(why.get(language, why[ENGLISH])))
