"""Whose servers may start where servers cannot be kept apart."""

from sardonyx_spawner.language import N_, _
from sardonyx_spawner.local.launcher import Launcher
from sardonyx_spawner.spawner import StartRefusedError

REFUSED = N_(
    "Servers cannot be kept apart on this machine, so only administrators can start one. Ask the people who run this place to look at it."
)


def admit(launcher: Launcher, *, is_admin: bool, server: str) -> None:
    """Let a server start, or refuse it.

    Args:
        launcher: what would start it.
        is_admin: whether its owner is an administrator, whoever asks for the start.

    Raises:
        StartRefusedError: it is not isolated, its owner is no administrator, and the operator has not accepted that.
    """
    if not launcher.may_start(is_admin=is_admin):
        raise StartRefusedError(
            _(REFUSED),
            reason="isolation",
            status_code=403,
            log_message=f"{server} is not an administrator's, and servers are not isolated from each other on this"
            " machine: sardonyx doctor says why and what to do, or servers.accept_not_isolated in the settings"
            " lets everybody start all the same",
        )
