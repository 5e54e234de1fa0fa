"""The `one_machine` section of the settings: what counts where everything runs on one machine."""

from pydantic import Field

from sardonyx_hub_config.section import Section


class OneMachineSettings(Section):
    """What counts where everything runs on one machine."""

    gpus: tuple[str, ...] | None = Field(
        default=None,
        description="Names of the GPUs that servers get, such as nvidia0 or renderD128 (`sardonyx doctor` lists them);"
        " none: all, [] = no GPU.",
    )
    servers_per_gpu: int = Field(
        default=1,
        ge=1,
        le=64,
        description="How many servers may have the same GPU at once. More than 1: they slow each other down, and share"
        " its memory without a limit.",
    )
