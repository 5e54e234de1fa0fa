"""The `profiles` section of the settings: what an operator writes, and the profiles it becomes."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from sardonyx_hub_config.settings.implied import implied_by
from sardonyx_hub_config.settings.pods import ProfilePodSettings
from sardonyx_hub_config.settings.repositories import Address, Branch, RepositorySettings
from sardonyx_hub_config.settings.secret_paths import OURS as OF_VAULT
from sardonyx_hub_config.settings.secret_paths import SecretPath
from sardonyx_hub_config.settings.section import Duration, Memory, Pattern, Section, Slug
from sardonyx_spawner.amounts import duration_seconds, memory_bytes, number
from sardonyx_spawner.language import _
from sardonyx_spawner.profiles import NEVER, NUMBERS, OPTION_NAMES, Allowed, Gives, Option, Profile

Icon = Literal["python", "r", "spark", "class", "code", "gpu"]
OptionName = Literal[
    "environment", "image", "size", "cpu", "memory", "gpus", "repository", "branch", "lifetime", "home"
]

TITLES = {
    "environment": _("Environment"), "image": _("Image"), "size": _("Size"), "cpu": _("Cores"), "memory": _("Memory"), "gpus": _("GPUs"),
    "repository": _("Repository"), "branch": _("Branch"), "lifetime": _("For how long?"), "home": _("Files"),
}  # fmt: skip
"""The question that each option asks where the settings give it no title; said in the language of who reads it."""

OURS = ("JUPYTERHUB_", "SARDONYX_", "AWS_")
"""Beginnings of variables that Sardonyx sets itself."""


def _path(text: str) -> str:
    if text and not text.startswith("/"):
        raise ValueError("write a path on the server, such as /lab")
    return text


class GivesSettings(Section):
    """What a profile or a choice gives to the server."""

    cpu: float | None = Field(default=None, gt=0, le=1024, allow_inf_nan=False, description="Cores.")
    memory: Memory | None = Field(default=None, description="Memory, such as 2G.")
    gpus: int | None = Field(default=None, ge=0, le=64, description="Number of GPUs.")
    lifetime: Duration | None = Field(default=None, description="Time from start to end, such as 4h.")
    idle_stop: Duration | Literal["never"] | None = Field(
        default=None,
        description="A server that nobody uses for so long is stopped, or never; none: as servers.idle_stop says.",
    )
    environment: str | None = Field(default=None, description="Slug of an environment (one machine).")
    image: str | None = Field(default=None, min_length=1, description="Image reference (Kubernetes).")
    repository: Address | None = Field(
        default=None, description="Address of a git repository that is found in the home."
    )
    branch: Branch | None = Field(default=None, description="Branch of it.")
    home: Literal["kept", "fresh"] | None = Field(
        default=None, description="kept: the person's files; fresh: an empty folder, thrown away."
    )
    home_size: Memory | None = Field(
        default=None,
        description="Room for its files, such as 20G; none: as the place has it. On Kubernetes a kept home that is smaller"
        " grows to it, and stays so. On one machine of fresh homes in memory only: one_machine.home_limit is for kept ones.",
    )

    def gives(self, **implied: Any) -> Gives:
        """Return the same in the words of the planner; `implied` is what counts where the settings say nothing."""
        said = {name: getattr(self, name) for name in GivesSettings.model_fields if getattr(self, name) is not None}
        given = {**implied, **said}
        lifetime, memory, home = (given.pop(name, None) for name in ("lifetime", "memory", "home_size"))
        idle = given.pop("idle_stop", None)
        return Gives(
            **given,
            memory=memory_bytes(memory) if memory else None,
            home_size=memory_bytes(home) if home else None,
            lifetime_s=duration_seconds(lifetime) if lifetime else None,
            idle_stop_s=NEVER if idle == "never" else duration_seconds(idle) if idle else None,
        )


class ChoiceSettings(GivesSettings):
    """One value that an option allows, and what it gives."""

    title: str = Field(min_length=1, max_length=80, description="What people read.")
    description: str = Field(default="", max_length=300, description="One line more.")
    order: int = Field(default=0, description="Smaller comes first; equal ones keep the order of the file.")
    groups: frozenset[str] = Field(
        default=frozenset(), description="Only people in one of these groups see it; empty: everybody."
    )

    def allowed(self, option: str, slug: str) -> Allowed:
        """Return the same in the words of the form; where it gives nothing, its name may say it all."""
        return Allowed(slug, self.title, self.description, self.gives(**implied_by(option, slug)), self.groups)


class OptionSettings(Section):
    """A question of a profile: choices, or limits of a number, or a pattern for text."""

    title: str = Field(default="", max_length=80, description="The question; each option has a usual one.")
    description: str = Field(default="", max_length=300, description="A hint under the question.")
    order: int = Field(default=0, description="Smaller comes first; equal ones have an order of their own.")
    choices: dict[Slug, ChoiceSettings] = Field(default_factory=dict, description="Allowed values by slug.")
    default: str | float | None = Field(
        default=None, description="The answer of who gives none; without it the first choice, or the smallest number."
    )
    minimum: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        description="Smallest number (cpu: cores, memory: GB, gpus: GPUs); without it one step, for gpus 0.",
    )
    maximum: float | None = Field(default=None, ge=0, allow_inf_nan=False, description="Largest number.")
    step: float = Field(default=1, gt=0, allow_inf_nan=False, description="Numbers go up by so much.")
    pattern: Pattern = Field(
        default="",
        description="Regular expression that a text must match in full. "
        "Never repeat what already repeats, as in (a+)+: it may take for ever on some text.",
    )
    groups: frozenset[str] = Field(
        default=frozenset(),
        description="Only people in one of these groups are asked, for others the default counts; empty: everybody.",
    )
    shown_when: dict[OptionName, frozenset[str]] = Field(
        default_factory=dict, description="Asked only while these options have one of these values."
    )

    def smallest(self, name: str) -> float:
        """Return the smallest number that may be answered."""
        if self.minimum is not None:
            return self.minimum
        return 0 if name == "gpus" else min(self.step, self.maximum or self.step)

    def usual(self) -> str:
        """Return the default as text."""
        return number(self.default) if isinstance(self.default, int | float) else self.default or ""

    def option(self, name: str) -> Option:
        """Return the same in the words of the form."""
        choices = sorted(self.choices.items(), key=lambda item: item[1].order)
        is_number = name in NUMBERS and not choices
        return Option(
            name=name,
            title=self.title or TITLES[name],
            description=self.description,
            choices=tuple(choice.allowed(name, slug) for slug, choice in choices),
            default=self.usual() or (number(self.smallest(name)) if is_number else ""),
            minimum=self.smallest(name),
            maximum=self.maximum or 0,
            step=self.step,
            pattern=self.pattern,
            groups=self.groups,
            shown_when={str(other): values for other, values in self.shown_when.items()},
        )


class When(Section):
    """What has to be on the machine for a profile to be offered."""

    program: str | None = Field(
        default=None, description="Offered only where this program is on the machine, such as Rscript."
    )


class ProfileSettings(GivesSettings):
    """A kind of server that people may start."""

    title: str = Field(min_length=1, max_length=80, description="What people read.")
    description: str = Field(default="", max_length=300, description="One line under the title.")
    icon: Icon = Field(default="code", description="The picture on its card.")
    order: int = Field(default=0, description="Smaller comes first.")
    groups: frozenset[str] = Field(
        default=frozenset(), description="Only people in one of these groups see it; empty: everybody."
    )
    when: When = Field(default=When(), description="What has to be on the machine.")
    default_url: Annotated[str, AfterValidator(_path)] = Field(
        default="", description="The page it opens with, such as /lab."
    )
    options: dict[OptionName, OptionSettings] = Field(default_factory=dict, description="The questions of its form.")
    longest_lifetime: Duration | None = Field(
        default=None,
        description="So far may people prolong the lifetime of a server that runs;"
        " without it to the longest lifetime that they could have chosen.",
    )
    repositories: dict[Slug, RepositorySettings] = Field(
        default_factory=dict,
        description="Repositories that its servers have in the home, by name; JupyterLab opens in the first.",
    )
    variables: dict[str, str] = Field(
        default_factory=dict, description="Environment variables of its servers; never a secret."
    )
    secrets: dict[str, SecretPath] = Field(
        default_factory=dict,
        description="Environment variables of its servers that are read from Vault at their start, as PATH#FIELD;"
        " `users/me/` is each person's own place.",
    )
    tools: list[Slug] | None = Field(
        default=None,
        max_length=20,
        description="The tools that its servers offer beside JupyterLab: vscode, rstudio, mlflow, tensorboard, spark, and those"
        " of `tools`; without it all that are there. []: none.",
    )
    collaboration: bool = Field(
        default=False,
        description="People can work together in its servers, at the same time, once the owner of a server has invited them.",
    )

    kubernetes: ProfilePodSettings = Field(
        default=ProfilePodSettings(),
        description="What its Pods have beside, or in place of, what the section kubernetes says (Kubernetes).",
    )

    @model_validator(mode="after")
    def _variables_are_free_names(self) -> "ProfileSettings":
        for name in (*self.variables, *self.secrets):
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                raise ValueError(
                    f"'{name}' cannot be the name of an environment variable: write letters, digits and underscores"
                )
            if name.startswith(OURS) or (name in self.secrets and name.startswith(OF_VAULT)):
                raise ValueError(f"the variable '{name}' is set by Sardonyx itself: take it out")
        return self

    def profile(self, slug: str) -> Profile:
        """Return the same in the words of the form, each question after those that it depends on."""
        options = {str(name): settings.option(name) for name, settings in self.options.items()}
        orders = {str(name): settings.order for name, settings in self.options.items()}
        return Profile(
            slug=slug,
            title=self.title,
            description=self.description,
            icon=self.icon,
            order=self.order,
            groups=self.groups,
            gives=self.gives(),
            options=tuple(options[name] for name in _in_order(options, orders)),
            default_url=self.default_url,
            longest_s=duration_seconds(self.longest_lifetime) if self.longest_lifetime else None,
            repositories=tuple(repository.repository(name) for name, repository in self.repositories.items()),
            variables=self.variables,
            secrets=self.secrets,
            tools=None if self.tools is None else tuple(dict.fromkeys(self.tools)),
            collaboration=self.collaboration,
        )


def _in_order(options: Mapping[str, Option], orders: Mapping[str, int]) -> list[str]:
    ordered: list[str] = []
    waiting = sorted(options, key=lambda name: (orders[name], OPTION_NAMES.index(name)))
    while waiting:
        ready = [n for n in waiting if all(o in ordered or o not in options for o in options[n].shown_when)] or waiting
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return ordered
