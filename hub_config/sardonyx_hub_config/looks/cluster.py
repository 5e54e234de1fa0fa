"""What `sardonyx doctor` finds out in the hub's Pod: whether the cluster and the proxy answer, and what the hub may."""

import asyncio
import os
from pathlib import Path

import httpx
from kubernetes_asyncio import config
from kubernetes_asyncio.client import (
    ApiClient,
    ApiException,
    AuthorizationV1Api,
    V1ResourceAttributes,
    V1SelfSubjectAccessReview,
    V1SelfSubjectAccessReviewSpec,
    VersionApi,
)

from sardonyx_hub_config.engines.engine import PROXY_TOKEN, Release
from sardonyx_hub_config.errors import OperatorError
from sardonyx_spawner.kube.removal import NAMESPACE_FILE
from sardonyx_spawner.kube.rights import RIGHTS

PATIENCE_S = 10.0
OK = 200


def look_at_cluster() -> str:
    """Return what the cluster is, and that the hub may do there what it has to.

    Raises:
        OperatorError: it does not answer, or the hub lacks rights.
    """
    try:
        namespace = Path(NAMESPACE_FILE).read_text().strip()
        version, missing = asyncio.run(_look(namespace))
    except (ApiException, OSError, TimeoutError, config.ConfigException) as error:
        raise OperatorError(
            f"the API of Kubernetes does not answer: {error}. Look whether a NetworkPolicy keeps the hub from it."
        ) from error
    if missing:
        raise OperatorError(
            f"the hub may not {', '.join(missing)} in the namespace {namespace}. The chart's Role gives it that:"
            " install it again with the chart."
        )
    return f"Kubernetes {version} answers, and the hub may do in the namespace {namespace} what it has to"


async def _look(namespace: str) -> tuple[str, list[str]]:
    config.load_incluster_config()  # type: ignore[no-untyped-call]  # kubernetes_asyncio is typed in part
    async with asyncio.timeout(PATIENCE_S), ApiClient() as client:
        version = await VersionApi(client).get_code()
        asked = AuthorizationV1Api(client)
        missing = []
        for resource, verb in ((resource, verb) for resource, verbs in RIGHTS.items() for verb in verbs):
            answer = await asked.create_self_subject_access_review(_question(namespace, resource, verb))
            if not answer.status.allowed:
                missing.append(f"{verb} {resource}")
    return str(version.git_version), missing


def _question(namespace: str, resource: str, verb: str) -> V1SelfSubjectAccessReview:
    name, _slash, below = resource.partition("/")
    about = V1ResourceAttributes(namespace=namespace, verb=verb, resource=name, subresource=below or None)
    return V1SelfSubjectAccessReview(spec=V1SelfSubjectAccessReviewSpec(resource_attributes=about))


def look_at_proxy(here: Release) -> str:
    """Return that the proxy answers, and to how many servers it leads.

    Raises:
        OperatorError: it does not.
    """
    url = f"http://{here.ports.proxy}:{here.ports.proxy_api}/api/routes"
    try:
        answer = httpx.get(
            url, headers={"Authorization": f"token {os.environ.get(PROXY_TOKEN, '')}"}, timeout=PATIENCE_S
        )
    except httpx.HTTPError as error:
        raise OperatorError(
            f"the proxy does not answer at {url}: {error}. Look at its Pod, and at NetworkPolicies."
        ) from error
    if answer.status_code != OK:
        raise OperatorError(
            f"the proxy answers with {answer.status_code}: it was given another {PROXY_TOKEN} than the hub. Restart both."
        )
    servers = sum("/user/" in route for route in answer.json())
    return f"answers, and leads to {servers} server{'' if servers == 1 else 's'}"


def look_at_copies(address: str) -> str:
    """Return that the service of copies answers.

    Args:
        address: at which servers find copies.

    Raises:
        OperatorError: it does not.
    """
    url = f"{address.removesuffix('/copies')}/health"
    try:
        httpx.get(url, timeout=PATIENCE_S).raise_for_status()
    except httpx.HTTPError as error:
        raise OperatorError(
            f"the service of copies does not answer at {url}: {error}. Servers get their repositories from the forge"
            " meanwhile. Look at its Pod, and at NetworkPolicies."
        ) from error
    return "answers: servers get the repositories that the settings name from there"
