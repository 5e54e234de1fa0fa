"""One look at a cluster after the other, before anything is installed there."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from kubernetes_asyncio.client import ApiException

from sardonyx_hub_config.cluster_check import images, nodes, refused, rights, room, volumes, ways_in
from sardonyx_hub_config.cluster_check.cluster import Cluster, ClusterAwayError, UnseenError
from sardonyx_hub_config.cluster_check.installation import Installation
from sardonyx_hub_config.cluster_check.kubeconfig import access
from sardonyx_hub_config.cluster_check.namespace import judge_namespace
from sardonyx_hub_config.cluster_check.references import judge_all, judge_reference, judge_settings, references
from sardonyx_hub_config.cluster_check.servers import servers
from sardonyx_hub_config.cluster_check.trials import of_chart, of_servers, trials
from sardonyx_hub_config.cluster_check.versions import judge_version
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding
from sardonyx_hub_config.looks.tools import look_at_image_tools
from sardonyx_hub_config.shipped import chart_file, plain_yaml
from sardonyx_spawner.kube.refusals import message_of

Look = Callable[[], Coroutine[Any, Any, list[Finding]]]


def look(
    installation: Installation, context: str | None, namespace: str | None, *, try_images: bool
) -> Iterator[Finding]:
    """Look at the cluster of a kubeconfig; what depends on a fault is left out.

    Args:
        context: of the kubeconfig; None = the current one.
        namespace: that is installed into; None = the one of the context.
        try_images: start a Pod for each image.

    Raises:
        OperatorError: the settings have a profile without an image.
    """
    with asyncio.Runner() as runner:
        try:
            found = runner.run(access(context, namespace))
        except OperatorError as error:
            yield Finding(BAD, "kubeconfig", str(error))
            return
        yield Finding(GOOD, "kubeconfig", f"context {found.context}, namespace {found.namespace}: {found.server}")
        eye = _Eye(Cluster(found.client, found.namespace), installation)
        try:
            for about, ask in eye.looks(try_images=try_images):
                yield from runner.run(_seen(about, ask))
        except ClusterAwayError as error:
            yield Finding(BAD, "cluster", f"{found.server}: {error}")
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            runner.run(found.client.close())


async def _seen(about: str, ask: Look) -> list[Finding]:
    try:
        return await ask()
    except UnseenError as error:
        return [Finding(NOTE, about, f"could not be looked at: {error}. Ask somebody who may to run this, too.")]
    except ApiException as error:
        return [Finding(NOTE, about, f"could not be looked at: {message_of(error)}")]


class _Eye:
    """Asks the cluster, and lets others judge."""

    def __init__(self, cluster: Cluster, installation: Installation) -> None:
        self._cluster, self._installation = cluster, installation
        self._servers = servers(installation)
        self._has_namespace = True

    def looks(self, *, try_images: bool) -> Iterator[tuple[str, Look]]:
        """Yield what is looked at, in a row: what is asked for first decides on the rest."""
        values = self._installation.values
        yield "cluster", self._version
        yield "namespace", self._namespace
        yield "rights", self._rights
        if any(rights.KINDS[kind][0] in rights.OF_OTHERS for kind in rights.kinds(values)):
            yield "cluster", self._groups
        yield "homes", self._volumes
        if values.ingress.enabled:
            yield "ingress", self._ingress
        if values.gateway.enabled:
            yield "gateway", self._gateways
        yield "nodes", self._nodes
        yield "tools", self._tools
        yield "secrets", self._settings
        if not self._has_namespace:
            return
        yield "secrets", self._references
        yield "quota", self._quotas
        yield "namespace", self._trials
        yield "images", self._images if try_images else self._list_images

    async def _version(self) -> list[Finding]:
        wanted = plain_yaml(chart_file("Chart.yaml"))["kubeVersion"]
        return [judge_version(await self._cluster.version(), str(wanted))]

    async def _namespace(self) -> list[Finding]:
        name = self._cluster.namespace
        there = await self._cluster.find("Namespace", name)
        self._has_namespace = there is not None
        return [judge_namespace(name, there)]

    async def _rights(self) -> list[Finding]:
        values = self._installation.values
        asked = [*rights.to_install(values), *rights.to_give(), *rights.to_give_any()]
        return [*rights.judge(self._cluster.namespace, values, await self._cluster.lacks(asked))]

    async def _groups(self) -> list[Finding]:
        return [*rights.judge_groups(self._installation.values, await self._cluster.groups())]

    async def _volumes(self) -> list[Finding]:
        classes = await self._cluster.list("StorageClass")
        keeps = any(server.plan.home == "kept" for server in self._servers)
        homes = volumes.judge_homes(classes, self._installation) if keeps else ()
        shared = volumes.judge_shared(classes, self._installation)
        return [*homes, *shared, *volumes.judge_chart(classes, self._installation)]

    async def _ingress(self) -> list[Finding]:
        ingress = self._installation.values.ingress
        found = [ways_in.judge_ingress(await self._cluster.list("IngressClass"), ingress.class_name)]
        return [*found, *ways_in.judge_issuer(ingress.tls, await self._cluster.groups())]

    async def _gateways(self) -> list[Finding]:
        found = []
        for parent in self._installation.values.gateway.parent_refs:
            name, here = str(parent.get("name", "")), self._cluster.namespace
            where = str(parent.get("namespace") or here)
            gateway = await self._cluster.gateway(name, where)
            found.append(ways_in.judge_gateway(f"{where}/{name}", gateway, is_of_here=where == here))
        return found

    async def _nodes(self) -> list[Finding]:
        return [*nodes.judge(await self._cluster.list("Node"), self._servers, self._installation)]

    async def _settings(self) -> list[Finding]:
        return [*judge_settings(self._installation)]

    async def _references(self) -> list[Finding]:
        named, found = references(self._installation), []
        for reference in named:
            there = await self._cluster.find(reference.kind, reference.name)
            found.append(judge_reference(reference, there, self._cluster.namespace))
        return [*judge_all([each for each in found if each is not None], named)]

    async def _quotas(self) -> list[Finding]:
        quotas = await self._cluster.list("ResourceQuota")
        of_ours = of_chart(self._installation), of_servers(self._installation, self._servers)
        return [*room.judge(quotas, *of_ours)]

    async def _trials(self) -> list[Finding]:
        asked = trials(self._installation, self._servers)
        answers = await asyncio.gather(*(self._cluster.refusal(trial.manifest) for trial in asked))
        return [*refused.judge([*zip(asked, answers, strict=True)])]

    async def _tools(self) -> list[Finding]:
        return [Finding(NOTE, "tools", text) for text in look_at_image_tools(self._installation.profiles)]

    async def _list_images(self) -> list[Finding]:
        return [images.not_tried(self._installation.images)]

    async def _images(self) -> list[Finding]:
        missing = sorted(right.verb for right in await self._cluster.lacks(images.RIGHTS))
        if missing:
            raise UnseenError(f"you may not {', '.join(missing)} pods")
        return await images.try_images(self._cluster, self._installation)
