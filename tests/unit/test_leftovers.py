"""What earlier hubs have left is taken away when a hub starts: with a cluster that has what a test says."""

from types import SimpleNamespace
from typing import Any

import pytest

from sardonyx_spawner.kube import leftovers
from sardonyx_spawner.kube.leftovers import once_it_answers, remove_lost


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

    async def clear(self) -> None:
        """Let what is nobody's be taken away."""
        servers = lambda: [SimpleNamespace(pod_name=name) for name in self.known]  # noqa: E731 - a source
        there: Any = self
        await remove_lost(there, there, "lab", servers)


async def test_a_server_that_nobody_has_is_taken_away() -> None:
    """Whether it waited for somebody before or not; nothing of another installation is looked at."""
    there = Namespace({"lab-ready-5f": False, "lab-server-ida": False, "lab-server-left": False}, ["lab-server-ida"])
    await there.clear()

    assert there.removed == ["lab-ready-5f", "lab-server-left"]
    assert there.selected == "app.kubernetes.io/instance=lab,app.kubernetes.io/component=singleuser-server"


async def test_one_that_starts_meanwhile_or_ends_already_is_left() -> None:
    """The first is somebody's, the second gets the time to save what it has."""
    there = Namespace({"lab-server-new": False, "lab-server-old": True}, [], begins="lab-server-new")
    await there.clear()

    assert there.removed == []


async def test_a_cluster_that_is_away_is_asked_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub may start before it."""
    monkeypatch.setattr(leftovers, "AGAIN_S", 0)
    answers = iter([OSError("away"), TimeoutError(), None])

    async def ask() -> None:
        answer = next(answers)
        if answer is not None:
            raise answer

    await once_it_answers(ask)

    assert not list(answers)
