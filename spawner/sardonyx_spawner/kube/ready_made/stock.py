"""The servers that wait: which there are, which are wanted, and who takes one. Nothing is asked of the cluster here."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.ready_made.hand_over import HandOverError, Waiting, sealed_hand_over
from sardonyx_spawner.kube.ready_made.pod import is_for, shape_of
from sardonyx_spawner.kube.ready_made.wishes import REMEMBERED_S, Rules, wishes
from sardonyx_spawner.plan import ServerPlan

CALM_S = 60.0
"""So long after somebody found no free place none is taken for servers that nobody wants yet."""
AGAIN_S, LONGEST_AGAIN_S = 10.0, 600.0
"""What failed is tried again after so long, then after twice that, and so on."""
OLDEST_S = 12 * 3600.0
"""What waits longer is made anew, so that an image that was renewed meanwhile is used."""
MOST_REMEMBERED = 10_000


@dataclass(eq=False)
class ReadyServer:
    """A server that is made, or waits.

    Args:
        name: of its Pod and its Secret.
        shape: what it can stand for.
        key: that it knows us by.
        made: when it was asked for, by the monotonic clock.
        is_known: the cluster has told of its Pod.
        greeting: connects to it, since it runs; None = it does not run yet.
        waiting: our connection to it; None = it does not wait yet.
    """

    name: str
    shape: str
    key: bytes
    made: float
    is_known: bool = False
    greeting: asyncio.Task[None] | None = None
    waiting: Waiting | None = None

    @property
    def is_ready(self) -> bool:
        """Whether somebody can have it now."""
        return self.waiting is not None and self.waiting.is_there

    def let_go(self) -> None:
        """End it, if it waits or will: it has nobody else."""
        if self.greeting is not None:
            self.greeting.cancel()
        if self.waiting is not None:
            self.waiting.close()

    async def hand_over(
        self,
        variables: Mapping[str, str],
        arguments: Sequence[str],
        plan: str,
        tell: Callable[[str, str], object],
    ) -> None:
        """Let it be somebody's; return when it answers.

        Args:
            variables: over those of its image.
            arguments: for the single-user server.
            plan: of the server, as its side reads it.
            tell: hears each step, and its state.

        Raises:
            HandOverError: it is nobody's, and will not be.
        """
        if self.waiting is None:
            raise HandOverError("it does not wait")
        sealed = sealed_hand_over(self.key, variables, arguments, plan)
        await self.waiting.hand_over(sealed, tell)


@dataclass
class _Failures:
    count: int
    until: float


class Stock:
    """See the module.

    Args:
        port: where servers answer.
        clock: returns seconds, as the monotonic clock does.
    """

    def __init__(
        self, rules: Rules, place: ClusterPlace, port: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rules, self.place, self.port, self.now = rules, place, port, clock
        self.servers: dict[str, ReadyServer] = {}
        self.plans: dict[str, ServerPlan] = {}
        """Of each kind of server that was asked for, one plan."""
        self._asked_for: deque[tuple[str, float]] = deque(maxlen=MOST_REMEMBERED)
        self._expected: dict[str, int] = {}
        self._offered: set[str] = set()
        self._failures: dict[str, _Failures] = {}
        self._calm_until = 0.0
        self.taken, self.missed = 0, 0
        """How often there was one for a start, and how often not."""

    def take(self, plan: ServerPlan) -> ReadyServer | None:
        """Return a server that waits for a plan like this, and is nobody else's from now on; None = there is none."""
        if not self.rules.at_most or not is_for(plan, self.place):
            return None
        shape = self._know(plan)
        self._asked_for.append((shape, self.now()))
        waiting = [each for each in self.servers.values() if each.shape == shape and each.is_ready]
        if not waiting:
            self.missed += 1
            return None
        self.taken += 1
        return self.servers.pop(min(waiting, key=lambda each: each.made).name)

    def offer(self, plans: list[ServerPlan]) -> None:
        """Note which servers are always offered."""
        self._offered = {self._know(plan) for plan in plans if is_for(plan, self.place)}

    def expect(self, counts: list[tuple[ServerPlan, int]]) -> None:
        """Note how many people will want a server soon, and have none."""
        self._expected = {}
        for plan, count in counts:
            if is_for(plan, self.place):
                shape = self._know(plan)
                self._expected[shape] = self._expected.get(shape, 0) + max(0, count)

    def give_back(self) -> bool:
        """Take no place for a while, since somebody has found none; return whether some is given back by that."""
        self._calm_until = self.now() + CALM_S
        return bool(self.servers)

    def failed(self, shape: str) -> float:
        """Note that a server could not be made; return after how many seconds it is tried again."""
        before = self._failures.get(shape)
        count = before.count + 1 if before else 1
        pause_s = min(AGAIN_S * (1 << min(count - 1, 10)), LONGEST_AGAIN_S)
        self._failures[shape] = _Failures(count, self.now() + pause_s)
        return pause_s

    def worked(self, shape: str) -> None:
        """Note that such servers can be made."""
        self._failures.pop(shape, None)

    def wanted(self) -> dict[str, int]:
        """Return how many are to wait now, of each kind."""
        now = self.now()
        if now < self._calm_until:
            return {}
        while self._asked_for and now - self._asked_for[0][1] > REMEMBERED_S:
            self._asked_for.popleft()
        found = wishes(self.rules, offered=self._offered, asked_for=self._asked_for, expected=self._expected, now=now)
        self.plans = {shape: plan for shape, plan in self.plans.items() if shape in found or shape in self._offered}
        return found

    def missing(self, wanted: dict[str, int]) -> list[str]:
        """Return a kind for each server that is to be made now."""
        now = self.now()
        return [
            shape
            for shape, count in sorted(wanted.items())
            if shape not in self._failures or now >= self._failures[shape].until
            for _more in range(count - sum(each.shape == shape for each in self.servers.values()))
        ]

    def spare(self, wanted: dict[str, int]) -> list[ReadyServer]:
        """Return those that nobody needs to wait any longer: the newest first, since they may not be ready yet."""
        now, left, spare = self.now(), dict(wanted), []
        for each in sorted(self.servers.values(), key=lambda each: (not each.is_ready, each.made)):
            if left.get(each.shape, 0) and now - each.made < OLDEST_S:
                left[each.shape] -= 1
            else:
                spare.append(each)
        return spare

    def _know(self, plan: ServerPlan) -> str:
        shape = shape_of(plan, self.place, self.port)
        self.plans[shape] = plan
        return shape


NONE_WAITS = Stock(Rules(), ClusterPlace(), 0)
"""Where no server is made before it is wanted."""
