"""What the doctor and a look at a cluster say of the tools that profiles name: which are missing, and how to get them."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from sardonyx_hub_config.engines.kinds import kinds_of
from sardonyx_hub_config.tools.recipes import RECIPES
from sardonyx_spawner.language import together
from sardonyx_spawner.profiles import Profile

RSTUDIO = "rserver"


def choose_image(tools: Sequence[str]) -> str:
    """Return what to do for servers on Kubernetes that should have tools and do not: some are additions to our images."""
    setting = "with environments.NAME.image in the settings: docs/how-to/make-your-own-image.md."
    additions = [name for name in RECIPES if name in tools]
    if not additions:
        return f"choose an image that has them, {setting}"
    return (
        f'build one that has {together(additions)}, such as with make images ARGS="python+{"+".join(additions)}", or choose'
        f" another one, {setting}"
    )


def look_at_tools(profiles: Sequence[Profile], tools: Path) -> Iterator[tuple[bool, str]]:
    """Yield whether all is well, and what there is to say; nothing where no profile names a tool.

    What comes with an environment, such as TensorBoard, is not looked for.

    Args:
        profiles: that are offered on this machine.
        tools: folder with what was installed for servers.
    """
    programs = {name: recipe.program for name, recipe in RECIPES.items()} | {"rstudio": RSTUDIO}
    named = [name for name in programs if any(name in (profile.tools or ()) for profile in profiles)]
    there = [name for name in named if (tools / name / "bin" / programs[name]).exists() or shutil.which(programs[name])]
    if there:
        yield True, f"{together(there)} {'is' if len(there) == 1 else 'are'} there"
    for name in named:
        if name not in there:
            remedy = f"Install it with: sardonyx tools install {name}" if name in RECIPES else "Install RStudio Server."
            who = together([f"“{profile.title}”" for profile in profiles if name in (profile.tools or ())])
            yield False, f"{who} should have {name}, which is not on this machine. {remedy}"


def look_at_image_tools(profiles: Sequence[Profile]) -> Iterator[str]:
    """Yield what images have to bring, for each profile that names tools: nobody sees into an image from here.

    Args:
        profiles: with the images that they run from.
    """
    for profile in profiles:
        if profile.tools:
            images = dict.fromkeys(server.plan.image for server in kinds_of(profile, ("image",)))
            yield (
                f"“{profile.title}” should have {together(profile.tools)}, which its servers have if they are in"
                f" {together([*images])}. Where not: {choose_image(profile.tools)}"
            )
