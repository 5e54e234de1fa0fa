"""What a server asks of the keys service and of Vault, with Python's own library."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import N_, _

PATIENCE_S = 5
LARGEST = 1 << 20
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class VaultError(Exception):
    """There is no token, or no secret; the message is for the person."""


class AwayError(VaultError):
    """Not now; the same may work later."""


class EndedError(VaultError):
    """Vault does not take the token any more."""


@dataclass(frozen=True)
class Token:
    """A token, and for how long it is good after each renewal."""

    text: str
    life_s: float


@dataclass(frozen=True)
class _Asked:
    """Whom a call goes to: what is said where it does not answer, refuses, is something else, or shows a certificate of nobody's."""

    away: str
    refuses: str
    other: str
    distrusted: str = ""


VAULT = _Asked(
    N_("Vault does not answer now."),
    N_("Vault does not answer now (status {status})."),
    N_("What answers in the place of Vault is something else."),
    N_(
        "The certificate of Vault is not one that this server trusts. The people who run this place have to look at it."
    ),
)
KEYS_SERVICE = _Asked(
    N_("The keys service does not answer now."),
    N_("The keys service does not answer now (status {status})."),
    N_("What answers in the place of the keys service is something else."),
)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token is for the address that it is sent to, and for no other."""

    def redirect_request(self, *_told: object) -> None:
        """Do not follow."""


class VaultCalls:
    """Each call waits some seconds at most for each part of its answer."""

    def __init__(self, told: Mapping[str, str], hub_token: str) -> None:
        self._broker, self._address = told[contract.VAULT_URL], told[contract.VAULT_ADDRESS]
        self._mount = told.get(contract.VAULT_SECRETS) or "secret"
        self._namespace = told.get(contract.VAULT_NAMESPACE, "")
        self._hub_token = hub_token
        trusted = ssl.create_default_context(cadata=told.get(contract.VAULT_CERTIFICATES) or None)
        self._direct = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
        by_proxy = [urllib.request.ProxyHandler({})] if urlsplit(self._address).hostname in LOOPBACK else []
        self._opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=trusted), *by_proxy)

    def new_token(self) -> Token:
        """Ask the keys service for a token, and fetch it at Vault: it can be fetched once, and by us alone.

        Raises:
            VaultError: there is none now.
        """
        request = urllib.request.Request(self._broker, headers={"Authorization": f"token {self._hub_token}"})  # noqa: S310 - the hub's address
        wrapped = self._ask(self._direct, request, KEYS_SERVICE)
        try:
            found = self._vault("sys/wrapping/unwrap", str(wrapped["wrapped_token"]), {})["auth"]
            return Token(str(found["client_token"]), float(found["lease_duration"]))
        except EndedError as error:
            raise AwayError(
                _("Vault did not hand out the token: somebody fetched it before, or it came too late.")
            ) from error
        except (KeyError, TypeError, ValueError) as error:
            raise AwayError(
                _("What answers in the place of Vault or of the keys service is something else.")
            ) from error

    def left_s(self, token: str) -> float:
        """Return for how many seconds a token is good.

        Raises:
            EndedError: it is not.
            AwayError: Vault does not say.
        """
        try:
            return float(self._vault("auth/token/lookup-self", token)["data"]["ttl"])
        except (KeyError, TypeError, ValueError) as error:
            raise AwayError(_(VAULT.other)) from error

    def secret(self, token: str, where: str) -> str:
        """Return a field of a secret, named as PATH#FIELD.

        Raises:
            AwayError: Vault does not answer.
            VaultError: there is no such secret, or it is none of this person's.
        """
        path, _sign, field = where.partition("#")
        try:
            found = self._vault(f"{quote(self._mount)}/data/{quote(path)}", token)["data"]["data"]
        except EndedError as error:
            raise VaultError(_("you may not read {path}.").format(path=path)) from error
        except (KeyError, TypeError) as error:
            raise AwayError(_(VAULT.other)) from error
        if not isinstance(found, dict) or field not in found:
            raise VaultError(_("{path} has no field “{field}”.").format(path=path, field=field))
        text = found[field] if isinstance(found[field], str) else json.dumps(found[field])
        if "\0" in text:
            raise VaultError(_("{where} cannot be a variable: it has a zero byte.").format(where=where))
        return text

    def _vault(self, path: str, token: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        headers = {"X-Vault-Token": token, "X-Vault-Request": "true"}
        if self._namespace:
            headers["X-Vault-Namespace"] = self._namespace
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._address}/v1/{path}", data, headers)  # noqa: S310 - the settings' address
        return self._ask(self._opener, request, VAULT)

    def _ask(
        self, opener: urllib.request.OpenerDirector, request: urllib.request.Request, whom: _Asked
    ) -> dict[str, Any]:
        try:
            with opener.open(request, timeout=PATIENCE_S) as answer:
                found = json.loads(answer.read(LARGEST))
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error, whom) from error
        except (OSError, HTTPException) as error:
            is_distrusted = isinstance(getattr(error, "reason", None), ssl.SSLCertVerificationError)
            raise AwayError(_(whom.distrusted if is_distrusted else whom.away)) from error
        except ValueError as error:
            raise AwayError(_(whom.other)) from error
        return found if isinstance(found, dict) else {}


def _refused(error: urllib.error.HTTPError, whom: _Asked) -> VaultError:
    try:
        said = json.loads(error.read(LARGEST))
    except (OSError, HTTPException, ValueError):
        said = {}
    if isinstance(said, dict) and isinstance(said.get("message"), str):
        # The keys service says what is wrong in words for the person.
        return AwayError(said["message"])
    if whom is VAULT and error.code in {400, 403}:
        return EndedError(_("Vault does not take the token any more."))
    if whom is VAULT and error.code == 404:  # noqa: PLR2004 - HTTP
        return VaultError(_("it is not there."))
    return AwayError(_(whom.refuses).format(status=error.code))
