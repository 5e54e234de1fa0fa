"""Deletes what is in the store of a class or an event that is over, with keys for one place at a time."""

import logging
from collections.abc import Callable, Mapping

from botocore.exceptions import BotoCoreError, ClientError

from sardonyx_services.people.web.store_door import StoreAwayError, StoreDoor

log = logging.getLogger(__name__)


class Clearer:
    """Deletes a place of a group; what it does twice does no harm."""

    def __init__(self, door: StoreDoor) -> None:
        self._door = door

    def clear(self, group: str, prefix: str, count: Callable[[Mapping[str, int]], None]) -> None:
        """Delete all that is in a place, and look again that nothing is left.

        Args:
            count: called with how much has gone, as it goes.

        Raises:
            RefusedError: there are no keys for that, or the store does not do it now.
        """
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
