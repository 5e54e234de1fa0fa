"""What earlier hubs have left is taken away when a hub starts: with a cluster that has what a test says."""

from types import SimpleNamespace
from typing import Any

from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.ready_made.keeper import Maker
from sardonyx_spawner.kube.ready_made.stock import Stock
from sardonyx_spawner.kube.ready_made.upkeep import Upkeep
from sardonyx_spawner.kube.ready_made.wishes import Rules


class Namespace:
    """One with Pods of servers, and those who have some.

    Args:
        pods: name -> whether it ends already.
        begins: name of one whose start begins while it is looked.
    """

    namespace = "lab"

    def __init__(self, pods: dict[str, bool], known: list[str], begins: str = "") -> None:
        self._pods, self.known, self._begins = pods, known, begins
        self.selected, self.removed = "", list[str]()

    async def list_namespaced_pod(self, namespace: str, label_selector: str) -> Any:
        """Return them."""
        assert namespace == "lab"
        self.selected = label_selector
        if self._begins:
            self.known.append(self._begins)
        return SimpleNamespace(
            items=[
                SimpleNamespace(metadata=SimpleNamespace(name=name, deletion_timestamp="now" if ends else None))
                for name, ends in self._pods.items()
            ]
        )

    async def remove_pod(self, name: str, _grace_s: int) -> None:
        """Take one away."""
        self.removed.append(name)

    @property
    def upkeep(self) -> Any:
        """What looks after them."""
        stock = Stock(Rules(at_most=1), ClusterPlace(instance="lab"), 8888)
        servers = lambda: [SimpleNamespace(pod_name=name) for name in self.known]  # noqa: E731 - a source
        return Upkeep(stock, Maker("lab-ready"), offered=list, expected=list, servers=servers)


async def test_a_server_that_nobody_has_is_taken_away() -> None:
    """Whether it waited for somebody before or not; nothing of another installation is looked at."""
    there = Namespace({"lab-ready-5f": False, "lab-server-ida": False, "lab-server-left": False}, ["lab-server-ida"])
    await there.upkeep._remove_lost(there, there)

    assert there.removed == ["lab-ready-5f", "lab-server-left"]
    assert there.selected == "app.kubernetes.io/instance=lab,app.kubernetes.io/component=singleuser-server"


async def test_one_that_starts_meanwhile_or_ends_already_is_left() -> None:
    """The first is somebody's, the second gets the time to save what it has."""
    there = Namespace({"lab-server-new": False, "lab-server-old": True}, [], begins="lab-server-new")
    await there.upkeep._remove_lost(there, there)

    assert there.removed == []
