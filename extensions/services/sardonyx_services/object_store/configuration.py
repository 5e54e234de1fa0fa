"""What the object store is told, in one JSON file."""

from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from sardonyx_services.private_file import write_private


class ObjectStoreConfiguration(BaseModel):
    """Where the store keeps its files, and where it is reached.

    Args:
        folder: the store's own folder; nobody else reads it.
        port: of the S3 endpoint on 127.0.0.1.
        issuer: address of the credentials service, as its tokens name it.
        issuer_socket: unix socket on which that service answers too: the store has no other network.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ROLE: ClassVar[str] = "arn:aws:iam::role/sardonyx"
    """The only role; a session policy narrows it to one person."""
    AUDIENCE: ClassVar[str] = "s3"

    folder: Path
    port: int
    bucket: str
    region: str
    issuer: str
    issuer_socket: Path
    log: Path
    without_namespaces: bool = False

    def write(self, path: Path) -> None:
        """Write the file for the service, for its owner only."""
        write_private(path, self.model_dump_json(indent=1))

    @property
    def socket(self) -> Path:
        """The store's S3 socket."""
        return self.folder / "sock" / "s3.sock"
