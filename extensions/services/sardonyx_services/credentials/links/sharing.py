"""Makes links, says what one opens now, and takes them back."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError

from sardonyx_services.credentials.access import utc
from sardonyx_services.credentials.audit import LINK_ENDED, LINK_MADE, LINK_OPENED, Issued
from sardonyx_services.credentials.broker import AUDIENCE, Broker
from sardonyx_services.credentials.configuration import LinksConfiguration
from sardonyx_services.credentials.errors import BadRequestError, CredentialsError, NotAllowedError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.links.file_access import FileAccess
from sardonyx_services.credentials.links.shareable import check_key, check_life, file_policy, membership_for
from sardonyx_services.credentials.revocation import Person
from sardonyx_services.links.token import TOKEN, new_token, token_hash
from sardonyx_services.people.errors import AwayError, PeopleError
from sardonyx_services.people.shared_links import SharedLink, SharedLinks
from sardonyx_spawner.language import _

log = logging.getLogger(__name__)
WRITTEN_EVERY_S = 2.0


@dataclass(frozen=True)
class Sharer:
    """Who shares a file now.

    Args:
        shown: how the page of a link calls them.
    """

    person: Person
    name: str
    shown: str


class UnknownLinkError(CredentialsError):
    """There is no such link, or it was taken back: the answer is the same."""

    def __init__(self) -> None:
        super().__init__("Unknown", _("There is no such link, or it was taken back."), 404)


class EndedLinkError(CredentialsError):
    """Its time is over."""

    def __init__(self, ends: datetime) -> None:
        super().__init__("Ended", _("This link has ended at {time}.").format(time=utc(ends)), 410)


class NotSharedError(CredentialsError):
    """Who shared the file does not reach it any more."""

    def __init__(self) -> None:
        super().__init__("NotShared", _("This file is not shared any more."), 410)


class Sharing:
    """The links of this place.

    Args:
        sharer: returns who has an id, unless they were removed.
        prefix: path below which links are opened, with a slash at its end.
        written: is told of what belongs into the audit log.
    """

    def __init__(
        self,
        links: SharedLinks,
        access: FileAccess,
        broker: Broker,
        *,
        sharer: Callable[[str], Sharer | None],
        limits: LinksConfiguration,
        written: Callable[[Issued], None],
        bucket: str,
        prefix: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._links, self._access, self._broker, self._sharer = links, access, broker, sharer
        self._limits, self._written, self._bucket, self._clock = limits, written, bucket, clock
        self._prefix = prefix
        self._opened: Counter[str] = Counter()

    @property
    def longest_s(self) -> int:
        """Longest life of a link."""
        return self._limits.longest_s

    async def make(self, caller: Caller, key: object, seconds: object) -> dict[str, str]:
        """Make a link for the owner of a server; return its address, which nobody can see again, and its end.

        Raises:
            CredentialsError: there can be none.
        """
        caller.wants(AUDIENCE)
        person = self._broker.person(caller)
        key, life_s = check_key(key), check_life(seconds, self._limits.longest_s)
        membership_for(key, person)
        file_policy(self._bucket, key)
        token = new_token()
        try:
            link = await asyncio.to_thread(
                self._links.add, token_hash(token), person.id, key, life_s, self._limits.most
            )
        except PeopleError as error:
            raise BadRequestError(error.message) from error
        self._write(LINK_MADE, link, caller.name, link.ends, caller.server)
        path = f"{self._prefix}{token}/{quote(link.file, safe='')}"
        return {"address": self._limits.origin + path, "until": utc(link.ends)}

    async def open(self, token: str) -> dict[str, Any]:
        """Return what a link opens now: the file's name, who shares it, until when, and where the store has it.

        Raises:
            CredentialsError: it opens nothing, or nothing now.
        """
        link, sharer = await self._find(token)
        try:
            membership = membership_for(link.key, sharer.person)
        except NotAllowedError as error:
            raise NotSharedError from error
        addresses = await self._access.addresses(link, membership)
        about = {"mark": link.mark, "name": link.file, "by": sharer.shown, "until": utc(link.ends)}
        return {**about, "addresses": addresses}

    async def opened(self, token: str) -> None:
        """Count that somebody reads a file from its beginning; the first time is written down.

        Raises:
            CredentialsError: there is no such link.
        """
        link, sharer = await self._find(token)
        if link.opened == 0 and await asyncio.to_thread(self._links.first, link.token_hash):
            self._write(LINK_OPENED, link, sharer.name, link.ends)
        else:
            self._opened[link.token_hash] += 1

    async def of_person(self, name: str) -> list[dict[str, Any]]:
        """Return the links of somebody that have not ended."""
        person = self._person(name)
        found = await asyncio.to_thread(self._links.of, person.id)
        return [
            {
                "mark": link.mark,
                "key": link.key,
                "made": utc(link.made),
                "until": utc(link.ends),
                "opened": link.opened + self._opened[link.token_hash],
            }
            for link in found
        ]

    async def take_back(self, name: str, mark: str) -> None:
        """Take back a link of who sits at the page; one that there is not any more is none that would have to be refused."""
        link = await asyncio.to_thread(self._links.take_back, self._person(name).id, mark)
        if link is not None:
            self._access.forget(link)
            self._write(LINK_ENDED, link, name, self._clock())

    async def run(self) -> None:
        """Write down how often links were opened, every two seconds: a file that is read a thousand times is no load."""
        try:
            while True:
                await asyncio.sleep(WRITTEN_EVERY_S)
                await asyncio.to_thread(self._write_counts)
        finally:
            self._write_counts()

    def _write_counts(self) -> None:
        opened, self._opened = self._opened, Counter()
        if not opened:
            return
        try:
            self._links.count(opened)
        except (AwayError, SQLAlchemyError) as error:
            self._opened.update(opened)
            log.warning("How often links were opened cannot be written down now: %s", type(error).__name__)

    async def _find(self, token: str) -> tuple[SharedLink, Sharer]:
        if not TOKEN.fullmatch(token):
            raise UnknownLinkError
        link = await asyncio.to_thread(self._links.find, token_hash(token))
        if link is None:
            raise UnknownLinkError
        if link.ends <= self._clock():
            raise EndedLinkError(link.ends)
        sharer = self._sharer(link.person)
        if sharer is None:
            raise UnknownLinkError
        return link, sharer

    def _person(self, name: str) -> Person:
        return self._broker.person(Caller(name, "", "", frozenset()))

    def _write(self, what: str, link: SharedLink, name: str, until: datetime, server: str = "") -> None:
        session = f"{link.person}-link-{link.mark}"
        self._written(Issued(self._clock(), what, link.person, name, server, session, (f"{link.key}:r",), until))
