"""What a start is waiting for, as the cluster tells it: in words for the person. Pure: what a Pod and its events say.

Source: Kubernetes API reference, Pod v1 (conditions, containerStatuses); messages as the scheduler of 1.36 writes them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sardonyx_spawner.kube.scale_up import MachineNews, news_of
from sardonyx_spawner.language import N_, Said, _, in_a_row

OPERATOR = N_("Ask the people who run this place to look at it.")
AGAIN = N_("Try again; if it happens again, tell the people who run this place.")
SMALLER = N_("Choose a smaller one, stop one that you do not use, or try again later.")
_STOP = N_("Stop one that you do not use, or try again later.")
_GPU = N_("Try again later, or choose one without a GPU. The people who run this place know whether there is one.")
_NO_ROOM = (
    # What the scheduler names, in the order in which a person can do most about it, and what they can do.
    (
        # The same is said of GPUs that others have and of those that no machine ever had.
        re.compile(r"Insufficient [\w./-]*(?:gpu|/mig-)", re.IGNORECASE),
        N_("no GPU is free, or no machine has one"),
        _GPU,
    ),
    (re.compile(r"Insufficient memory"), N_("no machine has so much memory free"), SMALLER),
    (re.compile(r"Insufficient cpu"), N_("no machine has so many cores free"), SMALLER),
    (re.compile(r"Insufficient ephemeral-storage"), N_("no machine has room on its disk"), AGAIN),
    (re.compile(r"Too many pods|Insufficient pods"), N_("every machine has as many servers as it can have"), _STOP),
    (
        re.compile(r"volume node affinity conflict|node\(s\) had no available volume zone"),
        N_("your files are on a machine, or in a place, where nothing is free"),
        AGAIN,
    ),
    (re.compile(r"didn't match pod affinity rules"), N_("the machine that has your files is full"), SMALLER),
    (
        re.compile(
            r"unbound immediate PersistentVolumeClaims|persistentvolumeclaim \"[^\"]*\" not found|"
            r"storageclass\S* \"[^\"]*\" not found|didn't find available persistent volumes"
        ),
        N_("there is no disk for your files yet"),
        OPERATOR,
    ),
    (
        re.compile(r"didn't match Pod's node affinity/selector|untolerated taint|unschedulable"),
        N_("no machine that may run it is free"),
        AGAIN,
    ),
)
_MEANWHILE = {
    SMALLER: N_("It goes on by itself. A smaller one may find a place now: stop this one, and choose again."),
    _GPU: N_("It goes on by itself. One without a GPU may find a place now: stop this one, and choose again."),
    _STOP: N_("It goes on by itself. A place comes free when a server is stopped, such as one that you do not use."),
}
"""What somebody can do after a start that found no place -> what they can do while it looks for one."""
_FULL = re.compile(r"Insufficient (?:cpu|memory|ephemeral-storage|pods)|Too many pods")
_ELSEWHERE = N_("Your files are in use on another machine. If another server of yours runs, stop it.")
_VOLUME_ELSEWHERE = re.compile(r"Multi-Attach error|already (?:exclusively attached|used by)")


@dataclass(frozen=True)
class Step:
    """What is going on.

    Args:
        state: now, done, warn or wait.
        hint: a sentence about what its person can do meanwhile, which nobody else is told; "" = nothing.
    """

    said: str
    state: str = "now"
    hint: str = ""


@dataclass(frozen=True)
class Lack:
    """Why no node takes a Pod.

    Args:
        why: part of a sentence.
        hint: who can do what.
        meanwhile: what the person can do while one is looked for; "" = nothing.
    """

    why: Said
    hint: Said
    meanwhile: Said | str = ""


def step_of(pod: Mapping[str, Any] | None, *, title: str) -> Step:
    """Say what a start waits for, by the state of its Pod.

    Args:
        pod: as the API gives it; None = it is asked for.
        title: of the profile.
    """
    if pod is None:
        return Step(_("Asking for a place for your server"))
    refused = unplaced(pod)
    if refused is not None and promised_node(pod):
        return Step(_("Making room for your server"))
    if refused is not None:
        lack = why_unplaced(refused)
        if lack is None:
            return Step(_("Waiting for a free place"), "wait")
        return Step(_("Waiting for a free place: {why}").format(why=lack.why), "wait", lack.meanwhile)
    if _condition(pod, "PodScheduled", "True") is None:
        return Step(_("Asking for a place for your server"))
    if "running" in container_state(pod):
        return Step(_("Starting “{title}”").format(title=title))
    return Step(_("Getting your files and “{title}” ready").format(title=title))


def unplaced(pod: Mapping[str, Any]) -> str | None:
    """Return why no node takes the Pod, in the scheduler's words; None = one has, or nobody has looked yet."""
    found = _condition(pod, "PodScheduled", "False")
    return None if found is None else str(found.get("message", ""))


def promised_node(pod: Mapping[str, Any]) -> str:
    """Return the node on which room is being made for a Pod that found none, such as by placeholders; "" = on none."""
    return str(pod.get("status", {}).get("nominatedNodeName") or "")


def silent_node(pod: Mapping[str, Any]) -> str:
    """Return the node that a Pod was given to, and that has not said yet that it knows of it; "" = there is none."""
    node = pod.get("spec", {}).get("nodeName") or ""
    return "" if pod.get("status", {}).get("startTime") else str(node)


def is_full(message: str) -> bool:
    """Tell whether a Pod would be taken if others went that are as any.

    Args:
        message: see `unplaced`.
    """
    return _FULL.search(message) is not None


def why_unplaced(message: str) -> Lack | None:
    """Say why no node takes a Pod; None = nobody can tell."""
    return next((_lack(why, hint) for sign, why, hint in _NO_ROOM if sign.search(message)), None)


def _lack(why: str, hint: str) -> Lack:
    meanwhile = _MEANWHILE.get(hint)
    return Lack(_(why), _(hint), _(meanwhile) if meanwhile else "")


def may_lack_volume(pod: Mapping[str, Any] | None) -> bool:
    """Tell whether a Pod may wait for a volume: no node has it, and nothing else is said to be why."""
    if pod is None or _condition(pod, "PodScheduled", "True") is not None:
        return False
    lack = why_unplaced(unplaced(pod) or "")
    return lack is None or lack.hint == OPERATOR


def container_state(pod: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the state of the server's container: {"waiting": …}, {"running": …}, {"terminated": …}, or nothing."""
    for status in pod.get("status", {}).get("containerStatuses") or ():
        state: Mapping[str, Any] = status.get("state") or {}
        return state
    return {}


def step_of_event(event: Mapping[str, Any], *, title: str, usual_s: float | None) -> Step | None:
    """Say what an event of a Pod means for its person; None = nothing that they need to know.

    Args:
        usual_s: so long does it take to fetch this image, in seconds; None = that is not known.
    """
    reason, message = str(event.get("reason", "")), str(event.get("message", ""))
    match news_of(reason, message):
        case MachineNews.STARTS:
            return Step(_("Starting a machine for your server: that takes some minutes"))
        case MachineNews.FAILED:
            return Step(_("A machine for your server could not be started. Trying again"), "warn")
        case MachineNews.NO_MORE:
            return Step(_("All machines that there may be are there. Waiting for a place on one of them"), "wait")
        case MachineNews.NONE:
            return Step(_("No further machine is started for your server. Waiting for a free place"), "wait")
    match reason:
        case "Scheduled":
            return Step(_("Found a place for your server"), "done")
        case "Pulling":
            return Step(_fetching(title, usual_s))
        case "FailedAttachVolume" if _VOLUME_ELSEWHERE.search(message):
            return Step(_(_ELSEWHERE), "warn")
        case "FailedAttachVolume" | "FailedMount" if _is_home(message):
            return Step(_("Your files cannot be reached yet. Trying again"), "warn")
        case _:
            return None


def out_of_reach(event: Mapping[str, Any]) -> Said | None:
    """Say how an event tells that its server cannot have its files; None = it tells no such thing."""
    reason, message = event.get("reason"), str(event.get("message", ""))
    if reason == "FailedAttachVolume" and _VOLUME_ELSEWHERE.search(message):
        return _(_ELSEWHERE)
    if reason in {"FailedAttachVolume", "FailedMount"} and _is_home(message):
        return _("Your files could not be reached.")
    return None


def _fetching(title: str, usual_s: float | None) -> Said:
    fetching = _("Getting “{title}” onto the machine").format(title=title)
    if usual_s is None:
        return fetching
    minutes = round(usual_s / 60)
    if minutes < 1:
        return in_a_row([fetching, _("(less than a minute)")])
    return in_a_row([fetching, _("(usually {count} min)").format(count=minutes)])


def _is_home(message: str) -> bool:
    # The other volumes are the server's own, and come a moment later at most.
    return '"home"' in message or "pvc-" in message or "PersistentVolume" in message


def _condition(pod: Mapping[str, Any], kind: str, status: str) -> Mapping[str, Any] | None:
    for found in pod.get("status", {}).get("conditions") or ():
        if found.get("type") == kind and found.get("status") == status:
            condition: Mapping[str, Any] = found
            return condition
    return None
