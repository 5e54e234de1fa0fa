"""What somebody takes with them, where the store refuses what they could read a moment ago."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sardonyx_services.people.web.errors import NotOpenError
from sardonyx_services.people.web.kept.copies import Copies
from sardonyx_services.people.web.store_door import StoreAwayError


class RefusingDoor:
    """A door to a store that refuses every listing."""

    bucket = "sardonyx"

    def __init__(self, code: str) -> None:
        self.code = code

    def client(self, *_asked: object) -> "RefusingDoor":
        """Return a client: this one."""
        return self

    def get_paginator(self, _what: str) -> "RefusingDoor":
        """Return what lists: this one."""
        return self

    def paginate(self, **_asked: Any) -> Any:
        """Refuse."""
        raise ClientError({"Error": {"Code": self.code}}, "ListObjectsV2")


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        pytest.param(
            "AccessDenied", NotOpenError, "What you may read of this has changed just now.", id="role-changed"
        ),
        pytest.param("InternalError", StoreAwayError, "The data store does not answer now.", id="store-is-ill"),
    ],
)
def test_who_may_not_read_any_more_is_told_so_before_anything_is_sent(
    tmp_path: Path, code: str, error: type[Exception], said: str
) -> None:
    """It is no fault of the store."""
    copies = Copies(RefusingDoor(code), tmp_path)  # type: ignore[arg-type]  # as much as is asked of it

    with pytest.raises(error, match=said):
        copies.of_class("amina", "id-1", "stats222", hands_in=True)
