"""Pages that stand where a tool's own will be: how far its start is or why it failed, and which Spark sessions run."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sardonyx_singleuser.pages import template
from sardonyx_singleuser.tools.process import Process, State
from sardonyx_singleuser.tools.spark_sessions import Session


def progress_page(process: Process, status: str, server: str, problem: str = "") -> str:
    """Return the page, which asks at `status` and becomes the tool's when that is ready.

    Args:
        server: where JupyterLab is.
        problem: what is wrong with the answer of a tool that runs; then the page stays until somebody wants another one.
    """
    return template("process.html").render(
        title=process.title,
        has_failed=process.state is State.FAILED,
        is_stopped=process.state is State.STOPPED,
        is_silent=process.is_up,
        waits=not problem,
        problem=problem or process.problem,
        last_words=process.last_words,
        status=status,
        server=server,
    )


def sessions_page(running: Sequence[Session], base: str, server: str, *, is_gone: bool, lacks_s3: bool) -> str:
    """Return the list of the Spark sessions of a server.

    Args:
        base: where it is, with a slash at its end; a session's pages are below.
        server: where JupyterLab is.
        is_gone: somebody wanted the pages of a session that runs no longer.
        lacks_s3: Spark here has no part for S3.
    """
    sessions = [
        {"name": each.name, "id": each.id, "started": datetime.fromtimestamp(each.started, UTC)} for each in running
    ]
    return template("sessions.html").render(
        sessions=sessions, base=base, server=server, is_gone=is_gone, lacks_s3=lacks_s3
    )
