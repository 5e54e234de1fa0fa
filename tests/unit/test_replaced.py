"""A version of a library without what is replaced in it: said once, and nothing fails for it."""

from types import ModuleType, SimpleNamespace

import pytest

from sardonyx_singleuser.duckdb_s3 import equip
from sardonyx_singleuser.replaced import found


def test_what_is_there_is_found_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    """The usual case."""
    assert found(SimpleNamespace(sleep=1), "sleep", "Nobody rests.") == 1
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("owner", "called"), [(ModuleType("parso.cache"), "parso.cache"), (SimpleNamespace(), "SimpleNamespace")]
)
def test_what_is_missing_is_said_with_what_that_means(
    owner: object, called: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """For the operator, in the server's log."""
    assert found(owner, "sleep", "Nobody rests.") is None
    assert capsys.readouterr().err == f"Sardonyx: {called} has no sleep in this version. Nobody rests.\n"


def test_a_person_can_import_a_duckdb_that_is_otherwise() -> None:
    """Without keys, which is said."""
    other = ModuleType("duckdb")

    with pytest.warns(
        RuntimeWarning, match=r"^DuckDB has no keys for s3:// addresses: module 'duckdb' has no attribute"
    ):
        equip(other)

    assert not hasattr(other, "connect")
