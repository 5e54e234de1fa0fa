"""A start that waits for the volume of a class or a team: why that cannot be had, for its person and for the operator."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from sardonyx_spawner.kube.claims import group_claim_names
from sardonyx_spawner.kube.cluster import Cluster
from sardonyx_spawner.kube.failures import OPERATOR, Failure
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.refusals import AWAY, StartFailedError
from sardonyx_spawner.language import _, in_a_row
from sardonyx_spawner.plan import ServerPlan

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
    name, of = claim["metadata"]["name"], claim.get("spec", {}).get("storageClassName") or "no storage class"
    heard = [str(each.get("message", "")) for each in sorted(events, key=_moment) if is_unmade(each)]
    why = heard[-1] if heard else "the cluster does not say why"
    logged = f"the volume {name} ({of}, ReadWriteMany) is {status or 'not there'}: {why}"
    said = _("The folder that your class or team shares cannot be had.")
    return Failure(in_a_row([said, _(OPERATOR)]), logged, "volume")


def is_unmade(event: Mapping[str, Any]) -> bool:
    """Tell whether an event says that a volume cannot be made."""
    return event.get("reason") in UNMADE


async def with_volumes(start: Awaitable[T], cluster: Cluster, plan: ServerPlan, place: ClusterPlace) -> T:
    """Return what a start returns; one that waits in vain for a volume of a class or team ends with that as its reason.

    Raises:
        StartFailedError: it failed.
    """
    claims = group_claim_names(plan, place)
    if not claims:
        return await start
    task = asyncio.ensure_future(start)
    try:
        failure = await _told_while(task, cluster, claims)
        if failure is None:
            return await task
    except StartFailedError as error:
        # Of a Pod that waits for a volume, its cluster says that there is no place.
        failure = await _missing(cluster, claims) if error.failure.reason in SLOW else None
        if failure is None:
            raise
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    raise StartFailedError(failure)


async def _told_while(start: asyncio.Future[T], cluster: Cluster, claims: Sequence[str]) -> Failure | None:
    """Return why a volume cannot be made, as soon as the cluster says so again and again; None = the start is through.

    What it said before may be of an earlier start, and put right since.
    """
    before: set[str] | None = None
    while True:
        await asyncio.wait({start}, timeout=LOOK_S)
        if start.done():
            return None
        with suppress(*AWAY):
            events = [each for name in claims for each in await cluster.events_of_claim(name)]
            said = {str(each["metadata"]["resourceVersion"]) for each in events if is_unmade(each)}
            if before is not None and said - before and (failure := await _missing(cluster, claims)) is not None:
                return failure
            before = said


async def _missing(cluster: Cluster, claims: Sequence[str]) -> Failure | None:
    """Return why one of the volumes is not there; None = all are, or it cannot be looked now."""
    with suppress(*AWAY):
        for name in claims:
            failure = why_unmade(await cluster.claim(name), await cluster.events_of_claim(name))
            if failure is not None:
                return failure
    return None


def _moment(event: Mapping[str, Any]) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
