"""Runs TensorBoard on a unix socket, by the Python that has it: `python tensorboard_server.py FOLDER SOCKET PREFIX`.

Its own command listens on ports only; programs that run it differently are given this interface (tensorboard.program).
"""

import sys
from typing import Any

from tensorboard import default, program
from werkzeug.serving import make_server

NOWHERE = "http://localhost:6006"
"""TensorBoard notes where it runs, and wants a port in that; nobody listens there."""


class SocketServer(program.TensorBoardServer):  # type: ignore[misc]
    """Serves on the socket that was named."""

    path = ""

    def __init__(self, wsgi_app: Any, _flags: Any) -> None:
        self._server = make_server("unix://" + self.path, 0, wsgi_app, threaded=True)

    def serve_forever(self) -> None:
        """Serve until it is ended."""
        self._server.serve_forever()

    def get_url(self) -> str:
        """Return what it says of itself."""
        return NOWHERE


def main() -> None:
    """Serve event files of a folder."""
    folder, SocketServer.path, prefix = sys.argv[1:]
    board = program.TensorBoard(default.get_plugins(), server_class=SocketServer)
    # Its fast loader would listen on a port.
    options = {"logdir": folder, "path_prefix": prefix, "reload_multifile": "true", "load_fast": "false"}
    board.configure([sys.argv[0], *(f"--{name}={value}" for name, value in options.items())])
    board.main()


if __name__ == "__main__":
    main()
