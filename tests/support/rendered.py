"""Settings of one machine with all that is different on a cluster."""

from pathlib import Path

from sardonyx_hub_config.commands.render import rendered

SETTINGS = """\
# A place.
title: Datalab
data_folder: /srv/sardonyx       # a large disk

# Where people come in.
web:
  address: 0.0.0.0
  port: 8443
  public_url: https://notebooks.example.org/datalab
  certificate: tls.crt
  key: tls.key

# Our database.
database: {url: {file: /srv/secrets/db}}
sign_in:
  providers:
    university:
      title: the university
      issuer: https://sso.example.org
      client_id: sardonyx
      client_secret: {env: UNIVERSITY_SECRET}   # asked for in spring
    partner:
      title: our partner
      issuer: https://sso.example.net
      client_id: sardonyx
      client_secret:
        env: PARTNER-SECRET
storage:
  kind: s3
  endpoint: http://10.1.2.3:9000
  assume_with: key
  access_key: {file: /srv/secrets/the id}
  secret_key: {file: /srv/secrets/key}
vault: {address: "https://vault.example.org", certificate_authority: ca.pem}
servers: {stop_with_hub: false, idle_stop: null}
one_machine:
  home_limit: 10G

# What is offered.
environments:
  py: {title: Python, requirements: py.lock, image: "registry.example.org/lab/py:1"}
profiles:
  zebra: &zebra
    title: Zebra
    environment: py
    when: {program: python3}
    options:
      size:
        choices:
          tall: {title: Tall, cpu: 2, memory: 4G}
          short: {title: Short, cpu: 1, memory: 2G}
  apes:
    <<: *zebra
    title: Apes
kubernetes:
  image_pull_secrets: [registry]
"""


def written(folder: Path, text: str = SETTINGS) -> Path:
    """Write settings into a folder."""
    path = folder / "settings.yaml"
    path.write_text(text)
    return path


def values(folder: Path, text: str = SETTINGS) -> str:
    """Return the values that settings become."""
    return rendered(written(folder, text), "lab")
