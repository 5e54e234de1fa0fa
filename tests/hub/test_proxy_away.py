"""JupyterHub's proxy where nothing answers behind it, as while a place is upgraded."""

import subprocess
from collections.abc import Iterator

import httpx
import pytest
from support.ports import free_ports
from support.waiting import soon

from sardonyx_hub_config.services.proxy_install import find_node, install_proxy, proxy_command

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "de, en;q=0.8"}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one whose hub is away."""
    folder = tmp_path_factory.mktemp("proxy")
    install_proxy(find_node(), folder, folder / "npm.log")
    port = free_ports()
    hub = f"http://127.0.0.1:{port + 1}"
    listening = [f"--port={port}", "--ip=127.0.0.1", "--api-ip=127.0.0.1", f"--api-port={port + 2}"]
    command = [
        *proxy_command(find_node(), folder),
        *listening,
        f"--default-target={hub}",
        f"--error-target={hub}/hub/error",
    ]
    with subprocess.Popen(command, env={"CONFIGPROXY_AUTH_TOKEN": "x"}, stdout=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        soon(lambda: httpx.get(url).status_code == 503)
        yield url
        process.terminate()


def test_a_browser_shows_in_words_that_the_place_starts_again(proxy: str) -> None:
    """And looks again by itself."""
    answer = httpx.get(f"{proxy}/hub/spawn-pending/ada", headers=BROWSER)

    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert (answer.headers["cache-control"], answer.headers["retry-after"]) == ("no-store", "3")
    assert "<h1>Back in a moment</h1>" in answer.text
    assert "This place is being started again. Your files are kept. This page looks again by itself." in answer.text
    assert '<meta http-equiv="refresh" content="3">' in answer.text


def test_it_is_said_in_the_language_that_the_browser_names_first_of_ours(proxy: str) -> None:
    """The rest of the place would be, too."""
    answer = httpx.get(f"{proxy}/hub/home", headers={**BROWSER, "Accept-Language": "de, fr-CA;q=0.9, en;q=0.8"})

    assert "<h1>De retour dans un instant</h1>" in answer.text
    assert '<html lang="fr">' in answer.text


def test_who_has_sent_something_reads_that_it_did_not_arrive(proxy: str) -> None:
    """The page does not look again: nobody would send it a second time that way."""
    answer = httpx.post(f"{proxy}/hub/spawn/ada", headers=BROWSER, data={"profile": "python"})

    assert answer.status_code == 503
    assert "what you have just sent did not arrive. Go back, and send it again in a minute." in answer.text
    assert "refresh" not in answer.text


def test_programs_get_the_status_and_no_page(proxy: str) -> None:
    """JupyterLab, and whatever asks the API."""
    answer = httpx.get(f"{proxy}/hub/api/users", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.text) == (503, "Service Unavailable")
