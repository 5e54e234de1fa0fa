"""What is done once before the first server: it leaves one thread, no open file, and nothing of the throw-away server."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from support import web
from support.addresses import plain, socket_path

KNOWN = {
    "sysconfig._CONFIG_VARS",
    "send2trash.plat_other.XDG_DATA_HOME",
    "send2trash.plat_other.HOMETRASH",
    "send2trash.plat_other.HOMETRASH_B",
    "jupyterlab.labapp.LabApp",
    "wsgiref.handlers.BaseHandler.os_environ",
    "parso.cache._default_cache_path",
    "jedi.settings.cache_directory",
}
"""What libraries have read from the home that they were imported with: kernels set the last two anew, and the one before
them is used by nobody here."""
LOOK = """
import json, os, sys
from sardonyx_singleuser.forkserver import warm, zygote
from sardonyx_singleuser.kernels import origin, warm as kernels
kernels.warm()
warm.warm()
from re import _MAXCACHE, _cache
assert 50 < len(_cache) < _MAXCACHE, len(_cache)
from sardonyx_singleuser.forkserver.neighbours import Neighbours
assert len(Neighbours.moved) > 1000
marks = warm.MARK, kernels.MARK
zygote.check_threads()
kept = set()
for name, module in list(sys.modules.items()):
    for key, value in list(vars(module).items()) if module is not None and name not in {"__main__", "__mp_main__"} else []:
        found = [(key, value)]
        if isinstance(value, type) and value.__module__ == name:
            found = [(f"{key}.{k}", getattr(v, "__dict__", {}).get("default_value", v)) for k, v in vars(value).items()]
        for where, held in found:
            if isinstance(held, (str, bytes, os.PathLike, dict, list, tuple, set)) and any(mark in str(held) for mark in marks):
                kept.add(f"{name}.{where}")
kept = sorted(kept - {f"{warm.__name__}.MARK", f"{kernels.__name__}.MARK"})
assert origin.Origin.current is not None and "pandas" in sys.modules
opened = [f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd") if int(n) > 2]
files = [os.readlink(file) for file in opened if os.path.exists(file)]
print("RESULT", json.dumps([kept, files, dict(os.environ), os.getcwd(), sys.modules.get("aiodns", "absent") is None]))
"""

WHO_LISTENS = """
import json, os, sys
from pathlib import Path
sys.path.append(sys.argv[1])
from support.listeners import listened_on
from sardonyx_singleuser.forkserver import warm
seen, visit = [], warm._visit
async def looked(listening, pages):
    doors = listened_on([os.getpid()])
    _, port = os.environ["JUPYTERHUB_API_URL"].removesuffix("/hub/api").rsplit(":", 1)
    seen.append([sorted(doors - {int(port)}), Path(listening).is_socket(), oct(Path(listening).parent.stat().st_mode & 0o777)])
    await visit(listening, pages)
warm._visit = looked
warm.warm()
print("RESULT", json.dumps(seen))
"""


def test_nobody_else_can_use_the_throw_away_server(prefix: Path) -> None:
    """Its hub knows everybody, and it can do what the hub's own user can: it listens in a folder that nobody else can open."""
    python, tests = str(prefix / "bin" / "python"), str(Path(__file__).parents[1])

    said = subprocess.run(
        [python, "-I", "-c", WHO_LISTENS, tests],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr[-2000:]
    assert json.loads(said.stdout.partition("RESULT ")[2]) == [[[], True, "0o700"]] * 2


def test_warming_leaves_nothing_behind(prefix: Path) -> None:
    """What a module reads once, at its import, would be of the throw-away server for everybody."""
    python = str(prefix / "bin" / "python")

    said = subprocess.run(
        [python, "-I", "-c", LOOK], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )

    assert said.returncode == 0, said.stderr[-2000:]
    kept, files, environment, folder, is_hidden = json.loads(said.stdout.partition("RESULT ")[2])
    # JupyterLab's are replaced by the launcher, those of packages for all servers by `adopt_home`.
    assert {name.rpartition(".")[0] if "LabApp" in name else name for name in kept} == KNOWN
    assert [name for name in files if not name.startswith(("/dev/null", "pipe:"))] == []
    assert set(environment) <= {"PATH", "LC_CTYPE"}
    assert folder == "/"
    assert not is_hidden


def pages(server_url: str, token: str, home: str) -> dict[str, Any]:
    """Return what a browser is told at first, without what is of one server only."""
    found: dict[str, Any] = {}
    transport, base = httpx.HTTPTransport(uds=socket_path(server_url)), plain(server_url)
    with web.Client(transport=transport, headers={"Authorization": f"token {token}"}, timeout=30) as client:
        page = client.get(f"{base}lab").text
        configuration = json.loads(
            re.findall(r'id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.DOTALL)[0]
        )
        found["page"] = {name: value for name, value in configuration.items() if name not in {"token", "hubServerName"}}
        for path in (
            "api/kernelspecs",
            "lab/api/settings",
            "api/contents?content=1",
            "api/spec.yaml",
            "lsp/status",
            "lab/api/build",
        ):
            answer = client.get(f"{base}{path}")
            kind = answer.headers["Content-Type"]
            # Pages that say no have something of this answer only.
            said = answer.json() if "json" in kind else "" if kind.startswith("text/html") else answer.text
            found[path] = (answer.status_code, said)
        for section in found["lab/api/settings"][1]["settings"]:
            section.pop("last_modified", None)
            section.pop("created", None)
    text = json.dumps(found).replace(home, "HOME").replace(base, "URL").replace(base.split("/", 3)[3], "user/x/")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def test_a_forked_server_is_as_one_that_was_started_slowly(hub: Any, comparison: dict[str, Any]) -> None:
    """Its pages, kernels, settings and files are the same."""
    user = hub.user("same")
    user.start(profile="python")
    found = pages(user.url, "token-of-the-tests-only", str(user.home))
    user.stop()
    contents = found.pop("api/contents?content=1")

    assert contents[0] == 200
    assert contents[1]["content"] == []
    assert sys.version_info >= (3, 11)
    first = comparison.setdefault("first", found)
    assert {
        name: (value, first["page"].get(name))
        for name, value in found["page"].items()
        if first["page"].get(name) != value
    } == {}
    assert found == first
