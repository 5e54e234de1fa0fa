"""The values of the Helm chart about the PostgreSQL that it can bring."""

from pydantic import Field

from sardonyx_hub_config.chart.parts import Image, LoneComponent, OptionalSecretKey, Resources, Storage

BOTH = (
    "postgresql.enabled is true, and the settings have a section 'database', too. Take it out of them, or write"
    " postgresql.enabled: false."
)
"""What is said of values with two databases; the chart says the same."""


class PostgresqlInside(LoneComponent):
    """A PostgreSQL beside the hub, for a small place without one of its own."""

    enabled: bool = Field(default=False, description="Whether there is one.")
    image: Image = Field(default=Image(repository="sardonyx/postgresql"), description="Its image.")
    storage: Storage = Field(default=Storage(size="5Gi"), description="Its volume.")
    password: OptionalSecretKey = Field(
        default=OptionalSecretKey(key="password"),
        description="What the hub signs in with, of letters, digits and . _ ~ -; without a Secret of yours it is made once and kept.",
    )
    resources: Resources = Field(
        default=Resources(requests={"cpu": "50m", "memory": "128Mi"}, limits={"memory": "512Mi"}),
        description="What it is given, and what it may take.",
    )
