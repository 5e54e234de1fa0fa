"""Large files on their way into the data store: in parts, of which there is a file at the end or nothing."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from sardonyx_singleuser.language import _
from sardonyx_singleuser.storage.entries import text_of
from sardonyx_singleuser.storage.errors import AWAY, INVALID, StorageError
from sardonyx_singleuser.storage.places import Spot
from sardonyx_singleuser.storage.reach import Reach

MOST_PARTS = 10_000
"""Of one upload: that of S3."""


class Uploads:
    """Writes them, at spots that were looked at before."""

    def __init__(self, reach: Reach) -> None:
        self._reach, self._store = reach, reach.store

    async def put(self, spot: Spot, body: bytes) -> None:
        """Write a file that is small.

        Raises:
            StorageError: it cannot be written.
        """
        await self._reach.of(spot.place, lambda keys: self._store.ask(keys, "PUT", spot.key, body=body))

    async def begin(self, spot: Spot) -> str:
        """Begin to write a large file; return what its parts and its end name it by.

        Raises:
            StorageError: it cannot be written.
        """
        answer = await self._reach.of(
            spot.place, lambda keys: self._store.ask(keys, "POST", spot.key, query={"uploads": ""})
        )
        upload = text_of(answer.body, "UploadId")
        if not upload:
            raise StorageError(_("The data store did not begin the upload. Try again in a minute."), AWAY)
        return upload

    async def put_part(self, spot: Spot, upload: str, number: int, body: bytes) -> str:
        """Write a part of a large file; return the tag by which the end knows it.

        Raises:
            StorageError: it cannot be written.
        """
        if not 1 <= number <= MOST_PARTS:
            raise StorageError(_("A part has a number from 1 to {most}.").format(most=MOST_PARTS), INVALID)
        query = {"partNumber": str(number), "uploadId": upload}
        answer = await self._reach.of(
            spot.place, lambda keys: self._store.ask(keys, "PUT", spot.key, query=query, body=body)
        )
        return str(answer.headers.get("ETag", ""))

    async def end(self, spot: Spot, upload: str, tags: Sequence[str]) -> None:
        """Make a file of the parts.

        Raises:
            StorageError: it cannot be written.
        """
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(tag)}</ETag></Part>"
            for number, tag in enumerate(tags, 1)
        )
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        answer = await self._reach.of(
            spot.place, lambda keys: self._store.ask(keys, "POST", spot.key, query={"uploadId": upload}, body=body)
        )
        # S3 may find out after it has begun to answer with 200.
        if text_of(answer.body, "Code"):
            raise StorageError(_("The data store could not put the parts together. Upload the file again."), AWAY)

    async def abandon(self, spot: Spot, upload: str) -> None:
        """Throw the parts away.

        Raises:
            StorageError: it cannot be done.
        """
        await self._reach.of(
            spot.place, lambda keys: self._store.ask(keys, "DELETE", spot.key, query={"uploadId": upload})
        )
