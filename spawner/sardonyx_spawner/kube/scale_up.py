"""What a cluster's autoscaler says of a Pod that found no node: whether a machine is started for it.

Source: what is written to Pods by the cluster autoscaler (event_manager and status processors; AKS, OKE, OpenShift and others
run it), by GKE's, and by Karpenter (pkg/controllers/provisioning/scheduling/events; also EKS Auto Mode and AKS).
"""

import re
from enum import Enum, auto

_IN_BACKOFF = re.compile(r"in backoff after failed scale-up")
_AT_MOST = re.compile(
    r"max (?:node group size|cluster [\w, ]*limit) reached|exceed(?:s|ed)? limits? for (?:node ?pool|provisioner)"
)
_KARPENTER_FAILED = "Failed to schedule pod"
_KARPENTER_NEW = re.compile(r"(?:nodeclaim|machine)/")
_KARPENTER_THERE = re.compile(r"\bnode/")


class MachineNews(Enum):
    """What becomes of a machine for a Pod."""

    STARTS = auto()
    FAILED = auto()
    """It is tried again."""
    NO_MORE = auto()
    """There are as many as the operator lets there be."""
    NONE = auto()
    """One more would not help it, or none may be had."""


def news_of(reason: str, message: str) -> MachineNews | None:
    """Say what an event tells of a machine; None = nothing.

    Args:
        reason: of the event.
        message: of the event; the scheduler, too, writes `FailedScheduling`.
    """
    match reason:
        case "TriggeredScaleUp":
            return MachineNews.STARTS
        case "Nominated" if _KARPENTER_NEW.search(message) and not _KARPENTER_THERE.search(message):
            return MachineNews.STARTS
        case "FailedScaleUp":
            return MachineNews.FAILED
        case "NotTriggerScaleUp" if _IN_BACKOFF.search(message):
            return MachineNews.FAILED
        case "NotTriggerScaleUp":
            return MachineNews.NO_MORE if _AT_MOST.search(message) else MachineNews.NONE
        case "FailedScheduling" if message.startswith(_KARPENTER_FAILED):
            return MachineNews.NO_MORE if _AT_MOST.search(message) else MachineNews.NONE
        case _:
            return None
