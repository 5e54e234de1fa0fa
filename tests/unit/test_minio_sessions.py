"""How MinIO is told which sessions to end; that it does so is in tests/matrix/test_revoked.py."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.minio_sessions import MinioSessions, user_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PERSON, ISSUER = "abcd2345efgh6789", "https://hub.example/services/credentials"
GIVEN = Issued(NOW, "s3", PERSON, "amina", "", f"{PERSON}-run1", (), NOW + timedelta(hours=1))


@dataclass
class Minio:
    """Answers as MinIO does, and writes down what it was asked."""

    status: int = 204
    asked: list[dict[str, str]] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def minio() -> Iterator[Minio]:
    """A stand-in."""
    told = Minio()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.asked.append({"path": urlsplit(self.path).path, **dict(parse_qsl(urlsplit(self.path).query))})
            told.signed.append(self.headers.get("Authorization", ""))
            self.send_response(told.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.address = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()


def sessions_of(minio: Minio, access_key: Path | None = None) -> MinioSessions:
    """Return what ends sessions there."""
    store = StoreConfiguration(
        endpoint=minio.address,
        sts_endpoint=minio.address,
        role="r",
        bucket="b",
        region="us-east-1",
        key_lifetime_s=3600,
        access_key=access_key,
    )
    return MinioSessions(store, ISSUER, lambda: ("revoker", "secret"))


def test_each_session_is_ended_once_and_again_after_further_keys(minio: Minio) -> None:
    """What was given before the end works never again; what is given later has to be ended, too."""
    sessions, ended = sessions_of(minio), list[str]()

    sessions.refuse([GIVEN], ended.append)
    sessions.refuse([GIVEN], ended.append)
    assert len(minio.asked) == 1
    sessions.refuse([replace(GIVEN, time=NOW + timedelta(minutes=1))], ended.append)
    sessions.refuse([], ended.append)
    sessions.refuse([GIVEN], ended.append)

    assert ended == [GIVEN.session] * 3
    assert minio.asked[0] == {
        "path": "/minio/admin/v3/revoke-tokens/builtin",
        "user": user_of(PERSON, ISSUER),
        "tokenRevokeType": GIVEN.session,
    }
    assert minio.signed[0].startswith("AWS4-HMAC-SHA256 Credential=revoker/")


def test_where_a_key_assumes_the_role_its_user_has_the_sessions(minio: Minio, tmp_path: Path) -> None:
    """MinIO files them under whoever asked for them."""
    (tmp_path / "key").write_text("broker\n")

    sessions_of(minio, tmp_path / "key").refuse([GIVEN], lambda _: None)

    assert minio.asked[0]["user"] == "broker"


def test_a_session_that_minio_does_not_end_is_tried_again(minio: Minio) -> None:
    """And nobody is told that it was."""
    sessions, ended = sessions_of(minio), list[str]()
    minio.status = 403

    with pytest.raises(ValueError, match="MinIO answers 403 when a session is to be ended"):
        sessions.refuse([GIVEN], ended.append)
    assert ended == []
    minio.status = 204
    sessions.refuse([GIVEN], ended.append)

    assert ended == [GIVEN.session]
