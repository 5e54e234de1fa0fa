"""Where a secret in Vault is that a profile sets a variable from: `PATH#FIELD`."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

OURS = "VAULT_"
"""Beginning of variables that every client of Vault reads, and that Sardonyx sets where there is a Vault."""
PART = r"[A-Za-z0-9][A-Za-z0-9._-]*"
SECRET = re.compile(rf"(?P<path>{PART}(/{PART})+)#(?P<field>{PART})")


def _secret(text: str) -> str:
    found = SECRET.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' names no secret. Write PATH#FIELD, such as users/me/openai#key")
    first, second, *rest = found["path"].split("/")
    if first == "users" and second != "me":
        raise ValueError(f"'{text}' is one person's secret, for everybody. Write users/me/…: each person's own")
    if not rest and first in {"users", "groups"}:
        raise ValueError(f"'{text}' names a folder. Write the secret in it, such as {first}/{second}/openai#key")
    return text


SecretPath = Annotated[str, AfterValidator(_secret), Field(examples=["users/me/openai#key"])]
