"""Deletes what there is of a class or an event that is over: in the store with keys for one place at a time, and volumes."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sardonyx_services.people.groups import Kind
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.store_door import StoreAwayError, StoreDoor, listed
from sardonyx_services.people.web.volumes import Remove, no_volumes
from sardonyx_services.unfinished import end_unfinished

log = logging.getLogger(__name__)


SOON = 3
"""So many tries follow each other closely: a store that was away is there again."""
NOT_MANY_AT_ONCE = (403, 501)
"""Ceph 16 lets no session delete many files with one request, and other stores have no such request."""
FIRST_REST_S, LONGEST_REST_S = 20.0, 3600.0


class Clearer:
    """Deletes a place of a group; what it does twice does no harm.

    A store that refuses again and again, such as one that keeps what it has for a year (object lock), is asked ever more
    rarely: each time keys are made and written down.

    Args:
        ticks: returns seconds that only go on.
        remove_volume: deletes what a class or a team has beside the store.
    """

    def __init__(
        self, door: StoreDoor, ticks: Callable[[], float] = time.monotonic, remove_volume: Remove = no_volumes
    ) -> None:
        self._door, self._ticks, self._remove_volume = door, ticks, remove_volume
        self._failed: dict[tuple[str, str], tuple[int, float]] = {}

    def is_resting(self, group: str) -> bool:
        """Tell whether the store has refused so often that it is not asked again yet."""
        now = self._ticks()
        return any(of == group and now < until for (of, _what), (_times, until) in self._failed.items())

    def measured(self, group: str, prefixes: Sequence[str]) -> dict[str, int]:
        """Return how many objects and bytes there are to delete in some places, before any of it is.

        Counted as it goes, what went would not be known of a service that was killed: the store goes on with what it was
        asked last.

        Raises:
            RefusedError: there are no keys for that, or the store does not answer now.
        """
        objects, size = 0, 0
        for prefix in prefixes:
            with self._counting_failures(group, prefix):
                client = self._door.client("clear", {"group": group, "prefix": prefix})
                for each in listed(client, self._door.bucket, prefix):
                    objects, size = objects + 1, size + int(each["Size"])
        return {"objects": objects, "bytes": size}

    def clear(self, group: str, prefix: str) -> None:
        """Delete all that is in a place, and look again that nothing is left.

        Raises:
            RefusedError: there are no keys for that, or the store does not do it now.
        """
        with self._counting_failures(group, prefix):
            self._clear(group, prefix)

    def clear_volume(self, group: str, kind: Kind, owner: str) -> None:
        """Delete the volume of a class or a team on the cluster, if there is one.

        Args:
            group: whose end it is: the class itself, or the event of a team.
            owner: id of the class or team.

        Raises:
            RefusedError: the cluster does not do it now.
        """
        with self._counting_failures(group, f"{kind}-{owner}"):
            self._remove_volume(kind, owner)

    @contextmanager
    def _counting_failures(self, group: str, what: str) -> Iterator[None]:
        try:
            yield
        except RefusedError:
            times = self._failed.get((group, what), (0, 0.0))[0] + 1
            rest_s = min(FIRST_REST_S * 2.0 ** (times - SOON), LONGEST_REST_S) if times >= SOON else 0.0
            self._failed[group, what] = (times, self._ticks() + rest_s)
            raise
        self._failed.pop((group, what), None)

    def _clear(self, group: str, prefix: str) -> None:
        client, before = self._door.client("clear", {"group": group, "prefix": prefix}), ""
        try:
            while found := client.list_objects_v2(Bucket=self._door.bucket, Prefix=prefix).get("Contents", []):
                errors = _delete(client, self._door.bucket, [each["Key"] for each in found])
                if errors or found[0]["Key"] == before:
                    why = errors[0] if errors else "it says that they are deleted, and lists them"
                    log.warning("The store keeps %s of %s: %s", found[0]["Key"], group, why)
                    raise StoreAwayError
                before = found[0]["Key"]
            end_unfinished(client, self._door.bucket, prefix)
        except (BotoCoreError, ClientError) as error:
            raise StoreAwayError from error


def _delete(client: Any, bucket: str, keys: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Delete files; return those that the store keeps, each with its reason."""
    try:
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in NOT_MANY_AT_ONCE:
            raise
        for key in keys:
            client.delete_object(Bucket=bucket, Key=key)
        return ()
    errors: Sequence[Mapping[str, Any]] = answer.get("Errors", ())
    return errors
