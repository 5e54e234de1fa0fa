"""What `sardonyx render` makes of settings is installed by Helm as it is."""

from pathlib import Path

import pytest
import yaml
from support.chart import CHART, NAME, Rendered, helm, render
from support.rendered import SETTINGS, written

from sardonyx_hub_config.commands.render import rendered

SHIPPED = CHART.parents[1] / "hub_config" / "settings.yaml"


def installed(settings: Path) -> Rendered:
    """Return what Helm makes of the values of settings; its schema lets them through, or this fails."""
    values = settings.with_name("values.yaml")
    values.write_text(rendered(settings, "lab"))
    helm("lint", "--strict", CHART, "--values", values)
    return render(None, "--values", values)


@pytest.mark.parametrize("text", [pytest.param(SETTINGS, id="full"), pytest.param(SHIPPED.read_text(), id="shipped")])
def test_the_hub_gets_the_settings_as_they_are_in_the_values(tmp_path: Path, text: str) -> None:
    """Letter by letter: null stays null, and the order is that of the file."""
    settings = written(tmp_path, text)
    got = installed(settings).one("ConfigMap", f"{NAME}-hub")["data"]["settings.yaml"]

    assert got.rstrip() == yaml.safe_load(rendered(settings, "lab"))["settingsFile"].rstrip()


def test_secrets_ingress_and_network_are_those_of_the_settings(tmp_path: Path) -> None:
    """The chart finds each of them."""
    found = installed(written(tmp_path))
    hub = found.containers[f"{NAME}-hub/hub"]
    (ingress,) = found.of("Ingress")
    policies = yaml.safe_dump([policy["spec"] for policy in found.of("NetworkPolicy")])

    assert {"name": "secrets", "mountPath": "/etc/sardonyx/secrets", "readOnly": True} in hub["volumeMounts"]
    assert "UNIVERSITY_SECRET" in found.mounted_variables(f"{NAME}-hub")
    assert hub["image"] == "registry.example.org/lab/hub:0.1.0"
    assert ingress["spec"]["rules"][0]["host"] == "notebooks.example.org"
    assert ingress["spec"]["rules"][0]["http"]["paths"][0]["path"] == "/datalab"
    assert ingress["spec"]["tls"] == [{"secretName": "sardonyx-tls", "hosts": ["notebooks.example.org"]}]
    assert "10.1.2.3/32" in policies
