"""JupyterHub's spawner for Kubernetes: KubeSpawner, told what to start by a plan."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from jupyterhub.utils import maybe_future
from kubernetes_asyncio.client import V1DeleteOptions, V1ObjectMeta, V1Pod
from traitlets import Callable as CallableTrait
from traitlets import Instance

from sardonyx_spawner.ends import why_over
from sardonyx_spawner.kube.claims import claims_of
from sardonyx_spawner.kube.event_feed import FEEDS
from sardonyx_spawner.kube.failures import failure_of, why_ended
from sardonyx_spawner.kube.group_volumes import folders
from sardonyx_spawner.kube.homes import claim_name
from sardonyx_spawner.kube.manifest import START, PodServer, labels, pod, secret, split_secrets
from sardonyx_spawner.kube.pending_volumes import with_volumes
from sardonyx_spawner.kube.pod_log import PodLog
from sardonyx_spawner.kube.pod_spawner import PodSpawner
from sardonyx_spawner.kube.progress import follow
from sardonyx_spawner.kube.ready_made.hand_over import HandOverError
from sardonyx_spawner.kube.ready_made.pod import claimed
from sardonyx_spawner.kube.ready_made.room import with_room
from sardonyx_spawner.kube.ready_made.stock import NONE_WAITS, ReadyServer, Stock
from sardonyx_spawner.kube.refusals import AWAY, TICK_S, asked, asked_until, refusals, too_slow
from sardonyx_spawner.kube.start import SilentNodeError, Start
from sardonyx_spawner.kube.tale import Tale
from sardonyx_spawner.kube.variables import server_variables
from sardonyx_spawner.kube.waiting import Step, container_state, may_lack_volume
from sardonyx_spawner.language import Said, _, kept
from sardonyx_spawner.noted import noted
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.queue import StartQueue, Ticket
from sardonyx_spawner.troubles import TROUBLES

QUEUE = StartQueue(10)
"""Of those who ask the cluster. Together they would share the hub a hundred ways: the last server would not be ready sooner,
and the first one as late as the last."""


class SardonyxKubeSpawner(PodSpawner):
    """Starts a server as a Pod with a home, an image and a Secret of its own."""

    stock_source = CallableTrait(lambda: NONE_WAITS, help="() -> Stock: the servers that wait for somebody.").tag(
        config=True
    )

    tale = Instance(Tale, (), help="What is told of the start that is under way.")
    ticket = Instance(Ticket, (), help="This server's place in the queue of starts.")
    start_mark = ""
    memory_used: int | None = None
    """Nobody counts it here: a cluster need not have metrics."""

    @property
    def stop_reason(self) -> str:
        """Why the last server ended, in words for the person."""
        return kept(self.running.ended)

    async def _start(self) -> str:
        """Start the server that the plan describes; return its address. Called by KubeSpawner's `start`."""
        plan = self.planned()
        # Before JupyterHub's own limit, which has no reason to give.
        until = time.monotonic() + self.start_timeout - 1
        self.begin(plan)
        self.tale, self.start_mark = Tale(), token_hex(8)
        self.image = plan.image
        with noted(self._key, plan.profile, too_slow=too_slow, unknown=too_slow), refusals(self._log_name):
            await asked(self._see_pods, self.tale)
            # An earlier start may have had one that waited, under another name.
            self.pod_name = self._expand_user_properties(self.pod_name_template)
            stock = self.stock_source()
            start = Start(
                plan,
                self.tale,
                pod=self._pod_of_this_start,
                log=self._end_of_log,
                until=until,
                no_place=stock.give_back,
            )
            waiting = stock.take(plan) if self.modify_pod_hook is None else None
            found = await self._taken(waiting, plan, start) if waiting is not None else None
            if found is None:
                claims = claims_of(plan, self.place)
                made = self._made(plan, start, stock)
                found = await with_volumes(made, self._cluster, claims, lambda: may_lack_volume(self._pod))
        url: str = self._get_pod_url(found)
        self.running = self.running.started(plan, url)
        self.follow_team()
        self.log.info("Started %s for %s: %s, Pod %s", self._log_name, plan.person, plan.summary, self.pod_name)
        return url

    async def _taken(self, server: ReadyServer, plan: ServerPlan, start: Start) -> Mapping[str, Any] | None:
        """Let a server that waits be this person's; None = it is of no use, and one has to be made."""
        usual, self.pod_name = self.pod_name, server.name
        try:
            return await start.in_time(self._hand_over(server, plan, start))
        except HandOverError as error:
            self.log.warning("%s starts without %s, which waited: %s", self._log_name, server.name, error)
            server.let_go()
            with suppress(*AWAY):
                await self._cluster.remove_pod(server.name, 0)
            self.pod_name = usual
            return None

    async def _hand_over(self, server: ReadyServer, plan: ServerPlan, start: Start) -> Mapping[str, Any]:
        told = {**self._build_pod_labels({}), **labels(self.place, plan.person)}
        # Before it knows anything of the person: from here on it is theirs, whatever happens to this hub.
        try:
            await self._cluster.change_pod(server.name, claimed(told, plan, self.place, self.start_mark))
        except AWAY as error:
            raise HandOverError(f"it cannot be marked as theirs: {error!r}") from error
        variables = self._variables(plan, is_handed_over=True)
        await server.hand_over(
            variables, self.get_args(), self.plan_text(plan), lambda *step: self.tale.tell(Step(*step))
        )
        return await start.until_there()

    async def _made(self, plan: ServerPlan, start: Start, stock: Stock) -> Mapping[str, Any]:
        with FEEDS.feed(self.api, self.namespace).of(self.pod_name) as events:
            try:
                await self._placed(plan, start, stock)
                return await start.until_it_answers(events, self._address)
            except SilentNodeError as error:
                self.log.warning("%s: node %s says nothing of its Pod; trying another", self._log_name, error.node)
                said = _("The machine that was found for your server does not answer. Looking for another one")
                self.tale.tell(Step(said, "warn"))
                await asked(lambda: self._cluster.remove_pod(self.pod_name, 0), self.tale)
                self.start_mark = token_hex(8)
                await self._placed(plan, start, stock, avoids=error.node)
                return await start.until_it_answers(events, self._address)

    async def _placed(self, plan: ServerPlan, start: Start, stock: Stock, avoids: str = "") -> None:
        """Get the Pod, and what it needs, made; in turns, and not longer than that."""
        async with QUEUE.turn(self.ticket, plan.person):
            await self._ask_for_pod(plan, stock, avoids)
            uid = (await start.until_there())["metadata"]["uid"]
            await asked(partial(self._cluster.own_secret, self._secret_name, self.pod_name, uid), self.tale)

    async def _ask_for_pod(self, plan: ServerPlan, stock: Stock, avoids: str) -> None:
        for claim in claims_of(plan, self.place):
            await asked(partial(self._cluster.get_claim, claim), self.tale)
        made, hidden = self._manifests(plan, avoids)
        if self.modify_pod_hook:
            made = await maybe_future(self.modify_pod_hook(self, made))
        await asked(lambda: self._cluster.make_secret(hidden), self.tale)
        try:
            create = partial(self._make_create_pod_request, made, self.k8s_api_request_timeout)
            # It says no where an earlier Pod of this name had to be ended first.
            await with_room(lambda: asked_until(create, self.tale), stock)
        except BaseException:
            await self._cluster.remove_secret(self._secret_name)
            raise

    def _pod_of_this_start(self) -> dict[str, Any] | None:
        found = self._pod
        is_it = found is not None and found["metadata"].get("annotations", {}).get(START) == self.start_mark
        return found if is_it else None

    def _manifests(self, plan: ServerPlan, avoids: str = "") -> tuple[V1Pod, dict[str, Any]]:
        """Return the Pod and the Secret that the plan becomes, in the place of what KubeSpawner's own settings would."""
        server = replace(self._pod_server(plan), avoids=avoids)
        seen, secrets = split_secrets(self._variables(plan))
        made = pod(server, plan, self.place, seen)
        metadata = V1ObjectMeta(**made["metadata"])
        of_pod = V1Pod(api_version="v1", kind="Pod", metadata=metadata, spec=made["spec"])
        return of_pod, secret(server, self.plan_text(plan), secrets)

    def _pod_server(self, plan: ServerPlan) -> PodServer:
        return PodServer(
            name=self.pod_name,
            secret=self._secret_name,
            home=claim_name(plan.person, self.place) if plan.home == "kept" else "",
            port=self.port,
            labels={**self._build_pod_labels({}), **labels(self.place, plan.person)},
            arguments=tuple(self.get_args()),
            start=self.start_mark,
            shares_node=plan.home == "kept" and self._has_another_at_its_home(),
        )

    def _has_another_at_its_home(self) -> bool:
        """Tell whether the home is at a node already, where only one node can have it at a time."""
        others = (each for each in self.user.spawners.values() if each is not self and each.active)
        return self.place.homes.access != "ReadWriteMany" and any(not each.fresh for each in others)

    def _variables(self, plan: ServerPlan, *, is_handed_over: bool = False) -> dict[str, str]:
        return server_variables(
            plan,
            self.get_env(),
            storage=self.storage,
            vault=self.vault if plan.has_vault else None,
            surroundings=self.surroundings,
            home_size=self.place.with_homes_of(plan.home_size).homes.size,
            shared=folders(plan, self.place),
            place=self.place.of(plan.base),
            is_handed_over=is_handed_over,
        )

    def _address(self, found: Mapping[str, Any]) -> tuple[str, int] | None:
        """Return where the server of a Pod answers, as soon as it runs."""
        if not self.is_pod_running(found):
            return None
        where = urlsplit(self._get_pod_url(found))
        return str(where.hostname), int(where.port or 0)

    async def progress(self) -> AsyncGenerator[dict[str, Any]]:
        """Tell the person what happens, in our words and in those of the user side."""
        told = follow(lambda: self.tale, self._log_while_it_runs, lambda: QUEUE.before(self.ticket))
        async with aclosing(told) as events:
            async for event in events:
                yield event

    def doing(self) -> str:
        """Return what the start waits for, to be said to others than its person; "" = nothing that is known."""
        return QUEUE.say_of(self.ticket) or self.tale.now

    def _log_while_it_runs(self) -> PodLog | None:
        return self._pod_log if self._pod is not None and "running" in container_state(self._pod) else None

    async def poll(self) -> int | None:
        """Return None while the server runs; end it when its time is over."""
        if not self.running.is_there:
            if self._check_pending:
                return await self._leave_start()
            unknown: int | None = await super().poll()
            return unknown
        over = why_over(self.running.lifetime_s) if self.running.is_over(time.time()) else self._why_moved()
        if over:
            self.note_end(over)
            self.log.info("%s reached its end", self._log_name)
            await self.stop()
            return 0
        await self._start_watching_pods()
        found = self._pod
        if found is None or failure_of(found, title="", memory=None) is not None:
            why = why_ended(found, self.running.memory)
            self.note_end(why)
            TROUBLES.note(self._key, why, self.running.profile, is_end=True)
            # What is left of it, such as a Pod that was evicted, would keep its name.
            await self.stop(now=True)
            return 1
        self.follow_team()
        status: int | None = await super().poll()
        return status

    async def _leave_start(self) -> int:
        """End a start that an earlier hub did not see through, and say so.

        Whether it is through meanwhile or not: nobody could reach it, so nothing is lost with it, and none of what was
        decided of it, such as its end and what it takes of quotas, is known to this hub.
        """
        why = _("This place was started again while your server started. Start it once more.")
        self.running = replace(self.running, ended=why.in_all())
        TROUBLES.note(self._key, why, self._chosen, is_end=True)
        self.log.warning("%s was starting when the last hub ended; it is taken away", self._log_name)
        await self.stop(now=True)
        return 1

    def note_end(self, why: Said) -> None:
        """Keep why the server ends; the first to notice knows."""
        if not self.running.ended:
            self.running = replace(self.running, ended=why.in_all())

    async def stop(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 - JupyterHub's signature
        """Stop the server, and keep the end of what it wrote."""
        await self._start_watching_pods()
        if self._pod is not None and container_state(self._pod):
            log = await self._end_of_log()
            await asyncio.to_thread(self._logs_of(self.name).keep, log)
        self.leave_team()
        options = V1DeleteOptions(grace_period_seconds=0 if now else self.delete_grace_period)
        delete = partial(
            self._make_delete_pod_request,
            self.pod_name,
            options,
            options.grace_period_seconds,
            self.k8s_api_request_timeout,
        )
        await asked_until(delete, self.tale)
        try:
            async with asyncio.timeout(self.start_timeout):
                while self._pod is not None:  # noqa: ASYNC110 - KubeSpawner's reflector tells nobody
                    await asyncio.sleep(TICK_S)
        except TimeoutError:
            # The next start replaces it; by force its home could still be at a machine that is only out of reach.
            self.log.warning("%s does not end: the machine of Pod %s may be gone", self._log_name, self.pod_name)
        if not (self.running.is_there or self._is_starting):
            # It goes with the Pod of a server that ran; a start may have ended before that was said, or without a Pod.
            await self._cluster.remove_secret(self._secret_name)
        self.end_notice(self.user.name, self.name)
