"""The folder `conf.d`: what an operator sets in JupyterHub beyond the settings."""

import traceback
from typing import Any
from urllib.parse import urlsplit

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.addresses import slashed
from sardonyx_hub_config.settings.whole import Settings


def run_conf_d(c: Any, settings: Settings) -> None:
    """Run the operator's own files, in the order of their names.

    Raises:
        OperatorError: a file is wrong, with the line.
    """
    for path in sorted(settings.conf_d.glob("*.py")):
        try:
            exec(compile(path.read_text(), str(path), "exec"), {"c": c, "settings": settings, "__file__": str(path)})  # noqa: S102 - the operator's own code, run on purpose
        except Exception as error:
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
            line = frames[-1].lineno if frames else getattr(error, "lineno", 0)
            raise OperatorError(
                f"{path}, line {line}: {type(error).__name__}: {error}. Correct this file, or move it away."
            ) from error


def refuse_another_path(c: Any, settings: Settings) -> None:
    """Refuse another path than the settings': addresses of pages, sign-in links and keys are made from those.

    Raises:
        OperatorError: one of those files has set one.
    """
    ours = settings.web.path
    base_url, path = c.JupyterHub.get("base_url", ours), urlsplit(str(c.JupyterHub.bind_url)).path
    for name, value in (("base_url", base_url), ("bind_url", path)):
        if slashed(value) != ours:
            raise OperatorError(
                f"c.JupyterHub.{name} in a file of conf.d puts this place under the path {value or '/'}, and the settings under"
                f" {ours}. Take the line out, and set the path with the address that people type: 'public_url' under 'web'."
            )
