"""The kernels that JupyterLab is offered: the ordinary ones, and those of the person's own environments."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from traitlets import TraitError

from sardonyx_singleuser.environments.environment import Environment, named, python_in
from sardonyx_singleuser.environments.search import Search

PROVISIONER = "sardonyx-environment"
"""The entry point of what starts them."""
START = Path(__file__).with_name("start_kernel.py")
START_R = Path(__file__).with_name("start_renv_kernel.R")
FRESH_S = 5.0
"""JupyterLab asks once a minute, in each of its windows."""


class EnvironmentSpecs(KernelSpecManager):  # type: ignore[misc]  # jupyter_client's is untyped for us
    """See the module; nothing is searched before somebody asks, and the search is in a thread."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._found: list[Environment] = []
        self._searched_at = float("-inf")
        self._searching = asyncio.Lock()

    async def get_all_specs(self) -> dict[str, Any]:
        """Return all kernels; Jupyter Server waits for what has to be waited for."""
        ordinary: dict[str, Any] = super().get_all_specs()
        if self.allowed_kernelspecs:
            # Somebody has said which kernels there may be.
            return ordinary
        folders = self.find_kernel_specs()
        specs = [(each.name, self._spec(each, folders)) for each in await self._search()]
        own = {name: {"resource_dir": spec.resource_dir, "spec": spec.to_dict()} for name, spec in specs if spec}
        return {**own, **ordinary}

    def get_kernel_spec(self, kernel_name: str) -> Any:
        """Return one kernel; one of an environment is found by its name alone, without a search.

        Raises:
            NoSuchKernel: there is none of this name.
        """
        try:
            return super().get_kernel_spec(kernel_name)
        except NoSuchKernel:
            environment = None if self.allowed_kernelspecs else named(kernel_name, _home())
            spec = None if environment is None else self._spec(environment, self.find_kernel_specs())
            if spec is None:
                raise
            return spec

    async def _search(self) -> list[Environment]:
        # However many ask at once.
        async with self._searching:
            if time.monotonic() - self._searched_at > FRESH_S:
                search = Search(_home())
                self._found = await asyncio.to_thread(search.run)
                self._searched_at = time.monotonic()
                if not search.is_whole:
                    self.log.info("Not all of the home was searched for environments: it has too many folders")
        return self._found

    def _spec(self, environment: Environment, folders: Mapping[str, str]) -> Any:
        """Return the kernel of an environment; None = nothing here can run it.

        Args:
            folders: of the ordinary kernels, by name.
        """
        make = partial(
            self.kernel_spec_class,
            display_name=environment.title,
            metadata={
                "debugger": environment.kind != "renv",
                "kernel_provisioner": {"provisioner_name": PROVISIONER, "config": {"place": environment.place}},
                "sardonyx": {"project": self._below_root(environment), "rank": environment.rank},
            },
        )
        if environment.kind != "renv":
            return make(
                argv=[str(python_in(environment.folder)), str(START), "-f", "{connection_file}"],
                language="python",
                resource_dir=folders.get("python3", ""),
            )
        r = self._r(folders)
        if r is None:
            return None
        return make(
            argv=[r.argv[0], "--no-echo", "--no-init-file", f"--file={START_R}", "--args", "{connection_file}"],
            language="R",
            resource_dir=r.resource_dir,
        )

    def _r(self, folders: Mapping[str, str]) -> Any:
        """Return the ordinary kernel of R; None = there is none."""
        for name in folders:
            # What is wrong with one is said where it is listed.
            with suppress(NoSuchKernel, OSError, ValueError, TypeError, TraitError):
                spec = super().get_kernel_spec(name)
                if spec.language == "R" and spec.argv:
                    return spec
        return None

    def _below_root(self, environment: Environment) -> str | None:
        """Return the folder whose notebooks it is for, as JupyterLab calls it; None = it is not below what that shows."""
        if environment.project is None:
            return None
        root = Path(getattr(self.parent, "root_dir", "") or _home()).resolve()
        folder = _home() / environment.project
        if not folder.is_relative_to(root):
            return None
        return "/".join(folder.relative_to(root).parts)


def _home() -> Path:
    return Path.home().resolve()
