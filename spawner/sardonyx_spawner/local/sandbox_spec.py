"""A sandbox as the fork server takes it; `sardonyx_singleuser.sandbox.layout.Sandbox` is the other side."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SandboxSpec:
    """The sandbox of one server; the fields mean what they mean there."""

    home: str
    plan: str
    name: str
    user: int | None
    hidden: tuple[str, ...]
    readable: tuple[str, ...]
    home_bytes: int
    tmp_bytes: int
    processes: int
    process_bytes: int
    cgroups: tuple[str, ...]
    dev: str
    devices: tuple[str, ...]
