"""Puts the data store into a server, where there is one."""

from collections.abc import Mapping

from sardonyx_singleuser import contract
from sardonyx_singleuser.keys_service import KeysError, KeysService
from sardonyx_singleuser.storage.changes import Changes
from sardonyx_singleuser.storage.files import Files
from sardonyx_singleuser.storage.keyring import Keyring
from sardonyx_singleuser.storage.reach import Reach
from sardonyx_singleuser.storage.sharing import Sharing
from sardonyx_singleuser.storage.store import Store


def given(variables: Mapping[str, str]) -> Reach | None:
    """Return how the store is reached; None = there is none.

    Args:
        variables: of the server.
    """
    try:
        service = KeysService.found(variables)
        endpoint, bucket = variables["AWS_ENDPOINT_URL"], variables[contract.S3_BUCKET]
    except (KeysError, KeyError):
        return None
    store = Store(endpoint, variables.get("AWS_REGION", "us-east-1"), bucket, _certificates(variables))
    return Reach(Keyring(service), store)


def _certificates(variables: Mapping[str, str]) -> str | None:
    return next(filter(None, map(variables.get, ("AWS_CA_BUNDLE", "SSL_CERT_FILE"))), None)


def files_of(reach: Reach) -> tuple[Files, Changes, Sharing]:
    """Return what handlers need of it."""
    files = Files(reach)
    return files, Changes(reach, files), Sharing(reach.keyring, files)
