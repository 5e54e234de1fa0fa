"""What NetworkPolicies let through: an evaluator of manifests, after the words of their specification.

Source: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Pod:
    """A pod; the namespace has the label that Kubernetes gives to each."""

    labels: Mapping[str, str]
    address: str
    namespace: str = "datalab"


@dataclass(frozen=True)
class Outside:
    """An address that is no pod's."""

    address: str


End = Pod | Outside


@dataclass(frozen=True)
class Network:
    """The policies of a cluster, and how its plugin reads them.

    Args:
        blocks_match_pods: whether an ipBlock is for addresses of pods, too; plugins differ.
    """

    policies: Sequence[Manifest]
    blocks_match_pods: bool = field(default=True)

    def lets_through(self, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
        """Tell whether a connection is made: both ends have to allow it."""
        return self.lets_out(source, target, port, protocol) and self.lets_in(source, target, port, protocol)

    def lets_out(self, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
        """Tell whether the end from which it comes allows it."""
        return self._allows("Egress", source, target, port, protocol)

    def lets_in(self, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
        """Tell whether the end to which it leads allows it."""
        return self._allows("Ingress", target, source, port, protocol)

    def _allows(self, direction: str, own: End, other: End, port: int, protocol: str) -> bool:
        if isinstance(own, Outside):
            return True
        policies = [each for each in self.policies if self._is_for(each, own, direction)]
        rules = [rule for each in policies for rule in each["spec"].get(direction.lower(), [])]
        peers = "to" if direction == "Egress" else "from"
        return not policies or any(
            _has_port(rule.get("ports"), port, protocol) and self._has_peer(rule.get(peers), own.namespace, other)
            for rule in rules
        )

    @staticmethod
    def _is_for(policy: Manifest, pod: Pod, direction: str) -> bool:
        return (
            policy["metadata"].get("namespace", "datalab") == pod.namespace
            and direction in policy["spec"]["policyTypes"]
            and _selects(policy["spec"]["podSelector"], pod.labels)
        )

    def _has_peer(self, peers: Sequence[Manifest] | None, namespace: str, other: End) -> bool:
        # A rule without peers is for all of them, as one without ports is.
        return not peers or any(self._is_peer(peer, namespace, other) for peer in peers)

    def _is_peer(self, peer: Manifest, namespace: str, other: End) -> bool:
        if "ipBlock" in peer:
            return (isinstance(other, Outside) or self.blocks_match_pods) and _is_in(peer["ipBlock"], other.address)
        if isinstance(other, Outside):
            return False
        if "namespaceSelector" in peer:
            is_there = _selects(peer["namespaceSelector"], {"kubernetes.io/metadata.name": other.namespace})
        else:
            is_there = other.namespace == namespace
        return is_there and _selects(peer.get("podSelector", {}), other.labels)


def _selects(selector: Manifest, labels: Mapping[str, str]) -> bool:
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    if unknown := selector.keys() - {"matchLabels", "matchExpressions"}:
        raise NotImplementedError(f"the evaluator does not know {sorted(unknown)}")
    return wanted.items() <= labels.items() and all(
        _is_met(each, labels) for each in selector.get("matchExpressions", [])
    )


def _is_met(expression: Manifest, labels: Mapping[str, str]) -> bool:
    is_among = labels.get(expression["key"]) in expression["values"]
    match expression["operator"]:
        case "In":
            return is_among
        case "NotIn":
            return not is_among
        case operator:
            raise NotImplementedError(f"the evaluator does not know the operator {operator}")


def _has_port(ports: Sequence[Manifest] | None, port: int, protocol: str) -> bool:
    return not ports or any(
        each["port"] == port and each.get("protocol", "TCP") == protocol for each in ports if _is_number(each["port"])
    )


def _is_number(port: object) -> bool:
    if not isinstance(port, int):
        # What a name means is the pod's, and not all plugins look.
        raise NotImplementedError(f"the evaluator does not know the port {port}")
    return True


def _is_in(block: Manifest, address: str) -> bool:
    found = ipaddress.ip_address(address)
    return found in ipaddress.ip_network(block["cidr"]) and not any(
        found in ipaddress.ip_network(each) for each in block.get("except", [])
    )
