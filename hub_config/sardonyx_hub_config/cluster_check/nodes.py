"""Whether some node can hold a server, even an empty one. Pure: nodes as the API gives them.

Source: Kubernetes documentation, "Assigning Pods to Nodes", "Taints and Tolerations".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from sardonyx_hub_config.cluster_check.installation import Installation
from sardonyx_hub_config.cluster_check.quantities import amounts, said
from sardonyx_hub_config.cluster_check.servers import server_pod
from sardonyx_hub_config.engines.kinds import Server
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding

Object = Mapping[str, Any]
Amounts = Mapping[str, Decimal]

ABOUT = "nodes"
KEEPS_OUT = {"NoSchedule", "NoExecute"}
COMES_AND_GOES = "node.kubernetes.io/"
"""Beginning of the taints by which Kubernetes itself says how a node does at the moment."""
SHARES = {"cpu": "kubernetes.cpu_requests", "memory": "kubernetes.memory_requests"}
"""What a server shares with others -> the setting that says how much of it is kept for it alone."""
AUTOSCALED = "Nodes that an autoscaler makes when they are needed cannot be seen now."


@dataclass(frozen=True)
class _Verdict:
    """What nodes say to a server; `why` empty = nothing is wrong."""

    why: str = ""
    is_never: bool = False


def judge(nodes: Sequence[Object], servers: Sequence[Server], installation: Installation) -> Iterator[Finding]:
    """Say which servers no node could ever hold; what runs on the nodes already does not count."""
    if not nodes:
        yield Finding(NOTE, ABOUT, f"there are none. {AUTOSCALED}")
        return
    are_well = True
    for profile, group in groupby(servers, lambda server: server.profile):
        verdicts = [(server, _verdict(nodes, server, installation)) for server in group]
        if all(verdict.is_never for _server, verdict in verdicts):
            are_well = False
            server, verdict = verdicts[0]
            smallest = f", not even with {server.named}" if server.named else ""
            said_of = f"a server of the profile '{profile}'{smallest}"
            yield Finding(BAD, ABOUT, f"no node can ever hold {said_of}: {verdict.why} {AUTOSCALED}")
            continue
        for server, verdict in verdicts:
            if verdict.why:
                are_well = False
                chosen = f" with {server.named}" if server.named else ""
                what = "no node can ever hold" if verdict.is_never else "no node has all of"
                yield Finding(
                    NOTE, ABOUT, f"{what} a server of the profile '{profile}'{chosen}: {verdict.why} {AUTOSCALED}"
                )
    if are_well:
        count = "one node" if len(nodes) == 1 else f"{len(nodes)} nodes"
        yield Finding(GOOD, ABOUT, f"{count}; each kind of server that is offered fits on an empty one")


def _verdict(nodes: Sequence[Object], server: Server, installation: Installation) -> _Verdict:
    spec = server_pod(server, installation, "check")["spec"]
    selector, tolerations = spec.get("nodeSelector", {}), spec.get("tolerations", [])
    selected = [node for node in nodes if selector.items() <= (node["metadata"].get("labels") or {}).items()]
    if not selected:
        wanted = ", ".join(f"{name}={value}" for name, value in selector.items())
        why = f"none has the labels {wanted}. Label some, or correct node_selector in the settings: of kubernetes, or of the profile."
        return _Verdict(why, is_never=True)
    open_ones = [node for node in selected if not _closing_taints(node, tolerations)]
    if not open_ones:
        taints = dict.fromkeys(taint for node in selected for taint in _closing_taints(node, tolerations))
        why = (
            f"they are kept for others ({', '.join(taints)}). Add what servers tolerate to tolerations in the settings:"
            " of kubernetes, or of the profile."
        )
        return _Verdict(why, is_never=True)
    there = [amounts(node["status"].get("allocatable")) for node in open_ones]
    resources = spec["containers"][0]["resources"]
    kept, promised = amounts(resources.get("requests")), amounts(resources.get("limits"))
    fitting = [each for each in there if all(each.get(name, Decimal(0)) >= most for name, most in kept.items())]
    if not fitting:
        return _Verdict(_too_large(kept, there), is_never=True)
    return _Verdict(_too_much(promised, fitting))


def _too_large(kept: Amounts, there: Sequence[Amounts]) -> str:
    for name, wanted in kept.items():
        largest = max(each.get(name, Decimal(0)) for each in there)
        if largest >= wanted:
            continue
        if name in SHARES:
            return (
                f"{said(name, wanted)} are kept for it alone, and the largest node has {said(name, largest)}."
                f" Give it less, lower {SHARES[name]} in the settings, or add a larger node."
            )
        if largest:
            return (
                f"it has {said(name, wanted)} {name}, and no node has more than {said(name, largest)}. Give it fewer."
            )
        others = sorted({each for node in there for each in node if "/" in each})
        known = f" What they have is {', '.join(others)}." if others else ""
        return (
            f"it asks for {name}, and no node has any.{known} Correct kubernetes.gpu_resource in the settings, or install"
            " what makes GPUs known to Kubernetes on the nodes that have some."
        )
    return "each node lacks something of what it asks for. Give it less, or add a larger node."


def _too_much(promised: Amounts, there: Sequence[Amounts]) -> str:
    for name in SHARES.keys() & promised.keys():
        largest = max(each.get(name, Decimal(0)) for each in there)
        if largest < promised[name]:
            return (
                f"it is to have {said(name, promised[name])}, and the largest node has {said(name, largest)}, for all on it."
                " Give it less, or add a larger node."
            )
    return ""


def _closing_taints(node: Object, tolerations: Sequence[Mapping[str, Any]]) -> list[str]:
    found = []
    for taint in node.get("spec", {}).get("taints") or ():
        if taint["effect"] not in KEEPS_OUT or str(taint["key"]).startswith(COMES_AND_GOES):
            continue
        if not any(_tolerates(each, taint) for each in tolerations):
            value = f"={taint['value']}" if taint.get("value") else ""
            found.append(f"{taint['key']}{value}:{taint['effect']}")
    return found


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if not toleration.get("key"):
        return bool(toleration.get("operator") == "Exists")
    if toleration["key"] != taint["key"]:
        return False
    return toleration.get("operator") == "Exists" or (toleration.get("value") or "") == (taint.get("value") or "")
