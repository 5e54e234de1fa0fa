"""Deletes what is in the store of a class or an event that is over, with keys for one place at a time."""

import logging
import time
from collections.abc import Callable, Mapping

from botocore.exceptions import BotoCoreError, ClientError

from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.store_door import StoreAwayError, StoreDoor

log = logging.getLogger(__name__)


SOON = 3
"""So many tries follow each other closely: a store that was away is there again."""
FIRST_REST_S, LONGEST_REST_S = 20.0, 3600.0


class Clearer:
    """Deletes a place of a group; what it does twice does no harm.

    A store that refuses again and again, such as one that keeps what it has for a year (object lock), is asked ever more
    rarely: each time keys are made and written down.

    Args:
        ticks: returns seconds that only go on.
    """

    def __init__(self, door: StoreDoor, ticks: Callable[[], float] = time.monotonic) -> None:
        self._door, self._ticks = door, ticks
        self._failed: dict[tuple[str, str], tuple[int, float]] = {}

    def is_resting(self, group: str) -> bool:
        """Tell whether the store has refused so often that it is not asked again yet."""
        now = self._ticks()
        return any(of == group and now < until for (of, _prefix), (_times, until) in self._failed.items())

    def clear(self, group: str, prefix: str, count: Callable[[Mapping[str, int]], None]) -> None:
        """Delete all that is in a place, and look again that nothing is left.

        Args:
            count: called with how much has gone, as it goes.

        Raises:
            RefusedError: there are no keys for that, or the store does not do it now.
        """
        try:
            self._clear(group, prefix, count)
        except RefusedError:
            times = self._failed.get((group, prefix), (0, 0.0))[0] + 1
            rest_s = min(FIRST_REST_S * 2.0 ** (times - SOON), LONGEST_REST_S) if times >= SOON else 0.0
            self._failed[group, prefix] = (times, self._ticks() + rest_s)
            raise
        self._failed.pop((group, prefix), None)

    def _clear(self, group: str, prefix: str, count: Callable[[Mapping[str, int]], None]) -> None:
        client, before = self._door.client("clear", {"group": group, "prefix": prefix}), ""
        try:
            while found := client.list_objects_v2(Bucket=self._door.bucket, Prefix=prefix).get("Contents", []):
                keys = [{"Key": each["Key"]} for each in found]
                answer = client.delete_objects(Bucket=self._door.bucket, Delete={"Objects": keys})
                kept = {each["Key"] for each in answer.get("Errors", [])}
                sizes = [int(each["Size"]) for each in found if each["Key"] not in kept]
                count({"objects": len(sizes), "bytes": sum(sizes)})
                if kept or found[0]["Key"] == before:
                    why = answer["Errors"][0] if kept else "it says that they are deleted, and lists them"
                    log.warning("The store keeps %s of %s: %s", found[0]["Key"], group, why)
                    raise StoreAwayError
                before = found[0]["Key"]
        except (BotoCoreError, ClientError) as error:
            raise StoreAwayError from error
