"""AWS' clients with a limit for the whole of each call: botocore limits only how long each byte may take."""

import ssl
import threading
import time
import weakref
from collections.abc import Iterable, Iterator
from typing import IO, Any

import httpcore
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError, SSLError

from sardonyx_services.certificates import distrust, trusting

STEP_S = 5.0
"""Until there is a connection, or a first or another byte."""
WHOLE_S = 10.0
"""For an answer that comes in drops."""
CONNECTIONS = 16


class Deadline:
    """Sends what clients of AWS have signed, and lets go of the connection when the time is over.

    For several threads at once: each has one call under way. The time-outs of the clients themselves count for nothing.

    Args:
        whole_s: for all of a call.
        step_s: for one step of it.
    """

    def __init__(self, whole_s: float = WHOLE_S, step_s: float = STEP_S) -> None:
        self._whole_s = whole_s
        self._clock = _Clock(step_s)
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusting(),
            max_connections=None,
            max_keepalive_connections=CONNECTIONS,
            network_backend=_Backend(self._clock),
        )
        # Nobody waits for the last call of a service that ends.
        weakref.finalize(self, self._pool.close)

    def on(self, client: Any) -> Any:
        """Let a client of boto3 send through this; return the client."""
        client.meta.events.register("before-send", self._send)
        return client

    def _send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        self._clock.ends = time.monotonic() + self._whole_s
        headers = [(_bytes(name), _bytes(value)) for name, value in request.headers.items()]
        try:
            answer = self._pool.request(request.method, request.url, headers=headers, content=_body(request.body))
        except httpcore.TimeoutException as error:
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            if distrust(error) is not None:
                raise SSLError(endpoint_url=request.url, error=error) from error
            raise EndpointConnectionError(endpoint_url=request.url, error=error) from error
        found = HTTPHeaders.from_pairs(
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers]
        )
        return AWSResponse(request.url, answer.status, found, _Raw(answer.content))


class _Clock(threading.local):
    """When the call of this thread has to be over."""

    def __init__(self, step_s: float) -> None:
        self._step_s, self.ends = step_s, 0.0

    def left_s(self) -> float:
        """Return for how long one more step may take.

        Raises:
            httpcore.ReadTimeout: the time is over.
        """
        left_s = self.ends - time.monotonic()
        if left_s <= 0:
            raise httpcore.ReadTimeout
        return min(left_s, self._step_s)


class _Backend(httpcore.NetworkBackend):
    """Opens connections whose every step has what is left of the call's time."""

    def __init__(self, clock: _Clock) -> None:
        self._clock, self._inner = clock, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the call has one
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect."""
        stream = self._inner.connect_tcp(host, port, self._clock.left_s(), local_address, socket_options)
        return _Stream(stream, self._clock)


class _Stream(httpcore.NetworkStream):
    """A connection whose every step has what is left of the call's time."""

    def __init__(self, inner: httpcore.NetworkStream, clock: _Clock) -> None:
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the call has one
        """Read."""
        return self._inner.read(max_bytes, self._clock.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the call has one
        """Write."""
        self._inner.write(buffer, self._clock.left_s())

    def close(self) -> None:
        """Let go."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the call has one
    ) -> httpcore.NetworkStream:
        """Go on encrypted."""
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._clock.left_s()), self._clock)

    def get_extra_info(self, info: str) -> Any:
        """Say what the connection knows."""
        return self._inner.get_extra_info(info)


class _Raw:
    """A body as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        """Return it in one piece."""
        yield self._content


def _body(given: str | bytes | bytearray | IO[bytes] | IO[str] | None) -> bytes:
    return _bytes(given if given is None or isinstance(given, str | bytes | bytearray) else given.read())


def _bytes(text: str | bytes | bytearray | None) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text or b"")
