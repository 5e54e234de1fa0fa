import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sardonyx_services.credentials import audit
from sardonyx_services.credentials.audit import AuditLog, Issued, read
from sardonyx_services.credentials.configuration import LONGEST_LIFE

START = datetime(2026, 1, 1, tzinfo=UTC)


def one(server: str = "") -> Issued:
    """Return a credential that was given."""
    return Issued(START, "s3", "abcd2345efgh6789", "amina", server, "session", ("home/abcd2345efgh6789/:rw",), START)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """In the order of time, from a file that only its owner opens."""
    log = AuditLog(tmp_path / "audit" / "file.jsonl")
    log.write(one())
    log.write(one("thesis"))
    log.close()

    assert list(read(tmp_path / "audit" / "file.jsonl")) == [one(), one("thesis")]
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o700


def test_a_line_that_a_crash_cut_off_hides_no_other(tmp_path: Path) -> None:
    """What is readable is read."""
    path = tmp_path / "file.jsonl"
    path.write_text(f'{one().to_json()}\n{{"time": "2026\n[]\n{one("thesis").to_json()}\n')

    assert [found.server for found in read(path)] == ["", "thesis"]


def test_a_large_file_is_put_aside_and_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Oldest first, over all of its parts."""
    monkeypatch.setattr(audit, "LARGEST", 600)
    log = AuditLog(tmp_path / "file.jsonl")
    for number in range(12):
        log.write(one(str(number)))
    log.close()

    assert [found.server for found in read(tmp_path / "file.jsonl")] == [str(number) for number in range(12)]
    assert len(list(tmp_path.iterdir())) > 2


def test_files_that_are_older_than_any_key_are_not_read(tmp_path: Path) -> None:
    """A start of the keys service needs those that may live, and not what a year has written."""
    old, new = tmp_path / "file.jsonl.1", tmp_path / "file.jsonl"
    old.write_text(f"{one('old').to_json()}\n")
    new.write_text(f"{one('new').to_json()}\n")
    since = datetime.now(UTC) - LONGEST_LIFE

    assert [found.server for found in read(new, since)] == ["old", "new"]

    before = (since - timedelta(minutes=1)).timestamp()
    os.utime(old, (before, before))

    assert [found.server for found in read(new, since)] == ["new"]
    assert [found.server for found in read(new)] == ["old", "new"]


def test_there_is_nothing_before_the_first_credential(tmp_path: Path) -> None:
    """No file is no fault."""
    assert list(read(tmp_path / "none.jsonl")) == []
