from pathlib import Path

import pytest

from sardonyx_hub_config.settings.secret_refs import secret_files
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_singleuser.sandbox.layout import Hide, Sandbox, Show, layout
from sardonyx_spawner.local.hidden import Hidden, hidden_here, paths_to_hide

PREFIX = Path("/opt/python")


@pytest.mark.parametrize(
    ("secret", "closed", "expected"),
    [
        pytest.param("/etc/sardonyx/secret", (), "/etc/sardonyx/secret", id="in an open folder"),
        pytest.param("/etc/sardonyx/secret", ("/etc/sardonyx",), "/etc/sardonyx", id="in a closed folder"),
        pytest.param("/opt/python/secret", ("/opt/python",), "/opt/python/secret", id="beside an environment's bin"),
    ],
)
def test_a_secret_is_hidden_with_its_folder_where_that_is_closed(
    secret: str, closed: tuple[str, ...], expected: str
) -> None:
    """So is what replaces it; what a server needs stays."""
    hidden = Hidden(secrets=(Path(secret),))

    assert paths_to_hide(hidden, PREFIX, lambda path: path, lambda path: str(path) in closed) == (Path(expected),)


def test_what_links_lead_to_is_hidden(tmp_path: Path) -> None:
    """As it is at the start of a server: a link may lead elsewhere tomorrow."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir(mode=0o755)
        (tmp_path / name / "key").touch()
    (tmp_path / "live").symlink_to("first")
    hidden = Hidden((tmp_path / "live",), (tmp_path / "live" / "key",))

    before = hidden_here(hidden, PREFIX)
    (tmp_path / "live").unlink()
    (tmp_path / "live").symlink_to("second")

    assert before == (str(tmp_path / "first"), str(tmp_path / "first" / "key"))
    assert hidden_here(hidden, PREFIX) == (str(tmp_path / "second"), str(tmp_path / "second" / "key"))


def test_all_files_are_found_that_settings_name_as_secrets() -> None:
    """Wherever in them; not those in the environment."""
    provider = {"issuer": "https://x.example", "title": "X", "client_id": "sardonyx"}
    settings = Settings.model_validate({
        "sign_in": {"providers": {
            "one": {**provider, "client_secret": {"file": "/etc/sardonyx/one"}},
            "two": {**provider, "client_secret": {"env": "TWO"}},
        }},
        "environments": {"python": {"title": "Python", "prefix": "/usr"}},
        "profiles": {"python": {"title": "Python", "environment": "python"}},
    })  # fmt: skip

    assert secret_files(settings) == [Path("/etc/sardonyx/one")]


def test_what_is_shown_over_it_does_not_bring_back_what_is_hidden() -> None:
    """An interpreter in /usr shows all of /usr once more, and an environment may have two names."""
    sandbox = Sandbox("/h", "/p", "ann", hidden=("/usr/local/data", "/srv/env/etc/key"))
    python = (Show("/usr", "/usr"), Show("/srv/env", "/home/x/env"), Show("/usr/local/data/env", "/usr/local/data/env"))

    parts = layout(sandbox, python, 1, 1)

    last_shown = max(number for number, part in enumerate(parts) if part == python[0])
    assert parts[last_shown + 1] == Hide("/usr/local/data")
    assert parts[parts.index(python[1]) + 1] == Hide("/home/x/env/etc/key")
    assert parts.index(python[2]) > last_shown + 1
