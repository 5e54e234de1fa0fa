"""A cluster, asked what it has. It decides nothing: others judge the answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiohttp import ClientError, ClientSSLError
from kubernetes_asyncio import client as kubernetes
from kubernetes_asyncio.client import ApiClient, ApiException

from sardonyx_hub_config.cluster_check.rights import Right
from sardonyx_spawner.kube.refusals import FORBIDDEN, WITHOUT_RIGHTS, message_of

Object = Mapping[str, Any]
T = TypeVar("T")

PATIENCE_S = 20.0
AT_ONCE = 10
NOT_FOUND, NOT_KNOWN = 404, 401
EVERYTHING = "All"
"""What a dry run is called."""
KINDS = {
    "Namespace": (kubernetes.CoreV1Api, "namespace", "namespaces"),
    "Node": (kubernetes.CoreV1Api, "node", "nodes"),
    "StorageClass": (kubernetes.StorageV1Api, "storage_class", "storageclasses"),
    "IngressClass": (kubernetes.NetworkingV1Api, "ingress_class", "ingressclasses"),
    "Secret": (kubernetes.CoreV1Api, "namespaced_secret", "secrets"),
    "ConfigMap": (kubernetes.CoreV1Api, "namespaced_config_map", "configmaps"),
    "PersistentVolumeClaim": (kubernetes.CoreV1Api, "namespaced_persistent_volume_claim", "persistentvolumeclaims"),
    "Pod": (kubernetes.CoreV1Api, "namespaced_pod", "pods"),
    "ResourceQuota": (kubernetes.CoreV1Api, "namespaced_resource_quota", "resourcequotas"),
}
"""What is looked at -> who has it, what its methods are called after, and what a Role calls it."""


class UnseenError(Exception):
    """Something could not be looked at; the text says why."""


class ClusterAwayError(Exception):
    """The cluster does not answer, or not to this person."""


class Cluster:
    """One namespace of a cluster, and what is around it, as one person sees it."""

    def __init__(self, client: ApiClient, namespace: str) -> None:
        self._client, self.namespace = client, namespace
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def version(self) -> str:
        """Return its version: "v1.36.3"."""
        found = await self._ask(kubernetes.VersionApi(self._client).get_code, "see its version")
        return str(found.git_version)

    async def groups(self) -> frozenset[str]:
        """Return the groups of its API."""
        found = await self._ask(kubernetes.ApisApi(self._client).get_api_versions, "list its APIs")
        return frozenset(group.name for group in found.groups)

    async def lacks(self, rights: Iterable[Right]) -> set[Right]:
        """Return those that the person does not have."""
        asked = [*dict.fromkeys(rights)]
        answers = await asyncio.gather(*map(self._may, asked))
        return {right for right, is_allowed in zip(asked, answers, strict=True) if not is_allowed}

    async def find(self, kind: str, name: str) -> Object | None:
        """Return something by its name; None = it is not there.

        Raises:
            UnseenError: the person may not see it.
        """
        api, method, plural = KINDS[kind]
        read = getattr(api(self._client), f"read_{method}")
        where = (self.namespace,) if method.startswith("namespaced_") else ()
        try:
            return self._plain(await self._ask(lambda: read(name, *where), f"get {plural}"))
        except ApiException as error:
            if error.status == NOT_FOUND:
                return None
            raise

    async def list(self, kind: str) -> list[Object]:
        """Return all of a kind.

        Raises:
            UnseenError: the person may not see them.
        """
        api, method, plural = KINDS[kind]
        ask = getattr(api(self._client), f"list_{method}")
        where = (self.namespace,) if method.startswith("namespaced_") else ()
        found = await self._ask(lambda: ask(*where), f"list {plural}")
        return [self._plain(each) for each in found.items]

    async def gateway(self, name: str, namespace: str) -> Object | None:
        """Return a Gateway; None = it is not there.

        Raises:
            UnseenError: the person may not see it.
        """
        api = kubernetes.CustomObjectsApi(self._client)
        where = ("gateway.networking.k8s.io", "v1", namespace, "gateways", name)
        try:
            found: Object = await self._ask(lambda: api.get_namespaced_custom_object(*where), "get gateways")
        except ApiException as error:
            if error.status == NOT_FOUND:
                return None
            raise
        return found

    async def refusal(self, manifest: Object) -> str | None:
        """Return why the cluster would not take a Pod or a claim, in its words; None = it would. None is made.

        Raises:
            UnseenError: the person may make none.
        """
        method, plural = KINDS[manifest["kind"]][1:]
        make = getattr(kubernetes.CoreV1Api(self._client), f"create_{method}")
        told = {"dry_run": EVERYTHING, "field_validation": "Strict"}
        try:
            await self._ask(lambda: make(self.namespace, manifest, **told), "")
        except ApiException as error:
            message = message_of(error)
            if error.status == FORBIDDEN and WITHOUT_RIGHTS.search(message):
                raise UnseenError(f"you may not create {plural}") from error
            return message
        return None

    @asynccontextmanager
    async def made(self, pod: Any) -> AsyncIterator[Callable[[], Awaitable[Object]]]:
        """Make a Pod, and remove it, whatever happens in between; the block gets a way to look at it.

        Raises:
            ApiException: the cluster refuses it.
        """
        api, where = kubernetes.CoreV1Api(self._client), (pod["metadata"]["name"], self.namespace)

        async def look() -> Object:
            return self._plain(await self._ask(lambda: api.read_namespaced_pod(*where), "get pods"))

        async def remove() -> None:
            try:
                await self._ask(lambda: api.delete_namespaced_pod(*where, grace_period_seconds=0), "delete pods")
            except ApiException as error:
                if error.status != NOT_FOUND:
                    raise

        try:
            await self._ask(lambda: api.create_namespaced_pod(self.namespace, pod), "")
            yield look
        finally:
            # Ctrl-C cancels what waits here, and the Pod has to go all the same.
            await asyncio.shield(remove())

    async def _may(self, right: Right) -> bool:
        name, _slash, below = right.resource.partition("/")
        about = kubernetes.V1ResourceAttributes(
            namespace=None if right.of_the_cluster else self.namespace,
            group=right.group or None,
            resource=name,
            subresource=below or None,
            verb=right.verb,
        )
        review = kubernetes.V1SelfSubjectAccessReview(
            spec=kubernetes.V1SelfSubjectAccessReviewSpec(resource_attributes=about)
        )
        api = kubernetes.AuthorizationV1Api(self._client)
        answer = await self._ask(lambda: api.create_self_subject_access_review(review), "ask what you may do")
        return bool(answer.status.allowed)

    def _plain(self, found: Any) -> Object:
        plain: Object = self._client.sanitize_for_serialization(found)
        return plain

    async def _ask(self, ask: Callable[[], Awaitable[T]], what: str) -> T:
        """Ask once, in turn.

        Args:
            what: it is; "" = a refusal is an answer, too.
        """
        try:
            async with self._turns, asyncio.timeout(PATIENCE_S):
                return await ask()
        except ApiException as error:
            if error.status == NOT_KNOWN:
                raise ClusterAwayError(
                    "it does not know who you are: your sign-in has expired, or is for another cluster. Sign in to it again;"
                    " kubectl auth whoami says when that has worked."
                ) from error
            if what and error.status == FORBIDDEN:
                raise UnseenError(f"you may not {what}") from error
            raise
        except ClientSSLError as error:
            raise ClusterAwayError(
                f"its certificate is not trusted: {error}. Look at certificate-authority in the kubeconfig."
            ) from error
        except (ClientError, OSError, TimeoutError) as error:
            why = str(error) or f"no answer within {PATIENCE_S:.0f} s"
            raise ClusterAwayError(
                f"it does not answer: {why}. Look whether it runs, and whether this machine reaches it, such as by a VPN."
            ) from error
