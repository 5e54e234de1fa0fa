"""What is generated from the models is kept in the repository, and never lags behind them."""

from pathlib import Path

from sardonyx_hub_config.api_reference import api_reference
from sardonyx_hub_config.commands.check import schema_text
from sardonyx_hub_config.reference import settings_reference

ROOT = Path(__file__).parents[2]


def test_the_settings_reference_is_up_to_date() -> None:
    """If this fails: make docs."""
    assert (ROOT / "docs" / "reference" / "settings.md").read_text() == settings_reference()


def test_the_reference_of_the_api_is_up_to_date() -> None:
    """If this fails: make docs."""
    assert (ROOT / "docs" / "reference" / "classes-api.md").read_text() == api_reference()


def test_the_settings_schema_is_up_to_date() -> None:
    """If this fails: make docs."""
    assert (ROOT / "hub_config" / "settings.schema.json").read_text() == schema_text()


def test_every_setting_is_described() -> None:
    """A key without a word about it is no setting."""
    rows = [line for line in settings_reference().splitlines() if line.startswith("| `")]

    assert [row for row in rows if row.split("|")[2].strip() == ""] == []
