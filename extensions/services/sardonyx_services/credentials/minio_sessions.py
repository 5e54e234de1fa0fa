"""MinIO ends sessions by a word that each was given at its beginning: its name."""

import hashlib
import logging
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.configuration import StoreConfiguration

log = logging.getLogger(__name__)
PATH = "/minio/admin/v3/revoke-tokens/builtin"
"""Users that come with tokens are called by their names in MinIO, too: it looks them up in no other place."""
PATIENCE_S = 10
DONE = 204


def name_sessions(sts: Any) -> None:
    """Let each session that an STS client begins have its name as the word by which it can be ended."""

    def named(params: dict[str, Any], **_: object) -> None:
        body = params["body"]
        if "RoleSessionName" in body:
            body["TokenRevokeType"] = body["RoleSessionName"]

    # botocore knows AWS's parameters only.
    sts.meta.events.register("before-call.sts", named)


def user_of(person: str, issuer: str) -> str:
    """Return what MinIO calls whoever shows a token of ours (its cmd/sts-handlers.go)."""
    digest = hashlib.sha256(f"openid:{person}:{issuer}".encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


class MinioSessions:
    """Ends sessions, each once, and again where it was given further keys since."""

    def __init__(self, store: StoreConfiguration, issuer: str, key: Callable[[], tuple[str, str]]) -> None:
        self._store, self._issuer, self._key = store, issuer, key
        self._ended: dict[str, float] = {}

    def refuse(self, sessions: Sequence[Issued], ended: Callable[[str], object]) -> None:
        """End those that are not ended yet.

        Args:
            ended: is told of each.

        Raises:
            OSError, ValueError, BotoCoreError: MinIO does not answer, or refuses; the rest is for the next time.
        """
        now = {issued.session for issued in sessions}
        self._ended = {session: given for session, given in self._ended.items() if session in now}
        left = [issued for issued in sessions if self._ended.get(issued.session) != issued.time.timestamp()]
        if not left:
            return
        access_key, secret = self._key()
        # botocore's own clients look there by themselves.
        trusted: Any = os.environ.get("AWS_CA_BUNDLE") or True
        http = URLLib3Session(verify=trusted, timeout=PATIENCE_S)
        try:
            for issued in left:
                self._end(http, Credentials(access_key, secret), issued)
                self._ended[issued.session] = issued.time.timestamp()
                ended(issued.session)
        finally:
            http.close()
        log.info("The store has ended %d sessions", len(left))

    def _end(self, http: URLLib3Session, credentials: Credentials, issued: Issued) -> None:
        query = urlencode({"user": self._user(issued), "tokenRevokeType": issued.session}, quote_via=quote)
        request = AWSRequest("POST", f"{self._store.endpoint.rstrip('/')}{PATH}?{query}", data=b"")
        S3SigV4Auth(credentials, "s3", self._store.region).add_auth(request)
        answer = http.send(request.prepare())
        if answer.status_code != DONE:
            raise ValueError(f"MinIO answers {answer.status_code} when a session is to be ended: {answer.text[:300]}")

    def _user(self, issued: Issued) -> str:
        # Where a key assumes the role, all sessions are of its user.
        if self._store.access_key is not None:
            return self._store.access_key.read_text().strip()
        return user_of(issued.person, self._issuer)
