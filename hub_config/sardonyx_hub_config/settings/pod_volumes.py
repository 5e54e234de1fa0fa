"""What servers' Pods have of their place: volumes that somebody else has made, and certificates to trust."""

import posixpath
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from sardonyx_hub_config.settings.section import Section
from sardonyx_spawner.kube.group_volumes import SHARED
from sardonyx_spawner.kube.manifest import HOME, PLAN_FOLDER, RUN, TOOLS
from sardonyx_spawner.kube.place import Authority, PlaceVolume
from sardonyx_spawner.kube.place_volumes import AUTHORITY_FOLDER

OURS = (HOME, PLAN_FOLDER, RUN, TOOLS, SHARED, AUTHORITY_FOLDER, "/tmp", "/dev", "/proc", "/sys", "/var/run")  # noqa: S108 - of the server alone
"""What a server has there is not covered, nor anything in it."""
OF_IMAGE = frozenset(
    {"/bin", "/boot", "/lib", "/lib64", "/root", "/sbin", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/var"}
)
"""Without these no image starts."""
SEALED = 0o440
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$")]
"""Of a volume, which is part of one that Kubernetes takes."""
ObjectName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
KeyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,253}$")]


def _folder(text: str) -> str:
    if not text.startswith("/") or posixpath.normpath(text) != text or ":" in text:
        raise ValueError(
            f"'{text}' cannot be a folder of servers: write it from / on, without '..' and ':', such as /data"
        )
    if text == "/" or text in OF_IMAGE:
        raise ValueError(f"'{text}' is what an image itself needs. Write another folder, such as /data")
    for ours in OURS:
        if text == ours or text.startswith(f"{ours}/") or ours.startswith(f"{text}/"):
            raise ValueError(
                f"'{text}' would cover {ours}, which servers have already. Write another folder, such as /data"
            )
    return text


class NfsSettings(Section):
    """A folder of an NFS server."""

    server: str = Field(min_length=1, description="Name or address of the server, as nodes reach it.")
    path: str = Field(pattern="^/", description="Its folder.")


class PodVolumeSettings(Section):
    """A volume that somebody else has made, in servers: one of `claim`, `config_map`, `secret` and `nfs`."""

    path: Annotated[str, AfterValidator(_folder)] = Field(description="Where servers have it, such as /data.")
    claim: ObjectName | None = Field(
        default=None,
        description="Name of a PersistentVolumeClaim in the namespace of this place. Servers on many nodes need one that"
        " can do ReadWriteMany or ReadOnlyMany.",
    )
    config_map: ObjectName | None = Field(default=None, description="Name of a ConfigMap; each key is a file.")
    secret: ObjectName | None = Field(
        default=None, description="Name of a Secret; each key is a file, which everybody in such a server reads."
    )
    nfs: NfsSettings | None = Field(
        default=None,
        description="A folder of an NFS server, where the namespace lets Pods have one: at the level restricted it does"
        " not, and a claim of such a volume is the way.",
    )
    read_only: bool = Field(default=True, description="false: servers write there, too; with claim and nfs only.")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        kinds = [name for name in ("claim", "config_map", "secret", "nfs") if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise ValueError(
                f"names {' and '.join(kinds) or 'nothing'} as what it is. Write one of claim, config_map, secret and nfs"
            )
        if not self.read_only and kinds[0] in {"config_map", "secret"}:
            raise ValueError(f"read_only: false goes with claim and nfs; nobody writes into a {kinds[0]}")
        return self

    def volume(self, name: str) -> PlaceVolume:
        """Return the same in the words of the spawner."""
        # Of a volume that is read-only as a whole Kubernetes leaves the files' group as it is, and nodes share a disk.
        shut: dict[str, Any] = {"readOnly": True} if self.read_only else {}
        source: Mapping[str, Any]
        if self.claim is not None:
            source = {"persistentVolumeClaim": {"claimName": self.claim, **shut}}
        elif self.nfs is not None:
            source = {"nfs": {"server": self.nfs.server, "path": self.nfs.path, **shut}}
        elif self.config_map is not None:
            source = {"configMap": {"name": self.config_map}}
        else:
            source = {"secret": {"secretName": self.secret, "defaultMode": SEALED}}
        is_data = self.claim is not None or self.nfs is not None
        return PlaceVolume(name, self.path, source, is_read_only=self.read_only, is_data=is_data)


class AuthoritySettings(Section):
    """Certificates that a place trusts beside those of its images, such as those of a company's own authority."""

    config_map: ObjectName = Field(description="Name of a ConfigMap in the namespace of this place.")
    key: KeyName = Field(default="ca.crt", description="Key of it with one certificate or several, as text (PEM).")

    def authority(self) -> Authority:
        """Return the same in the words of the spawner."""
        return Authority(self.config_map, self.key)


def _apart(found: dict[str, PodVolumeSettings]) -> dict[str, PodVolumeSettings]:
    paths = [each.path for each in found.values()]
    if twice := sorted({path for path in paths if paths.count(path) > 1}):
        raise ValueError(f"two volumes are to be in {twice[0]}. Write another path for one of them")
    return found


PodVolumes = Annotated[dict[Name, PodVolumeSettings], AfterValidator(_apart)]


def over(
    everywhere: Mapping[str, PodVolumeSettings], own: Mapping[str, PodVolumeSettings]
) -> dict[str, PodVolumeSettings]:
    """Return those of a profile and of all servers: one of the same name, or in the same folder, takes the place of another."""
    taken = {each.path for each in own.values()}
    return {name: each for name, each in everywhere.items() if each.path not in taken} | dict(own)
