"""Why a start failed, kept for whoever looks after a class: the same on every engine."""

from asyncio import CancelledError
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sardonyx_spawner.language import Said
from sardonyx_spawner.spawner import StartRefusedError
from sardonyx_spawner.troubles import TROUBLES, Key


@contextmanager
def noted(server: Key, profile: str, *, too_slow: Callable[[], Said], unknown: Callable[[], Said]) -> Iterator[None]:
    """Remember why the start in the block failed, until the next one begins.

    Args:
        server: its person and name.
        profile: slug of what it is.
        too_slow: says what is known of a start that JupyterHub gave up, because it took longer than it may.
        unknown: says that nobody knows what went wrong.
    """
    TROUBLES.forget(server)
    try:
        yield
    except StartRefusedError as error:
        TROUBLES.note(server, error.jupyterhub_message, profile, is_end=True)
        raise
    except CancelledError:
        TROUBLES.note(server, too_slow(), profile, is_end=True)
        raise
    except Exception:
        TROUBLES.note(server, unknown(), profile, is_end=True)
        raise
