"""Who may make classes and events here."""

from dataclasses import dataclass
from pathlib import Path

from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.web.classes.seat import Makers, may_make
from sardonyx_services.people.web.configuration import EventRules


@dataclass(frozen=True)
class MakerRules:
    """What the operator says of that.

    Args:
        classes: who may make classes; administrators always do.
        instructor_groups: groups of a provider whose people are instructors.
        refused: file that is there while their people could start no servers; None = they always could.
    """

    classes: Makers
    instructor_groups: frozenset[str]
    events: EventRules
    refused: Path | None = None

    @property
    def could_start(self) -> bool:
        """Whether people of classes and events could start servers here."""
        return self.refused is None or not self.refused.exists()

    def may_make_classes(self, person: PersonRecord, groups: frozenset[str]) -> bool:
        """Tell whether somebody may make classes.

        Args:
            groups: of them, at their provider.
        """
        is_instructor = person.is_instructor or bool(groups & self.instructor_groups)
        may = may_make(self.classes, is_admin=person.is_admin, is_instructor=is_instructor)
        return may and not person.is_temporary

    def may_make_events(self, person: PersonRecord, groups: frozenset[str]) -> bool:
        """Tell whether somebody may make events; `groups` as above."""
        may = self.events.may_make(is_admin=person.is_admin, is_organiser=person.is_organiser, groups=groups)
        return may and not person.is_temporary
