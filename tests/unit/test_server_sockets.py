"""Where the sockets of servers are: paths that an address can hold, in a folder for the hub's user only."""

import socket
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from sardonyx_spawner.local.address import Address
from sardonyx_spawner.local.sockets import LONGEST_PATH, NAME_LENGTH, SocketFolder, fits_address


def listen(path: Path) -> socket.socket:
    """Be a server."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def place(folder: SocketFolder, private: Path) -> Path:
    """Return the socket's path for a private folder."""
    found = folder.address(private).socket
    assert found is not None
    return found


def test_each_server_has_a_socket_of_its_own_that_is_the_same_after_a_restart(tmp_path: Path) -> None:
    """A hub that starts again finds the servers that go on."""
    first, again = SocketFolder(tmp_path / "sockets"), SocketFolder(tmp_path / "sockets")

    assert place(first, tmp_path / "a") == place(again, tmp_path / "a")
    assert place(first, tmp_path / "a") != place(first, tmp_path / "b")


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    """Whoever could enter it could connect to servers, or listen in their place."""
    folder = place(SocketFolder(tmp_path / "sockets"), tmp_path / "a").parent

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", [pytest.param("Data", id="capital"), pytest.param("x" * 100, id="long"), "with space"])
def test_where_the_path_cannot_stand_in_an_address_the_sockets_are_elsewhere(tmp_path: Path, name: str) -> None:
    """In a folder for the hub's user only, which the next hub finds again."""
    wanted = tmp_path / name / "sockets"

    found = place(SocketFolder(wanted), tmp_path / "a")

    assert fits_address(found)
    assert stat.S_IMODE(found.parent.stat().st_mode) == 0o700
    assert place(SocketFolder(wanted), tmp_path / "a") == found
    found.parent.rmdir()


def test_a_folder_elsewhere_that_is_gone_or_belongs_to_others_is_not_used(tmp_path: Path) -> None:
    """After a restart of the machine anybody could have made one of that name."""
    wanted = tmp_path / "Data" / "sockets"
    gone = place(SocketFolder(wanted), tmp_path / "a").parent
    gone.rmdir()
    gone.symlink_to(tmp_path)

    found = place(SocketFolder(wanted), tmp_path / "a").parent

    assert found != gone
    assert found.is_dir()
    assert not found.is_symlink()
    gone.unlink()
    found.rmdir()


def test_sockets_where_nobody_listens_are_swept_away(tmp_path: Path) -> None:
    """What a crashed hub left; a server that goes on keeps its own."""
    folder = SocketFolder(tmp_path / "sockets")
    living, dead = place(folder, tmp_path / "a"), place(folder, tmp_path / "b")
    with listen(living):
        listen(dead).close()

        folder.sweep()

        assert living.exists()
        assert not dead.exists()


def test_the_socket_of_a_server_that_ended_goes(tmp_path: Path) -> None:
    """And a second time nothing happens."""
    folder = SocketFolder(tmp_path / "sockets")
    path = place(folder, tmp_path / "a")
    listen(path).close()

    folder.forget(tmp_path / "a")
    folder.forget(tmp_path / "a")

    assert not path.exists()


def test_an_address_names_the_socket_in_a_way_that_hub_and_proxy_read_alike() -> None:
    """JupyterHub takes the host of the address apart, the proxy the whole of it."""
    url = Address(socket=Path("/run/x-y_z/a.b")).url

    assert url == "http+unix://%2Frun%2Fx-y_z%2Fa.b"
    assert unquote(urlsplit(url).netloc) == "/run/x-y_z/a.b"
    assert Address(port=41234).url == "http://127.0.0.1:41234"


def test_a_path_is_as_long_as_the_system_takes() -> None:
    """One byte more, and nobody could connect."""
    assert fits_address(Path("/" + "x" * (LONGEST_PATH - 1)))
    assert not fits_address(Path("/" + "x" * LONGEST_PATH))


@pytest.mark.parametrize("name", ["..", "../../etc", "named:..", "named:a/../../b", "default/", "x" * 300, "ä \n"])
def test_no_name_of_a_server_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    """The socket is called after a digest, so there is nothing in it to read as a path."""
    folder = SocketFolder(tmp_path / "sockets")

    found = place(folder, tmp_path / "servers" / "0123456789abcdef" / name)

    assert found.parent == tmp_path / "sockets"
    assert len(found.name) == NAME_LENGTH
    assert found.name.isalnum()
