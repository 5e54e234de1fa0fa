"""An upgrade of a place as Helm does it, begun at the moment that a test chooses."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from support.cluster.place import Place
from support.images import built_image
from support.waiting import soon

TOLERATIONS = [{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}]
LATER = "later"
PATIENCE_S = 60


class Upgrade:
    """Everything is as Helm wants it, and nothing is started anew before `begin`.

    Args:
        place: what is upgraded.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self.old = place.hub_pod()
        self._parts = [f"deployment/{place.name}-{part}" for part in ("hub", "proxy")]
        self._is_held = False

    def hold(self) -> None:
        """Let nothing be started anew from now on."""
        self._place.kubectl("rollout", "pause", *self._parts)
        self._is_held = True

    def begin(self) -> None:
        """Let the cluster end what is old; return when the old hub is gone, before the new one answers."""
        if self._is_held:
            self._place.kubectl("rollout", "resume", *self._parts)
            self._is_held = False
        soon(lambda: not self._is_there(), PATIENCE_S)

    def end(self) -> None:
        """Return when the new hub answers."""
        self._place.until_hub_is_not(self.old)

    def _is_there(self) -> bool:
        return self.old in [each["metadata"]["name"] for each in self._place.get("pods")["items"]]


@contextmanager
def upgrade(place: Place, settings: Mapping[str, Any]) -> Iterator[Upgrade]:
    """Upgrade a place to other settings and another tag of its image; it is through at the end of the block.

    Hub and proxy may be on a node from then on that takes nobody's server.
    """
    repository, _colon, tag = place.cluster.tag_image(built_image("hub"), LATER).rpartition(":")
    image = {"repository": repository, "tag": tag, "pullPolicy": "Never"}
    values = place.values(settings)
    hub, proxy = ({**values[part], "tolerations": TOLERATIONS} for part in ("hub", "proxy"))
    held = Upgrade(place)
    held.hold()
    try:
        place.install(settings, image=image, hub=hub, proxy=proxy)
        yield held
    finally:
        held.begin()
        held.end()
