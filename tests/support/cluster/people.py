"""Somebody other than the administrator of a cluster: with the rights that a test gives them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from support.cluster.cluster import Cluster

RBAC = "rbac.authorization.k8s.io"


def somebody(
    cluster: Cluster, namespace: str, name: str, rules: Sequence[Mapping[str, Any]] = (), *, is_admin: bool = False
) -> str:
    """Make a service account with these rights in its namespace; return a token of it.

    Args:
        is_admin: they are those of the role `admin` that every cluster has.
    """
    about, who = {"name": name}, {"kind": "ServiceAccount", "name": name, "namespace": namespace}
    role = {"kind": "ClusterRole", "name": "admin"} if is_admin else {"kind": "Role", "name": name}
    cluster.apply(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": about},
        {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": about, "rules": [*rules]},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": about,
            "subjects": [who],
            "roleRef": {"apiGroup": RBAC, **role},
        },
        namespace=namespace,
    )
    return cluster.kubectl("create", "token", name, f"--namespace={namespace}").strip()


def kubeconfig(cluster: Cluster, namespace: str, token: str, path: Path) -> Path:
    """Write the kubeconfig of who has a token."""
    of_admin = yaml.safe_load(cluster.kubeconfig.read_text())
    context = {"cluster": of_admin["clusters"][0]["name"], "user": "somebody", "namespace": namespace}
    of_somebody = {
        **of_admin,
        "users": [{"name": "somebody", "user": {"token": token}}],
        "contexts": [{"name": "somebody", "context": context}],
        "current-context": "somebody",
    }
    path.write_text(json.dumps(of_somebody))
    return path
