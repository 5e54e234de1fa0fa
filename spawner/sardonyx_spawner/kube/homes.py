"""What the volume of a person's home is called. Pure."""

from sardonyx_spawner.kube.place import ClusterPlace


def claim_name(person: str, place: ClusterPlace) -> str:
    """Return the name of the claim for a home: by the person's id, so nobody who gets their name later gets it too."""
    return f"{place.instance}-home-{person}"
