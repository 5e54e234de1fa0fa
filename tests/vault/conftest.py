"""A real Vault for all tests of this folder, and a place for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.ports import free_ports
from support.vault import VaultServer, running_vault
from support.vault_place import Place


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VaultServer]:
    """A real Vault that the tests share."""
    with running_vault(tmp_path_factory.mktemp("vault"), free_ports() + 4) as found:
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
