"""The namespace that is installed into. Pure.

Source: Kubernetes documentation, "Pod Security Admission".
"""

from collections.abc import Mapping
from typing import Any

from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding

ABOUT = "namespace"
LEVEL = "pod-security.kubernetes.io/enforce"
RESTRICTED = "restricted"


def judge_namespace(name: str, there: Mapping[str, Any] | None) -> Finding:
    """Say whether it is there, and what Pods may be in it.

    Args:
        there: the namespace; None = there is none.
    """
    if there is None:
        return Finding(
            BAD,
            ABOUT,
            f"there is no namespace {name}. Make it: kubectl create namespace {name}; kubectl label namespace {name}"
            f" {LEVEL}={RESTRICTED}. What is in it could not be looked at.",
        )
    if there.get("status", {}).get("phase") == "Terminating":
        return Finding(BAD, ABOUT, f"{name} is being deleted. Wait until it is gone, and make it anew.")
    level = (there["metadata"].get("labels") or {}).get(LEVEL, "")
    if level != RESTRICTED:
        now = f"lets Pods be {level}" if level else "lets Pods be anything"
        return Finding(
            NOTE,
            ABOUT,
            f"{name} {now}, and ours need nothing. Keep others out, too: kubectl label namespace {name} {LEVEL}={RESTRICTED}",
        )
    return Finding(GOOD, ABOUT, f"{name} is there, and lets in only Pods that may do as little as possible")
