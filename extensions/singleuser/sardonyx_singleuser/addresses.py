"""Puts what is ours into a server: tools, apps and what JupyterLab asks, behind its sign-in."""

import asyncio
import re
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jupyter_server.base.handlers import APIHandler, utcnow
from tornado.ioloop import PeriodicCallback

from sardonyx_singleuser import contract
from sardonyx_singleuser.extensions_handler import ExtensionsHandler
from sardonyx_singleuser.git.pull_handlers import PullHandler, PullPageHandler
from sardonyx_singleuser.home_space import HomeSpace
from sardonyx_singleuser.lazy_extensions import call_when_asked
from sardonyx_singleuser.plan import Plan
from sardonyx_singleuser.presence import count_persons_only
from sardonyx_singleuser.preview.handlers import PREVIEWS, PreviewHandler
from sardonyx_singleuser.preview.previews import Previews
from sardonyx_singleuser.resources import Meter, whole
from sardonyx_singleuser.resources_handler import END, METER, SPACE, KeepHandler, ResourcesHandler
from sardonyx_singleuser.server_end import ServerEnd
from sardonyx_singleuser.storage.given import files_of, given
from sardonyx_singleuser.storage.handlers import HANDLERS, STORAGE
from sardonyx_singleuser.storage.reach import Reach
from sardonyx_singleuser.tools.handlers import (
    AppHandler,
    AppsHandler,
    PersonHandler,
    ProcessHandler,
    ToolsHandler,
)
from sardonyx_singleuser.tools.own import own_tools
from sardonyx_singleuser.tools.passing import PageHandler
from sardonyx_singleuser.tools.person import ScriptHandler
from sardonyx_singleuser.tools.registry import TOOLS
from sardonyx_singleuser.tools.shelf import Shelf
from sardonyx_singleuser.tools.spark_handler import SESSIONS, SparkHandler, sessions_of
from sardonyx_singleuser.tools.tool import SHELF
from sardonyx_singleuser.visits import VISITS, Visits
from sardonyx_singleuser.visits_handler import VisitsHandler
from sardonyx_singleuser.word import WORDS, Words
from sardonyx_singleuser.word_handler import WordHandler
from sardonyx_singleuser.work import LOOK_S, Work, used_by_own_processes

WORKED = "sardonyx-work"
"""Our entry in Jupyter Server's list of what was used when."""
NAME = r"([A-Za-z0-9_-]+)"


def add_addresses(server: Any, variables: Mapping[str, str], plan: Plan) -> None:
    """Add them to a Jupyter server."""
    prefix = server.web_app.settings["base_url"]
    # A name may have a point in it.
    base = re.escape(prefix)
    home = Path(server.root_dir)
    first = unquote(variables.get("JUPYTERHUB_DEFAULT_URL", "").removeprefix("/lab/tree/"))
    folder = home / first if first and (home / first).is_dir() else home
    tools = {name: tool for name, tool in {**TOOLS, **own_tools(variables)}.items() if plan.offers(name)}
    server.web_app.settings[SHELF] = Shelf(home, folder, prefix, variables, sys.executable, tools, plan.environment)
    server.web_app.settings[METER] = Meter(variables)
    server.web_app.settings[SPACE] = HomeSpace(Path.home(), whole(variables.get(contract.HOME_SIZE)))
    server.web_app.settings[END] = ServerEnd(plan.lifetime_s, variables, is_fresh=plan.is_fresh)
    server.web_app.settings[SESSIONS] = sessions_of(variables)
    server.web_app.settings[WORDS] = Words(home, plan.repositories, asyncio.Lock())
    server.web_app.settings[VISITS] = Visits(server.identity_provider.hub_auth, variables["JUPYTERHUB_USER"])
    reach = given(variables)
    server.web_app.settings[PREVIEWS] = Previews(), reach
    if reach is not None:
        server.web_app.settings[STORAGE] = files_of(reach)
        call_when_asked(server, "sardonyx/api/storage/hand-in(|/.*)", partial(_add_hand_in, server, reach, home))
    server.web_app.add_handlers(
        ".*",
        [
            (rf"{base}tools/spark(|/.*)", SparkHandler),
            (rf"{base}(tools|apps)/{NAME}(|/.*)", PageHandler),
            (rf"{base}sardonyx/api/processes/(tools|apps)/{NAME}", ProcessHandler),
            (rf"{base}sardonyx/api/processes/(tools|apps)/{NAME}/person", PersonHandler),
            (rf"{base}sardonyx/person\.js", ScriptHandler),
            (rf"{base}sardonyx/api/resources", ResourcesHandler),
            (rf"{base}sardonyx/api/keep", KeepHandler),
            (rf"{base}sardonyx/api/extensions", ExtensionsHandler),
            (rf"{base}sardonyx/api/word", WordHandler),
            (rf"{base}sardonyx/api/visits", VisitsHandler),
            (rf"{base}sardonyx/api/tools", ToolsHandler),
            (rf"{base}sardonyx/api/apps", AppsHandler),
            (rf"{base}sardonyx/api/apps/{NAME}", AppHandler),
            (rf"{base}git-pull", PullPageHandler),
            (rf"{base}sardonyx/api/git-pull", PullHandler),
            (rf"{base}sardonyx/api/storage/preview", PreviewHandler),
            *((rf"{base}sardonyx/api/storage/{name}", handler) for name, handler in HANDLERS if reach is not None),
        ],
    )


def _add_hand_in(server: Any, reach: Reach, home: Path) -> None:
    # Only students need it, some minutes a week.
    from sardonyx_singleuser.storage.hand_in_handlers import add_hand_in  # noqa: PLC0415

    add_hand_in(server, reach, home)


def watch_use(server: Any, variables: Mapping[str, str]) -> None:
    """Let JupyterHub know when a server is used, by a person or by work; called when its loop runs."""
    idle_stop = variables.get(contract.IDLE_STOP, "")
    every_s = min(LOOK_S, int(idle_stop) / 4) if idle_stop.isdigit() else LOOK_S

    def states() -> list[str]:
        return [str(kernel["execution_state"]) for kernel in server.kernel_manager.list_kernels()]

    def tell() -> None:
        server.web_app.settings.setdefault("last_activity_times", {})[WORKED] = utcnow()

    count_persons_only(APIHandler, server.web_app.settings["base_url"])
    PeriodicCallback(Work(states, tell, used_by_own_processes).look, every_s * 1000).start()
