"""Somebody who has shown who they are, in whichever way."""

from dataclasses import dataclass

from sardonyx_services.people.records import PersonRecord


@dataclass(frozen=True)
class Proven:
    """Somebody who has shown who they are in another way than with a password; never made from a request's data."""

    person: PersonRecord
