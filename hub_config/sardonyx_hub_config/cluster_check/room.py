"""How many servers a ResourceQuota has room for, beside what the chart makes. Pure.

Source: Kubernetes documentation, "Resource Quotas".
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sardonyx_hub_config.cluster_check.quantities import amounts, said
from sardonyx_hub_config.cluster_check.trials import Trial
from sardonyx_hub_config.looks.findings import BAD, GOOD, Finding

Object = Mapping[str, Any]
Amounts = Mapping[str, Decimal]

ABOUT = "quota"
OTHER_NAMES = {"cpu": "requests.cpu", "memory": "requests.memory", "count/pods": "pods"}
"""What a quota may write in two ways."""


def judge(quotas: Sequence[Object], chart: Sequence[Trial], servers: Sequence[Trial]) -> Iterator[Finding]:
    """Say for how many servers there is room.

    Args:
        quotas: of the namespace; what is used of them already does not count, because it may be us.
    """
    asked = [_takes(trial) for trial in servers]
    for quota in quotas:
        spec = quota.get("spec", {})
        # Those for some Pods only, such as of one PriorityClass, are left to the cluster's own answer.
        if spec.get("scopes") or spec.get("scopeSelector"):
            continue
        hard = {OTHER_NAMES.get(name, name): number for name, number in amounts(spec.get("hard")).items()}
        found = _judge_one(str(quota["metadata"]["name"]), hard, [_takes(trial) for trial in chart], asked)
        if found is not None:
            yield found


def _judge_one(name: str, hard: Amounts, chart: Sequence[Amounts], servers: Sequence[Amounts]) -> Finding | None:
    fewest: tuple[int, str] | None = None
    for resource, most in hard.items():
        smallest = min((each.get(resource, Decimal(0)) for each in servers), default=Decimal(0))
        if not smallest:
            continue
        ours = sum((each.get(resource, Decimal(0)) for each in chart), Decimal(0))
        count = int((most - ours) // smallest)
        if fewest is None or count < fewest[0]:
            fewest = count, resource
        if count < 1 and max(smallest, *(each.get(resource, Decimal(0)) for each in chart)) <= most:
            return Finding(
                BAD,
                ABOUT,
                f"the ResourceQuota {name} allows {said(resource, most)} ({resource}): the chart takes"
                f" {said(resource, ours)} of it, and the smallest server {said(resource, smallest)}. Have it made larger.",
            )
    # With less than one, each server alone is too large, which the cluster itself says.
    if fewest is None or fewest[0] < 1:
        return None
    count, resource = fewest
    servers_said = "one server" if count == 1 else f"{count} servers"
    return Finding(
        GOOD, ABOUT, f"the ResourceQuota {name} has room for {servers_said} of the smallest kind ({resource})"
    )


def _takes(trial: Trial) -> Amounts:
    if trial.manifest["kind"] != "Pod":
        return {}
    resources = trial.resources
    limits = amounts(resources.get("limits"))
    # What says only how much it may take is given as much.
    requests = {**limits, **amounts(resources.get("requests"))}
    return {
        "pods": Decimal(1),
        **{f"requests.{name}": number for name, number in requests.items()},
        **{f"limits.{name}": number for name, number in limits.items()},
    }
