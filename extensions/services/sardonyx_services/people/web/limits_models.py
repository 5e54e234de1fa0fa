"""What the REST API takes of tools and of time, of classes and of events."""

from typing import Annotated

from pydantic import Field

Tool = Annotated[str, Field(max_length=40)]
ToolsWish = Annotated[
    tuple[Tool, ...] | None,
    Field(max_length=40, description="Those of the profile that its servers offer; null: all of them."),
]
IdleStopWish = Annotated[
    str,
    Field(
        max_length=20,
        description="One of its servers that nobody uses for so long is stopped, such as 30m; empty: as the profile says.",
    ),
]
LifetimeWish = Annotated[
    str,
    Field(
        max_length=20,
        description="Its servers run for so long at most, such as 4h; empty: as long as the profile says.",
    ),
]
