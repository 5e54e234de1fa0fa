import sys

import pytest

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.machine import check_machine


def test_another_system_than_linux_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so and stops."""
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(OperatorError, match="this machine runs darwin. Sardonyx runs on Linux"):
        check_machine()


def test_missing_programs_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line for Debian, one for Fedora."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(OperatorError) as caught:
        check_machine()

    assert "missing on this machine: git, util-linux." in str(caught.value)
    assert "sudo apt-get install git util-linux" in str(caught.value)
    assert "sudo dnf install git util-linux" in str(caught.value)
