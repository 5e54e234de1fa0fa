"""A machine that has no more of something: whoever starts a server reads what, and the next start works."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.forks import children, is_first_of_namespace, processes_with
from support.hubs import Hub, ordinary_hub, running_hub
from support.scarce import filled, no_more_processes, room_for_files, small_disk
from support.waiting import soon

FULL = "The disk of this machine is full, so your server has no room to start. Ask the people who run this place to look at it."
NO_MORE = "This machine runs as much as it can. Stop a server that you do not use, or try again later."
NOT_READY = "What this server is made of is not ready on this machine. Ask the people who run this place to look at it."


@pytest.fixture(scope="module")
def ordinary(prefix: Path) -> Iterator[Hub]:
    """A hub of an ordinary user: root is held by no limit of processes."""
    with ordinary_hub(prefix) as running:
        yield running


def fork_server(hub: Hub) -> list[int]:
    """Return the processes that servers are made by: the supervisor, and the zygote."""
    (supervisor,) = processes_with(f"sardonyx_singleuser.forkserver\0{hub.data}/forks/")
    return [supervisor, *(pid for pid in children(supervisor) if not is_first_of_namespace(pid))]


def refusal(hub: Hub, name: str, profile: str = "python") -> str:
    """Start a server that cannot be started; return what its person reads."""
    answer = hub.call("POST", f"/users/{name}/server", {"profile": profile})
    assert answer.status_code in {500, 503}, answer.text
    return str(answer.json()["message"])


def starts(hub: Hub, name: str) -> None:
    """Start a server, use it, and stop it."""
    user = hub.user(name)
    assert user.start(profile="python").status_code in {201, 202}
    # JupyterHub says so, too, of one that takes longer than ten seconds, as where a fork server begins.
    user.wait(lambda server: bool(server.get("ready")))
    assert user.run("print('fine')").strip() == "fine"
    user.stop()


def test_where_the_hub_can_start_no_process_its_people_read_that(ordinary: Hub) -> None:
    """It has to start a fork server here."""
    starts(ordinary, "ann")
    ordinary.user("bob")
    supervisor = fork_server(ordinary)[0]
    os.kill(supervisor, signal.SIGKILL)
    assert ordinary.process is not None

    with no_more_processes(ordinary.process.pid):
        said = refusal(ordinary, "bob")

    assert said == NO_MORE
    starts(ordinary, "bob")


def test_where_the_fork_server_can_make_no_process_people_read_that(ordinary: Hub) -> None:
    """Neither for the server, nor what it is made from."""
    starts(ordinary, "ann")
    ordinary.user("bob")
    soon(lambda: len(_spares(ordinary)) == 1)
    supervisor, zygote = fork_server(ordinary)
    with no_more_processes(supervisor, zygote):
        os.kill(_spares(ordinary)[0], signal.SIGKILL)
        without_process = refusal(ordinary, "bob")
        os.kill(zygote, signal.SIGKILL)
        soon(lambda: children(supervisor) == [])
        without_zygote = refusal(ordinary, "bob")

    assert [without_process, without_zygote] == [NO_MORE, NO_MORE]
    assert fork_server(ordinary)[0] == supervisor
    starts(ordinary, "bob")


def _spares(hub: Hub) -> list[int]:
    return [pid for pid in children(fork_server(hub)[0]) if is_first_of_namespace(pid)]


def test_where_the_fork_server_can_open_no_file_people_read_that(ordinary: Hub) -> None:
    """One is the connection on which somebody asks for a server."""
    starts(ordinary, "ann")
    ordinary.user("bob")
    soon(lambda: len(_spares(ordinary)) == 1)
    _, zygote = fork_server(ordinary)

    with room_for_files(zygote, 1, ordinary=True):
        os.kill(_spares(ordinary)[0], signal.SIGKILL)
        said = refusal(ordinary, "bob")

    assert said == NO_MORE
    starts(ordinary, "bob")


def test_an_interpreter_that_cannot_be_run_is_said_in_words(ordinary: Hub) -> None:
    """As one below somebody's closed home."""
    (ordinary.data / "broken" / "bin" / "python").chmod(0)
    ordinary.user("bob")

    said = refusal(ordinary, "bob", "broken")

    assert said == NOT_READY
    log = ordinary.log.read_text()
    assert f"{ordinary.data}/broken/bin/python cannot be run: [Errno 13] Permission denied" in log
    starts(ordinary, "bob")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can put up a disk")
@pytest.mark.parametrize(
    ("folder", "said"),
    [
        pytest.param("servers", FULL, id="of-servers"),
        # JupyterHub writes a token and an OAuth client into its database before it asks for a server.
        pytest.param(".", "Internal Server Error", id="of-the-hub-too"),
    ],
)
def test_a_full_disk_is_said_in_words_and_keeps_nobody_from_starting_later(
    tmp_path: Path, prefix: Path, folder: str, said: str
) -> None:
    """When there is room again."""
    data = tmp_path / "data"
    (data / folder).mkdir(parents=True)
    with small_disk(data / folder, "80m"), running_hub(data, prefix, "fork") as hub:
        starts(hub, "ann")
        hub.user("bob")

        with filled(data / folder):
            read = refusal(hub, "bob")

        assert read == said
        starts(hub, "bob")
        starts(hub, "cleo")
