"""Whether the cluster has a version that the chart takes. Pure."""

import re

from sardonyx_hub_config.looks.findings import BAD, GOOD, Finding

_VERSION = re.compile(r"(\d+)\.(\d+)")


def judge_version(there: str, wanted: str) -> Finding:
    """Say whether it has.

    Args:
        there: what the cluster says: "v1.36.3".
        wanted: what the chart says: ">=1.29.0-0".
    """
    found, oldest = _VERSION.search(there), _VERSION.search(wanted)
    if found is None or oldest is None:
        raise ValueError(f"'{there}' or '{wanted}' is no version")
    if (int(found[1]), int(found[2])) < (int(oldest[1]), int(oldest[2])):
        return Finding(
            BAD,
            "cluster",
            f"it is Kubernetes {there}, and Sardonyx needs {oldest[0]} or newer. Upgrade the cluster first.",
        )
    return Finding(GOOD, "cluster", f"Kubernetes {there} answers")
