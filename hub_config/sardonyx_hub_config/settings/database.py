"""The section `database` of the settings."""

from pydantic import Field

from sardonyx_hub_config.settings.secret_refs import SecretRef
from sardonyx_hub_config.settings.section import Section


class DatabaseSettings(Section):
    """Where the hub's tables and the people are."""

    url: SecretRef | None = Field(
        default=None,
        description="Address of a database of PostgreSQL, postgresql://NAME:PASSWORD@HOST/DATABASE, as {file: …} or {env: …};"
        " none: files of SQLite in the data folder.",
    )
