"""Vault's HTTP API, as far as the broker uses it."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from sardonyx_services.certificates import distrust, trusting
from sardonyx_services.credentials.configuration import VaultConfiguration
from sardonyx_services.credentials.errors import CredentialsError, UnavailableError
from sardonyx_services.credentials.turns import Turns
from sardonyx_spawner.language import _

log = logging.getLogger(__name__)
PATIENCE_S = 5.0
WHOLE_S = 10.0
"""For an answer that comes in drops."""
AT_ONCE, WAITING = 16, 2_000
WRAP_S = 60
SEALED = 503
AWAY = _("Vault does not answer now. A token that you have goes on working; try again in a minute.")
SEALED_SENTENCE = _(
    "Vault is sealed. A token that you have works again when the people who run Vault have unsealed it."
)
NOT_TRUSTED = _(
    "The certificate of Vault is not one that this place trusts, so nothing is sent there."
    " The people who run this place have to look at it."
)
STRANGER = _(
    "What answers at the address of Vault is not Vault, or not in order."
    " The people who run this place have to look at it."
)


class GoneError(CredentialsError):
    """Vault does not know an accessor: its token has ended."""

    def __init__(self) -> None:
        super().__init__("Gone", _("Vault does not know this token any more."), 410)


class RefusedError(CredentialsError):
    """Vault answered, and said no; `said` is for the log."""

    def __init__(self, message: str, said: str) -> None:
        super().__init__("VaultRefuses", message, 503)
        self.said = said


@dataclass(frozen=True)
class Wrapped:
    """A token that was made and that nobody has seen: it can be fetched once, with `token`.

    Args:
        accessor: what stands for it where it is renewed and ended.
    """

    token: str = field(repr=False)
    accessor: str


@dataclass(frozen=True)
class Own:
    """The broker's own token, good for accessors and nothing else."""

    token: str = field(repr=False)
    life_s: float


class Vault:
    """A few calls at a time, each with a time-out, none repeated by the client."""

    def __init__(self, at: VaultConfiguration, client: httpx.AsyncClient) -> None:
        self._at, self._client = at, client
        self._turns = Turns(AT_ONCE, WAITING)

    async def login_wrapped(self, token: str) -> Wrapped:
        """Let Vault make a person's token, for somebody else to fetch within a minute.

        Raises:
            CredentialsError: Vault is away, sealed, not in order, or refuses.
        """
        answer = await self._login(token, self._at.role, {"X-Vault-Wrap-TTL": f"{WRAP_S}s"})
        found = _part(answer, "wrap_info")
        accessor = found.get("wrapped_accessor")
        if not accessor:
            raise RefusedError(
                _("Vault's tokens cannot be renewed. The people who run this place have to look: sardonyx vault setup"),
                f"the role “{self._at.role}” makes tokens without an accessor; its token_type has to be service",
            )
        return Wrapped(_text(found, "token"), str(accessor))

    async def login(self, token: str) -> Own:
        """Sign in as the broker.

        Raises:
            CredentialsError: Vault is away, sealed, not in order, or refuses.
        """
        found = _part(await self._login(token, self._at.broker_role, {}), "auth")
        return Own(_text(found, "client_token"), _seconds(found, "lease_duration"))

    async def life(self, own: str, accessor: str) -> float:
        """Return for how many seconds a token is good.

        Raises:
            CredentialsError: Vault does not say.
        """
        found = await self._accessor("lookup-accessor", own, accessor)
        return _seconds(_part(found, "data"), "ttl")

    async def renew(self, own: str, accessor: str) -> float:
        """Renew a token; return for how many seconds it is good now.

        Raises:
            CredentialsError: Vault does not; a `GoneError` if the token has ended.
        """
        found = await self._accessor("renew-accessor", own, accessor)
        return _seconds(_part(found, "auth"), "lease_duration")

    async def revoke(self, own: str, accessor: str) -> None:
        """End a token at once.

        Raises:
            CredentialsError: Vault does not; a `GoneError` if the token has ended.
        """
        await self._accessor("revoke-accessor", own, accessor)

    async def version(self) -> str:
        """Return the version of a Vault that can be used.

        Raises:
            CredentialsError: it cannot, or it is none.
        """
        answer = await self._send("GET", "sys/health", None, {})
        found = _json(answer)
        if not found.get("initialized", True):
            raise UnavailableError(
                _("Vault is not initialized. The people who run it have to do that first."), "VaultSealed"
            )
        if found.get("sealed", True):
            raise UnavailableError(SEALED_SENTENCE, "VaultSealed")
        return _text(found, "version")

    async def _login(self, token: str, role: str, headers: Mapping[str, str]) -> dict[str, Any]:
        path = f"auth/{self._at.mount}/login"
        answer = await self._post(path, {"jwt": token, "role": role}, headers)
        if answer.is_success:
            return _json(answer)
        said = _said(answer)
        raise RefusedError(
            _("Vault refuses to give a token. The people who run this place find the reason in the log."),
            f"Vault refuses the role “{role}” at {path}: {said}. Look with: sardonyx doctor",
        )

    async def _accessor(self, call: str, own: str, accessor: str) -> dict[str, Any]:
        answer = await self._post(f"auth/token/{call}", {"accessor": accessor}, {"X-Vault-Token": own})
        if answer.is_success:
            return _json(answer) if answer.content else {}
        said = _said(answer)
        if "invalid accessor" in said or "token not found" in said:
            raise GoneError
        raise RefusedError(
            _("Vault refuses to renew tokens. The people who run this place find the reason in the log."),
            f"Vault refuses {call}: {said}",
        )

    async def _post(self, path: str, body: Mapping[str, str], headers: Mapping[str, str]) -> httpx.Response:
        answer = await self._send("POST", path, body, headers)
        if answer.status_code == SEALED and "sealed" in _said(answer):
            raise UnavailableError(SEALED_SENTENCE, "VaultSealed")
        if answer.status_code >= 500:  # noqa: PLR2004 - HTTP
            raise UnavailableError(AWAY)
        if answer.is_redirect:
            raise UnavailableError(STRANGER)
        return answer

    async def _send(
        self, method: str, path: str, body: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        sent = {**headers, "X-Vault-Request": "true"}
        if self._at.namespace and body is not None:
            sent["X-Vault-Namespace"] = self._at.namespace
        url = f"{self._at.address}/v1/{path}"
        try:
            async with self._turns.turn(), asyncio.timeout(WHOLE_S):
                return await self._client.request(method, url, json=body, headers=sent, timeout=PATIENCE_S)
        except (httpx.HTTPError, TimeoutError) as error:
            raise UnavailableError(AWAY if distrust(error) is None else NOT_TRUSTED) from error


def client_for(at: VaultConfiguration) -> httpx.AsyncClient:
    """Return a client that trusts the certificates of this machine, or those of a file.

    Raises:
        OSError: the file cannot be read, or holds no certificate.
    """
    return httpx.AsyncClient(trust_env=False, verify=trusting(at.ca))


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError as error:
        raise UnavailableError(STRANGER) from error
    if not isinstance(found, dict):
        raise UnavailableError(STRANGER)
    return found


def _part(answer: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = answer.get(name)
    if not isinstance(found, dict):
        raise UnavailableError(STRANGER)
    return found


def _text(part: Mapping[str, Any], name: str) -> str:
    found = part.get(name)
    if not isinstance(found, str) or not found:
        raise UnavailableError(STRANGER)
    return found


def _seconds(part: Mapping[str, Any], name: str) -> float:
    found = part.get(name)
    if not isinstance(found, int | float):
        raise UnavailableError(STRANGER)
    return float(found)


def _said(answer: httpx.Response) -> str:
    """Return Vault's own words, or the beginning of somebody else's."""
    try:
        return "; ".join(str(error) for error in answer.json()["errors"])[:300] or f"status {answer.status_code}"
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}, {answer.text[:100]!r}"
