"""One learning platform: its keys, and its people here."""

import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.settings.lti import PlatformSettings
from sardonyx_hub_config.sign_in.course import opened
from sardonyx_hub_config.sign_in.launch import LEEWAY_S, LaunchRefusedError, Nonces, believed, named
from sardonyx_hub_config.sign_in.oidc import mail_of, text_of
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.courses import Arrival
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import NameRefusedError, provider_name
from sardonyx_spawner.language import _

PATIENCE_S = 10
KEYS_LAST_S = 3600
ASK_AGAIN_S = 30
"""A key that is not known is asked for so often at most: anybody can send a launch that names one."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Launched:
    """Somebody who came by a launch.

    Args:
        arrival: what becomes of them in the class of the course; None = the link is in no course.
    """

    person: PersonRecord
    arrival: Arrival | None


class Platform:
    """Checks launches of one platform, and says who comes by them."""

    def __init__(self, slug: str, settings: PlatformSettings, people: PeopleStore) -> None:
        self.slug, self.settings, self.people = slug, settings, people
        self._nonces = Nonces()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked = float("-inf")

    async def launched(self, token: str, nonce: str) -> Launched:
        """Return who comes by a launch; make them at their first, and let them into the class of the course.

        Args:
            token: as the platform sent it.
            nonce: that with which this browser began the launch.

        Raises:
            SaidError: it is not believed or was used before, the keys cannot be had, or the person cannot be here.
        """
        try:
            claims = self._accepted(token, await self._key(token), nonce)
            course = opened(claims, self.slug)
        except LaunchRefusedError as error:
            log.warning("A launch from %s was refused: %s", self.slug, error)
            raise SaidError(
                403,
                _("What {site} says of you cannot be accepted. Open the link there again.").format(
                    site=self.settings.title
                ),
            ) from error
        try:
            person = self._person(claims)
            arrival = self.people.courses.arrive(course, person.id, datetime.now(UTC)) if course else None
        except (NameRefusedError, PeopleError) as error:
            raise SaidError(403, error.message) from error
        if course and arrival and arrival.did:
            self.people.actions.add(
                OPERATOR, f"{arrival.did}-course", arrival.group, whom=(person.id,), detail=course.role or ""
            )
        return Launched(person, arrival)

    def _person(self, claims: dict[str, Any]) -> PersonRecord:
        name = provider_name(named(claims, self.settings.username_claim))
        return self.people.signed_in(
            f"lti:{self.slug}",
            claims["sub"],
            name,
            full_name=text_of(claims.get("name")),
            mail=mail_of(claims.get("email")),
        )

    def _accepted(self, token: str, key: jwt.PyJWK, nonce: str) -> dict[str, Any]:
        claims = believed(token, key, self.settings, nonce)
        if not self._nonces.use(nonce, float(claims["exp"]) + LEEWAY_S, time.time()):
            raise LaunchRefusedError("it was used before")
        return claims

    async def _key(self, token: str) -> jwt.PyJWK:
        try:
            wanted = jwt.get_unverified_header(token).get("kid", "")
        except jwt.PyJWTError as error:
            raise LaunchRefusedError(str(error)) from error
        age = time.monotonic() - self._asked
        if age > KEYS_LAST_S or (wanted not in self._keys and age > ASK_AGAIN_S):
            self._keys = await self._fetched()
            self._asked = time.monotonic()
        if wanted not in self._keys:
            raise LaunchRefusedError("it is signed with a key that the platform does not have")
        return self._keys[wanted]

    async def _fetched(self) -> dict[str, jwt.PyJWK]:
        try:
            answer = await AsyncHTTPClient().fetch(self.settings.key_set_url, request_timeout=PATIENCE_S)
            found: Any = json.loads(answer.body)
            return {key.key_id: key for key in jwt.PyJWKSet.from_dict(found).keys if key.key_id}
        except (HTTPClientError, OSError, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
            log.error("The keys of %s at %s cannot be had: %s", self.slug, self.settings.key_set_url, error)  # noqa: TRY400 - the reason is enough
            raise SaidError(
                503,
                _(
                    "The keys of {site} cannot be had now. Try again in a minute, or tell the people who run this place."
                ).format(site=self.settings.title),
            ) from error
