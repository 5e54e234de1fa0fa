"""Who may read the file of a secret."""

import os
from pathlib import Path

import pytest

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.secret_refs import IN_A_POD, SecretRef, is_open_to_others

ROOT, OURS, ANOTHER = 0, os.getegid(), os.getegid() + 1
US = 1000


def status(mode: int, owner: int, group: int) -> os.stat_result:
    """Return what the file system says of a file."""
    return os.stat_result((0o100000 | mode, 1, 1, 1, owner, group, 1, 0, 0, 0))


@pytest.mark.parametrize(
    ("mode", "owner", "group", "on_one_machine", "in_a_pod"),
    [
        pytest.param(0o600, US, OURS, False, False, id="a file of one's own"),
        pytest.param(0o400, US, OURS, False, False, id="to read"),
        pytest.param(0o440, ROOT, OURS, True, False, id="of a Secret"),
        pytest.param(0o440, ROOT, ANOTHER, True, True, id="of a Secret, and of another group"),
        pytest.param(0o440, US, OURS, True, True, id="of one's own, and open to the group"),
        pytest.param(0o460, ROOT, OURS, True, True, id="of a Secret, and the group may change it"),
        pytest.param(0o444, ROOT, OURS, True, True, id="of a Secret, and everybody may read it"),
        pytest.param(0o604, US, OURS, True, True, id="of one's own, and everybody may read it"),
    ],
)
def test_a_secret_is_read_by_us_alone(
    mode: int, owner: int, group: int, *, on_one_machine: bool, in_a_pod: bool
) -> None:
    """In a Pod by its group, too: files of Secrets are root's there."""
    found = status(mode, owner, group)

    assert is_open_to_others(found, in_a_pod=False) == on_one_machine
    assert is_open_to_others(found, in_a_pod=True) == in_a_pod


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says how to close it; in a Pod, too."""
    file = tmp_path / "secret"
    file.write_text("a\n")
    file.chmod(0o644)

    for in_a_pod in (False, True):
        if in_a_pod:
            monkeypatch.setenv(IN_A_POD, "10.96.0.1")
        with pytest.raises(OperatorError, match=r"can be read by others\. Close it: chmod 600"):
            SecretRef(file=file).value()
    file.chmod(0o600)
    assert SecretRef(file=file).value() == "a"
