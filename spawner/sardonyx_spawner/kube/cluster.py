"""What is asked of the cluster for servers, beside what KubeSpawner asks: volumes, Secrets, and Pods that are nobody's yet."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kubernetes_asyncio.client import ApiException, V1DeleteOptions

from sardonyx_spawner.kube.claims import grown
from sardonyx_spawner.kube.refusals import AWAY, FORBIDDEN, message_of

NOT_FOUND, CONFLICT = 404, 409
log = logging.getLogger(__name__)


class Cluster:
    """One namespace, as the hub may use it.

    Args:
        api: a client of the core API.
        patience_s: so long is one answer waited for.
    """

    def __init__(self, api: Any, namespace: str, patience_s: float) -> None:
        self._api, self.namespace, self._patience_s = api, namespace, patience_s

    async def get_claim(self, claim: Mapping[str, Any]) -> None:
        """Make a volume claim, or let the one that is there grow.

        Raises:
            ApiException: it is not there, and cannot be made.
        """
        name = claim["metadata"]["name"]
        try:
            await self._ask("create", "persistent_volume_claim", self.namespace, claim)
        except ApiException as error:
            # A quota is looked at before whether it is there already.
            if error.status not in {CONFLICT, FORBIDDEN}:
                raise
            try:
                there = await self._ask("read", "persistent_volume_claim", name, self.namespace)
            except ApiException as unread:
                if unread.status == NOT_FOUND:
                    raise error from None
                raise
            change = grown(self._plain(there), claim)
            if change is not None:
                await self._let_grow(name, change)

    async def claim(self, name: str) -> dict[str, Any]:
        """Return a volume claim.

        Raises:
            ApiException: it is not there.
        """
        return self._plain(await self._ask("read", "persistent_volume_claim", name, self.namespace))

    async def events_of_claim(self, name: str) -> list[dict[str, Any]]:
        """Return what the cluster has said of a volume claim."""
        selected = f"involvedObject.kind=PersistentVolumeClaim,involvedObject.name={name}"
        found = await self._ask("list", "event", self.namespace, field_selector=selected)
        return [self._plain(each) for each in found.items]

    async def _let_grow(self, name: str, change: Mapping[str, Any]) -> None:
        try:
            await self._ask("patch", "persistent_volume_claim", name, self.namespace, change)
        except ApiException as error:
            # Its files are there, and there is as much room as before.
            log.warning("The volume %s cannot grow: %s", name, message_of(error))

    async def make_pod(self, body: Mapping[str, Any]) -> str:
        """Make a Pod; return its uid."""
        return str((await self._ask("create", "pod", self.namespace, body)).metadata.uid)

    async def change_pod(self, name: str, change: Mapping[str, Any]) -> None:
        """Change what is said of a Pod, as a strategic merge patch."""
        await self._ask("patch", "pod", name, self.namespace, change)

    async def remove_pod(self, name: str, grace_s: int) -> None:
        """Remove a Pod, if it is there.

        Args:
            grace_s: its programs get so long to end.
        """
        try:
            await self._ask("delete", "pod", name, self.namespace, body=V1DeleteOptions(grace_period_seconds=grace_s))
        except ApiException as error:
            if error.status != NOT_FOUND:
                raise

    async def make_secret(self, body: Mapping[str, Any]) -> None:
        """Make a Secret, in the place of one of its name: a start that takes a second Pod has made it before."""
        try:
            await self._ask("create", "secret", self.namespace, body)
        except ApiException as error:
            if error.status != CONFLICT:
                raise
            await self.remove_secret(body["metadata"]["name"])
            await self._ask("create", "secret", self.namespace, body)

    async def own_secret(self, name: str, pod: str, uid: str) -> None:
        """Let a Secret go with a Pod, however that ends, and with nothing else.

        Args:
            pod: its name.
            uid: of the Pod.
        """
        owner = {"apiVersion": "v1", "kind": "Pod", "name": pod, "uid": uid}
        # Else it is added to the owners that there are, and what has two goes only when both are gone.
        owners = [{"$patch": "replace"}, owner]
        try:
            await self._ask("patch", "secret", name, self.namespace, {"metadata": {"ownerReferences": owners}})
        except ApiException as error:
            # Somebody stopped the server meanwhile.
            if error.status != NOT_FOUND:
                raise

    async def remove_secret(self, name: str) -> None:
        """Remove a Secret, if it is there."""
        with suppress(*AWAY):
            await self._ask("delete", "secret", name, self.namespace)

    def _plain(self, found: Any) -> dict[str, Any]:
        plain: dict[str, Any] = self._api.api_client.sanitize_for_serialization(found)
        return plain

    async def _ask(self, verb: str, kind: str, *what: Any, **more: Any) -> Any:
        async with asyncio.timeout(self._patience_s):
            return await getattr(self._api, f"{verb}_namespaced_{kind}")(*what, **more)
