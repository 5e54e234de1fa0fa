"""A start that waits for a volume, of its home or of a class or a team: why that cannot be had, for its person and for the operator."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from sardonyx_spawner.kube.claims import HOME
from sardonyx_spawner.kube.cluster import Cluster
from sardonyx_spawner.kube.failures import Failure
from sardonyx_spawner.kube.refusals import AWAY, StartFailedError
from sardonyx_spawner.kube.waiting import OPERATOR
from sardonyx_spawner.language import _, in_a_row

LOOK_S = 20.0
SLOW = frozenset({"capacity", "slow"})
"""Reasons of starts that may have waited for a volume."""
UNMADE = frozenset({"ProvisioningFailed", "FailedBinding"})
"""Reasons of events by which a cluster says that it can make no such volume, or knows nobody who does."""
T = TypeVar("T")

Claim = Mapping[str, Any]


def why_unmade(claim: Claim, events: Sequence[Mapping[str, Any]]) -> Failure | None:
    """Return why a volume is not there; None = it is.

    Args:
        events: of the claim, of any age and in any order.
    """
    status = str(claim.get("status", {}).get("phase", ""))
    if status == "Bound":
        return None
    name, spec = claim["metadata"]["name"], claim.get("spec", {})
    of = ", ".join([spec.get("storageClassName") or "no storage class", *spec.get("accessModes", ())])
    heard = [str(each.get("message", "")) for each in sorted(events, key=_moment) if is_unmade(each)]
    why = heard[-1] if heard else "the cluster does not say why"
    logged = f"the volume {name} ({of}) is {status or 'not there'}: {why}"
    is_home = claim["metadata"].get("labels", {}).get("app.kubernetes.io/component") == HOME
    group = _("The folder that your class or team shares cannot be had.")
    said = _("The disk for your files cannot be had.") if is_home else group
    return Failure(in_a_row([said, _(OPERATOR)]), logged, "volume")


def is_unmade(event: Mapping[str, Any]) -> bool:
    """Tell whether an event says that a volume cannot be made."""
    return event.get("reason") in UNMADE


async def with_volumes(start: Awaitable[T], cluster: Cluster, wanted: Sequence[Claim], waits: Callable[[], bool]) -> T:
    """Return what a start returns; one that waits in vain for a volume ends with that as its reason.

    Args:
        wanted: the claims that it needs.
        waits: tells whether it may wait for one now; else the cluster is asked nothing.

    Raises:
        StartFailedError: it failed.
    """
    if not wanted:
        return await start
    claims = [str(each["metadata"]["name"]) for each in wanted]
    task = asyncio.ensure_future(start)
    try:
        failure = await _told_while(task, cluster, claims, waits)
        if failure is None:
            return await task
    except StartFailedError as error:
        # Of a Pod that waits for a volume, its cluster says that there is no place. Of one that lacks something else, a volume
        # waits, too: many storage classes make one when it is known on which node.
        failure = await _missing(cluster, claims) if error.failure.reason in SLOW and waits() else None
        if failure is None:
            raise
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    raise StartFailedError(failure)


async def _told_while(
    start: asyncio.Future[T], cluster: Cluster, claims: Sequence[str], waits: Callable[[], bool]
) -> Failure | None:
    """Return why a volume cannot be made, as soon as the cluster says so again and again; None = the start is through.

    What it said before may be of an earlier start, and put right since.
    """
    before: set[str] | None = None
    while True:
        await asyncio.wait({start}, timeout=LOOK_S)
        if start.done():
            return None
        if not waits():
            continue
        with suppress(*AWAY):
            events = [each for name in claims for each in await cluster.events_of_claim(name)]
            said = {str(each["metadata"]["resourceVersion"]) for each in events if is_unmade(each)}
            if before is not None and said - before and (failure := await _missing(cluster, claims)) is not None:
                return failure
            before = said


async def _missing(cluster: Cluster, claims: Sequence[str]) -> Failure | None:
    """Return why one of the volumes is not there; None = all are, or it cannot be looked now.

    Of several, it is one of which the cluster has said that it cannot be made: the others may wait for a node, which the server
    does not get without that one.
    """
    found: list[Failure] = []
    with suppress(*AWAY):
        for name in claims:
            events = await cluster.events_of_claim(name)
            failure = why_unmade(await cluster.claim(name), events)
            if failure is not None and any(map(is_unmade, events)):
                return failure
            if failure is not None:
                found.append(failure)
        return found[0] if found else None
    return None


def _moment(event: Mapping[str, Any]) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
