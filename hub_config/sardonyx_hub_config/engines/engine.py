"""Which engine runs servers here: processes of one machine, or Pods of a cluster. The chart says so, not the settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.settings.whole import Settings

ENGINE, NAME, INSTANCE, PROXY_TOKEN = "SARDONYX_ENGINE", "SARDONYX_NAME", "SARDONYX_INSTANCE", "CONFIGPROXY_AUTH_TOKEN"
POD, POD_UID = "SARDONYX_POD", "SARDONYX_POD_UID"
COPIES, COPIES_KEY = "SARDONYX_COPIES_URL", "SARDONYX_COPIES_KEY"
KUBERNETES = "kubernetes"
PUBLIC = 8000
"""Port of the proxy's Pod; those of the hub's come after it, as on one machine."""


@dataclass(frozen=True)
class Release:
    """This installation, as the chart has named it.

    Args:
        name: what names of everything begin with.
        instance: label of everything that belongs to it.
        pod: name of the Pod that this process runs in; "" = the chart is of an earlier version.
        pod_uid: the same Pod's, that no other one ever has.
        copies: address of the service that gives copies of repositories; "" = there is none.
    """

    name: str
    instance: str
    pod: str = ""
    pod_uid: str = ""
    copies: str = ""

    @property
    def ports(self) -> Ports:
        """The ports, and the Services behind which they are."""
        return Ports(PUBLIC, inside=f"{self.name}-hub", proxy=f"{self.name}-proxy-api")


def release(environment: Mapping[str, str] = os.environ) -> Release | None:
    """Return the installation on a cluster that this hub is of; None = this is one machine.

    Raises:
        OperatorError: the environment says something else.
    """
    engine = environment.get(ENGINE, "")
    if not engine:
        return None
    if engine != KUBERNETES:
        raise OperatorError(f"{ENGINE} is '{engine}'. Write '{KUBERNETES}', or nothing on one machine.")
    if not environment.get(NAME):
        raise OperatorError(f"{NAME} is missing. The chart sets it: install Sardonyx with the chart.")
    instance = environment.get(INSTANCE) or environment[NAME]
    pod, pod_uid, copies = (environment.get(name, "") for name in (POD, POD_UID, COPIES))
    return Release(environment[NAME], instance, pod, pod_uid, copies)


def ports_here(settings: Settings) -> Ports:
    """Return where the parts of this place are."""
    here = release()
    return here.ports if here is not None else Ports(settings.web.port)
