"""What is going to be installed: the settings, and the values of the chart beside them. Pure."""

from dataclasses import dataclass
from importlib.metadata import version

from sardonyx_hub_config.chart.parts import Image
from sardonyx_hub_config.chart.values import ChartValues
from sardonyx_hub_config.engines.images import with_images
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.profiles import Profile


@dataclass(frozen=True)
class Installation:
    """The chart with its values.

    Args:
        is_told: the operator's own values are known; else those of the chart count.
    """

    settings: Settings
    values: ChartValues
    is_told: bool = False

    @property
    def place(self) -> ClusterPlace:
        """Where servers run."""
        return self.settings.pods("sardonyx")

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """What is offered there.

        Raises:
            OperatorError: one has no image.
        """
        return tuple(
            with_images(profile.profile(slug), self.settings) for slug, profile in self.settings.profiles.items()
        )

    @property
    def hub_image(self) -> str:
        """The image of hub, services and proxy."""
        return _reference(self.values.image)

    @property
    def part_images(self) -> dict[str, str]:
        """The image of each Pod of the chart that is always there: by the name of its section."""
        own = {"postgresql": self.values.postgresql.image}
        return {name: _reference(own.get(name, self.values.image)) for name in self.values.parts}

    @property
    def images(self) -> tuple[str, ...]:
        """All images that nodes fetch, each once."""
        return tuple(dict.fromkeys((*self.part_images.values(), *self.server_images)))

    @property
    def server_images(self) -> tuple[str, ...]:
        """The images on the nodes of servers: theirs, and what the chart puts beside them."""
        values = self.values
        given = [
            gives.image
            for profile in self.profiles
            for gives in (profile.gives, *(choice.gives for option in profile.options for choice in option.choices))
        ]
        more = [*values.pre_puller.images] if values.pre_puller.enabled else []
        if values.pre_puller.enabled or values.scheduling.placeholders.replicas:
            more.append(values.pause.image)
        return tuple(dict.fromkeys(image for image in (*given, *more) if image))

    @property
    def hub_pull_secrets(self) -> tuple[str, ...]:
        """Names of the Secrets with which nodes fetch the image of the hub."""
        return tuple(str(secret.get("name", "")) for secret in self.values.image_pull_secrets)


def _reference(image: Image) -> str:
    if image.digest:
        return f"{image.repository}@{image.digest}"
    # The chart has the version of the hub: a test compares them.
    return f"{image.repository}:{image.tag or version('sardonyx-hub')}"
