"""What a cluster has, asked of its API server directly: kubectl is a process for each look, and tests that wait look often."""

import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support import web

PATIENCE_S = 60
_CORE, _APPS, _RBAC = "api/v1", "apis/apps/v1", "apis/rbac.authorization.k8s.io/v1"
KNOWN = {
    **dict.fromkeys(("pod", "pods"), (_CORE, "pods")),
    **dict.fromkeys(("secret", "secrets"), (_CORE, "secrets")),
    **dict.fromkeys(("service", "services"), (_CORE, "services")),
    **dict.fromkeys(("event", "events"), (_CORE, "events")),
    **dict.fromkeys(("configmap", "configmaps"), (_CORE, "configmaps")),
    **dict.fromkeys(("serviceaccount", "serviceaccounts"), (_CORE, "serviceaccounts")),
    **dict.fromkeys(("quota", "resourcequota"), (_CORE, "resourcequotas")),
    **dict.fromkeys(("pvc", "persistentvolumeclaim", "persistentvolumeclaims"), (_CORE, "persistentvolumeclaims")),
    **dict.fromkeys(("deployment", "deployments"), (_APPS, "deployments")),
    **dict.fromkeys(("role", "roles"), (_RBAC, "roles")),
    **dict.fromkeys(("node", "nodes"), (_CORE, "nodes")),
    **dict.fromkeys(("namespace", "namespaces"), (_CORE, "namespaces")),
}
"""A kind as kubectl is told it -> where the API server has it."""
OF_THE_CLUSTER = ("nodes", "namespaces")


@dataclass(frozen=True)
class Question:
    """What is looked for.

    Args:
        name: of one object; "" = all that the selector, if there is one, selects.
    """

    kinds: tuple[str, ...]
    name: str = ""
    namespace: str = "default"
    selector: str = ""


def question_of(told: Sequence[str]) -> Question | None:
    """Return what the words after `kubectl get` ask for; None = more than is known here."""
    words, options = [], {"--namespace": "default", "--selector": ""}
    given = iter(told)
    for word in given:
        option, is_said, value = word.partition("=")
        if option in options:
            options[option] = value if is_said else next(given)
        elif word.startswith("-"):
            return None
        else:
            words += word.split("/")
    kinds = tuple(words[0].split(","))
    if any(kind not in KNOWN for kind in kinds) or len(words) > 2:
        return None
    return Question(kinds, "".join(words[1:]), options["--namespace"], options["--selector"])


class Objects:
    """The API server, as an administrator asks it.

    Args:
        kubeconfig: the administrator's.
    """

    def __init__(self, kubeconfig: Path) -> None:
        said = json.loads(kubeconfig.read_text())
        self._cluster, self._token = said["clusters"][0]["cluster"], said["users"][0]["user"]["token"]
        self._trusted = ssl.create_default_context(cafile=self._cluster["certificate-authority"])

    def answer(self, question: Question) -> dict[str, Any]:
        """Return an object, or all of some kinds, as kubectl would."""
        if question.name:
            (kind,) = question.kinds
            found: dict[str, Any] = json.loads(self._ask(f"{self._path(kind, question)}/{question.name}"))
            return found
        items: list[dict[str, Any]] = []
        for kind in question.kinds:
            listed = json.loads(self._ask(self._path(kind, question), labelSelector=question.selector))
            about = {"apiVersion": listed["apiVersion"], "kind": listed["kind"].removesuffix("List")}
            items += [{**about, **each} for each in listed["items"]]
        return {"items": items}

    def log(self, namespace: str, pod: str) -> str:
        """Return what a Pod of one container has written."""
        return self._ask(f"{_CORE}/namespaces/{namespace}/pods/{pod}/log")

    def _path(self, kind: str, question: Question) -> str:
        group, plural = KNOWN[kind]
        within = "" if plural in OF_THE_CLUSTER else f"/namespaces/{question.namespace}"
        return f"{group}{within}/{plural}"

    def _ask(self, path: str, **parameters: str) -> str:
        answer = web.get(
            f"{self._cluster['server']}/{path}",
            params=parameters,
            headers={"Authorization": f"Bearer {self._token}"},
            verify=self._trusted,
            timeout=PATIENCE_S,
        )
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.text
