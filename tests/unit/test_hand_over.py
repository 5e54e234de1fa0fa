"""What hub and server say to each other when a server that waited becomes somebody's: both sides, over a real connection."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet

from sardonyx_singleuser.forkserver.protocol import ProtocolError, say
from sardonyx_singleuser.ready_made import Door, Handed
from sardonyx_spawner.kube.ready_made import hand_over
from sardonyx_spawner.kube.ready_made.hand_over import HandOverError, Waiting, sealed_hand_over

KEY = Fernet.generate_key()
VARIABLES = {"JUPYTERHUB_API_TOKEN": "secret1", "HOME": "/home/jovyan"}
SEALED = sealed_hand_over(KEY, VARIABLES, ["--port=8888"], '{"version": 1}')


class Server:
    """A server that waits, in a thread."""

    def __init__(self, listener: socket.socket) -> None:
        self.port = int(listener.getsockname()[1])
        self.door = Door(listener, KEY.decode())
        self.handed: Future[Handed] = Future()
        self.answers: list[dict[str, object]] = [{"ready": True}]
        self.pause_s = 0.0

    def run(self) -> None:
        """Wait for the hub, and be what it says."""
        connection = self.door.hub()
        with connection:
            say(connection, warmed=True)
            try:
                self.handed.set_result(self.door.handed(connection))
            except ProtocolError as error:
                self.handed.set_exception(error)
                return
            time.sleep(self.pause_s)
            for answer in self.answers:
                say(connection, **answer)


@pytest.fixture
def server() -> Iterator[Server]:
    """One that waits."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as thread:
        found = Server(listener)
        thread.submit(found.run)
        yield found
        # Whoever still waits for a hub ends.
        listener.shutdown(socket.SHUT_RDWR)


async def test_what_the_hub_says_is_what_the_server_hears(server: Server) -> None:
    """Variables, arguments and plan; and every step is told."""
    told: list[tuple[str, str]] = []
    server.answers = [{"progress": {"message": "Opening JupyterLab", "state": "now"}}, {"ready": True}]
    waiting = await Waiting.greet("127.0.0.1", server.port, KEY)

    await waiting.hand_over(SEALED, lambda *step: told.append(step))

    assert waiting.is_warm
    assert server.handed.result(5) == Handed(VARIABLES, ("--port=8888",), '{"version": 1}')
    assert told == [("Opening JupyterLab", "now")]


def test_nobody_on_the_way_reads_what_is_said() -> None:
    """Neither the token nor the plan."""
    assert b"secret1" not in SEALED
    assert b"version" not in SEALED


@pytest.mark.parametrize(
    "said",
    [
        b"hello\n",
        b"\n",
        b"x" * 2000,
        Fernet(Fernet.generate_key()).encrypt(b"hello") + b"\n",
        Fernet(KEY).encrypt(b"goodbye") + b"\n",
        SEALED,
    ],
    ids=["plain", "nothing", "too long", "another key", "another word", "the plan at once"],
)
async def test_who_does_not_say_hello_is_sent_away_and_the_server_waits_on(server: Server, said: bytes) -> None:
    """Also a hub that hands over before it is known."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(said)
    async with asyncio.timeout(10):
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readuntil()
    writer.close()

    waiting = await Waiting.greet("127.0.0.1", server.port, KEY)
    await waiting.hand_over(SEALED, lambda *_step: None)
    assert server.handed.result(5).plan == '{"version": 1}'


async def test_a_server_without_its_hub_is_nobodys(server: Server) -> None:
    """It ends: nobody else has its key."""
    waiting = await Waiting.greet("127.0.0.1", server.port, KEY)
    waiting.close()
    with pytest.raises(ProtocolError, match="the request was cut short"):
        await asyncio.to_thread(server.handed.result, 5)


async def test_a_hub_of_another_version_is_told_so(server: Server) -> None:
    """In the server's log: the image is older, or newer, than the hub."""
    waiting = await Waiting.greet("127.0.0.1", server.port, KEY)
    strange = Fernet(KEY).encrypt(json.dumps({"version": 99}).encode()) + b"\n"
    with pytest.raises(HandOverError, match="it has ended, or says what cannot be understood"):
        await waiting.hand_over(strange, lambda *_step: None)
    with pytest.raises(ProtocolError, match="the hub speaks version 99, and this image 1"):
        server.handed.result(5)


@pytest.mark.parametrize("said", [b"[]", b"{}", b"nonsense", b'{"version": 1, "variables": 3}'])
async def test_what_cannot_be_understood_is_said_without_what_it_holds(server: Server, said: bytes) -> None:
    """It may be a secret."""
    waiting = await Waiting.greet("127.0.0.1", server.port, KEY)
    with pytest.raises(HandOverError):
        await waiting.hand_over(Fernet(KEY).encrypt(said) + b"\n", lambda *_step: None)
    with pytest.raises(ProtocolError, match=r"^what the hub says cannot be understood: \w+$"):
        server.handed.result(5)


async def test_a_server_that_cannot_be_one_says_why(server: Server) -> None:
    """And the hub goes on without it."""
    server.answers = [{"error": "OSError: no room"}]
    waiting = await Waiting.greet("127.0.0.1", server.port, KEY)
    with pytest.raises(HandOverError, match="OSError: no room"):
        await waiting.hand_over(SEALED, lambda *_step: None)


async def test_a_server_that_hangs_keeps_nobody_waiting(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub goes on without it."""
    monkeypatch.setattr(hand_over, "FIRST_S", 0.1)
    server.answers = []
    server.pause_s = 0.5
    waiting = await Waiting.greet("127.0.0.1", server.port, KEY)
    with pytest.raises(HandOverError, match="it has said nothing for 0 s"):
        await waiting.hand_over(SEALED, lambda *_step: None)


async def test_the_end_of_one_that_waits_is_noticed() -> None:
    """Before somebody is given it."""

    async def wait_a_moment(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"warmed": false}\n')
        await ended.wait()
        writer.close()
        await writer.wait_closed()

    ended = asyncio.Event()
    server = await asyncio.start_server(wait_a_moment, "127.0.0.1", 0)
    async with server:
        waiting = await Waiting.greet("127.0.0.1", server.sockets[0].getsockname()[1], KEY)
        assert (waiting.is_there, waiting.is_warm) == (True, False)
        ended.set()
        async with asyncio.timeout(5):
            while waiting.is_there:  # noqa: ASYNC110 - its end is noticed by the loop
                await asyncio.sleep(0.01)
        waiting.close()
