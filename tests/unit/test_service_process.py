"""The hub's services on a machine that has no room for a process now."""

import errno
import logging
import os

import pytest

from sardonyx_hub_config.services.process import ServiceProcess


def process(monkeypatch: pytest.MonkeyPatch, number: int) -> ServiceProcess:
    """Return the process of a service that fork(2) or execve(2) refuses."""

    def refuse(_self: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(ServiceProcess.__mro__[1], "start", refuse)
    found = ServiceProcess.__new__(ServiceProcess)
    found._service_name, found.log = "credentials", logging.getLogger("test")
    return found


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE])
def test_a_service_that_has_no_room_now_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    """The hub finds it ended at its next look, and starts it then."""
    found = process(monkeypatch, number)

    found.start()

    assert found.proc.poll() == found.proc.returncode == 1
    assert caplog.messages == [f"Service credentials cannot be started now: {os.strerror(number)}. It is tried again."]


def test_a_program_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time makes it come."""
    with pytest.raises(FileNotFoundError):
        process(monkeypatch, errno.ENOENT).start()
