import asyncio
import errno
from pathlib import Path

import pytest

from sardonyx_singleuser.sandbox.obstacles import ENDED, Obstacle
from sardonyx_spawner.local import fork_client
from sardonyx_spawner.local.fork_client import ForkServer, TryAgainError
from sardonyx_spawner.local.refusals import refusals
from sardonyx_spawner.spawner import StartRefusedError

ALLOWED = (1000, 1000)


@pytest.mark.parametrize(
    ("obstacle", "most", "passes"),
    [
        pytest.param(Obstacle("x", errno.EPERM), ALLOWED, False, id="forbidden"),
        pytest.param(Obstacle("x", errno.EINVAL), ALLOWED, False, id="not in this kernel"),
        pytest.param(Obstacle("x"), ALLOWED, False, id="an error of our own"),
        pytest.param(Obstacle("x", errno.EAGAIN), ALLOWED, True, id="no process left"),
        pytest.param(Obstacle("x", errno.ENOMEM), ALLOWED, True, id="no memory"),
        pytest.param(Obstacle("x", errno.EMFILE), ALLOWED, True, id="too many files"),
        pytest.param(Obstacle("x", errno.ENOSPC), ALLOWED, True, id="a full disk"),
        pytest.param(Obstacle("x", errno.ENOSPC), (1000, 0), False, id="namespaces set to none"),
        pytest.param(ENDED, ALLOWED, True, id="killed"),
    ],
)
def test_only_what_the_machine_forbids_is_for_good(obstacle: Obstacle, most: tuple[int, ...], passes: bool) -> None:  # noqa: FBT001
    """The rest is tried again."""
    assert obstacle.passes(most) is passes


def environment(folder: Path, *lines: str) -> Path:
    """Make one whose Python does something else."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text("\n".join(("#!/bin/sh", *lines, "")))
    python.chmod(0o700)
    return folder


def test_a_trial_that_fails_for_want_of_something_refuses_one_start_and_is_done_again(tmp_path: Path) -> None:
    """Nothing is remembered of it; the person reads what to do."""
    busy = environment(tmp_path, 'echo \'{"level": "", "problem": "no process", "errno": 11}\'')
    server = ForkServer(tmp_path, busy, 1.0)

    with pytest.raises(StartRefusedError) as caught, refusals("Python", "ann"):
        asyncio.run(server.find_level())
    environment(tmp_path, 'echo \'{"level": "namespaces", "problem": "", "errno": 0}\'')

    assert caught.value.jupyterhub_message == (
        "This machine runs as much as it can. Stop a server that you do not use, or try again later."
    )
    assert caught.value.status_code == 503
    assert caught.value.log_message == "ann: no sandbox can be made at the moment: no process"
    assert asyncio.run(server.find_level()) == "namespaces"


def test_a_trial_that_takes_too_long_is_ended_and_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not go on beside the next one."""
    monkeypatch.setattr(fork_client, "STARTED_S", 0.2)
    server = ForkServer(tmp_path, environment(tmp_path, f"echo $$ > {tmp_path}/pid", "exec sleep 60"), 1.0)

    with pytest.raises(TryAgainError, match=r"-m sardonyx_singleuser\.sandbox took more than 0 s") as caught:
        asyncio.run(server.find_level())

    assert caught.value.code == errno.ETIMEDOUT
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
    with pytest.raises(StartRefusedError, match="took more than") as refused, refusals("Python", "ann"):
        raise caught.value
    assert refused.value.jupyterhub_message == (
        "This machine is too busy to start your server at the moment. Try again in a minute."
    )
