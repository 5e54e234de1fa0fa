"""What the pods of the chart are, and what they may."""

import base64
from typing import Any

import pytest
import yaml
from support.chart import NAME, NAMESPACE, RELEASE, Rendered, everything, render

from sardonyx_hub_config.chart.parts import PodSecurity
from sardonyx_spawner import contract
from sardonyx_spawner.kube.manifest import PodServer, pod
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.place_volumes import AUTHORITY_FILE, AUTHORITY_FOLDER
from sardonyx_spawner.kube.rights import RIGHTS
from sardonyx_spawner.plan import ServerPlan


@pytest.fixture(scope="module")
def usual() -> Rendered:
    """An installation with nothing set."""
    return render()


@pytest.fixture(scope="module")
def full() -> Rendered:
    """An installation with everything."""
    return everything()


FOLDER = "/etc/sardonyx/environment"


def variables(container: dict[str, Any]) -> dict[str, Any]:
    """Return the environment of a container: what it is, or where it is from."""
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


def test_every_pod_is_what_pod_security_calls_restricted(full: Rendered) -> None:
    """Kubernetes, Pod Security Standards, "restricted"; and a root file system that is only read, beyond them."""
    for name, template in full.pods.items():
        security = template["spec"]["securityContext"]
        assert security["runAsNonRoot"] is True, name
        assert (security["runAsUser"], security["runAsGroup"]) == (1000, 1000), name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & template["spec"].keys(), name
        kinds = {kind for volume in template["spec"].get("volumes", []) for kind in volume if kind != "name"}
        assert kinds <= {"configMap", "emptyDir", "persistentVolumeClaim", "projected"}, name
    assert {
        name: container["securityContext"]
        for name, container in full.containers.items()
        if container["securityContext"]
        != {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    } == {}


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        pytest.param(
            {"user": 2000, "group": 3000}, {"runAsUser": 2000, "runAsGroup": 3000, "fsGroup": 3000}, id="others"
        ),
        pytest.param({"user": None, "group": None}, {}, id="those of the platform"),
    ],
)
def test_whom_pods_run_under_is_the_operators_to_say(values: dict[str, int | None], numbers: dict[str, int]) -> None:
    """All of them; some platforms give each namespace numbers of its own, and refuse others."""
    pods = render({"podSecurity": values, "prePuller": {"enabled": True}, "postgresql": {"enabled": True}}).pods
    kept = {
        "runAsNonRoot": True,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }

    assert len(pods) == 5
    assert {name: template["spec"]["securityContext"] for name, template in pods.items()} == dict.fromkeys(
        pods, kept | numbers
    )
    assert PodSecurity.model_validate(values).context() == {
        name: value for name, value in (kept | numbers).items() if name != "fsGroupChangePolicy"
    }


def test_every_container_says_what_it_needs_and_what_it_may_take(full: Rendered) -> None:
    """A namespace with a quota refuses others."""
    for name, container in full.containers.items():
        resources = container["resources"]
        assert {"cpu", "memory"} <= resources["requests"].keys(), name
        assert "memory" in resources["limits"], name


def test_the_hub_alone_speaks_with_kubernetes(full: Rendered) -> None:
    """All others have no token, and the service account gives none by itself."""
    tokens = {name: template["spec"]["automountServiceAccountToken"] for name, template in full.pods.items()}

    assert [name for name, has_one in tokens.items() if has_one] == [f"{NAME}-hub"]
    assert [each["automountServiceAccountToken"] for each in full.of("ServiceAccount")] == [False]


def test_no_pod_has_variables_of_the_services_beside_it(full: Rendered) -> None:
    """A Service named sardonyx would set SARDONYX_PORT, which is a setting."""
    assert not any(template["spec"]["enableServiceLinks"] for template in full.pods.values())


def test_the_hub_has_these_rights_and_no_others(full: Rendered) -> None:
    """In its own namespace; it reads no Secret."""
    role = full.one("Role", f"{NAME}-hub")
    binding = full.one("RoleBinding", f"{NAME}-hub")

    assert {rule["resources"][0]: tuple(rule["verbs"]) for rule in role["rules"]} == RIGHTS
    assert all(len(rule["resources"]) == 1 and rule["apiGroups"] == [""] for rule in role["rules"])
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": f"{NAME}-hub", "namespace": NAMESPACE}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]


def test_nothing_belongs_to_the_whole_cluster_unless_that_is_wanted(usual: Rendered, full: Rendered) -> None:
    """So no right in the whole cluster is needed."""
    of_a_namespace = {
        "CiliumNetworkPolicy", "ConfigMap", "Deployment", "DaemonSet", "HTTPRoute", "Ingress", "Job", "NetworkPolicy",
        "PersistentVolumeClaim", "PodDisruptionBudget", "Role", "RoleBinding", "Secret", "Service", "ServiceAccount", "ServiceMonitor",
        "StatefulSet",
    }  # fmt: skip

    assert {each["kind"] for each in usual.manifests} <= of_a_namespace
    assert {each["kind"] for each in full.manifests} - of_a_namespace == {"PriorityClass"}


def test_the_hub_is_told_what_it_has_to_know(usual: Rendered) -> None:
    """By these variables, and no more."""
    assert variables(usual.containers[f"{NAME}-hub/hub"]) == {
        "SARDONYX_ENGINE": "kubernetes",
        "SARDONYX_NAME": NAME,
        "SARDONYX_INSTANCE": RELEASE,
        "SARDONYX_DATA": "/var/lib/sardonyx/data",
        "SARDONYX_SETTINGS": "/etc/sardonyx/settings.yaml",
        "HOME": "/tmp",  # noqa: S108 - of a container
        "POD_NAMESPACE": {"fieldRef": {"fieldPath": "metadata.namespace"}},
        "SARDONYX_POD": {"fieldRef": {"fieldPath": "metadata.name"}},
        "SARDONYX_POD_UID": {"fieldRef": {"fieldPath": "metadata.uid"}},
        "SARDONYX_ENVIRONMENT": FOLDER,
    }
    assert usual.mounted_variables(f"{NAME}-hub") == {
        "CONFIGPROXY_AUTH_TOKEN": f"{NAME}-proxy/token",
        "SARDONYX_METRICS_TOKEN": f"{NAME}-metrics/token",
    }


def test_no_secret_is_a_variable_for_which_a_start_needs_the_api(full: Rendered) -> None:
    """A node that starts a container again asks for those first, and waits for the API."""
    for name in ("hub/hub", "proxy/proxy", "postgresql/postgresql"):
        asked = [each for each in full.containers[f"{NAME}-{name}"].get("env", []) if "secretKeyRef" in str(each)]
        assert asked == []
    for name in ("hub", "proxy"):
        spec = full.pods[f"{NAME}-{name}"]["spec"]
        (volume,) = [each["projected"] for each in spec["volumes"] if each["name"] == "environment"]
        assert volume["defaultMode"] == 0o400
        assert {"name": "environment", "mountPath": FOLDER, "readOnly": True} in spec["containers"][0]["volumeMounts"]


def test_hub_and_proxy_know_each_other_by_a_secret_made_for_them(usual: Rendered) -> None:
    """Of 64 characters, and another one for each installation."""
    token = base64.b64decode(usual.one("Secret", f"{NAME}-proxy")["data"]["token"])
    other = base64.b64decode(render().one("Secret", f"{NAME}-proxy")["data"]["token"])
    proxy = variables(usual.containers[f"{NAME}-proxy/proxy"])

    assert len(token) == 64
    assert token != other
    assert proxy == {
        "SARDONYX_ENGINE": "kubernetes",
        "SARDONYX_NAME": NAME,
        "SARDONYX_INSTANCE": RELEASE,
        "HOME": "/tmp",  # noqa: S108 - of a container
        "SARDONYX_ENVIRONMENT": FOLDER,
    }
    assert usual.mounted_variables(f"{NAME}-proxy") == {"CONFIGPROXY_AUTH_TOKEN": f"{NAME}-proxy/token"}


def test_who_asks_for_metrics_has_another_one(usual: Rendered) -> None:
    """It is in the configuration of a Prometheus."""
    tokens = {each["metadata"]["name"]: each["data"]["token"] for each in usual.of("Secret")}

    assert tokens.keys() == {f"{NAME}-proxy", f"{NAME}-metrics"}
    assert tokens[f"{NAME}-proxy"] != tokens[f"{NAME}-metrics"]


def test_a_secret_of_the_operator_takes_its_place() -> None:
    """None is made then."""
    rendered = render({"proxy": {"token": {"existingSecret": "mine", "key": "proxy"}}})

    assert [each["metadata"]["name"] for each in rendered.of("Secret")] == [f"{NAME}-metrics"]
    for part in ("hub", "proxy"):
        assert rendered.mounted_variables(f"{NAME}-{part}")["CONFIGPROXY_AUTH_TOKEN"] == "mine/proxy"


def test_other_settings_restart_the_hub_and_not_the_proxy() -> None:
    """People in their servers notice nothing of it."""
    mine = {"token": {"existingSecret": "mine"}}
    token = {"proxy": mine, "monitoring": mine}
    before, after = render(token), render({**token, "settings": {"title": "Another"}})

    assert before.pods[f"{NAME}-hub"] != after.pods[f"{NAME}-hub"]
    assert before.pods[f"{NAME}-proxy"] == after.pods[f"{NAME}-proxy"]


def test_another_token_restarts_both(usual: Rendered) -> None:
    """One with the old one would be a stranger to the other; each rendering without a cluster makes a new one."""
    other = render()

    for part in ("hub", "proxy"):
        assert usual.pods[f"{NAME}-{part}"] != other.pods[f"{NAME}-{part}"]
    sums = {template["metadata"]["annotations"].get("checksum/token") for template in list(usual.pods.values())[:2]}
    assert len(sums) == 1


def test_secrets_of_the_settings_are_files_that_others_cannot_read(full: Rendered) -> None:
    """Each under its own name, from the Secret that the values name."""
    spec = full.pods[f"{NAME}-hub"]["spec"]
    (volume,) = [each["projected"] for each in spec["volumes"] if each["name"] == "secrets"]
    (mount,) = [each for each in spec["containers"][0]["volumeMounts"] if each["name"] == "secrets"]

    assert mount == {"name": "secrets", "mountPath": "/etc/sardonyx/secrets", "readOnly": True}
    assert volume["defaultMode"] == 0o400
    assert volume["sources"] == [{"secret": {"name": "vault", "items": [{"key": "ca.crt", "path": "authority"}]}}]


def test_secrets_of_the_settings_are_variables_of_the_hub_alone(full: Rendered) -> None:
    """Where the settings name them so."""
    assert full.mounted_variables(f"{NAME}-hub")["UNIVERSITY_SECRET"] == "sign-in/secret"
    assert "UNIVERSITY_SECRET" not in full.mounted_variables(f"{NAME}-proxy")


def test_hub_and_copies_have_the_certificates_that_servers_trust(full: Rendered, usual: Rendered) -> None:
    """One setting for the whole place; what reaches nothing outside has none of it, and neither has anybody where it names none."""
    items = [{"key": "ca.crt", "path": "ca.crt"}]
    for part in ("hub", "copies"):
        container = full.containers[f"{NAME}-{part}/{part}"]
        (volume,) = [each for each in full.pods[f"{NAME}-{part}"]["spec"]["volumes"] if each["name"] == "authority"]
        (mount,) = [each for each in container["volumeMounts"] if each["name"] == "authority"]
        assert volume["configMap"] == {"name": "company-authority", "items": items}
        assert {"name": contract.AUTHORITY, "value": AUTHORITY_FILE} in container["env"]
        assert mount == {"name": "authority", "mountPath": AUTHORITY_FOLDER, "readOnly": True}
    assert "authority" not in [each["name"] for each in full.pods[f"{NAME}-proxy"]["spec"]["volumes"]]
    assert contract.AUTHORITY not in usual.text


def test_the_volume_of_the_hub_stays_when_the_chart_goes(usual: Rendered) -> None:
    """Keys, people and data are in it."""
    claim = usual.one("PersistentVolumeClaim", f"{NAME}-hub")

    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert "storageClassName" not in claim["spec"]
    assert usual.one("Deployment", f"{NAME}-hub")["spec"]["strategy"] == {"type": "Recreate"}


def test_files_in_the_volume_are_not_opened_to_the_group_at_each_start(usual: Rendered) -> None:
    """Kubernetes would, and the hub refuses secrets that are open."""
    assert usual.pods[f"{NAME}-hub"]["spec"]["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"


def test_the_health_of_the_hub_is_below_the_path_of_the_place(usual: Rendered, full: Rendered) -> None:
    """As everything is."""
    for rendered, path in ((usual, "/hub/health"), (full, "/datalab/hub/health")):
        container = rendered.containers[f"{NAME}-hub/hub"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"] == {"path": path, "port": "hub"}


def test_services_lead_to_ports_that_are_there(usual: Rendered) -> None:
    """By their names."""
    named = {
        name: {port["name"]: port["containerPort"] for port in usual.containers[container]["ports"]}
        for name, container in ((f"{NAME}-hub", f"{NAME}-hub/hub"), (NAME, f"{NAME}-proxy/proxy"))
    }
    named[f"{NAME}-proxy-api"] = named[NAME]

    for service in usual.of("Service"):
        for port in service["spec"]["ports"]:
            assert port["targetPort"] in named[service["metadata"]["name"]], service["metadata"]["name"]


def test_what_selects_pods_selects_those_of_its_own_component(full: Rendered) -> None:
    """Services, budgets, and what makes the pods."""
    pods = {name: template["metadata"]["labels"] for name, template in full.pods.items()}
    selectors = {
        f"{each['kind']}/{each['metadata']['name']}": each["spec"]["selector"]
        for each in full.manifests
        if each["kind"] in {"Service", "PodDisruptionBudget", "Deployment", "StatefulSet", "DaemonSet"}
    }
    found = {
        name: [pod for pod, labels in pods.items() if selector.get("matchLabels", selector).items() <= labels.items()]
        for name, selector in selectors.items()
    }

    assert found == {
        **{
            f"{kind}/{NAME}-{part}": [f"{NAME}-{part}"]
            for kind in ("PodDisruptionBudget",)
            for part in ("hub", "proxy", "postgresql")
        },
        f"StatefulSet/{NAME}-postgresql": [f"{NAME}-postgresql"],
        f"Service/{NAME}-postgresql": [f"{NAME}-postgresql"],
        **{f"Deployment/{NAME}-{part}": [f"{NAME}-{part}"] for part in ("hub", "proxy", "copies", "placeholder")},
        f"DaemonSet/{NAME}-puller": [f"{NAME}-puller"],
        f"Service/{NAME}-copies": [f"{NAME}-copies"],
        f"Service/{NAME}-hub": [f"{NAME}-hub"],
        f"Service/{NAME}": [f"{NAME}-proxy"],
        f"Service/{NAME}-proxy-api": [f"{NAME}-proxy"],
    }


def test_images_of_servers_are_fetched_each_once(full: Rendered) -> None:
    """Those of profiles, of their choices, and those that the values name beside them."""
    containers = full.pods[f"{NAME}-puller"]["spec"]["initContainers"]

    assert [each["image"] for each in containers] == [
        "sardonyx/python-vscode-mlflow:0.1.0", "sardonyx/r:0.0.9", "sardonyx/r:0.1.0", "sardonyx/spark:0.1.0",
    ]  # fmt: skip


def test_what_is_there_for_servers_is_where_they_run() -> None:
    """The settings say where: nodes that hold images, or room, for nobody help nobody."""
    settings = {
        "profiles": {"r": {"title": "R", "image": "r"}},
        "environments": {"python": {"image": "python"}},
        "kubernetes": {
            "node_selector": {"pool": "users"},
            "tolerations": [{"key": "users", "operator": "Exists"}],
            "image_pull_secrets": ["theirs"],
        },
    }
    values = {
        "settingsFile": yaml.safe_dump(settings),
        "imagePullSecrets": [{"name": "ours"}],
        "prePuller": {"enabled": True},
        "scheduling": {"placeholders": {"replicas": 1, "priorityClass": {"name": "low"}}},
    }
    pods = render(values).pods

    for name in (f"{NAME}-puller", f"{NAME}-placeholder"):
        spec = pods[name]["spec"]
        assert spec["nodeSelector"] == {"pool": "users"}
        assert spec["tolerations"] == [{"key": "users", "operator": "Exists"}]
        assert spec["imagePullSecrets"] == [{"name": "ours"}, {"name": "theirs"}]
    assert [each["image"] for each in pods[f"{NAME}-puller"]["spec"]["initContainers"]] == ["python", "r"]
    assert pods[f"{NAME}-hub"]["spec"]["imagePullSecrets"] == [{"name": "ours"}]


@pytest.mark.parametrize(
    ("profile", "kubernetes", "tolerated"),
    [
        pytest.param({"gpus": 1}, {}, ["nvidia.com/gpu"], id="a profile"),
        pytest.param({"options": {"gpus": {"maximum": 2}}}, {}, ["nvidia.com/gpu"], id="a number"),
        pytest.param(
            {"options": {"size": {"choices": {"fast": {"title": "Fast", "gpus": 1}}}}},
            {},
            ["nvidia.com/gpu"],
            id="a choice",
        ),
        pytest.param(
            {"gpus": 1},
            {"gpu_resource": "amd.com/gpu", "tolerations": [{"key": "users", "operator": "Exists"}]},
            ["users", "amd.com/gpu"],
            id="another kind",
        ),
        pytest.param({}, {}, [], id="none"),
    ],
)
def test_images_are_fetched_where_servers_with_gpus_run(
    profile: dict[str, Any], kubernetes: dict[str, Any], tolerated: list[str]
) -> None:
    """The hub lets them onto nodes that are kept for GPUs, whatever the settings say; room is kept on other nodes."""
    settings = {"profiles": {"r": {"title": "R", "image": "r", **profile}}, "kubernetes": kubernetes}
    placeholders = {"replicas": 1, "priorityClass": {"name": "low"}}
    values = {"settings": settings, "prePuller": {"enabled": True}, "scheduling": {"placeholders": placeholders}}
    pods = render(values).pods

    found = pods[f"{NAME}-puller"]["spec"].get("tolerations", [])
    assert [each["key"] for each in found] == tolerated
    server = PodServer("lab-server-amina", home="", port=8888, labels={}, arguments=())
    plan = ServerPlan("kite2345", "r", "R", "R", image="r", gpus=1)
    at = ClusterPlace(gpu_resource=kubernetes.get("gpu_resource", "nvidia.com/gpu"))
    if tolerated:
        assert found[-1:] == pod(server, plan, at, {})["spec"]["tolerations"]
    room = pods[f"{NAME}-placeholder"]["spec"].get("tolerations", [])
    assert [each["key"] for each in room] == [key for key in tolerated if "gpu" not in key]


def test_placeholders_give_way_to_servers(full: Rendered) -> None:
    """By a class of their own, with the name of the installation, because it is the cluster's."""
    (found,) = full.of("PriorityClass")

    assert (found["metadata"]["name"], found["value"]) == (f"{NAMESPACE}-{NAME}-placeholders", -10)
    assert full.pods[f"{NAME}-placeholder"]["spec"]["priorityClassName"] == found["metadata"]["name"]


@pytest.mark.parametrize(
    ("release", "name"),
    [
        pytest.param("sardonyx", "sardonyx", id="its own"),
        pytest.param("a", "a-sardonyx", id="short"),
        pytest.param("a" * 53, "a" * 48, id="the longest that Helm takes"),
    ],
)
def test_names_are_made_from_that_of_the_release(release: str, name: str) -> None:
    """None is longer than Kubernetes takes."""
    rendered = render(release=release)

    assert {each["metadata"]["name"] for each in rendered.of("Service")} == {name, f"{name}-hub", f"{name}-proxy-api"}
    assert max(len(each["metadata"]["name"]) for each in rendered.manifests) <= 63
