"""What the answers of a store mean, in sentences that say who has to do what."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from botocore.exceptions import ClientError

from sardonyx_services.credentials.errors import BadRequestError, CredentialsError, UnavailableError
from sardonyx_spawner.language import _

CLOCK_TOLERANCE_S = 60
NO_STORE = _(
    "What answers at the address of the data store is not one, or not in order."
    " The people who run this place have to look at it."
)
NOT_TRUSTED = _(
    "The certificate of the data store is not one that this place trusts, so nothing is sent there."
    " The people who run this place have to look at it."
)
NO_STS = _(
    "The data store gives no keys that end: there is no STS at its address."
    " The people who run this place have to correct the address of its STS, or use another store."
)
NO_SUCH_STATUS = (404, 405, 501)
NO_SUCH_CALL = ("NotImplemented", "InvalidAction", "MethodNotAllowed", "UnknownOperationException")
"""What a store says that does not know a call."""
DENIED = ("AccessDenied", "AccessDeniedException")
"""What a store says that knows who asks, and does not let them; anything else may be about clock, key or signature."""


def code_of(error: ClientError) -> str:
    """Return the store's own word for what is wrong; "" = it has none."""
    # S3 wraps it once less than STS, and some stores answer so on both.
    found: dict[str, object] = {**error.response}
    inner = found.get("Error")
    code = (inner if isinstance(inner, dict) and inner.get("Code") else found).get("Code")
    return str(code or "")


def status_of(error: ClientError) -> int:
    """Return the HTTP status of an answer; 0 = it had none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_no_sts(status: int, body: bytes) -> bool:
    """Tell whether an answer, none in the form of AWS, comes from something that has no STS."""
    return status in NO_SUCH_STATUS and b"<Code>" not in body


def refused(error: ClientError) -> CredentialsError:
    """Return what a store's STS means that gives no keys."""
    code = code_of(error)
    if "MaxSessionDuration" in str(error):
        # AWS gives a role's keys one hour unless its administrator allows more.
        return BadRequestError(
            _(
                "The data store gives no keys that live so long. Choose a shorter life; the people who run this place can allow more."
            )
        )
    if code in NO_SUCH_CALL or status_of(error) in NO_SUCH_STATUS:
        return UnavailableError(NO_STS)
    if code == "PackedPolicyTooLarge":
        return UnavailableError(
            _(
                "The data store finds the list of what these keys may reach too long. Ask for a shorter “prefix”;"
                " if you asked for none, tell the people who run this place."
            )
        )
    if code == "MalformedPolicyDocument":
        return UnavailableError(
            _(
                "The data store does not understand the rules that keep keys to their own places, so it gives none."
                " The people who run this place find its reason in the log, and may have to use another store."
            )
        )
    return UnavailableError(
        _clock(error)
        or _("The data store refuses to give keys. The people who run this place find the reason in the log.")
    )


def of_own_place(error: ClientError) -> str:
    """Return what it means when keys do not do in their own place what they may."""
    if said := _clock(error):
        return said
    match code_of(error):
        case "NoSuchBucket":
            return _(
                "The data store has no bucket of this place's name. The people who run this place have to make it."
            )
        case code if code in DENIED:
            return _(
                "The data store gives keys that do not reach their own place."
                " The people who run this place have to give the role, or the key that assumes it, rights in the bucket."
            )
    return _("The data store does not answer as it should yet. Try again in a minute.")


def clock_off(date: str) -> float:
    """Return by how many seconds a server's clock is ahead of ours, from its Date header; 0 if it says nothing."""
    try:
        return (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return 0.0


def _clock(error: ClientError) -> str:
    off_s = clock_off(error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", ""))
    if abs(off_s) <= CLOCK_TOLERANCE_S:
        return ""
    if off_s > 0:
        text = _(
            "The clock of the data store is {count} seconds ahead, so it refuses new keys."
            " The people who run this place have to set it."
        )
    else:
        text = _(
            "The clock of the data store is {count} seconds behind, so it refuses new keys."
            " The people who run this place have to set it."
        )
    return text.format(count=f"{abs(off_s):.0f}")
