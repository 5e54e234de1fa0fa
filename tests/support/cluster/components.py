"""How the programs of a cluster are called."""

from pathlib import Path

from support.cluster.keys import NODE
from support.cluster.network import Network
from support.cluster.settings import PROVISIONER

Command = tuple[str, ...]


def etcd(folder: Path) -> Command:
    """Return the command of etcd; what it knows ends with the cluster, so it waits for no disk."""
    return ("etcd", f"--data-dir={folder}/etcd", "--unsafe-no-fsync", "--log-level=warn")


def api_server(network: Network, folder: Path) -> Command:
    """Return the command of the API server."""
    keys = folder / "keys"
    return (
        "kube-apiserver",
        "--etcd-servers=http://127.0.0.1:2379",
        f"--advertise-address={network.node}",
        f"--service-cluster-ip-range={network.services}",
        f"--client-ca-file={keys}/authority.crt",
        f"--tls-cert-file={keys}/api-server.crt",
        f"--tls-private-key-file={keys}/api-server.key",
        f"--cert-dir={keys}",
        f"--token-auth-file={keys}/tokens.csv",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-signing-key-file={keys}/service-accounts.key",
        f"--service-account-key-file={keys}/service-accounts.pub",
        f"--kubelet-client-certificate={keys}/kubelet-client.crt",
        f"--kubelet-client-key={keys}/kubelet-client.key",
        "--kubelet-preferred-address-types=InternalIP",
        f"--audit-policy-file={folder}/audit-policy.json",
        f"--audit-log-path={folder}/audit.log",
    )


def controllers(folder: Path) -> Command:
    """Return the command of the controllers."""
    keys = folder / "keys"
    return (
        "kube-controller-manager",
        f"--kubeconfig={keys}/kube-controller-manager.kubeconfig",
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        f"--root-ca-file={keys}/authority.crt",
        f"--service-account-private-key-file={keys}/service-accounts.key",
        f"--cert-dir={keys}",
    )


def scheduler(folder: Path) -> Command:
    """Return the command of the scheduler."""
    keys = folder / "keys"
    return (
        "kube-scheduler",
        f"--kubeconfig={keys}/kube-scheduler.kubeconfig",
        "--leader-elect=false",
        f"--cert-dir={keys}",
    )


def kubelet(network: Network, folder: Path) -> Command:
    """Return the command of the kubelet."""
    return (
        "kubelet",
        f"--config={folder}/kubelet.json",
        f"--kubeconfig={folder}/keys/kubelet.kubeconfig",
        f"--hostname-override={NODE}",
        f"--node-ip={network.node}",
        f"--root-dir={folder}/kubelet",
        f"--cert-dir={folder}/keys",
    )


def proxy(folder: Path) -> Command:
    """Return the command of kube-proxy."""
    return ("kube-proxy", f"--config={folder}/proxy.json")


def policies(network: Network, folder: Path) -> Command:
    """Return the command of what enforces NetworkPolicies."""
    return (
        "kube-router",
        "--run-firewall=true",
        "--run-router=false",
        "--run-service-proxy=false",
        "--run-loadbalancer=false",
        f"--kubeconfig={folder}/keys/kube-router.kubeconfig",
        f"--hostname-override={NODE}",
        f"--service-cluster-ip-range={network.services}",
        # So that it says when policies are in force.
        "--v=1",
    )


def folders(folder: Path) -> Command:
    """Return the command of what makes volumes."""
    keys = folder / "keys/folders.kubeconfig"
    return ("folders", f"--kubeconfig={keys}", f"--root={folder}/volumes", f"--provisioner={PROVISIONER}")
