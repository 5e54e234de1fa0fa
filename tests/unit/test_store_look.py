"""`sardonyx doctor` gets keys as the keys service does, and says what is wrong with store and service."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.ports import free_ports
from support.stub_store import DENIED, DONE, Says, StubStore, stub_store

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.looks import store as store_look
from sardonyx_hub_config.looks.store import look_at_store
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.credentials import self_test, sts
from sardonyx_services.credentials.deadline import Deadline

ROLE = "arn:aws:iam::123456789012:role/sardonyx"
READY = (200, {"status": "ok"})


def settings(folder: Path, **storage: Any) -> Settings:
    """Return the settings of a place with this store."""
    return Settings.model_validate(
        {
            "data_folder": folder,
            "web": {"port": free_ports()},
            "storage": storage,
            "environments": {"python": {"title": "Python", "prefix": "/usr"}},
            "profiles": {"python": {"title": "Python", "environment": "python"}},
        }
    )


def by_token(store: StubStore) -> dict[str, str]:
    """Return what an operator has written for a store that takes tokens."""
    return {"kind": "s3", "endpoint": store.address, "role": ROLE}


@contextmanager
def running(at: Settings, answer: tuple[int, object] | None = READY) -> Iterator[DataFolder]:
    """Let a place run, as far as the doctor sees; None = its keys service does not answer."""
    folder = DataFolder(at.data_folder)
    folder.prepare()
    lock = folder.lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert answer is not None
            body = answer[1] if isinstance(answer[1], str) else json.dumps(answer[1])
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", at.web.port + 3), Handler) if answer else None
    if server is not None:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield folder
    finally:
        os.close(lock)
        if server is not None:
            server.shutdown()
            server.server_close()


def test_a_store_that_is_in_order_is_called_so(tmp_path: Path) -> None:
    """What it denies was tried as well."""
    with stub_store() as store:
        at = settings(tmp_path / "data", **by_token(store))
        with running(at) as folder:
            found = list(look_at_store(at, folder))

    assert found == [
        ("good", f"gives keys at {store.address}, and they reach their own place and no other"),
        ("good", "the keys service answers, and gives keys"),
    ]
    assert "assume again" in store.asked


@pytest.mark.parametrize(
    ("says", "said"),
    [
        pytest.param(
            {"keys": Says(drips="body")},
            "The data store does not answer now. Keys that you have go on working; try again in a minute.",
            id="slow",
        ),
        pytest.param(
            {"keys": Says(body="<html>Welcome!</html>")},
            "What answers at the address of the data store is not one, or not in order.",
            id="garbage",
        ),
        pytest.param(
            {"keys": Says(400, "InvalidIdentityToken", ahead_s=-7200)}, "The clock of the data store is", id="clock"
        ),
        pytest.param(
            {"keys": Says(405, "MethodNotAllowed")},
            "The data store gives no keys that end: there is no STS at its address.",
            id="no STS",
        ),
        pytest.param(
            {"keys": Says(400, "MalformedPolicyDocument")},
            "The data store does not understand the rules that keep keys to their own places",
            id="policy",
        ),
        pytest.param(
            {"keys": Says(403, "AccessDenied")},
            "What came back: An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation",
            id="refused",
        ),
        pytest.param(
            {"list_all": DONE},
            "does not keep people apart: a session could list the whole bucket. So nobody gets keys."
            " Set it right, or use another store.",
            id="widening",
        ),
        pytest.param(
            {"write_own": Says(404, "NoSuchBucket")}, "The data store has no bucket of this place's name.", id="bucket"
        ),
        pytest.param({"write_own": DENIED}, "have to give the role, or the key that assumes it, rights", id="rights"),
        pytest.param(
            {"write_own": Says(drips="body")},
            "it gives keys, and with them",
            id="slow S3",
        ),
    ],
)
def test_each_fault_of_a_store_is_said(
    says: dict[str, Says], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the sentence that people read, with what came back and from where."""
    for module in (sts, self_test):
        monkeypatch.setattr(module, "Deadline", lambda *_: Deadline(0.5))
    with stub_store(**says) as store:
        at = settings(tmp_path / "data", **by_token(store))
        with running(at) as folder:
            state, text = next(look_at_store(at, folder))

    assert state == "bad"
    assert said in text
    assert store.address in text


def test_a_store_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """With the address that was tried."""
    at = settings(tmp_path / "data", kind="s3", endpoint="http://127.0.0.1:9", role=ROLE)
    with running(at) as folder:
        state, text = next(look_at_store(at, folder))

    assert state == "bad"
    assert "The data store does not answer now." in text
    assert "It was asked at http://127.0.0.1:9. What came back: Could not connect to the endpoint URL" in text


def test_a_store_that_is_slow_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs wait as long."""
    monkeypatch.setattr(store_look, "SLOW_S", 0.0)
    with stub_store() as store:
        at = settings(tmp_path / "data", **by_token(store))
        with running(at) as folder:
            found = next(look_at_store(at, folder))

    assert found == (
        "note",
        f"it took 0 s to give keys, at {store.address}: whatever needs keys waits for them",
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(None, "the keys service does not answer at http://127.0.0.1:", id="away"),
        pytest.param((502, "<html>"), "The hub starts it again by itself; why it ends is in", id="something else"),
        pytest.param(
            (503, {"code": "NotReady", "message": "The data store does not answer now."}),
            "the keys service gives no keys now: The data store does not answer now. More is in",
            id="not ready",
        ),
    ],
)
def test_a_keys_service_that_gives_no_keys_is_a_fault(
    answer: tuple[int, object] | None, said: str, tmp_path: Path
) -> None:
    """Also where the store is in order."""
    with stub_store() as store:
        at = settings(tmp_path / "data", **by_token(store))
        with running(at, answer) as folder:
            first, second = look_at_store(at, folder)

    assert first[0] == "good"
    assert second[0] == "bad"
    assert said in second[1]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        pytest.param("embedded", "it is started with it", id="embedded"),
        pytest.param("s3", "it asks here who signs this place's tokens", id="another one"),
    ],
)
def test_before_a_start_it_is_not_known_and_nothing_is_made(kind: str, why: str, tmp_path: Path) -> None:
    """To look is no start."""
    own = {"endpoint": "http://127.0.0.1:9", "role": ROLE} if kind == "s3" else {}
    at = settings(tmp_path / "data", kind=kind, **own)

    found = list(look_at_store(at, DataFolder(at.data_folder)))

    assert found == [("note", f"whether it gives keys is known while Sardonyx runs: {why}")]
    assert not (tmp_path / "data").exists()


def test_a_key_of_a_store_is_tried_before_the_first_start(tmp_path: Path) -> None:
    """A store that lets sessions out of their limits is no surprise then."""
    for name in ("id", "secret"):
        (tmp_path / name).write_text(name)
        (tmp_path / name).chmod(0o600)
    with stub_store(assume_again=DONE) as store:
        own = {"access_key": {"file": tmp_path / "id"}, "secret_key": {"file": tmp_path / "secret"}}
        at = settings(tmp_path / "data", kind="s3", endpoint=store.address, assume_with="key", **own)
        began = time.monotonic()
        found = list(look_at_store(at, DataFolder(at.data_folder)))
        (tmp_path / "secret").unlink()
        without = list(look_at_store(at, DataFolder(at.data_folder)))

    assert time.monotonic() - began < 10
    said = f"what answers at {store.address} does not keep people apart: a session could assume the role again."
    assert found == [("bad", f"{said} So nobody gets keys. Set it right, or use another store.")]
    assert [state for state, _ in without] == ["bad"]
    assert str(tmp_path / "secret") in without[0][1]
    assert not (tmp_path / "data").exists()
