"""The kubeconfig: which cluster is meant, and as whom."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes_asyncio import config
from kubernetes_asyncio.client import ApiClient, Configuration
from kubernetes_asyncio.config.kube_config import KubeConfigMerger
from yaml import YAMLError

from sardonyx_hub_config.errors import OperatorError

VARIABLE = "KUBECONFIG"


@dataclass(frozen=True)
class Access:
    """A way to a cluster.

    Args:
        namespace: the one of the context, or that was asked for.
    """

    client: ApiClient
    server: str
    context: str
    namespace: str


async def access(context: str | None, namespace: str | None) -> Access:
    """Return the way that the kubeconfig has; None = its current context, and the namespace of that.

    Raises:
        OperatorError: it has none.
    """
    paths = _paths()
    if not any(path.exists() for path in paths):
        raise OperatorError(
            f"there is no kubeconfig: {', '.join(map(str, paths))}. Get one from the people who run the cluster, and name it:"
            f" {VARIABLE}=FILE sardonyx check --kubernetes"
        )
    told = os.pathsep.join(map(str, paths))
    settings = Configuration()
    try:
        wanted = _context(context, told)
        loader = await config.load_kube_config(told, wanted, settings, persist_config=False)
        found: dict[str, Any] = loader.current_context or {}
        inside = found.get("context") or {}
    except (config.ConfigException, YAMLError, OSError) as error:
        raise OperatorError(_unusable(told, " ".join(str(error).split()))) from error
    # What is no kubeconfig at all fails in many ways: it is never looked at as a whole.
    except (ValueError, TypeError, AttributeError, KeyError, AssertionError) as error:
        raise OperatorError(_unusable(told, "it is none")) from error
    return Access(ApiClient(settings), str(settings.host), wanted, namespace or inside.get("namespace") or "default")


def _paths() -> list[Path]:
    given = [Path(path) for path in os.environ.get(VARIABLE, "").split(os.pathsep) if path]
    return given or [Path("~/.kube/config").expanduser()]


def _unusable(told: str, why: str) -> str:
    return f"the kubeconfig {told} cannot be used: {why}. Try it with: kubectl get pods"


def _context(context: str | None, told: str) -> str:
    merged = KubeConfigMerger(told).config
    if merged is None:
        raise config.ConfigException("it is empty")
    names = [str(each["name"]) for each in merged.value["contexts"]]
    wanted = context or str(merged.value.get("current-context") or "")
    there = f"There are: {', '.join(names) or 'none'}."
    if not wanted:
        raise OperatorError(
            f"the kubeconfig {told} names no context as the current one. Choose one by --context. {there}"
        )
    if wanted not in names:
        raise OperatorError(f"the kubeconfig {told} has no context '{wanted}'. {there}")
    return wanted
