"""Language servers are offered where there are some; where there are none, no time goes into saying so."""

import json
from typing import Any

from support.addresses import get


def status(server: Any) -> Any:
    """Return what JupyterLab is told of language servers; a number if nobody answers."""
    answer = get(f"{server.url}lsp/status", headers={"Authorization": f"token {server.name}-token"}, timeout=30)
    return list(json.loads(answer.text)["sessions"]) if answer.status_code == 200 else answer.status_code


def loaded(server: Any) -> set[str]:
    """Return the extensions of a server, by its log."""
    lines = server.log.read_text().splitlines()
    return {line.split("] ")[1].split(" | ")[0] for line in lines if "extension was successfully loaded" in line}


def test_a_language_server_in_a_home_is_offered(forks: Any) -> None:
    """As jupyter_lsp does it anywhere else."""
    forks.put("lsp", "node_modules/bash-language-server/out/cli.js", "")

    assert status(forks.start("lsp")) == ["bash-language-server"]


def test_one_that_its_person_has_configured_is_offered(forks: Any) -> None:
    """Whoever has settings of their own has all extensions."""
    named = {"argv": ["my-server"], "languages": ["mine"], "version": 2, "mime_types": ["text/mine"]}
    text = f"c.LanguageServerManager.language_servers = {{'mine': {named!r}}}\n"
    forks.put("mylsp", ".jupyter/jupyter_server_config.py", text)

    server = forks.start("mylsp")

    assert status(server) == ["mine"]
    assert {"jupyter_lsp", "notebook_shim"} <= loaded(server)


def test_extensions_with_nothing_to_do_are_left_out(forks: Any) -> None:
    """They would cost each start a tenth of its time; so would those that the first request for them loads."""
    server = forks.start("nolsp")

    assert status(server) == 404
    assert loaded(server) == {"jupyter_server_terminals", "jupyterhub", "jupyterlab"}


def test_the_proxy_is_loaded_by_the_first_request_for_it(forks: Any) -> None:
    """JupyterLab's, when it opens, or one for a program of the person's, of which there is none here."""
    headers = {"Authorization": "token proxied-token"}
    opened, asked = forks.start("proxied"), forks.start("proxied")

    told = get(f"{opened.url}server-proxy/servers-info", headers=headers, timeout=30)
    nobody = get(f"{asked.url}proxy/1/", headers=headers, timeout=30)

    assert json.loads(told.text) == {"server_processes": []}
    # Without it the address would not be known: 404.
    assert nobody.status_code == 500
