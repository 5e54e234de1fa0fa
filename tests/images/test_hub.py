"""What is so in the image of the hub."""

from collections.abc import Iterator

import pytest
from support.containers import Container, running
from support.images import built_image

DATA = "/srv/sardonyx"


@pytest.fixture(scope="module")
def hub() -> Iterator[Container]:
    """One that only waits."""
    with running(built_image("hub"), "sleep", "infinity", folders=[DATA]) as container:
        yield container


def test_it_runs_as_an_ordinary_user(hub: Container) -> None:
    """Its number is that of other hubs, so that their data stays theirs."""
    assert hub.run("id").strip() == "uid=1000(sardonyx) gid=1000(sardonyx) groups=1000(sardonyx)"


def test_it_has_the_hub_and_its_command_line(hub: Container) -> None:
    """Both start without writing anywhere."""
    assert hub.run("sardonyx", "--help").startswith("Usage: sardonyx")
    assert hub.run("python", "-m", "sardonyx_hub_config.hub", "--version").strip().startswith("6.1")


def test_the_proxy_that_it_would_install_is_there_already(hub: Container) -> None:
    """It looks for it by the lock file that came with it."""
    code = "from pathlib import Path; from sardonyx_hub_config.services.proxy_install import is_installed"

    assert hub.python(f"{code}; print(is_installed(Path('/opt/proxy')))") == "True"


def test_its_object_store_is_there(hub: Container) -> None:
    """The one that comes with it."""
    assert "SeaweedFS" in hub.run("weed", "version") or "version" in hub.run("weed", "version")


def test_git_copies_repositories_there_and_gives_them(hub: Container) -> None:
    """Both programs of it: the one that clones over the web, and the one that web servers call."""
    folder = hub.run("git", "--exec-path").strip()

    programs = hub.run("ls", folder).split()

    assert {"git-remote-https", "git-http-backend"} <= set(programs)
