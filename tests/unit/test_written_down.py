"""Which requests to the hub are something that is done with what may be another's."""

import pytest

from sardonyx_hub_config.pages.written_down import done_to


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("POST", "/hub/api/users/kim/server", ("start", "kim")),
        ("POST", "/lab/hub/api/users/kim/servers/second", ("start", "kim")),
        ("DELETE", "/hub/api/users/kim/servers/second", ("stop", "kim")),
        ("POST", "/hub/spawn/kim", ("start", "kim")),
        ("POST", "/lab/hub/stop/kim/second", ("stop", "kim")),
        ("POST", "/hub/spawn/j%C3%B6rg%40x/second", ("start", "jörg@x")),
        ("POST", "/hub/api/users/kim/tokens", ("token", "kim")),
        ("DELETE", "/hub/api/users/kim/tokens/a1", ("token-end", "kim")),
        ("GET", "/hub/api/users/kim/server", None),
        ("GET", "/hub/api/users/kim/tokens/a1", None),
        ("POST", "/hub/api/users/kim/activity", None),
        ("POST", "/hub/spawn", None),
        ("POST", "/hub/api/users", None),
    ],
)
def test_a_request_is_something_that_is_done(method: str, path: str, found: tuple[str, str] | None) -> None:
    """With the name of whose it is, as people write it."""
    assert done_to(method, path) == found
