"""A hub or a proxy that is killed, as a machine without memory kills it: at once, and whether the cluster's API is there or not."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from support import web
from support.cluster.place import PATIENCE_S, Place
from support.waiting import soon


@contextmanager
def killed_at_the_end(place: Place) -> Iterator[None]:
    """Kill the hub at the end of the block; its node starts another one in the same Pod, which answers afterwards."""
    name = _container_of(place, "hub")
    yield
    place.cluster.kill_container(name)
    soon(lambda: not _answers(place), PATIENCE_S)
    soon(lambda: _answers(place), PATIENCE_S)


def kill_proxy(place: Place) -> None:
    """Kill the proxy; its node starts another one in the same Pod, which knows nothing, and sends people there again."""
    before = _container_of(place, "proxy")
    place.cluster.kill_container(before)
    soon(lambda: _container_of(place, "proxy", is_ready=True) not in {before, ""}, PATIENCE_S)


def _container_of(place: Place, component: str, *, is_ready: bool = False) -> str:
    """Return the id of the container that a component runs in, or ran in at last; "" = it is to be ready, and is not."""
    selected = f"app.kubernetes.io/instance={place.name},app.kubernetes.io/component={component}"
    (pod,) = place.get("pod", "--selector", selected)["items"]
    (container,) = pod["status"]["containerStatuses"]
    return str(container["containerID"]).removeprefix("containerd://") if container["ready"] or not is_ready else ""


def _answers(place: Place) -> bool:
    try:
        return web.get(f"{place.url}/hub/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
