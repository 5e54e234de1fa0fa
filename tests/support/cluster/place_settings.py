"""The settings of the place on the cluster that most tests share."""

from collections.abc import Mapping
from typing import Any

from support.cluster.images import SHELL

OWN = {"labels": {"cost-centre": "4711"}, "read_only_root": False, "temporary_size": "100M"}
"""What servers of the profile "roomy" have for themselves."""
HELLO = """
import http.server, os, socketserver, sys

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Hello " + os.environ["JUPYTERHUB_USER"].encode())

class Server(socketserver.UnixStreamServer):
    def get_request(self):
        return self.socket.accept()[0], ("", 0)

Server(sys.argv[1], Page).serve_forever()
"""
"""A tool of the operator's, which says whose server it is in."""
TOOL = {"title": "Hello", "description": "Say whose server it is in", "command": ["python", "-c", HELLO, "{socket}"]}


def settings(images: Mapping[str, str], repository: str) -> dict[str, Any]:
    """Return settings with a profile for what each test needs.

    Args:
        repository: address of one that servers reach.
    """
    small = {"cpu": 0.5, "memory": "512M"}
    course = {"url": repository}
    return {
        "profiles": {
            "python": {"title": "Python", "image": images["base"], **small, "order": 1},
            "roomy": {"title": "Roomy", "image": images["base"], **small, "home_size": "2G", "kubernetes": OWN},
            "data": {"title": "Data", "image": images["python"], "memory": "2G", "repositories": {"course": course}},
            "together": {"title": "Together", "image": images["python"], "memory": "2G", "collaboration": True},
            "fresh": {"title": "Fresh", "image": images["base"], **small, "home": "fresh"},
            "lost": {"title": "Lost", "image": "localhost/sardonyx/lost:1", **small},
            "foreign": {"title": "Foreign", "image": SHELL, **small},
            "gpu": {"title": "GPU", "image": images["base"], "gpus": 1, **small},
        },
        "servers": {"start_timeout": "40s"},
        "tools": {"hello": TOOL},
    }
