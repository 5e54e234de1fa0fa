"""An S3 store, asked without waiting for it in the server's loop; what it refuses becomes a sentence."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.storage.entries import Page, read_page, text_of
from sardonyx_singleuser.storage.errors import AWAY, FORBIDDEN, INVALID, NOT_FOUND, TOO_LARGE, StorageError
from sardonyx_singleuser.storage.signature import Keys, Signer, object_url, quoted

NO_ANSWER = N_("The data store does not answer now. Nothing can be read or written there; what is in it is kept.")
READS_NOT = N_("The data store does not let this be read now. Try again in a minute.")
NOT_TRUSTED = N_(
    "The certificate of the data store is not one that this server trusts, so nothing is sent there."
    " The people who run this place have to look at it."
)
CHANGES_NOT = N_("The data store does not let this be changed now. Try again in a minute.")
CONNECT_S, PATIENCE_S = 10.0, 120.0
LARGEST_ANSWER = 64 << 20
AT_ONCE = 16
"""Connections to the store."""
MULTIPART_COPY_FROM = 5 << 30
"""In bytes; S3 copies no larger object in one step."""
DEAD_KEYS = frozenset({"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "RequestExpired", "TokenRefreshRequired"})
NOT_TAKEN = frozenset({400, 405, 409, 411, 414})
READING = frozenset({"GET", "HEAD"})
DENIED, GONE, CHANGED, NO_RANGE, FAILED, NO_ROOM = 403, 404, 412, 416, 500, 507


class DeadKeysError(Exception):
    """The store does not take the keys any more; others may do."""


@dataclass(frozen=True)
class Found:
    """An object that is there.

    Args:
        tag: of this version of it, as HTTP has it.
    """

    size: int
    modified: str
    tag: str


class Store:
    """The bucket.

    Args:
        certificates: file with those of the authorities to believe; None = the usual ones.
    """

    def __init__(self, endpoint: str, region: str, bucket: str, certificates: str | None = None) -> None:
        self.endpoint, self.region, self.bucket = endpoint, region, bucket
        self._certificates = certificates
        self._client: SimpleAsyncHTTPClient | None = None
        self._context: ssl.SSLContext | None = None

    def signer(self, keys: Keys) -> Signer:
        """Return what signs with keys, now."""
        return Signer(keys, self.region, datetime.now(UTC))

    async def page(self, keys: Keys, prefix: str, after: str, most: int, *, whole: bool = False) -> Page:
        """List a part of a folder.

        Args:
            after: where the part before ended.
            whole: all objects below it, and not the folders in it.

        Raises:
            StorageError, DeadKeysError: as `ask`.
        """
        query = {"list-type": "2", "prefix": prefix, "max-keys": str(most), "encoding-type": "url"}
        if not whole:
            query["delimiter"] = "/"
        if after:
            query["continuation-token"] = after
        answer = await self.ask(keys, "GET", "", query=query)
        try:
            return read_page(answer.body, prefix)
        except ValueError as error:
            said = _("The data store answers with something else than a listing. Try again.")
            raise StorageError(said, AWAY) from error

    async def find(self, keys: Keys, key: str) -> Found | None:
        """Return what is known of an object; None = there is none.

        Raises:
            StorageError, DeadKeysError: as `ask`.
        """
        try:
            answer = await self.ask(keys, "HEAD", key)
        except StorageError as error:
            if error.status == NOT_FOUND:
                return None
            raise
        size = int(answer.headers.get("Content-Length", "0"))
        return Found(size, _iso(answer.headers.get("Last-Modified", "")), answer.headers.get("ETag", ""))

    async def read(self, keys: Keys, key: str, first: int, count: int, tag: str) -> bytes:
        """Return a part of an object, of this version of it.

        Raises:
            StorageError, DeadKeysError: as `ask`.
        """
        headers = {"Range": f"bytes={first}-{first + count - 1}", **({"If-Match": tag} if tag else {})}
        found: bytes = (await self.ask(keys, "GET", key, headers=headers)).body
        return found

    async def copy(self, keys: Keys, source: str, target: str) -> None:
        """Copy an object within the store.

        Raises:
            StorageError, DeadKeysError: as `ask`, or it is too large for that.
        """
        headers = {"x-amz-copy-source": quoted(f"{self.bucket}/{source}")}
        answer = await self.ask(keys, "PUT", target, headers=headers)
        # S3 may find out after it has begun to answer with 200.
        if text_of(answer.body, "Code"):
            raise StorageError(_("The data store could not copy this file. Try again in a minute."), AWAY)

    async def ask(
        self,
        keys: Keys,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> HTTPResponse:
        """Ask something of the store.

        Args:
            key: of an object; "" = the bucket.

        Raises:
            DeadKeysError: others are needed.
            StorageError: it refuses, or does not answer.
        """
        url = object_url(self.endpoint, self.bucket, key, query)
        signed = self.signer(keys).headers(method, url, headers or {}, body)
        request = HTTPRequest(
            url,
            method,
            headers=signed,
            body=body if method in {"PUT", "POST"} else None,
            connect_timeout=CONNECT_S,
            request_timeout=PATIENCE_S,
            # What is stored compressed is what was put there.
            decompress_response=False,
            follow_redirects=False,
            ssl_options=self._tls(),
            allow_nonstandard_methods=True,
        )
        try:
            answer = await self._connections().fetch(request, raise_error=False)
        except ssl.SSLCertVerificationError as error:
            raise StorageError(_(NOT_TRUSTED), AWAY) from error
        except (OSError, ssl.SSLError) as error:
            raise StorageError(_(NO_ANSWER), AWAY) from error
        finally:
            # tornado's objects refer to each other, and would keep what was sent until Python looks for such circles.
            request.body = b""
        if answer.error is None or answer.code in {200, 204, 206}:
            return answer
        raise refusal(answer.code, text_of(answer.body or b"", "Code"), method, key)

    def _connections(self) -> SimpleAsyncHTTPClient:
        if self._client is None:
            self._client = SimpleAsyncHTTPClient(
                force_instance=True, max_clients=AT_ONCE, max_body_size=LARGEST_ANSWER, max_buffer_size=LARGEST_ANSWER
            )
        return self._client

    def _tls(self) -> ssl.SSLContext | None:
        if self._context is None and urlsplit(self.endpoint).scheme == "https":
            # tornado's own was made when it was imported, which in a forked server was before its variables were known.
            self._context = ssl.create_default_context(cafile=self._certificates)
        return self._context


def refusal(status: int, code: str, method: str, key: str) -> Exception:
    """Return what a store's refusal means for the person.

    Args:
        status: as HTTP knows it; tornado has 599 for no answer.
        code: the store's own word; "" = it said none.
    """
    name = key.rpartition("/")[2]
    if code in DEAD_KEYS:
        return DeadKeysError(code)
    if status == GONE:
        gone = _("“{name}” is not there any more.") if name else _("The bucket of the data store is not there.")
        return StorageError(gone.format(name=name), NOT_FOUND)
    if status == DENIED:
        return StorageError(_(READS_NOT if method in READING else CHANGES_NOT), FORBIDDEN)
    if status == CHANGED:
        return StorageError(_("“{name}” was changed meanwhile. Open it again.").format(name=name), AWAY)
    if status == NO_RANGE:
        return StorageError(_("“{name}” is shorter than it was. Open it again.").format(name=name), AWAY)
    if code in {"EntityTooLarge", "InvalidRequest"} and method == "PUT":
        return StorageError(
            _(
                "“{name}” is larger than 5 GB, which the data store does not copy in one step."
                " Use `aws s3 mv` or `aws s3 cp` in a terminal."
            ).format(name=name),
            TOO_LARGE,
        )
    if method not in READING and status in {FAILED, NO_ROOM}:
        return StorageError(
            _(
                "The data store could not take this: it may have no room left. What was there is kept; delete what you do"
                " not need, or tell the people who run this place."
            ),
            NO_ROOM,
        )
    if status in NOT_TAKEN:
        said = _("The data store does not take this for “{name}”. Try another name.")
        return StorageError(said.format(name=name), INVALID)
    if status == FAILED or code in {"SlowDown", "ServiceUnavailable"}:
        return StorageError(_("The data store is busy. Try again in a minute."), AWAY)
    return StorageError(_(NO_ANSWER), AWAY)


async def in_turns(work: list[Any]) -> None:
    """Do some things at the store at once, not all of them.

    Raises:
        StorageError: the first that failed; the others are ended.
    """
    turns = asyncio.Semaphore(AT_ONCE // 2)

    async def one(each: Any) -> None:
        async with turns:
            await each()

    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(one(each))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None


def _iso(http_date: str) -> str:
    try:
        then = datetime.strptime(http_date, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return then.isoformat()
