"""Whether the way in that the values name is there: an Ingress class, a Gateway. Pure.

Source: Kubernetes documentation, "Ingress" (default class); Gateway API, Listener (allowedRoutes).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sardonyx_hub_config.chart.network import IngressTls
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding

Object = Mapping[str, Any]

DEFAULT = "ingressclass.kubernetes.io/is-default-class"
ISSUERS = "cert-manager.io"


def judge_ingress(classes: Sequence[Object], name: str) -> Finding:
    """Say whether somebody serves the Ingress.

    Args:
        name: of its class; "" = the usual one.
    """
    there = ", ".join(sorted(str(each["metadata"]["name"]) for each in classes))
    if not classes:
        return Finding(
            BAD,
            "ingress",
            "there is no Ingress class, so nobody serves an Ingress. Install a controller, or take another way in: gateway, or"
            " proxy.service.type: LoadBalancer.",
        )
    if name:
        if any(each["metadata"]["name"] == name for each in classes):
            return Finding(GOOD, "ingress", f"the class '{name}' serves it")
        return Finding(
            BAD, "ingress", f"there is no Ingress class '{name}'. Correct ingress.className; there are: {there}."
        )
    usual = [each for each in classes if (each["metadata"].get("annotations") or {}).get(DEFAULT) == "true"]
    if len(usual) != 1:
        count = "no Ingress class is" if not usual else "several Ingress classes are"
        return Finding(BAD, "ingress", f"{count} the usual one. Name one in ingress.className; there are: {there}.")
    return Finding(GOOD, "ingress", f"the class '{usual[0]['metadata']['name']}' serves it")


def judge_issuer(tls: IngressTls, groups: Collection[str]) -> Iterator[Finding]:
    """Say whether somebody makes the certificate of the Ingress.

    Args:
        groups: of the cluster's API.
    """
    if tls.enabled and tls.issuer and ISSUERS not in groups:
        yield Finding(
            BAD,
            "ingress",
            f"cert-manager is not installed, and ingress.tls.issuer is '{tls.issuer}'. Install it, or bring a certificate:"
            " ingress.tls.secretName.",
        )


def judge_gateway(name: str, gateway: Object | None, *, is_of_here: bool) -> Finding:
    """Say whether a Gateway takes the route.

    Args:
        gateway: None = there is none.
        is_of_here: it is in the namespace that is installed into.
    """
    if gateway is None:
        return Finding(BAD, "gateway", f"there is no Gateway {name}. Correct gateway.parentRefs.")
    listeners = gateway.get("spec", {}).get("listeners") or ()
    allowed = {str((each.get("allowedRoutes") or {}).get("namespaces", {}).get("from", "Same")) for each in listeners}
    if "All" in allowed or (is_of_here and allowed & {"Same", "Selector"}):
        return Finding(GOOD, "gateway", f"the Gateway {name} takes the route")
    if "Selector" in allowed:
        return Finding(
            NOTE,
            "gateway",
            f"the Gateway {name} takes routes from namespaces with certain labels. Look whether yours has them.",
        )
    return Finding(
        BAD,
        "gateway",
        f"the Gateway {name} takes no routes from this namespace. Whoever has it writes into its listener:"
        " allowedRoutes: {namespaces: {from: All}}",
    )
