"""The shipped Python environment with the built user side in it."""

from pathlib import Path

from sardonyx_hub_config.environments import EnvironmentRecipe, make_environment

ROOT = Path(__file__).parents[2]


def built_environment() -> Path:
    """Return its folder; made once for each lock file and wheel."""
    (wheel,) = (ROOT / "build" / "wheels").glob("sardonyx_singleuser-*.whl")
    recipe = EnvironmentRecipe("python", ROOT / "hub_config" / "environments" / "python.lock", (str(wheel),))
    folder = ROOT / "build" / "environments"
    folder.mkdir(exist_ok=True)
    return make_environment(recipe, folder, folder / "python.log")
