"""The hub's word of a server's end: sent at once, and whatever becomes of it holds up nobody."""

import asyncio
import json

import pytest

from sardonyx_hub_config.services import end_notice
from sardonyx_hub_config.services.end_notice import EndNotice


async def answered(reply: bytes, heard: list[bytes]) -> asyncio.Server:
    """Listen, keep what is said, and reply; b"" = never."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        heard.append(head + await reader.readexactly(length))
        if reply:
            writer.write(reply)
            await writer.drain()
        else:
            await reader.read()
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def tell(notice: EndNotice) -> None:
    """Tell, and wait until that is through."""
    notice("ann", "two")
    while notice._telling:
        await asyncio.wait(notice._telling)


async def test_the_keys_service_is_told_which_server_with_its_own_token() -> None:
    """It knows by the token that it is the hub."""
    heard: list[bytes] = []
    server = await answered(b"HTTP/1.1 204 No Content\r\n\r\n", heard)
    port = server.sockets[0].getsockname()[1]

    await tell(EndNotice(f"http://127.0.0.1:{port}/ended", "its-own"))

    assert b"Authorization: token its-own" in heard[0]
    assert json.loads(heard[0].partition(b"\r\n\r\n")[2]) == {"name": "ann", "server": "two"}
    server.close()


@pytest.mark.parametrize("reply", [b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", b"hello", b""])
async def test_a_stop_never_fails_for_it(
    reply: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal, nonsense, and silence are a line in the hub's log."""
    monkeypatch.setattr(end_notice, "PATIENCE_S", 0.2)
    server = await answered(reply, [])
    port = server.sockets[0].getsockname()[1]

    await tell(EndNotice(f"http://127.0.0.1:{port}/ended", "its-own"))

    assert "The keys service was not told of the end of ann/two: " in caplog.text
    server.close()


async def test_a_keys_service_that_is_away_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """It finds out by itself when it is back."""
    await tell(EndNotice("http://127.0.0.1:9/ended", "its-own"))

    assert "The keys service was not told of the end of ann/two: " in caplog.text
