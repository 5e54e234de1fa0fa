"""Who may read what hub and keys service count, without being a person: an operator's Prometheus."""

import os
from collections.abc import Mapping

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.services.one_machine import Service
from sardonyx_services.credentials.metrics import SCOPE

TOKEN = "SARDONYX_METRICS_TOKEN"  # noqa: S105 - the name of a variable
NAME = "metrics"
SHORTEST = 32


def metrics_reader(environment: Mapping[str, str] = os.environ) -> list[Service]:
    """Return who reads them with the token in the environment; nobody without one.

    Raises:
        OperatorError: the token can be guessed.
    """
    token = environment.get(TOKEN, "").strip()
    if not token:
        return []
    if len(token) < SHORTEST:
        raise OperatorError(f"{TOKEN} is shorter than {SHORTEST} characters. Make another one: openssl rand -hex 32")
    role = {"name": NAME, "services": [NAME], "scopes": [SCOPE]}
    return [Service({"name": NAME, "api_token": token, "display": False}, role)]
