"""What is rendered is what Kubernetes' own schemas let be: of the oldest version that the chart takes, of one between, and of the newest.

The kinds of the Gateway API, of the Prometheus operator and of Cilium are not among them: tests/cluster/test_chart_installed.py.
"""

from typing import Any

import pytest
from kubernetes_validate import ValidationError, validate
from support.chart import EVERYTHING, KUBERNETES, OF_OTHERS, Manifest, render


def faults(manifests: list[Manifest], kubernetes: str) -> list[str]:
    """Return what a cluster of a version would refuse, or pass over."""
    found = []
    for manifest in manifests:
        try:
            validate(manifest, kubernetes, strict=True)
        except ValidationError as error:
            found.append(f"{manifest['kind']}/{manifest['metadata']['name']} {error.json_path}: {error.message}")
    return found


@pytest.mark.parametrize("arguments", [(), ("--values", EVERYTHING)], ids=["nothing set", "everything"])
@pytest.mark.parametrize("kubernetes", KUBERNETES)
def test_kubernetes_knows_everything_that_is_rendered(kubernetes: str, arguments: tuple[Any, ...]) -> None:
    """No key is unknown, and none of a wrong kind."""
    rendered = render(None, *arguments, kubernetes=kubernetes)
    manifests = [each for each in rendered.manifests if each["kind"] not in OF_OTHERS]

    assert len(manifests) > 15
    assert faults(manifests, kubernetes) == []


def test_a_key_that_kubernetes_does_not_know_is_found() -> None:
    """So the test above would say so."""
    rendered = render({"hub": {"affinity": {"nodeAfinity": {}}}})

    assert any("nodeAfinity" in fault for fault in faults(rendered.of("Deployment"), KUBERNETES[-1]))
