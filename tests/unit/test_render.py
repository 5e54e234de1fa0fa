"""`sardonyx render`: settings become values, no secret is read, and what is left to the operator is said."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from support.rendered import SETTINGS, values, written

from sardonyx_hub_config.chart.file import load_values
from sardonyx_hub_config.commands.render import render
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.whole import Settings

SMALL = "profiles: {r: {title: R, image: r}}\n"


def read(folder: Path, text: str = SETTINGS) -> dict[str, Any]:
    """Return the values as Helm reads them."""
    found: dict[str, Any] = yaml.safe_load(values(folder, text))
    return found


def on_cluster(folder: Path, text: str = SETTINGS) -> dict[str, Any]:
    """Return the settings in them."""
    found: dict[str, Any] = yaml.safe_load(read(folder, text)["settingsFile"])
    return found


def test_settings_keep_their_order_and_their_comments(tmp_path: Path) -> None:
    """Those that are written below each other mean something by it."""
    text = read(tmp_path)["settingsFile"]

    assert text.startswith("# A place.\ntitle: Datalab\n")
    assert "client_secret: {env: UNIVERSITY_SECRET}   # asked for in spring\n" in text
    assert "\n# Our database.\ndatabase:" in text
    assert "\n# What is offered.\nenvironments:" in text
    assert text.index("zebra") < text.index("apes")
    assert text.index("tall") < text.index("short")


def test_what_has_no_meaning_on_a_cluster_is_left_out_and_said(tmp_path: Path) -> None:
    """With why; a section that is empty then goes, too."""
    text, settings = values(tmp_path), on_cluster(tmp_path)

    assert settings["web"] == {"public_url": "https://notebooks.example.org/datalab"}
    assert settings["servers"] == {"idle_stop": None}
    assert settings["environments"] == {"py": {"title": "Python", "image": "registry.example.org/lab/py:1"}}
    assert {"data_folder", "one_machine"} & settings.keys() == set()
    assert [profile for profile in settings["profiles"].values() if "when" in profile] == []
    assert "# Left out, because TLS ends at the Ingress or the Gateway: web.certificate, web.key.\n" in text
    assert "# Left out, because what counts there is in the section kubernetes: one_machine.\n" in text
    assert "# Left out, because servers run from images there: environments.py.requirements.\n" in text
    assert "web: {}" not in values(tmp_path, "web: {port: 80}\n" + SMALL)


def test_secrets_become_keys_of_secrets(tmp_path: Path) -> None:
    """A file is one of the chart's; a variable stays one, if Kubernetes can have it."""
    found, settings = read(tmp_path), on_cluster(tmp_path)

    assert settings["database"] == {"url": {"file": "/etc/sardonyx/secrets/database-url"}}
    assert settings["sign_in"]["providers"]["university"]["client_secret"] == {"env": "UNIVERSITY_SECRET"}
    partner = settings["sign_in"]["providers"]["partner"]["client_secret"]
    assert partner == {"file": "/etc/sardonyx/secrets/partner-client-secret"}
    assert settings["vault"]["certificate_authority"] == "/etc/sardonyx/secrets/vault-certificate-authority"
    assert found["secretEnv"] == {
        "UNIVERSITY_SECRET": {"existingSecret": "sardonyx-university-client-secret", "key": "client-secret"}
    }
    assert found["secretFiles"]["database-url"] == {"existingSecret": "sardonyx-database-url", "key": "url"}
    assert {*found["secretFiles"]} == {
        "database-url", "partner-client-secret", "storage-access-key", "storage-secret-key", "vault-certificate-authority",
    }  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        "#   kubectl --namespace lab create secret generic sardonyx-database-url --from-file=url=/srv/secrets/db\n",
        "--from-file=access-key='/srv/secrets/the id'\n",
        "#   printenv UNIVERSITY_SECRET | kubectl --namespace lab create secret generic sardonyx-university-client-secret",
        "sardonyx-university-client-secret --from-file=client-secret=/dev/stdin\n",
    ],
)
def test_each_secret_has_the_command_that_makes_it(tmp_path: Path, command: str) -> None:
    """From where it is now, and never as an argument."""
    assert command in values(tmp_path)


def test_no_secret_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither from a file nor from a variable: values are shown around."""
    (tmp_path / "db").write_text("the-password")
    monkeypatch.setenv("THE_SECRET", "another-password")
    url, secret = f"database: {{url: {{file: {tmp_path}/db}}}}\n", "client_secret: {env: THE_SECRET}"
    provider = f"sign_in: {{providers: {{u: {{title: U, issuer: 'https://u.org', client_id: s, {secret}}}}}}}\n"

    text = values(tmp_path, url + provider + SMALL)
    assert "password" not in text


def test_a_variable_that_is_named_twice_is_one_secret(tmp_path: Path) -> None:
    """A name stands once in a section."""
    one = "{title: U, issuer: 'https://u.org', client_id: s, client_secret: {env: BOTH}}"

    assert values(tmp_path, f"sign_in: {{providers: {{u: {one}, v: {one}}}}}\n{SMALL}").count("  BOTH: {") == 1


def test_an_address_makes_an_ingress(tmp_path: Path) -> None:
    """With the certificate of the settings, as a Secret."""
    found, text = read(tmp_path), values(tmp_path)

    assert found["ingress"] == {
        "enabled": True,
        "className": "",
        "tls": {"enabled": True, "secretName": "sardonyx-tls", "issuer": ""},
    }
    assert f"create secret tls sardonyx-tls --cert={tmp_path}/tls.crt --key={tmp_path}/tls.key\n" in text


@pytest.mark.parametrize("web", ["", "web: {public_url: 'http://localhost:8000'}\n"])
def test_without_an_address_for_others_the_way_in_is_to_be_decided(tmp_path: Path, web: str) -> None:
    """What can be done for a first look is said."""
    text = values(tmp_path, web + SMALL)

    assert "# To decide: the address that people type, as public_url under 'web' in the settings below" in text
    assert "kubectl --namespace lab port-forward service/sardonyx 8000:80" in text
    assert "ingress" not in read(tmp_path, web + SMALL)


def test_an_address_without_tls_says_what_that_means(tmp_path: Path) -> None:
    """It may be right behind another proxy."""
    text = values(tmp_path, "web: {public_url: 'http://x.example.org'}\n" + SMALL)

    assert "  # To decide: a certificate. Without one passwords travel in the clear.\n  tls: {enabled: false}\n" in text


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param(
            "", "# To decide: how large the hub's volume is. Keys, people and everybody's data are on it: the store of the", id="all"
        ),
        pytest.param(
            "storage: {kind: s3, endpoint: 'http://127.0.0.1:9', role: r}\n", "Keys, people and the database are on it.", id="database"
        ),
        pytest.param(
            "storage: {kind: s3, endpoint: 'http://127.0.0.1:9', role: r}\ndatabase: {url: {file: /a}}\n",
            "Keys and logs are on it.",
            id="keys",
        ),
    ],
)  # fmt: skip
def test_what_is_on_the_hubs_volume_is_said(tmp_path: Path, settings: str, said: str) -> None:
    """Its size is to be decided by that."""
    assert said in values(tmp_path, settings + SMALL)


def test_where_people_are_is_to_be_decided_unless_the_settings_say_so(tmp_path: Path) -> None:
    """What stands there is a value once its sign is taken away."""
    text, named = values(tmp_path, SMALL), values(tmp_path, "database: {url: {file: /a}}\n" + SMALL)
    (line,) = [each for each in text.splitlines() if each.startswith("#postgresql: ")]

    assert "# To decide: whether people are in files on the hub's volume, or in a PostgreSQL beside the hub" in text
    path = tmp_path / "values.yaml"
    path.write_text(text.replace(line, line[1:]))
    assert load_values(path, None).postgresql.enabled is True
    assert "postgresql" not in named.lower().replace("postgresql://", "")


def test_homes_are_to_be_decided_unless_they_are(tmp_path: Path) -> None:
    """By the settings."""
    homes = "kubernetes: {homes: {size: 5G}}\n"

    assert "# To decide: the volumes of homes, in the settings below. Now each has 10G" in values(tmp_path, SMALL)
    assert "the volumes of homes" not in values(tmp_path, homes + SMALL)


def test_a_store_in_a_private_network_is_opened_for_servers(tmp_path: Path) -> None:
    """By its address, where that is a number; of a name nobody knows."""
    found, text = read(tmp_path), values(tmp_path)

    assert found["networkPolicy"]["singleuser"]["egress"] == [
        {"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}], "ports": [{"port": 9000}]}
    ]
    assert "# To decide: what of vault.address is in a private network." in text


def test_an_address_on_this_machine_is_none_on_a_cluster(tmp_path: Path) -> None:
    """There it is the Pod itself."""
    text = values(tmp_path, "storage: {kind: s3, endpoint: 'http://127.0.0.1:9000', role: r}\n" + SMALL)

    assert "# To decide: storage.endpoint is http://127.0.0.1:9000, and on a cluster that is the Pod itself." in text


def test_the_images_registry_is_that_of_the_servers(tmp_path: Path) -> None:
    """Where they have one, and one only; its passwords are those of the hub's image, too."""
    found = read(tmp_path)

    assert found["image"] == {"repository": "registry.example.org/lab/hub"}
    assert found["imagePullSecrets"] == [{"name": "registry"}]
    assert read(tmp_path, "profiles: {a: {title: A, image: x/a}, b: {title: B, image: y/b}}\n")["image"] == {
        "repository": "sardonyx/hub"
    }


def test_images_that_no_registry_has_are_to_be_decided(tmp_path: Path) -> None:
    """Those that `make images` names."""
    text = values(tmp_path, "profiles: {a: {title: A, image: 'sardonyx/python:0.1.0'}}\n")

    assert (
        "# To decide: the registry that your nodes reach, here and before each image 'sardonyx/…' in the settings"
        in text
    )


def test_a_profile_without_an_image_is_to_be_decided(tmp_path: Path) -> None:
    """Its environment stays as it is, or it would be none."""
    text = "environments: {p: {title: P, prefix: /opt/p}}\nprofiles: {a: {title: A, environment: p}}\n"

    assert "# To decide: the profile 'a' has no image, and servers on Kubernetes run from one." in values(
        tmp_path, text
    )
    assert on_cluster(tmp_path, text)["environments"] == {"p": {"title": "P", "prefix": "/opt/p"}}


def test_files_for_jupyterhub_become_a_config_map(tmp_path: Path) -> None:
    """Where the hub looks for them."""
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "a.py").write_text("")
    found, text = read(tmp_path, SMALL), values(tmp_path, SMALL)

    assert found["hub"]["extraVolumes"] == [{"name": "conf-d", "configMap": {"name": "sardonyx-conf-d"}}]
    assert found["hub"]["extraVolumeMounts"] == [{"name": "conf-d", "mountPath": "/etc/sardonyx/conf.d"}]
    assert f"kubectl --namespace lab create configmap sardonyx-conf-d --from-file={tmp_path}/conf.d\n" in text


def test_proxies_in_front_are_others_on_a_cluster(tmp_path: Path) -> None:
    """Their addresses are those of another network."""
    text = values(tmp_path, "web: {trusted_proxies: [10.0.0.1]}\n" + SMALL)

    assert "# To decide: web.trusted_proxies in the settings below" in text


def test_the_values_are_values_and_the_settings_are_settings(tmp_path: Path) -> None:
    """Without a fault, but what was to be decided."""
    path = tmp_path / "values.yaml"
    path.write_text(values(tmp_path))
    found = load_values(path, None).settings

    assert found.cross_faults() == []
    assert [*found.profiles] == ["zebra", "apes"]


def test_the_shipped_settings_become_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing named on the command line, in a folder without any."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(render, [])

    assert result.exit_code == 0, result.output
    text = yaml.safe_load(result.output)["settingsFile"]
    assert [*Settings.model_validate(yaml.safe_load(text)).profiles] == ["python", "r", "spark"]


def test_a_file_is_made_and_never_written_over(tmp_path: Path) -> None:
    """Somebody may have decided in it what was to be decided."""
    settings, output = written(tmp_path), tmp_path / "values.yaml"
    first = CliRunner().invoke(render, [str(settings), "--output", str(output)])
    second = CliRunner().invoke(render, [str(settings), "--output", str(output)])

    assert (first.exit_code, first.output) == (0, "")
    assert "settingsFile: |" in output.read_text()
    assert isinstance(second.exception, OperatorError)
    assert str(second.exception) == f"{output} is there already, and is not written over. Name another file."


def test_a_fault_in_the_settings_is_said_as_by_check(tmp_path: Path) -> None:
    """And nothing is made of them."""
    result = CliRunner().invoke(render, [str(written(tmp_path, "titel: X\n" + SMALL))])

    assert "settings.yaml:1: titel: is not a setting. Did you mean 'title'?" in str(result.exception)
