"""The volumes of classes and teams on a cluster: deleted with what is theirs in the data store, and only then."""

import logging
from collections.abc import Callable

from sardonyx_services.people.groups import Kind
from sardonyx_services.people.web.errors import RefusedError

log = logging.getLogger(__name__)
Remove = Callable[[Kind, str], None]
"""(kind, id) -> None: deletes the volume of a class or a team, if there is one."""


class VolumeStaysError(RefusedError):
    """The cluster does not delete a volume now: for the log, since nobody asks for that on a page."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The cluster does not delete the volume now. It is tried again.")


def no_volumes(_kind: Kind, _group: str) -> None:
    """Delete nothing: servers of this place are on one machine, where classes and teams have no volumes."""


def volumes_of(instance: str) -> Remove:
    """Return what deletes the volumes of an installation on this cluster; "" = this is none.

    Args:
        instance: name of the installation.
    """
    if not instance:
        return no_volumes
    # On one machine nothing of a cluster is imported.
    from sardonyx_spawner.kube.refusals import AWAY, said_of  # noqa: PLC0415
    from sardonyx_spawner.kube.removal import remove_group_volume  # noqa: PLC0415

    def remove(kind: Kind, group: str) -> None:
        try:
            remove_group_volume(kind, group, instance)
        except AWAY as error:
            log.warning("The volume of %s-%s cannot be deleted yet: %s", kind, group, said_of(error))
            raise VolumeStaysError from error

    return remove
