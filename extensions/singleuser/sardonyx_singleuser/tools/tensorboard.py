"""TensorBoard, from the server's environment, for what stands in the folder `runs` or in another one with event files."""

from pathlib import Path

from sardonyx_singleuser.language import N_
from sardonyx_singleuser.tools.tool import Place, Start, Tool, program

RUNNER = Path(__file__).parent / "runners" / "tensorboard_server.py"
USUAL = ("runs", "logs", "lightning_logs", "tensorboard")
"""Folders into which libraries write by themselves."""


def _start(tensorboard: str, place: Place) -> Start:
    python = Path(tensorboard).with_name("python")
    logs = next((place.folder / name for name in USUAL if (place.folder / name).is_dir()), place.folder)
    return Start((str(python), str(RUNNER), str(logs), str(place.socket), place.prefix), place.folder)


TENSORBOARD = Tool(
    name="tensorboard",
    title="TensorBoard",
    description=N_("Curves of your training runs"),
    find=program("tensorboard", "tensorboard"),
    start=_start,
    icon="M3 18c3.500 0 4-12 7-12s2.500 8 5 8 2-4 6-4M3 21h18",
    how_to_get=N_("Install it in a terminal, with: pip install tensorboard"),
    is_for_persons=True,
    keeps_prefix=True,
)
