"""A real Vault and a real OpenBao for all tests of this folder, and a place for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drawn import KINDS
from support.go_servers import VAULT
from support.ports import free_ports
from support.vault import OPENBAO, VaultServer, running_vault
from support.vault_place import Place


@pytest.fixture(scope="session", params=KINDS["vault"])
def vault(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VaultServer]:
    """A real Vault, and then a real OpenBao, that the tests share."""
    program = VAULT.built() if request.param == "vault" else OPENBAO
    with running_vault(program, tmp_path_factory.mktemp(request.param), free_ports() + 4) as found:
        yield found


@pytest.fixture
def place(tmp_path: Path, vault: VaultServer) -> Iterator[Place]:
    """A place that Vault knows, with a running keys service."""
    found = Place(tmp_path / "place", free_ports(), vault)
    try:
        found.start()
        found.set_up()
        yield found
    finally:
        found.close()
        vault.call("DELETE", "sys/auth/sardonyx")
