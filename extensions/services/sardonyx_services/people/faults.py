"""All that is wrong with what somebody wrote, so that it is said at once and at its fields."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from sardonyx_services.people.errors import PeopleError
from sardonyx_spawner.language import SaidError, in_a_row

Found = TypeVar("Found")


class FaultsError(PeopleError):
    """Several things are wrong: each of `faults` has its own message and field."""

    def __init__(self, faults: Iterable[SaidError]) -> None:
        self.faults = tuple(faults)
        super().__init__(in_a_row([each.message for each in self.faults]), field=self.faults[0].field)


def faults_of(error: SaidError) -> tuple[SaidError, ...]:
    """Return what an error says, one by one."""
    return error.faults if isinstance(error, FaultsError) else (error,)


def said_at(error: SaidError, fields: Container[str]) -> Mapping[str, str]:
    """Return what an error says, by the id of the field of a form that it is said at; what is of none of them alone at "".

    Args:
        fields: those that the form has; all of its repositories are `material`.
    """
    said: dict[str, list[str]] = {}
    for fault in faults_of(error):
        at = fault.field if fault.field in fields else "material" if fault.field == "repositories" else ""
        said.setdefault(at, []).append(fault.message)
    return {at: in_a_row(messages) for at, messages in said.items()}


class Faults:
    """Collects them. Of a field, the first one counts: what is found after it may be wrong only because of that."""

    def __init__(self, found: Iterable[SaidError] = ()) -> None:
        self.found: list[SaidError] = []
        for each in found:
            self.add(each)

    def add(self, error: SaidError) -> None:
        """Take what an error says."""
        for each in faults_of(error):
            if not each.field or not self.is_of(each.field):
                self.found.append(each)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Take what is said within, and go on."""
        try:
            yield
        except SaidError as error:
            self.add(error)

    def tried(self, do: Callable[[], Found], otherwise: Found) -> Found:
        """Return what is done, or what stands in its place, once it is taken what is said against it."""
        try:
            return do()
        except SaidError as error:
            self.add(error)
            return otherwise

    def is_of(self, *fields: str) -> bool:
        """Tell whether something is wrong with one of these fields."""
        return any(each.field in fields for each in self.found)

    def say(self) -> None:
        """Raise what was found, if there is any.

        Raises:
            SaidError: the one that was found; of several, `FaultsError`.
        """
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise FaultsError(self.found)
