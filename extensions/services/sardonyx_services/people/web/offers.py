"""What servers of classes and events can be here: one of the operator's profiles, or less than that."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from sardonyx_services.people.faults import Faults
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_spawner.class_limits import NO_LIMITS, Limits, changed_limits, within
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

    @property
    def limits(self) -> Limits:
        """What they have of what the profile offers."""


@dataclass(frozen=True)
class Settled:
    """What is settled of servers, as it is kept."""

    answers: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = NO_LIMITS


def checked_servers(bases: Mapping[str, Profile], wanted: Wanted, before: Wanted | None = None) -> Settled:
    """Return what is settled, as it is kept.

    Args:
        bases: what can be made here, by slug.
        before: what was kept until now: who leaves a limit as it was is not refused because the operator's is lower by now.

    Raises:
        RefusedError: the servers cannot be so here, or the material is none.
    """
    base = bases.get(wanted.profile)
    if wanted.profile and base is None:
        raise RefusedError(
            _("Classes cannot be made from “{profile}” here.").format(profile=wanted.profile[:40]), field="profile"
        )
    kept = before.limits if before is not None and before.profile == wanted.profile else NO_LIMITS
    faults, settled = Faults(), Settled()
    with faults.noted(), _refused(field="repositories"):
        check_material(wanted.repositories, base.repositories if base is not None else ())
    if base is not None:
        with faults.noted(), _refused():
            limits = changed_limits(base, kept, wanted.limits)
            settled = Settled(check_answers(within(base, limits), wanted.answers), limits)
    faults.say()
    return settled


@contextmanager
def _refused(field: str = "") -> Iterator[None]:
    try:
        yield
    except UserError as error:
        raise RefusedError(error.message, field=error.field or field) from error
