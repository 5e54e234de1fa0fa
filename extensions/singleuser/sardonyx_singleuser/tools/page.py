"""The page that stands where a tool's own will be: how far its start is, or why it failed."""

from sardonyx_singleuser.pages import template
from sardonyx_singleuser.tools.process import Process, State


def progress_page(process: Process, status: str, server: str) -> str:
    """Return the page, which asks at `status` and becomes the tool's when that is ready.

    Args:
        server: where JupyterLab is.
    """
    return template("process.html").render(
        title=process.title,
        has_failed=process.state is State.FAILED,
        is_stopped=process.state is State.STOPPED,
        problem=process.problem,
        last_words=process.last_words,
        status=status,
        server=server,
    )
