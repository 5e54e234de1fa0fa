"""What events can be at this place: within the rules of its operator, and with servers that there are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sardonyx_services.people.event_checks import check_event
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.faults import Faults
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.offers import Settled, checked_servers
from sardonyx_spawner.amounts import say_memory
from sardonyx_spawner.language import _, ngettext
from sardonyx_spawner.profiles import Profile


class EventChecks:
    """Knows what an event can be.

    Args:
        bases: what servers of events can be made from, by slug.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(self, bases: Mapping[str, Profile], rules: EventRules, clock: Callable[[], datetime]) -> None:
        self._bases, self._rules, self._clock = bases, rules, clock

    def settled(
        self, details: EventDetails, faults: Faults, before: EventDetails | None = None, *, has_teams: bool
    ) -> EventDetails:
        """Return an event as it is kept, and note what is wrong with it."""
        with faults.noted():
            self._check_sign_ins(details.sign_ins)
        with faults.noted():
            check_event(details)
        if not faults.is_of("begins", "ends", "zone"):
            with faults.noted():
                check_duration(details, self._clock(), self._rules.longest_days)
        if not details.profile:
            faults.add(RefusedError(_("Choose what the servers of the event are."), field="profile"))
            return details
        if details.team_servers and details.profile in self._bases:
            with faults.noted():
                _check_team_servers(self._bases[details.profile], has_teams=has_teams)
        settled = faults.tried(partial(checked_servers, self._bases, details, before), Settled())
        return replace(details, answers=settled.answers, limits=settled.limits)

    def _check_sign_ins(self, wanted: int) -> None:
        most = self._rules.most_sign_ins
        if not 1 <= wanted <= most:
            said = ngettext(
                "A code lets people in once here.",
                "A code lets people in at least once, and {count} times at most here.",
                most,
            )
            raise RefusedError(said.format(count=most), field="sign_ins")

    def check_storage(self, details: EventDetails, event: str = "") -> None:
        """Make sure that an event can have so much in the data store.

        Args:
            event: its id; "" = it is a new one.

        Raises:
            RefusedError: it cannot.
        """
        try:
            wanted, most = details.storage_bytes, self._rules.room_of(event)
        except ValueError:
            # It is no amount, which is said already.
            return
        if wanted is None:
            return
        if most is None:
            raise RefusedError(
                _(
                    "What events have in the data store is not limited here. Say nothing, or ask the people who run this place."
                ),
                field="storage",
            )
        if wanted > most:
            said = _("An event has {most} in the data store at most here.").format(most=say_memory(most))
            raise RefusedError(said, field="storage")


def check_duration(details: EventDetails, now: datetime, longest_days: int) -> None:
    """Make sure that an event is not over already, and not longer than events are here.

    Raises:
        RefusedError: it is.
    """
    if details.ends <= now:
        raise RefusedError(_("The end of the event is over already. Look at its day and time."), field="ends")
    if details.ends - details.begins > timedelta(days=longest_days):
        said = ngettext(
            "An event lasts {count} day at most here.", "An event lasts {count} days at most here.", longest_days
        )
        raise RefusedError(said.format(count=longest_days), field="ends")


def _check_team_servers(base: Profile, *, has_teams: bool) -> None:
    if not base.collaboration:
        said = _("In servers of “{profile}” nobody can work together, so a team has no server. Choose another profile.")
        raise RefusedError(said.format(profile=base.title), field="team_servers")
    if not has_teams:
        said = _("This event has no teams that could work in one server. Make accounts with teams first.")
        raise RefusedError(said, field="team_servers")
