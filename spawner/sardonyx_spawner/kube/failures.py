"""Why a server did not start on the cluster, or ended: in words for the person, and in others for the operator's log.

Source: Kubernetes API reference, Pod v1; reasons as kubelet 1.36 writes them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sardonyx_spawner.ends import used_more
from sardonyx_spawner.kube.waiting import (
    AGAIN,
    OPERATOR,
    SMALLER,
    container_state,
    out_of_reach,
    unplaced,
    why_unplaced,
)
from sardonyx_spawner.language import N_, Said, _, in_a_row

NO_IMAGE = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"})
BROKEN = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff"})
AT_ONCE = frozenset(
    {"InvalidImageName", "ErrImageNeverPull", "ImagePullBackOff", "RunContainerError", "CrashLoopBackOff"}
)
"""What gets no better by waiting; the others are tried again by the node, and often go by."""
NOT_THERE, NOT_STARTED, KILLED = 127, 128, 137
_QUOTA = re.compile(r"exceeded quota: [^,]+, requested: ([\w./-]+)=")

# Looked for in the end of a server's log, in this order; the log may hold anything.
_LOG_SIGNS = (
    (b"No module named sardonyx_singleuser", N_("The image of “{title}” is not made for this place.")),
    (b"No space left on device", N_("It found no room for its files.")),
    (b"Disk quota exceeded", N_("It found no room for its files.")),
    (b"Sardonyx: this server has no plan", N_("This server and this place are of different versions.")),
    (b"No module named", N_("The image of “{title}” is not made for this place.")),
)


@dataclass(frozen=True)
class Failure:
    """Why a server is not there.

    Args:
        said: for its person.
        logged: for the operator.
        reason: one word for JupyterHub's metrics.
    """

    said: Said
    logged: str
    reason: str


def failure_of(pod: Mapping[str, Any], *, title: str, memory: int | None, log: bytes = b"") -> Failure | None:
    """Return why a Pod will not become a server; None = it may still.

    Args:
        memory: bytes that it may use.
        log: the end of what it wrote.
    """
    state, status = container_state(pod), pod.get("status", {})
    waiting, terminated = state.get("waiting") or {}, state.get("terminated")
    if terminated:
        return _ended_at_start(terminated, title, memory, log)
    if status.get("phase") == "Failed":
        return _taken_away(status)
    reason = str(waiting.get("reason", ""))
    if reason in AT_ONCE:
        return stuck(pod, title=title)
    return None


def stuck(pod: Mapping[str, Any] | None, *, title: str, warned: Mapping[str, Any] | None = None) -> Failure:
    """Return what to say of a start that takes longer than it may.

    Args:
        warned: the last event by which its files could not be had; None = there was none.
    """
    waiting = (container_state(pod).get("waiting") or {}) if pod is not None else {}
    reason = str(waiting.get("reason", ""))
    logged = f"{reason}: {waiting.get('message', '')}" if reason else "no answer within the time for a start"
    if reason in NO_IMAGE:
        said = _("What “{title}” is made of could not be fetched.").format(title=title)
        return Failure(in_a_row([said, _(OPERATOR)]), logged, "image")
    if reason in BROKEN:
        said = _("“{title}” could not be started.").format(title=title)
        return Failure(in_a_row([said, _(OPERATOR)]), logged, "container")
    message = unplaced(pod) if pod is not None else None
    if message is not None:
        lack = why_unplaced(message)
        if lack is None:
            return Failure(in_a_row([_("There was no free place for your server."), _(SMALLER)]), message, "capacity")
        said = _("There was no free place for your server: {why}.").format(why=lack.why)
        return Failure(in_a_row([said, lack.hint]), message, "capacity")
    runs = pod is not None and "running" in container_state(pod)
    files = out_of_reach(warned) if warned is not None and not runs else None
    if warned is not None and files is not None:
        return Failure(in_a_row([files, _(AGAIN)]), str(warned.get("message", "")), "volume")
    return Failure(in_a_row([_("Your server took too long to start."), _(AGAIN)]), logged, "slow")


def refused(status: int, message: str) -> Failure:
    """Return why the cluster did not take a Pod or a volume at all.

    Args:
        status: of its answer.
        message: what it said.
    """
    quota = _QUOTA.search(message)
    if status == 403 and quota is not None:  # noqa: PLR2004 - Forbidden
        said = _("This place uses as much of the cluster as it may.")
        hint = _("Stop a server that you do not use, choose a smaller one, or try again later.")
        return Failure(in_a_row([said, hint]), message, "quota")
    said = _("Your server could not be started on the cluster.")
    if status >= 500 or status in {0, 429}:  # noqa: PLR2004 - no answer, or one that says later
        return Failure(
            in_a_row([_("The cluster does not answer at the moment."), _("Try again in a minute.")]), message, "cluster"
        )
    return Failure(in_a_row([said, _(OPERATOR)]), message, "refused")


def why_ended(pod: Mapping[str, Any] | None, memory: int | None) -> Said:
    """Say why a server ended that nobody stopped.

    Args:
        pod: None = it is gone.
        memory: bytes that it may use.
    """
    if pod is None:
        return _("It was taken away: the machine that it ran on may be gone.")
    terminated = container_state(pod).get("terminated")
    if pod.get("status", {}).get("reason") or not terminated:
        return _taken_away(pod.get("status", {})).said
    if terminated.get("reason") == "OOMKilled":
        return used_more(memory)
    if terminated.get("exitCode") == KILLED:
        return _("It was ended from outside, most often because the machine had no memory left.")
    return _("It ended by itself.")


def _ended_at_start(terminated: Mapping[str, Any], title: str, memory: int | None, log: bytes) -> Failure:
    code, reason = terminated.get("exitCode"), str(terminated.get("reason", ""))
    logged = f"{reason}, exit code {code}: {terminated.get('message') or ''}"
    began = _("Your server ended while it started.")
    if reason == "OOMKilled":
        return Failure(in_a_row([began, used_more(memory), _("Choose a larger one.")]), logged, "memory")
    if code in {NOT_THERE, NOT_STARTED}:
        said = _("The image of “{title}” is not made for this place.").format(title=title)
        return Failure(in_a_row([began, said, _(OPERATOR)]), logged, "image")
    for sign, words in _LOG_SIGNS:
        if sign in log:
            return Failure(in_a_row([began, _(words).format(title=title), _(OPERATOR)]), logged, "ended")
    return Failure(in_a_row([began, _(AGAIN)]), logged, "ended")


def _taken_away(status: Mapping[str, Any]) -> Failure:
    reason, message = str(status.get("reason", "")), str(status.get("message", ""))
    logged = f"{reason}: {message}"
    match reason:
        case "Evicted" if "ephemeral" in message or "DiskPressure" in message:
            return Failure(_("The machine had no room left on its disk."), logged, "evicted")
        case "Evicted":
            return Failure(_("The machine had no memory left."), logged, "evicted")
        case "Preempting" | "Preempted":
            return Failure(_("Its place was needed for something more urgent."), logged, "preempted")
        case "NodeLost" | "NodeShutdown" | "Terminated" | "Shutdown":
            return Failure(_("The machine that it ran on was switched off."), logged, "node")
        case _:
            return Failure(_("It was ended from outside."), logged, "ended")
