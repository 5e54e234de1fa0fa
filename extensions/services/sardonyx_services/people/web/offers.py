"""What servers of classes and events can be here: one of the operator's profiles, with some of its questions settled."""

from collections.abc import Mapping
from typing import Protocol

from sardonyx_services.people.web.errors import RefusedError
from sardonyx_spawner.class_profile import check_answers
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import _
from sardonyx_spawner.material import check_material
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.repository import Material


class Wanted(Protocol):
    """What is wanted of servers: by a class or an event."""

    @property
    def profile(self) -> str:
        """Slug of what they are made from; "" = there are none of its own."""

    @property
    def answers(self) -> Mapping[str, str]:
        """What is settled, by option."""

    @property
    def repositories(self) -> tuple[Material, ...]:
        """The material."""


def checked_answers(bases: Mapping[str, Profile], wanted: Wanted) -> dict[str, str]:
    """Return what is settled, as it is kept.

    Args:
        bases: what can be made here, by slug.

    Raises:
        RefusedError: the servers cannot be so here, or the material is none.
    """
    base = bases.get(wanted.profile)
    if wanted.profile and base is None:
        raise RefusedError(_("Classes cannot be made from “{profile}” here.").format(profile=wanted.profile[:40]))
    try:
        check_material(wanted.repositories, base.repositories if base is not None else ())
        return check_answers(base, wanted.answers) if base is not None else {}
    except UserError as error:
        raise RefusedError(error.message) from error
