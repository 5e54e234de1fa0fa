"""`sardonyx copies`: the Pod of a cluster that copies repositories for all servers."""

import asyncio
import os

import click
from pydantic import ValidationError

from sardonyx_hub_config.engines.engine import COPIES_KEY
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.copies.configuration import CopiesConfiguration

TOLD = "SARDONYX_COPIES"
"""Variable with the JSON text by which the chart says what is copied."""


@click.command()
def copies() -> None:
    """Copy repositories for the servers of a cluster, in a Pod of its own; the chart runs this."""
    from sardonyx_services.copies.serving import serve  # noqa: PLC0415 - the web server, only where it is one

    text, key = os.environ.get(TOLD, ""), os.environ.get(COPIES_KEY, "")
    if not text or not key:
        raise OperatorError("this is for a Pod of the chart. Here, the hub copies repositories by itself.")
    try:
        configuration = CopiesConfiguration.model_validate_json(text)
    except ValidationError as error:
        raise OperatorError(
            f"{TOLD} is not as the chart writes it: {error}. Install Sardonyx with the chart."
        ) from None
    asyncio.run(serve(configuration, key))
