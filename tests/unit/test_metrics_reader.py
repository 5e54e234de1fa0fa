"""Who reads metrics without being a person."""

import pytest

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.services.metrics_reader import TOKEN, metrics_reader


def test_nobody_reads_them_without_a_token() -> None:
    """An empty one is none."""
    assert metrics_reader({}) == metrics_reader({TOKEN: " "}) == []


def test_a_token_reads_metrics_and_nothing_else() -> None:
    """It is in the configuration of an operator's Prometheus, which others may read."""
    (found,) = metrics_reader({TOKEN: "a" * 64})

    assert found.description["api_token"] == "a" * 64
    assert found.role is not None
    assert found.role["scopes"] == ["read:metrics"]


def test_a_token_that_can_be_guessed_is_refused() -> None:
    """With a way to make another one, and without a word of it."""
    with pytest.raises(
        OperatorError, match=r"is shorter than 32 characters\. Make another one: openssl rand"
    ) as refused:
        metrics_reader({TOKEN: "let-me-in"})
    assert "let-me-in" not in str(refused.value)
