"""What a cluster consists of, and what it needs of the machine."""

import os
import shutil
from pathlib import Path

from support.cluster.images import BUSYBOX
from support.go_programs import GoProgram, GoPrograms

VERSION = "1.36.3"
MAJOR, MINOR, _PATCH = VERSION.split(".")
_KUBERNETES = "k8s.io/component-base/version"
PROGRAMS = GoPrograms(
    name="cluster",
    packages=(
        "./kube",
        "./coredns",
        "./containers",
        "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
        "helm.sh/helm/v3/cmd/helm",
    ),
    tags="no_btrfs,no_zfs,no_devmapper",
    # kubectl and Helm read them, and understand no others than these.
    variables=(
        (f"{_KUBERNETES}.gitVersion", f"v{VERSION}"),
        (f"{_KUBERNETES}.gitMajor", MAJOR),
        (f"{_KUBERNETES}.gitMinor", MINOR),
        (f"{_KUBERNETES}.gitCommit", "tests"),
    ),
)
POLICIES = GoProgram("policies", "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router")
"""Enforces NetworkPolicies, which the plugins of containers' networks that Debian has do not."""
NAMES = {
    "kube": (
        *("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"),
        *("kubelet", "kubectl", "folders"),
    ),
    "containers": ("containerd", "ctr"),
    "containerd-shim-runc-v2": ("containerd-shim-runc-v2",),
    "coredns": ("coredns",),
    "helm": ("helm",),
}
"""A program as it is built -> what it is called where it runs; it does what its name says."""
PACKAGES = {
    "runc": "runc",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "iptables": "iptables",
    "conntrack": "conntrack",
    "ipset": "ipset",
    str(BUSYBOX): "busybox-static",
    "ip": "iproute2",
    "mount": "mount",
    "nsenter": "util-linux",
}
"""A program of the machine's -> Debian's package that has it."""


def missing() -> str:
    """Return why no cluster can run on this machine, as a sentence; nothing where one can."""
    if os.geteuid() != 0:
        return "A cluster makes namespaces and mounts: run the tests as root"
    packages = sorted({package for program, package in PACKAGES.items() if shutil.which(program) is None})
    if packages:
        return f"A cluster needs Debian's {', '.join(packages)}: apt-get install {' '.join(packages)}"
    return ""


def put_programs(folder: Path) -> Path:
    """Put all programs in a folder, under the names by which they are called."""
    built = PROGRAMS.built()
    folder.mkdir()
    for program, names in NAMES.items():
        for name in names:
            (folder / name).symlink_to(built / program)
    policies = POLICIES.built()
    (folder / policies.name).symlink_to(policies)
    return folder
