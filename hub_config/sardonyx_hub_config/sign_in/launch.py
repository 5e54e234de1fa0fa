"""What a learning platform says in a launch (LTI 1.3), once its signature is found right, and whether to believe it."""

from collections.abc import Mapping
from typing import Any

import jwt
from ltiauthenticator.lti13.error import ValidationError
from ltiauthenticator.lti13.validator import LTI13LaunchValidator

from sardonyx_hub_config.settings.lti import PlatformSettings

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
ALGORITHM = "RS256"
"""The one that every platform has (1EdTech Security Framework 1.0, section 5.1.2)."""

LEEWAY_S = 60
NEEDED = ("iss", "aud", "exp", "iat", "nonce", "sub")


class LaunchRefusedError(Exception):
    """A launch that is not believed; the message is for the log."""


def believed(token: str, key: jwt.PyJWK, platform: PlatformSettings, nonce: str) -> dict[str, Any]:
    """Return the claims of a launch.

    Args:
        token: as the platform sent it.
        key: the platform's, by which it has to be signed.
        nonce: that with which the launch was begun.

    Raises:
        LaunchRefusedError: it is not of this platform, for this place, whole, fresh, or of a wanted deployment.
    """
    checks = LTI13LaunchValidator(time_leeway=LEEWAY_S)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=platform.client_id,
            issuer=platform.issuer,
            leeway=LEEWAY_S,
            options={"require": [*NEEDED]},
        )
        checks.validate_id_token(claims)
        # Its check is of a text in a collection: a client id by itself would be searched for parts.
        checks.validate_azp_claim(claims, {platform.client_id})
    except (jwt.PyJWTError, ValidationError, AttributeError, TypeError) as error:
        raise LaunchRefusedError(str(error) or type(error).__name__) from error
    if claims.get("azp", platform.client_id) != platform.client_id:
        raise LaunchRefusedError("azp is another client")
    if claims["nonce"] != nonce:
        raise LaunchRefusedError("nonce is of another launch")
    if claims[f"{CLAIM}message_type"] != "LtiResourceLinkRequest":
        raise LaunchRefusedError("it does not open a link")
    deployment = claims[f"{CLAIM}deployment_id"]
    if platform.deployment_ids and deployment not in platform.deployment_ids:
        raise LaunchRefusedError(f"deployment {deployment!r} is not in deployment_ids")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise LaunchRefusedError("it does not say who comes")
    return claims


def named(claims: Mapping[str, Any], claim: str) -> object:
    """Return what becomes the person's name; None where the platform does not say it."""
    where, dot, name = claim.partition(".")
    if dot and where in {"ext", "custom"}:
        inner = claims.get(CLAIM + where)
        return inner.get(name) if isinstance(inner, Mapping) else None
    return claims.get(claim)


class Nonces:
    """Remembers launches until they are too old to be accepted by themselves."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def use(self, nonce: str, until: float, now: float) -> bool:
        """Use up a launch; False = it was used before.

        Args:
            until: when it is too old, in seconds since the epoch; so is `now`.
        """
        self._until = {each: end for each, end in self._until.items() if end >= now}
        is_new = nonce not in self._until
        self._until[nonce] = until
        return is_new
