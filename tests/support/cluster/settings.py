"""What the programs of a cluster are told in files."""

from pathlib import Path
from typing import Any

from support.cluster.keys import NODE
from support.cluster.network import Network

PAUSE = "sardonyx.test/pause:1"
PROVISIONER = "sardonyx.test/folders"
Settings = dict[str, Any]


def containerd(folder: Path) -> str:
    """Return the settings of containerd: runc, and nothing of the machine's."""
    return f"""
version = 3
root = "{folder}/containerd"
state = "{folder}/containerd-state"
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.snapshotter.v1.erofs", "io.containerd.differ.v1.erofs", \
"io.containerd.snapshotter.v1.blockfile", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "{folder}/containerd.sock"
[ttrpc]
  address = "{folder}/containerd.ttrpc.sock"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{PAUSE}"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  disable_apparmor = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/usr/lib/cni"]
  conf_dir = "{folder}/cni"
[plugins."io.containerd.cri.v1.runtime".containerd]
  default_runtime_name = "runc"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  SystemdCgroup = false
"""


def pod_network(network: Network, folder: Path) -> Settings:
    """Return the settings of the CNI plugins: one bridge, and addresses from a list on the node."""
    addresses = {
        "type": "host-local",
        "dataDir": str(folder / "addresses"),
        "ranges": [[{"subnet": str(network.pods)}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    # Without address translation, so that the host sees which pod asks.
    bridge = {"type": "bridge", "bridge": "pods", "isGateway": True, "hairpinMode": True, "ipam": addresses}
    return {
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}],
    }


def kubelet(network: Network, folder: Path) -> Settings:
    """Return the settings of the kubelet."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "x509": {"clientCAFile": str(folder / "keys/authority.crt")},
            "webhook": {"enabled": False},
        },
        "authorization": {"mode": "AlwaysAllow"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{network.name}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "featureGates": {"KubeletInUserNamespace": True},
        "localStorageCapacityIsolation": False,
        "enforceNodeAllocatable": [],
        "clusterDNS": [network.names],
        "clusterDomain": "cluster.local",
        "resolvConf": str(folder / "resolv.conf"),
        "containerRuntimeEndpoint": f"unix://{folder}/containerd.sock",
        "podLogsDir": str(folder / "pod-logs"),
        "volumePluginDir": str(folder / "volume-plugins"),
        # A full disk of a developer's is no matter of the tests.
        "evictionHard": {"memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%"},
        "imageGCHighThresholdPercent": 100,
        "serializeImagePulls": False,
        "nodeStatusUpdateFrequency": "4s",
    }


def proxy(network: Network, folder: Path) -> Settings:
    """Return the settings of kube-proxy."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(folder / "keys/kube-proxy.kubeconfig")},
        "clusterCIDR": str(network.pods),
        "hostnameOverride": NODE,
        "mode": "iptables",
        "conntrack": {"maxPerCore": 0, "min": 0},
    }


def audit() -> Settings:
    """Return what the API server writes down: who asked for what, when it was answered."""
    rules = [{"level": "Metadata", "omitStages": ["RequestReceived"]}]
    return {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": rules}


def names(network: Network, keys: Path) -> str:
    """Return the settings of CoreDNS. It runs on the node, beside the API server: its name service is the only one."""
    return f"""
.:53 {{
  bind {network.node}
  errors
  ready {network.node}:8181
  kubernetes cluster.local in-addr.arpa {{
    kubeconfig {keys}
    pods insecure
  }}
  cache 5
}}
"""


def objects(network: Network) -> list[Settings]:
    """Return what is in a cluster from its beginning: the service for names, and the storage class."""
    of_names = {"name": "kube-dns", "namespace": "kube-system"}
    ports = [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**of_names, "labels": {"k8s-app": "kube-dns"}},
        "spec": {"clusterIP": network.names, "ports": ports},
    }
    endpoints = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {**of_names, "labels": {"kubernetes.io/service-name": "kube-dns"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [network.node], "conditions": {"ready": True}}],
        "ports": ports,
    }
    storage = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "folders", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": PROVISIONER,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
        # They are folders: each has as much as there is.
        "allowVolumeExpansion": True,
    }
    return [service, endpoints, storage]
