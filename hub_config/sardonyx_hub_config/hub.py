"""JupyterHub, with one addition: it says when everything a person needs is ready."""

import asyncio
import json
import os
import sys
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.services import service
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from traitlets import Callable, Dict, Unicode

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.pages.language_handlers import in_their_language
from sardonyx_hub_config.pages.unrouted import with_unrouted
from sardonyx_hub_config.pages.written_down import written_down
from sardonyx_hub_config.services.process import ServiceProcess
from sardonyx_hub_config.sign_in.next_page import kept_below
from sardonyx_hub_config.terminal import say
from sardonyx_services.listening import bound
from sardonyx_spawner.open_files import take_enough

POLL_S = 0.2
PATIENCE_S = 60.0


class SardonyxHub(JupyterHub):  # type: ignore[misc]  # JupyterHub is untyped
    """The hub process of Sardonyx; `sardonyx up` becomes it."""

    name = "jupyterhub"
    credentials_health_url = Unicode(help="Address that answers 200 when keys for data can be had.").tag(config=True)
    log_folder = Unicode("the log folder", help="Where the logs are, for messages.").tag(config=True)
    shown_url = Unicode(help="The address that people open, printed when all is ready.").tag(config=True)

    tidy_up = Callable(
        None, allow_none=True, help="() -> None: clears away what crashed hubs have left; before anybody can start."
    ).tag(config=True)

    warm_up = Callable(None, allow_none=True, help="() -> awaitable: makes ready what the first server needs.").tag(
        config=True
    )

    beside = Callable(None, allow_none=True, help="(JupyterHub) -> awaitable: goes on for as long as it does.").tag(
        config=True
    )

    cool_down = Callable(
        None, allow_none=True, help="() -> awaitable: ends what servers needed, when the hub stops."
    ).tag(config=True)

    handlers: list[tuple[Any, ...]]

    kept_ports = Dict(help="Name of a service -> its port, which the hub keeps while the service is away.").tag(
        config=True
    )
    kept_address = Unicode("127.0.0.1", help="Address of these ports; empty: all.").tag(config=True)

    async def initialize(self, *args: Any, **kwargs: Any) -> None:
        """Read the configuration; what an operator can mend in it is said in a sentence."""
        try:
            await super().initialize(*args, **kwargs)
            self._keep_ports()
        except OperatorError as error:
            sys.stderr.write(f"Sardonyx: {error}\n")
            # At once and without JupyterHub's own ending: nothing was started, and it would show a trace.
            sys.stderr.flush()
            os._exit(1)

    def _keep_ports(self) -> None:
        for name, port in self.kept_ports.items():
            try:
                ServiceProcess.kept[name] = bound(port, self.kept_address)
            except OSError as error:
                raise OperatorError(
                    f"port {port} on 127.0.0.1, for {name}, cannot be used: {os.strerror(error.errno or 0)}."
                    " Stop the program that has it, and start again."
                ) from error

    def init_handlers(self) -> None:
        """Let every page and answer be in the language of who asks, and what is done with what is another's be written down.

        Under a path, none leads to others' pages.
        """
        super().init_handlers()
        self.handlers = [
            (path, written_down(in_their_language(handler)), *more)
            for path, handler, *more in with_unrouted(self.handlers)
        ]
        if self.base_url != "/":
            self.handlers = [(path, kept_below(handler), *rest) for path, handler, *rest in self.handlers]

    async def start(self) -> None:
        """Start hub, proxy and services, then tell the operator."""
        service._ServiceSpawner = ServiceProcess  # noqa: SLF001 - see there
        if self.tidy_up is not None:
            await asyncio.to_thread(self.tidy_up)
        await super().start()
        self._tasks = [asyncio.create_task(self.announce()), asyncio.create_task(self.authenticator.owed.run())]
        if self.beside is not None:
            self._tasks.append(asyncio.create_task(self.beside(self)))

    async def cleanup(self) -> None:
        """Stop what the hub started; JupyterHub stops one service after the other, and finds them all stopped."""
        managed = [each for each in self._service_map.values() if each.managed]
        await asyncio.gather(*(each.stop() for each in managed), return_exceptions=True)
        await super().cleanup()
        if self.cool_down is not None:
            await self.cool_down()

    async def announce(self) -> None:
        """Print the address when keys for data can be had; say what is missing if that takes long."""
        problem = await wait_for_health(self.credentials_health_url, PATIENCE_S)
        if problem:
            say(
                f"Not everything works: {problem} People can sign in, but their data is out of reach. See {self.log_folder}."
            )
        say(f"Sardonyx is ready: {self.shown_url}")
        link = self.authenticator.first_administrator_link(self.shown_url)
        if link:
            say(f"Sign in as the first administrator, once, within 24 hours: {link}")
        if self.warm_up is not None:
            await self.warm_up()


async def wait_for_health(url: str, patience_s: float) -> str:
    """Wait until a health address answers 200; return "" then, else the last reason why not."""
    if not url:
        return ""
    client = AsyncHTTPClient()
    problem = ""
    for _ in range(int(patience_s / POLL_S)):
        try:
            await client.fetch(url, request_timeout=2)
        except HTTPClientError as error:
            problem = _reason(error.response.body if error.response else b"")
        except OSError:
            problem = "The keys service does not answer."
        else:
            return ""
        await asyncio.sleep(POLL_S)
    return problem


def _reason(body: bytes) -> str:
    try:
        answer: Any = json.loads(body)
    except ValueError:
        return "The keys service answers in a way that is not understood."
    message = answer.get("message") if isinstance(answer, dict) else None
    return str(message or "The keys service is not ready.")


if __name__ == "__main__":
    take_enough()
    SardonyxHub.launch_instance()
