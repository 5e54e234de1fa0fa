"""What `sardonyx render` writes is installed on a real cluster, after the commands that stand in it."""

import re
import subprocess
from pathlib import Path

import pytest
from support.chart import CHART
from support.chart_probe import probe_image
from support.cluster.cluster import Cluster
from support.cluster.images import SHELL
from support.cluster.place import RESTRICTED
from support.commands import sardonyx

from sardonyx_hub_config.commands.render import rendered

SETTINGS = f"""
database: {{url: {{file: db url}}}}
sign_in:
  providers:
    university:
      title: the university
      issuer: https://sso.example.org
      client_id: sardonyx
      client_secret: {{env: UNIVERSITY_SECRET}}
profiles:
  small: {{title: Small, image: "{SHELL}", cpu: 0.5, memory: 256M}}
kubernetes: {{image_pull_policy: Never}}
"""
COMMANDS = re.compile(r"^ *#   ((?:printenv .*)?kubectl .* create .*)$", re.MULTILINE)


def test_settings_of_one_machine_are_installed_with_the_commands_in_their_values(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets reach the hub as they are, and files for JupyterHub do."""
    cluster.load_image(probe_image(tmp_path / "probe.tar"))
    (tmp_path / "settings.yaml").write_text(SETTINGS)
    (tmp_path / "db url").write_text("postgresql://somewhere\n")
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "ours.py").write_text("c.JupyterHub.shutdown_on_logout = False\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    with cluster.namespace(labels=RESTRICTED) as namespace:
        text = rendered(Path("settings.yaml"), namespace)
        Path("values.yaml").write_text(text)
        looking = ["--kubernetes", f"--namespace={namespace}", "--values=values.yaml"]
        _code, before = sardonyx("check", *looking)
        environment = {**cluster.environment, "UNIVERSITY_SECRET": "of-the-university"}
        for command in COMMANDS.findall(text):
            subprocess.run(["sh", "-ec", command], env=environment, check=True, capture_output=True, timeout=60)
        code, after = sardonyx("check", *looking)
        at = (
            f"--namespace={namespace}",
            "--wait",
            "--timeout=120s",
            "--values=values.yaml",
            # What was to be decided.
            "--set=image.repository=sardonyx/hub,image.pullPolicy=Never",
        )
        cluster.helm("install", "sardonyx", str(CHART), *at)
        inside = ("exec", "deployment/sardonyx-hub", f"--namespace={namespace}", "--", "busybox")
        secret = cluster.kubectl(*inside, "cat", "/etc/sardonyx/secrets/database-url")
        variable = cluster.kubectl(*inside, "sh", "-c", 'cat "$SARDONYX_ENVIRONMENT/UNIVERSITY_SECRET"')
        conf_d = cluster.kubectl(*inside, "cat", "/etc/sardonyx/conf.d/ours.py")

    assert [line.split("'")[1] for line in before.splitlines() if "there is no " in line] == [
        "sardonyx-database-url",
        "sardonyx-university-client-secret",
        "sardonyx-conf-d",
    ]
    assert (code, "FAULT" in after) == (0, False), after
    assert (secret.strip(), variable.strip()) == ("postgresql://somewhere", "of-the-university")
    assert "shutdown_on_logout" in conf_d
