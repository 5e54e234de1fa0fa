"""OAuth apps of forges: what is sent to them and what they answer, decided without a network.

Source: RFC 6749 (4.1 and 6) and RFC 7636; GitHub, GitLab and Gitea, "OAuth apps" in the documentation of each.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.git_accounts import GitSecret, check_token
from sardonyx_spawner.language import _

Kind = Literal["github", "gitlab", "gitea"]
AUTHORIZE = {"github": "/login/oauth/authorize", "gitlab": "/oauth/authorize", "gitea": "/login/oauth/authorize"}
TOKEN = {"github": "/login/oauth/access_token", "gitlab": "/oauth/token", "gitea": "/login/oauth/access_token"}
SCOPE = {"github": "repo", "gitlab": "read_repository write_repository", "gitea": "write:repository"}
"""To read and write repositories, and nothing else where a forge has a word for that."""
ENDED = frozenset({"invalid_grant", "bad_refresh_token", "bad_verification_code"})
OF_THE_APP = frozenset({"invalid client secret", "invalid empty client secret", "unexpected redirect URI"})
"""Descriptions of Gitea's, whose one word for these is also that for a code or a refresh token that is over."""


class EndedError(PeopleError):
    """A forge gives no token any more for what it gave once."""


@dataclass(frozen=True)
class GitProvider:
    """The OAuth app of this place at a forge.

    Args:
        address: of the forge, as `forge_address` returns it.
    """

    slug: str
    title: str
    kind: Kind
    address: str
    client_id: str
    client_secret: str = field(repr=False)

    def authorize_url(self, callback: str, state: str, verifier: str) -> str:
        """Return where a person says yes."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": self.client_id,
            "redirect_uri": callback,
            "response_type": "code",
            "scope": SCOPE[self.kind],
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.address}{AUTHORIZE[self.kind]}?{urlencode(asked)}"

    @property
    def token_url(self) -> str:
        """Where tokens are given."""
        return f"{self.address}{TOKEN[self.kind]}"

    def for_code(self, code: str, callback: str, verifier: str) -> dict[str, str]:
        """Return the form for a first token."""
        return self._form("authorization_code", code=code, redirect_uri=callback, code_verifier=verifier)

    def for_refresh(self, secret: GitSecret) -> dict[str, str]:
        """Return the form for another token."""
        return self._form("refresh_token", refresh_token=secret.refresh_token)

    def read(self, said: Mapping[str, Any], now: float, before: GitSecret | None = None) -> GitSecret:
        """Return the token that a forge gave.

        Args:
            now: seconds since 1970.
            before: what is renewed; None = it is the first.

        Raises:
            EndedError: it gives none for this.
            PeopleError: it answers something else.
        """
        # GitHub says no with the status of a yes.
        error = str(said.get("error") or "")
        is_of_app = said.get("error_description") in OF_THE_APP
        if error in ENDED or (self.kind == "gitea" and error == "unauthorized_client" and not is_of_app):
            raise EndedError(
                _("{site} gives no token for this any more. Connect it again on the hub's page “Git”.").format(
                    site=self.title
                )
            )
        if error == "unverified_user_email":
            raise PeopleError(
                _("{site} wants you to confirm your mail address there first. Do that, and connect it again.").format(
                    site=self.title
                )
            )
        if error:
            raise PeopleError(
                _("{site} refuses: {reason}. Tell the people who run this place; they know the app there.").format(
                    site=self.title, reason=error[:100]
                )
            )
        try:
            token = check_token(str(said["access_token"]))
            life_s = said.get("expires_in")
            return GitSecret(
                token,
                provider=self.slug,
                # A forge need not give another one: RFC 6749, 6.
                refresh_token=str(said.get("refresh_token") or (before.refresh_token if before else "")),
                ends_at=now + float(life_s) if life_s else None,
            )
        except (KeyError, TypeError, ValueError) as garbage:
            raise PeopleError(
                _("{site} answers with something else than a token. Try again.").format(site=self.title)
            ) from garbage

    def _form(self, grant: str, **more: str) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret, "grant_type": grant, **more}
