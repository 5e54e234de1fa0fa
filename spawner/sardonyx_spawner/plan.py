"""What will be started: decided, complete, and the same for every engine."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from sardonyx_spawner.copy_places import CopyPlace
from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.language import kept
from sardonyx_spawner.repository import Repository

PLAN_VERSION = 1
"""Version of the JSON form that the user side reads; raised when a reader of the old form would go wrong."""


@dataclass(frozen=True)
class ServerPlan:
    """One server, decided: the only thing both engines see.

    Args:
        person: immutable id of the owner.
        base: slug of the operator's profile that decides where and how it runs: a class has one of its own, made from that.
        environment: slug of the environment (one machine), "" when an image is used.
        image: image reference (Kubernetes), "" when an environment is used.
        cpu: cores; None = no limit.
        memory: bytes; None = no limit.
        lifetime_s: seconds from the start to the end; None = no end.
        longest_s: so far can its person prolong that.
        idle_stop_s: seconds without use after which it is stopped, 0 = never; None = as the place has it.
        volumes: of classes and teams, where an engine has such.
        home_size: bytes that its home is to have; None = as many as usual. One that is kept never gets smaller.
        storage_scopes: what its usual keys reach: "home", and the class or event that it is of, such as "class-7mw2kfqd".
        author_name: as whom commits are made.
        language: in which its person is spoken to, such as "fr".
        variables: environment variables for the server; never a secret.
        secrets: environment variable -> where in Vault its value is, as PATH#FIELD.
        tools: names of those that are offered; None = all that are there.
        collaboration: people whom its owner invites can work in it.
        has_vault: its person has secrets in Vault, where there is one; accounts of events have none.
        summary: the plan in one sentence, for logs.
        summaries: language -> the same for people.
    """

    person: str
    profile: str
    title: str
    summary: str
    base: str = ""
    environment: str = ""
    image: str = ""
    cpu: float | None = None
    memory: int | None = None
    gpus: int = 0
    repositories: tuple[Repository, ...] = ()
    volumes: tuple[GroupVolume, ...] = ()
    storage_scopes: tuple[str, ...] = ("home",)
    tools: tuple[str, ...] | None = None
    lifetime_s: int | None = None
    longest_s: int | None = None
    idle_stop_s: int | None = None
    home: Literal["kept", "fresh"] = "kept"
    home_size: int | None = None
    author_name: str = ""
    author_mail: str = ""
    language: str = "en"
    summaries: Mapping[str, str] = field(default_factory=dict, compare=False)
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    collaboration: bool = False
    has_vault: bool = True

    @property
    def said(self) -> str:
        """What will be started, in the language that is spoken."""
        return kept(self.summaries, self.summary)

    def to_json(self, copies: CopyPlace | None = None) -> dict[str, Any]:
        """Return the plan as the JSON object that the user side reads.

        Args:
            copies: of repositories; None = there are none.
        """
        told = asdict(self)
        for repository in told["repositories"]:
            is_mirrored = repository.pop("is_mirrored")
            repository["copy"] = copies.of(repository["url"], self.person) if copies and is_mirrored else ""
        return {"version": PLAN_VERSION, **told}
