"""The chart, rendered by the real helm."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from support.cluster.programs import PROGRAMS

CHART = Path(__file__).parents[2] / "helm" / "sardonyx"
EVERYTHING = Path(__file__).parents[1] / "chart" / "everything.yaml"
KUBERNETES = ("1.29.0", "1.33.0", "1.36.0")
"""The oldest that the chart takes, one between, and the one that the tests run."""
NAMESPACE, RELEASE = "datalab", "place"
NAME = f"{RELEASE}-sardonyx"
OF_OTHERS = {"CiliumNetworkPolicy", "HTTPRoute", "ServiceMonitor"}
"""Kinds that Kubernetes does not have by itself."""
PATIENCE_S = 60

Manifest = dict[str, Any]


class HelmRefusedError(Exception):
    """What helm said."""


@dataclass(frozen=True)
class Rendered:
    """Manifests of one rendering."""

    text: str

    @cached_property
    def manifests(self) -> list[Manifest]:
        """All of them."""
        return [found for found in yaml.safe_load_all(self.text) if found]

    @property
    def sources(self) -> set[str]:
        """The templates that gave some."""
        return {line.split("/templates/")[1] for line in self.text.splitlines() if line.startswith("# Source: ")}

    def of(self, kind: str) -> list[Manifest]:
        """Return those of a kind."""
        return [found for found in self.manifests if found["kind"] == kind]

    def one(self, kind: str, name: str) -> Manifest:
        """Return the one of a kind and name."""
        (found,) = [found for found in self.of(kind) if found["metadata"]["name"] == name]
        return found

    @property
    def pods(self) -> dict[str, Manifest]:
        """What each kind of pod is: name of what makes it -> its template."""
        return {
            found["metadata"]["name"]: found["spec"]["template"]
            for found in self.manifests
            if "template" in found.get("spec", {})
        }

    @property
    def containers(self) -> dict[str, Manifest]:
        """All containers, as `pod/container`."""
        return {
            f"{pod}/{container['name']}": container
            for pod, template in self.pods.items()
            for container in [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]
        }

    def mounted_variables(self, pod: str) -> dict[str, str]:
        """Return the variables that a pod has as files: name -> `SECRET/KEY`."""
        (volume,) = [each["projected"] for each in self.pods[pod]["spec"]["volumes"] if each["name"] == "environment"]
        secrets = [source["secret"] for source in volume["sources"]]
        return {each["path"]: f"{secret['name']}/{each['key']}" for secret in secrets for each in secret["items"]}


def helm(*arguments: str | Path, given: str | None = None) -> str:
    """Run helm; return what it printed.

    Raises:
        HelmRefusedError: it failed, with what it said.
    """
    program = str(PROGRAMS.built() / "helm")
    result = subprocess.run(
        [program, *arguments], input=given, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    if result.returncode:
        raise HelmRefusedError(result.stdout + result.stderr)
    return result.stdout


def render(
    values: Mapping[str, Any] | None = None,
    *more: str | Path,
    chart: Path = CHART,
    release: str = RELEASE,
    kubernetes: str = KUBERNETES[-1],
) -> Rendered:
    """Return what an installation with these values would be."""
    command = ("template", release, chart, "--namespace", NAMESPACE, "--kube-version", kubernetes)
    return Rendered(helm(*command, *more, "--values", "-", given=yaml.safe_dump(dict(values or {}))))


@cache
def everything() -> Rendered:
    """Return an installation in which each branch of the chart is switched on."""
    return render(None, "--values", EVERYTHING)
