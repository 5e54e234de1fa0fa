"""What is told of one start, as JupyterHub's progress events, for whoever listens."""

from typing import Any

from sardonyx_spawner.kube.waiting import Step
from sardonyx_spawner.language import _
from sardonyx_spawner.steps import event_of


class Tale:
    """Grows until the start is through; a step that was just told is not told twice."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.is_heard = False
        self.now = ""
        """The last step that was told, without what its person can do."""

    def tell(self, step: Step | None) -> None:
        """Add a step; None = nothing new."""
        if step is None:
            return
        told = _("{step}. {hint}").format(step=step.said, hint=step.hint) if step.hint else step.said
        if not (self.events and self.events[-1]["message"] == told):
            self.now = step.said
            self.events.append(event_of(told, step.state, len(self.events) + 1))
