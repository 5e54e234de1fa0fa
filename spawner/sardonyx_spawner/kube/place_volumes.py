"""What servers have of their place: volumes that somebody else has made, and certificates to trust. Pure.

Source: Kubernetes API reference, Volume v1, VolumeMount v1.
"""

from typing import Any

from sardonyx_spawner.kube.place import ClusterPlace

AUTHORITY, AUTHORITY_FOLDER = "authority", "/etc/sardonyx-authority"
AUTHORITY_FILE = f"{AUTHORITY_FOLDER}/ca.crt"


def place_volumes(place: ClusterPlace) -> list[dict[str, Any]]:
    """Return the volumes of a Pod; their names are none of our own."""
    found = [{"name": f"place-{each.name}", **each.source} for each in place.volumes]
    if place.authority is not None:
        items = [{"key": place.authority.key, "path": AUTHORITY_FILE.rpartition("/")[2]}]
        found.append({"name": AUTHORITY, "configMap": {"name": place.authority.config_map, "items": items}})
    return found


def place_mounts(place: ClusterPlace) -> list[dict[str, Any]]:
    """Return where its container has them."""
    found: list[dict[str, Any]] = [
        {"name": f"place-{each.name}", "mountPath": each.path, **({"readOnly": True} if each.is_read_only else {})}
        for each in place.volumes
    ]
    if place.authority is not None:
        found.append({"name": AUTHORITY, "mountPath": AUTHORITY_FOLDER, "readOnly": True})
    return found


def place_folders(place: ClusterPlace) -> list[str]:
    """Return the folders to which homes have a way."""
    return [each.path for each in place.volumes if each.is_data]
