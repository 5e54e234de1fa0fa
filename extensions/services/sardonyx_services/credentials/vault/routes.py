"""The address at which servers get Vault's tokens."""

import time
from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from sardonyx_services.credentials.errors import CredentialsError
from sardonyx_services.credentials.identity import Identity
from sardonyx_services.credentials.metrics import Metrics
from sardonyx_services.credentials.vault.access import VaultAccess
from sardonyx_services.credentials.vault.client import WRAP_S


def vault_routes(
    access: VaultAccess, identity: Identity, metrics: Metrics, token_of: Callable[[Request], str]
) -> APIRouter:
    """Return the route; `token_of` is how this service reads a caller's token."""
    router = APIRouter()

    @router.get("/vault")
    async def vault(request: Request) -> Response:
        began, code = time.monotonic(), "Failed"
        try:
            wrapped = await access.issue(await identity.of(token_of(request)))
            code = "Given"
            return JSONResponse({"wrapped_token": wrapped.token, "wrapped_for_s": WRAP_S})
        except CredentialsError as error:
            code = error.code
            raise
        finally:
            metrics.answers.labels("vault", code).inc()
            metrics.seconds.labels("vault").observe(time.monotonic() - began)

    return router
