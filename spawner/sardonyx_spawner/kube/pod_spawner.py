"""What both a start and an end need: the Pod of a server as the cluster tells of it, and what it wrote."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kubespawner import KubeSpawner
from traitlets import Any as AnyTrait

from sardonyx_spawner.errors import UserError
from sardonyx_spawner.kube.cluster import Cluster
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.pod_log import PodLog
from sardonyx_spawner.kube.pod_watch import PodWatch
from sardonyx_spawner.kube.refusals import AWAY
from sardonyx_spawner.kube.server_logs import PodLogs
from sardonyx_spawner.server_log import LogUnreadableError
from sardonyx_spawner.team_spawner import TeamSpawner
from sardonyx_spawner.troubles import TROUBLES

LOG_LOOKED_AT = 1 << 16
DEFAULT = "default"
"""Folder of the server without a name: no server can have this one, of seven letters and no hash."""


class PodSpawner(TeamSpawner, KubeSpawner):  # type: ignore[misc]  # KubeSpawner is untyped
    """Knows the Pod of its server, and keeps the ends of its logs."""

    place = AnyTrait(ClusterPlace(), help="Where on the cluster servers run (ClusterPlace).").tag(config=True)
    log_folder = AnyTrait(help="Folder for the ends of logs of earlier servers (a Path).").tag(config=True)

    @property
    def logs(self) -> PodLogs:
        """What this server writes, and what the ones before it wrote."""
        return self._logs_of(self.name, self._pod_log if self._pod is not None else None)

    def _logs_of(self, name: str, live: PodLog | None = None) -> PodLogs:
        owner = self.running.owner_id or self.running.last_owner or self.person().id
        return PodLogs(self.log_folder / owner / (name or DEFAULT), live)

    @property
    def _pod_log(self) -> PodLog:
        return PodLog(self.api, self.namespace, self.pod_name)

    @property
    def _is_starting(self) -> bool:
        return self._start_future is not None and not self._start_future.done()

    @property
    def _secret_name(self) -> str:
        """The name of the Secret of this start, which the next hub knows as well.

        Not the Pod's: a node goes by what it has read under a name until it is through with the last Pod that used it, and
        somebody who starts again at once would get the token of before.
        """
        started = self.orm_spawner.started
        return f"{self.pod_name}-{started:%Y%m%d%H%M%S%f}" if started else self.pod_name

    @property
    def _chosen(self) -> str:
        """The profile that was asked for last; "" = none by its name."""
        options = self.orm_spawner.user_options
        return str(options.get("profile", "")) if isinstance(options, Mapping) else ""

    @property
    def _cluster(self) -> Cluster:
        return Cluster(self.api, self.namespace, self.k8s_api_request_timeout)

    @property
    def _pod(self) -> dict[str, Any] | None:
        reflector = self.pod_reflector
        return None if reflector is None else reflector.pods.get(f"{self.namespace}/{self.pod_name}")

    async def _start_watching_pods(self, replace: bool = False) -> PodWatch:  # noqa: ARG002, FBT001, FBT002 - KubeSpawner's
        """Look at all Pods from now on; return when they have been seen, however long the cluster is away.

        Whoever asks may take what is not there for gone: nobody's server ends because nobody could look.
        """
        key = self._get_reflector_key("pods")
        watch: PodWatch | None = self.reflectors.get(key)
        if watch is None:
            watch = self.reflectors[key] = PodWatch(
                parent=self,
                namespace=self.namespace,
                labels={"component": self.component_label},
                omit_namespace=self.enable_user_namespaces,
            )
            await watch.start()
        await watch.until_seen()
        return watch

    async def _see_pods(self) -> None:
        """Do the same while somebody waits for a start.

        Raises:
            ApiException, ClientError, TimeoutError, OSError: they cannot be looked at now.
        """
        try:
            async with asyncio.timeout(self.k8s_api_request_timeout):
                await self._start_watching_pods()
        except TimeoutError:
            if isinstance(self.pod_reflector.fault, AWAY):
                raise self.pod_reflector.fault from None
            raise

    async def _end_of_log(self) -> bytes:
        try:
            return await self._pod_log.end(LOG_LOOKED_AT)
        except LogUnreadableError:
            return b""

    async def delete_forever(self) -> None:
        """Remove what a server leaves that was deleted, or whose owner was; the home of a person stays."""
        TROUBLES.forget(self._key)
        with suppress(UserError):
            await asyncio.to_thread(self._logs_of(self.name).remove)

    async def rename(self, old_name: str, new_name: str) -> None:
        """Let the logs of a server that gets another name come with it."""
        with suppress(UserError):
            await asyncio.to_thread(self._logs_of(old_name).move_to, self._logs_of(new_name))
