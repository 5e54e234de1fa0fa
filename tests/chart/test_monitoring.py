"""What is asked of the hub and the keys service, and what is drawn of it."""

import json
import re
from typing import Any

import pytest
from jupyterhub import metrics as _hub_metrics
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from support.chart import CHART, NAME, everything

from sardonyx_services.credentials.metrics import Metrics
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.ready_made.figures import Figures
from sardonyx_spawner.kube.ready_made.stock import Stock
from sardonyx_spawner.kube.ready_made.wishes import Rules

METRIC = re.compile(r"\b((?:jupyterhub|sardonyx|process)_[a-z_]+)(?=[{\[,)])")


def queries() -> list[str]:
    """Return what the panels of the dashboard ask for, and its variables."""
    board = json.loads((CHART / "dashboards" / "sardonyx.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return [*asked, *(each["query"] for each in board["templating"]["list"] if each["type"] == "query")]


def exposed() -> set[str]:
    """Return the names under which the hub and the keys service give out what they count."""
    assert _hub_metrics.__name__ == "jupyterhub.metrics"
    of_the_hub = [*REGISTRY.collect(), *Figures(Stock(Rules(), ClusterPlace(), 8888)).collect()]
    families = [*of_the_hub, *text_string_to_metric_families(Metrics().text().decode())]
    endings = {
        "counter": ["_total"],
        "histogram": ["_bucket", "_count", "_sum"],
        "gauge": [""],
        "summary": ["_count", "_sum"],
    }
    return {family.name + ending for family in families for ending in endings.get(family.type, [""])}


def test_the_dashboard_asks_for_metrics_that_there_are() -> None:
    """A panel without data would look like a place without people."""
    asked = {name for query in queries() for name in METRIC.findall(query)}

    assert len(asked) > 8
    assert asked - exposed() == set()


def test_every_panel_asks_for_this_installation_alone() -> None:
    """One Prometheus may know several."""
    assert [query for query in queries() if "label_values" not in query and 'namespace="$namespace"' not in query] == []


def test_grafana_finds_the_dashboard_by_its_label() -> None:
    """As its sidecar looks for it."""
    found = everything().one("ConfigMap", f"{NAME}-dashboard")

    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert json.loads(found["data"]["sardonyx.json"])["title"] == "Sardonyx"


@pytest.mark.parametrize(
    ("port", "path"),
    [("hub", "/datalab/hub/metrics"), ("keys", "/datalab/services/credentials/metrics")],
    ids=["hub", "keys"],
)
def test_prometheus_asks_with_a_token_below_the_path_of_the_place(port: str, path: str) -> None:
    """Metrics are not for everybody."""
    monitor: dict[str, Any] = everything().one("ServiceMonitor", NAME)
    (endpoint,) = [each for each in monitor["spec"]["endpoints"] if each["port"] == port]

    assert endpoint["path"] == path
    assert endpoint["authorization"] == {"credentials": {"name": f"{NAME}-metrics", "key": "token"}}
    assert (
        monitor["spec"]["selector"]["matchLabels"].items()
        <= everything().one("Service", f"{NAME}-hub")["metadata"]["labels"].items()
    )
