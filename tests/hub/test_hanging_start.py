"""A server that hangs before it is ready: its start is given up in time, nothing is left of it, and the next start works."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.forks import children, is_first_of_namespace, processes_with
from support.hubs import Hub, User, running_hub
from support.waiting import soon

START_TIMEOUT_S = 12
HANGS = "import time\nopen('hung', 'w').close()\ntime.sleep(3600)\n"


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Iterator[Hub]:
    """A hub that waits for a start for some seconds only, less than a server is tried without its person's settings."""
    data = tmp_path_factory.mktemp("impatient")
    with running_hub(data, prefix, "fork", start_timeout_s=START_TIMEOUT_S) as running:
        # The first start waits until Python is ready, which may take longer than this hub waits.
        running.call("POST", f"/users/{running.user('first').name}/server", {"profile": "python"})
        soon(lambda: len(spares(running)) >= 1, 120)
        yield running


def spares(hub: Hub) -> list[int]:
    """Return the processes that wait to be servers: nothing was made of them yet, so they have no child."""
    (supervisor,) = processes_with(f"sardonyx_singleuser.forkserver\0{hub.data}/forks/")
    return [pid for pid in children(supervisor) if is_first_of_namespace(pid) and not children(pid)]


def given_up(user: User) -> None:
    """Start a server that does not become ready."""
    answer = user.hub.call("POST", f"/users/{user.name}/server", {"profile": "python"})
    if answer.status_code == 202:
        user.wait(lambda server: not server)
    else:
        assert answer.status_code >= 500, answer.text
    assert f"{user.name}'s server failed to start in {START_TIMEOUT_S} seconds, giving up" in user.hub.log.read_text()


def starts(user: User) -> None:
    """Start a server, use it, and stop it."""
    assert user.start(profile="python").status_code in {201, 202}
    user.wait(lambda server: bool(server.get("ready")))
    assert user.run("print('fine')").strip() == "fine"
    user.stop()


def test_a_server_that_hangs_in_its_persons_own_settings_is_ended(impatient: Hub) -> None:
    """With all that it had started."""
    hans = impatient.user("hans")
    starts(hans)
    settings = hans.home / ".jupyter" / "jupyter_server_config.py"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(HANGS)
    for path in (settings.parent, settings):
        os.chown(path, hans.home.stat().st_uid, hans.home.stat().st_gid)

    given_up(hans)

    assert (hans.home / "hung").exists()
    soon(lambda: hans.processes() == [])
    assert list(hans.private.glob("process")) == []
    settings.unlink()
    starts(hans)


def test_a_process_that_hangs_before_it_says_anything_becomes_nobodys_server(impatient: Hub) -> None:
    """When it goes on, it finds nobody who waits, and ends."""
    soon(lambda: len(spares(impatient)) == 1)
    (spare,) = spares(impatient)
    os.kill(spare, signal.SIGSTOP)
    try:
        given_up(impatient.user("ida"))
        starts(impatient.user("ida"))
    finally:
        os.kill(spare, signal.SIGCONT)

    soon(lambda: not Path(f"/proc/{spare}/exe").exists())
    assert impatient.user("ida").processes() == []
