"""What somebody can make here, for programs: pages say it where it is asked."""

from fastapi import APIRouter

from sardonyx_services.people.web.offer_models import OffersShown, ProfileOffered
from sardonyx_services.people.web.parts import Here, Who

api_router = APIRouter(prefix="/api")


@api_router.get("/offers")
def offers(here: Here, who: Who) -> OffersShown:
    """Return whether the caller may make classes and events, and from which profiles."""
    may = who.may_make or who.may_make_events
    return OffersShown(
        may_make_classes=who.may_make,
        may_make_events=who.may_make_events,
        profiles=[ProfileOffered.of(profile) for profile in here.profiles] if may else [],
    )
