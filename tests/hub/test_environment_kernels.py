"""Kernels of a person's own environments, in real servers: found, started, and of their project in all that they do."""

import asyncio
import json
import os
import shlex
import socket
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.addresses import client as client_of
from support.addresses import plain
from support.debugging import CELL, break_in, elsewhere, stopped, switch_off, switch_on
from support.forks import descendants
from support.listeners import listened_on
from support.live_kernel import live_kernel
from support.wheels import GREET, put

TERMINAL = "import subprocess\nprint(subprocess.run({command!r}, shell=True, capture_output=True, text=True))"
NETWORK = {name: os.environ[name] for name in ("SSL_CERT_FILE", "PIP_CERT", "HTTPS_PROXY") if name in os.environ}
INSTALL = "--no-index --find-links . "
ACTIVATE = """
options(mine = 42)
.libPaths(file.path(getwd(), "renv", "library"), include.site = FALSE)
Sys.setenv(RENV_PROJECT = getwd())
"""
HALF_MADE = (
    "cd .local/share/sardonyx/kernels && rm linked-*/needs.json && mkdir linked-gone && ln -s /gone linked-gone/from"
)
ASK_R = "cat(getwd(), getOption('mine'), 'IRkernel' %in% rownames(installed.packages()), basename(.libPaths()[1]))"


@pytest.fixture(scope="module")
def server(forks: Any) -> Any:
    """A server with two projects, made in its terminal."""
    uv = Path(sys.executable).with_name("uv")
    found = forks.start("projects", readable=[str(uv)])
    assert found.is_ready, found.log.read_text()
    # Of its Pythons uv takes none that is in an environment itself.
    base = "$(python -c 'import sys; print(sys._base_executable)')"
    make = f"""
    python -m venv stats/.venv && python -m venv --without-pip 'ünï côde/.venv' &&
    {shlex.quote(str(uv))} venv --offline --python {base} made-by-uv/.venv
    """
    asyncio.run(terminal(found, make))
    put(forks, "projects", "greeting", "1.0", GREET)
    return found


async def terminal(server: Any, command: str) -> None:
    """Run a command as in a terminal of the server."""
    (said,) = await run(server, "python3", TERMINAL.format(command=command))
    assert "returncode=0" in said, said


async def specs(server: Any) -> dict[str, Any]:
    """Return what JupyterLab's launcher is told."""
    async with client_of(server.url, headers={"Authorization": f"token {server.name}-token"}, timeout=30) as client:
        found: dict[str, Any] = (await client.get(f"{plain(server.url)}api/kernelspecs")).json()["kernelspecs"]
        return found


async def title(server: Any, name: str) -> str:
    """Return what JupyterLab calls a kernel, as soon as it is offered; it asks again and again, too."""
    async with asyncio.timeout(30):
        while name not in (found := await specs(server)):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(1)
    return str(found[name]["spec"]["display_name"])


async def run(server: Any, name: str, *cells: str) -> list[str]:
    """Return what cells print in a new kernel, or their errors."""
    async with live_kernel(server.url, f"{server.name}-token", name) as kernel:
        said = [await kernel.run(cell) for cell in cells]
    return [(each.stdout + each.error).strip() for each in said]


async def ask(server: Any, name: str, way: str = "sessions") -> httpx.Response:
    """Ask for a kernel as JupyterLab does.

    Args:
        way: for a notebook, or by itself.
    """
    token = {"Authorization": f"token {server.name}-token"}
    async with client_of(server.url, headers=token, timeout=60) as client:
        base = plain(server.url)
        await client.get(f"{base}lab")
        told = {"path": "x.ipynb", "name": "x", "type": "notebook", "kernel": {"name": name}}
        body = told if way == "sessions" else {"name": name}
        return await client.post(f"{base}api/{way}", json=body, headers={"X-XSRFToken": client.cookies["_xsrf"]})


async def refused(server: Any, name: str, way: str = "sessions") -> str:
    """Return what JupyterLab shows where a kernel does not start."""
    answer = await ask(server, name, way)
    assert answer.status_code == 500, answer.text
    assert answer.json().get("traceback", "") == ""
    return str(answer.json()["message"])


async def test_environments_are_offered_as_kernels_with_logos(server: Any) -> None:
    """Beside the ordinary one, for the notebooks of their project."""
    found = await specs(server)

    assert found["python3"]["spec"]["display_name"] == "Python 3 (ipykernel)"
    spec = found["env-stats_2f.venv"]["spec"]
    assert spec["display_name"] == "Python {}.{} (stats/.venv)".format(*sys.version_info)
    assert spec["metadata"]["sardonyx"] == {"project": "stats", "rank": 0}
    assert set(found["env-stats_2f.venv"]["resources"]) >= {"logo-svg", "logo-64x64"}
    async with client_of(server.url, headers={"Authorization": f"token {server.name}-token"}, timeout=30) as client:
        address = plain(server.url) + found["env-stats_2f.venv"]["resources"]["logo-svg"].partition("/projects/")[2]
        assert (await client.get(address)).status_code == 200


async def test_a_kernel_of_a_project_is_debugged_without_a_port(server: Any) -> None:
    """As those of the server's own environment, and twice."""
    async with live_kernel(server.url, "projects-token", "env-stats_2f.venv") as kernel:
        for _ in range(2):
            await switch_on(kernel)
            await break_in(kernel)
            ran = asyncio.create_task(kernel.run(CELL))
            thread = await stopped(kernel)
            ports = listened_on(descendants(server.pid))
            await elsewhere(kernel, "continue", threadId=thread)
            assert (await ran).stdout == "2\n"
            await switch_off(kernel)
            assert ports | listened_on(descendants(server.pid)) == set()


@pytest.mark.parametrize("project", ["stats", "ünï côde", "made-by-uv"])
async def test_a_kernel_runs_in_a_project_without_ipykernel(server: Any, project: str) -> None:
    """It imports what is in the project, and nothing that is only shared; it is reached through sockets, as others."""
    (name,) = [
        each for each, told in (await specs(server)).items() if f"({project}/.venv)" in told["spec"]["display_name"]
    ]

    python, pandas, shell, own, ports = await run(
        server,
        name,
        "import sys; print(sys.executable, sys.prefix)",
        "import pandas",
        "%timeit -n1 -r1 1",
        "import os; print([n for n in os.environ if n.startswith(('SARDONYX_PACK', 'SARDONYX_KERN', 'PIP_', 'UV_'))])",
        "import json, sys; print(json.load(open(sys.argv[2]))['transport'])",
    )

    prefix = server.home / project / ".venv"
    assert python == f"{prefix / 'bin' / 'python'} {prefix}"
    assert pandas == "ModuleNotFoundError: No module named 'pandas'"
    assert "1 loop" in shell
    assert own == "[]"
    assert ports == "ipc"


@pytest.mark.parametrize("project", ["stats", "ünï côde", "made-by-uv"])
@pytest.mark.parametrize("command", ["%pip install", "!pip install"])
async def test_pip_installs_into_the_project(server: Any, project: str, command: str) -> None:
    """Also where no pip is in it; the person's own packages and other projects do not see it."""
    (name,) = [
        each for each, told in (await specs(server)).items() if f"({project}/.venv)" in told["spec"]["display_name"]
    ]
    remove = command.replace("install", "uninstall --yes") + " greeting"

    missing, installed, where, removed = await run(
        server, name, "import greeting", f"{command} {INSTALL} greeting", "import greeting; greeting.main()", remove
    )

    assert missing == "ModuleNotFoundError: No module named 'greeting'"
    assert "Successfully installed greeting-1.0" in installed
    assert where.startswith(f"hello from {server.home / project / '.venv' / 'lib'}")
    assert "Successfully uninstalled greeting-1.0" in removed
    assert await run(server, "python3", "import greeting") == [missing]


async def test_uv_installs_into_the_project(server: Any) -> None:
    """As `!uv pip`, which looks at the variables."""
    uv = shlex.quote(str(Path(sys.executable).with_name("uv")))

    _, where, removed = await run(
        server,
        "env-made-by-uv_2f.venv",
        f"!{uv} pip install --offline {INSTALL} greeting",
        "import greeting; greeting.main()",
        f"!{uv} pip uninstall greeting",
    )

    assert where.startswith(f"hello from {server.home / 'made-by-uv' / '.venv' / 'lib'}")
    assert "Uninstalled" in removed


async def test_a_kernel_of_a_project_has_what_all_kernels_have(forks: Any) -> None:
    """Keys and tools are told by variables; nothing of ours is imported."""
    told = {"AWS_REGION": "x", "MLFLOW_TRACKING_URI": "http://tools/mlflow", "MLFLOW_TRACKING_TOKEN": "t"}
    storage = {
        "SARDONYX_CREDENTIALS_URL": "http://127.0.0.1:9/keys",
        "SARDONYX_S3_ENDPOINT": "http://127.0.0.1:9",
        "SARDONYX_TOKEN_FILE": "/run/sardonyx/token",
    }
    server = forks.start("keys", variables={**told, **storage})
    await terminal(server, "python -m venv --without-pip p/.venv")
    ask = "import json, os, sys; print(json.dumps([dict(os.environ), [n for n in sys.modules if 'sardonyx' in n]]))"

    (ordinary,) = await run(server, "python3", ask)
    (project,) = await run(server, "env-p_2f.venv", ask)

    names = ("AWS_", "MLFLOW_", "DUCKDB_", "RCLONE_", "JUPYTERHUB_", "SPARK_", "HOME")
    (usual, _), (found, imported) = json.loads(ordinary), json.loads(project)
    assert {n: v for n, v in found.items() if n.startswith(names)} == {
        n: v for n, v in usual.items() if n.startswith(names)
    }
    assert found["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == "http://127.0.0.1:9/keys"
    assert imported == []


async def test_an_ipykernel_in_the_environment_is_used_as_it_is(server: Any) -> None:
    """Nothing is put behind it."""
    link = "python -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))' > $(echo own/.venv/lib/*/site-packages)/x.pth"
    await terminal(server, f"python -m venv --without-pip own/.venv && PATH=${{PATH#*:}} {link}")

    (path,) = await run(server, "env-own_2f.venv", "import sys; print(sys.path)")

    assert "own/.venv" in path
    assert "sardonyx/kernels" not in path


async def test_an_ipykernel_that_is_not_all_there_says_what_it_lacks(server: Any) -> None:
    """And leaves no file behind."""
    make = "cd has/.venv/lib/python3.*/site-packages && mkdir ipykernel && touch ipykernel/__init__.py"
    await terminal(server, f"python -m venv --without-pip has/.venv && {make}")

    said = await refused(server, "env-has_2f.venv")

    assert said == (
        "The kernel of has/.venv ended at its start: ModuleNotFoundError: No module named 'ipykernel.kernelapp'."
    )
    files = "import glob, sys; print(set(glob.glob('/run/sardonyx/jupyter/kernel-*.json')) - set(sys.argv))"
    assert await run(server, "python3", files) == ["set()"]


@pytest.mark.parametrize("way", ["sessions", "kernels"])
async def test_a_broken_environment_says_so_where_it_is_started(server: Any, way: str) -> None:
    """In JupyterLab's own dialog, and to programs; without a stack trace."""
    await terminal(server, "python -m venv --without-pip old/.venv; ln -sf /usr/bin/python-gone old/.venv/bin/python")

    assert (await title(server, "env-old_2f.venv")).endswith("(old/.venv, broken)")
    assert (await refused(server, "env-old_2f.venv", way)).startswith(
        "The Python of old/.venv is gone: there is no /usr/bin/python-gone any more. Make it anew"
    )


async def test_an_environment_that_appears_is_offered(server: Any) -> None:
    """While JupyterLab is open; and no more when it is gone."""
    assert "env-new_2f.venv" not in await specs(server)
    await terminal(server, "python -m venv --without-pip new/.venv")
    assert (await title(server, "env-new_2f.venv")).endswith("(new/.venv)")
    await terminal(server, "rm -r new")

    # Jupyter's own answer, with which JupyterLab asks for another kernel.
    assert (await ask(server, "env-new_2f.venv")).status_code == 501


async def test_what_is_half_made_is_made_again_and_what_leads_nowhere_is_cleared(server: Any) -> None:
    """A server may have ended while it linked packages; an upgrade takes the shared environment away."""
    await run(server, "env-stats_2f.venv", "1")
    await terminal(server, HALF_MADE)

    (said,) = await run(server, "env-stats_2f.venv", "import sys; print(len(sys.path[-1]) > 0)")

    assert said == "True"
    (left,) = (server.home / ".local/share/sardonyx/kernels").glob("linked-*")
    assert (left / "needs.json").is_file()


async def test_a_kernel_restarts_in_its_project(server: Any) -> None:
    """And is interrupted as others."""
    async with live_kernel(server.url, f"{server.name}-token", "env-stats_2f.venv", "stats") as kernel:
        await kernel.run("kept = 1")
        await kernel.restart()
        assert (await kernel.run("kept")).error.startswith("NameError")
        assert (await kernel.run("import sys; print(sys.prefix)")).stdout.endswith("stats/.venv\n")


async def test_a_project_of_renv_is_active_in_its_kernel(forks: Any, server: Any) -> None:
    """R is in its folder; the kernel itself need not be in its library."""
    forks.put("projects", "report/renv.lock", "{}")
    forks.put("projects", "report/renv/library/.keep", "")
    forks.put("projects", "report/renv/activate.R", ACTIVATE)
    forks.put("projects", "report/.Rprofile", 'source("renv/activate.R")')
    if "ir" not in await specs(server):
        pytest.skip("there is no R with IRkernel here: sudo apt-get install r-cran-irkernel")

    (said,) = await run(server, "env-report", ASK_R)

    assert said == f"{server.home}/report 42 FALSE library"


async def test_a_project_of_renv_that_cannot_be_made_active_says_why(forks: Any, server: Any) -> None:
    """In R's own words."""
    forks.put("projects", "bad/renv.lock", "{}")
    forks.put("projects", "bad/renv/activate.R", 'stop("failed to find a library\\nfor this project")')
    if "ir" not in await specs(server):
        pytest.skip("there is no R with IRkernel here: sudo apt-get install r-cran-irkernel")

    assert await refused(server, "env-bad") == (
        "The kernel of bad ended at its start: failed to find a library for this project."
    )


def other_python(forks: Any) -> Path:
    """Return a Python of another version than that of servers, which they can read."""
    for folder in (Path("/usr"), *sorted(Path.home().glob(".pyenv/versions/*"), reverse=True)):
        for python in (folder / "bin" / f"python{version}" for version in ("3.14", "3.13", "3.12", "3.10")):
            is_open = forks.is_root or all(above.stat().st_mode & 0o001 for above in python.parents)
            if python.is_file() and is_open and not python.name.endswith("{}.{}".format(*sys.version_info)):
                return python.resolve()
    pytest.skip("there is only one version of Python here that servers can read")


@pytest.mark.parametrize("program", ["uv", "pip"])
async def test_another_version_of_python_gets_what_it_needs(forks: Any, program: str) -> None:
    """By uv where the person has it, else by the server's pip: once."""
    python, uv = other_python(forks), Path(sys.executable).with_name("uv")
    server = forks.start(f"other{program}", variables=NETWORK, readable=[str(python.parents[1]), str(uv)])
    await terminal(server, f"{uv} venv --offline --python {python} p/.venv && mkdir -p .local/bin")
    if program == "uv":
        (own,) = (server.home / ".local/share/sardonyx").glob("python-*/bin")
        await terminal(server, f"ln -s {uv} {own}/uv")

    for _ in range(2):
        version, pandas = await run(
            server, "env-p_2f.venv", "import sys; print('{}.{}'.format(*sys.version_info))", "import pandas"
        )
        assert python.name.endswith(version)
        assert pandas == "ModuleNotFoundError: No module named 'pandas'"
    made = [path.name for path in (server.home / ".local/share/sardonyx/kernels").iterdir()]
    assert len([name for name in made if name.startswith("fetched-cpython-")]) == 1
    assert not [name for name in made if name.startswith(".making-")]


async def test_another_version_of_python_without_a_network_says_what_is_missing(forks: Any) -> None:
    """And what works without."""
    python = other_python(forks)
    with socket.create_server(("127.0.0.1", 0)) as free:
        index = f"http://127.0.0.1:{free.getsockname()[1]}/simple"
    server = forks.start("offline", variables={"PIP_INDEX_URL": index}, readable=[str(python.parents[1])])
    await terminal(server, f"{python} -m venv --without-pip p/.venv")

    said = await refused(server, "env-p_2f.venv")

    assert said.endswith(
        "needs the package ipykernel, which could not be fetched from here: the server's log has the reason. Try again"
        " when the package index can be reached, or make the environment with Python"
        f" {'{}.{}'.format(*sys.version_info)}, for which nothing has to be fetched."
    )
    assert "was not fetched" in server.log.read_text()
