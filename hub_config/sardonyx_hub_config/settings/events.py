"""The `events` section of the settings: who may make events, and how large."""

from typing import Literal

from pydantic import Field

from sardonyx_hub_config.settings.quotas import QuotasSettings
from sardonyx_hub_config.settings.section import Section
from sardonyx_services.people.event_details import MOST_SIGN_INS, USUAL_SIGN_INS
from sardonyx_services.people.web.configuration import EventRules


class EventSettings(Section):
    """Events, for which organisers hand out accounts by themselves."""

    create: Literal["administrators", "organisers"] = Field(
        default="organisers",
        description="Who may make events; administrators always do, organisers are made by `sardonyx user organiser`."
        " Whoever makes one lets people in who are not known here, with servers of the profiles for classes.",
    )
    organiser_groups: frozenset[str] = Field(
        default=frozenset(), description="People in one of these groups of their provider are organisers, too."
    )
    most_accounts: int = Field(default=200, ge=1, le=5000, description="Accounts that one event has at most.")
    longest_days: int = Field(default=14, ge=1, le=365, description="Days that an event lasts at most.")
    most_sign_ins: int = Field(
        default=USUAL_SIGN_INS,
        ge=1,
        le=MOST_SIGN_INS,
        description="How often one code of an event lets somebody in at most; organisers choose within that.",
    )
    keep_accounts: bool = Field(
        default=False,
        description="Organisers may make a lasting account of one of their event, with all that is in it.",
    )


def event_faults(events: EventSettings, *, has_local_accounts: bool) -> list[tuple[tuple[str, ...], str]]:
    """Return what is wrong with events here, as (path, message) pairs."""
    if events.keep_accounts and not has_local_accounts:
        return [
            (
                ("events", "keep_accounts"),
                "makes accounts that sign in with a password, which sign_in.local.enabled does not allow here.",
            )
        ]
    return []


def event_rules(events: EventSettings, quotas: QuotasSettings) -> EventRules:
    """Return what events can be here."""
    stored = quotas.stored()
    return EventRules(
        makers=events.create,
        maker_groups=events.organiser_groups,
        most_accounts=events.most_accounts,
        longest_days=events.longest_days,
        most_sign_ins=events.most_sign_ins,
        most_storage=stored.of_event,
        storage_of=stored.events,
        keep_accounts=events.keep_accounts,
    )
