"""Language servers are offered where there are some; where there are none, no time goes into saying so."""

import json
from typing import Any

from support.addresses import get

SKIPPED = "Skipped non-installed server(s)"


def sessions(server: Any) -> dict[str, Any]:
    """Return the language servers that JupyterLab is told of."""
    answer = get(f"{server.url}lsp/status", headers={"Authorization": f"token {server.name}-token"}, timeout=30)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text)["sessions"]
    return found


def test_a_language_server_in_a_home_is_offered(forks: Any) -> None:
    """As jupyter_lsp does it anywhere else."""
    forks.put("lsp", "node_modules/bash-language-server/out/cli.js", "")

    assert list(sessions(forks.start("lsp"))) == ["bash-language-server"]


def test_one_that_its_person_has_configured_is_offered_beside_no_other(forks: Any) -> None:
    """Nothing is looked for then, and what was named is there."""
    named = {"argv": ["my-server"], "languages": ["mine"], "version": 2, "mime_types": ["text/mine"]}
    text = f"c.LanguageServerManager.language_servers = {{'mine': {named!r}}}\n"
    forks.put("mylsp", ".jupyter/jupyter_server_config.py", text)

    assert list(sessions(forks.start("mylsp"))) == ["mine"]


def test_nothing_is_looked_for_twice_where_there_is_none(forks: Any) -> None:
    """It would cost each start 20 ms of a processor."""
    server = forks.start("nolsp")

    assert sessions(server) == {}
    assert SKIPPED not in server.log.read_text()
