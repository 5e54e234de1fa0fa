"""A lesson: many join by the link at once, an instructor looks at all of them, and starts everyone's server.

`BENCH_LESSON=100` for another number of people, `BENCH_STARTED=20` for another number of servers.
"""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from support.bench_hubs import BASELINE as SIMPLE
from support.bench_hubs import bench_hub, together
from support.classes import CONF, ask, hub, people_of, token_of
from support.environments import built_environment, vanilla_environment
from support.figures import figure
from support.stack import Stack, running_stack

PEOPLE = int(os.environ.get("BENCH_LESSON", "300"))
STARTED = int(os.environ.get("BENCH_STARTED", "100"))
LOOKS = 20
SETTINGS = """
environments: {{python: {{title: Python, prefix: '{prefix}'}}}}
profiles: {{python: {{title: Python, environment: python}}}}
classes: {{create: everybody}}
"""


def bench_lesson() -> list[dict[str, Any]]:
    """Run a place with a class, and plain JupyterHub for what it does, too."""
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as base:
        folder = Path(base)
        (folder / "conf.d").mkdir()
        (folder / "conf.d" / "bench.py").write_text(CONF)
        (folder / "settings.yaml").write_text(SETTINGS.format(prefix=built_environment()))
        with running_stack(folder / "data", folder / "settings.yaml") as place:
            rows, started = _lesson(place)
    prefix = vanilla_environment()
    with (
        tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as base,
        bench_hub("vanilla", Path(base), prefix) as plain,
    ):
        vanilla = max(asyncio.run(together(plain, STARTED)))
    return [
        *rows,
        figure(f"Start everyone, {STARTED}: all are ready", started, "s", f"{SIMPLE}, as pip installs it", vanilla),
    ]


def _lesson(place: Stack) -> tuple[list[dict[str, Any]], float]:
    names = [f"pupil{number}" for number in range(PEOPLE)]
    with people_of(place) as people:
        for name in ("tia", *names):
            people.add_account(name, "")
    tia = token_of(place, "tia")
    made = ask(place, tia, "POST", "/api/classes", {"title": "Statistics", "profile": "python"}).json()["id"]
    code = ask(place, tia, "PUT", f"/api/classes/{made}/link", {"joining": True}).json()["code"]
    tokens = [token_of(place, name) for name in names]
    join, user = f"{place.url}/services/people/api/join", f"{place.url}/hub/api/user"
    known = asyncio.run(_all_at_once("GET", user, tokens))
    joined = asyncio.run(_all_at_once("POST", join, tokens, {"code": code}))
    rows = [
        figure(f"{PEOPLE} join by the link at once", joined, "s", "the same people ask the hub who they are", known)
    ]
    page = _median(place, f"/services/people/classes/{made}/rows", tia)
    listing = _median(place, "/hub/api/users?limit=200", None)
    rows.append(figure(f"the live page of {PEOPLE}", page * 1000, "ms", "JupyterHub's list of 200", listing * 1000))
    began = time.monotonic()
    ask(place, tia, "POST", f"/api/classes/{made}/start", {"names": names[:STARTED]}).raise_for_status()
    while _ready(place, tia, made) < STARTED:
        time.sleep(0.1)
    return rows, time.monotonic() - began


def _ready(place: Stack, token: str, class_id: str) -> int:
    """Return how many servers run."""
    live = ask(place, token, "GET", f"/api/classes/{class_id}/live").json()
    return sum(row["state"] == "running" for row in live["rows"])


async def _all_at_once(method: str, url: str, tokens: list[str], body: object = None) -> float:
    """Return how long it takes until all have their answer, in seconds."""
    async with httpx.AsyncClient(timeout=600, limits=httpx.Limits(max_connections=None)) as client:
        began = time.monotonic()
        answers = await asyncio.gather(
            *(client.request(method, url, json=body, headers={"Authorization": f"token {token}"}) for token in tokens)
        )
    for answer in answers:
        answer.raise_for_status()
    return time.monotonic() - began


def _median(place: Stack, path: str, token: str | None) -> float:
    """Return how long an answer takes in the middle of some, in seconds; None = the tests' own token."""
    taken = []
    for _ in range(LOOKS):
        began = time.monotonic()
        if token is None:
            hub(place, "GET", path.removeprefix("/hub/api"))
        else:
            ask(place, token, "GET", path.removeprefix("/services/people")).raise_for_status()
        taken.append(time.monotonic() - began)
    return statistics.median(taken)
