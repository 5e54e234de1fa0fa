"""A place whose data store, Vault, forge and database are the company's, and so are their certificates; people come by https."""

import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from support import web
from support.cluster.cluster import Cluster
from support.cluster.company import FORGE_PORT, HOST, STORE_PORT, VAULT_PORT, Company, company
from support.cluster.entrance import of_ingress, of_route
from support.cluster.kinds import brought
from support.cluster.place import PATIENCE_S, RESTRICTED, TOKEN, Place, load_images
from support.git_server import Forge
from support.kernels import run_in_kernel
from support.members import Member
from support.own_images import image_on_anything, own_image_file
from support.vault import ROOT_TOKEN
from support.visitors import PASSWORD
from support.waiting import soon

NAME, PORT = "outside", 30096
KEYS_LOG = "/var/lib/sardonyx/data/logs/credentials.log"
STORE_AWAY = "The certificate of the data store is not one that this place trusts, so nothing is sent there."
VAULT_AWAY = "The certificate of Vault is not one that this place trusts, so nothing is sent there."
WHAT_TO_DO = "Name who has signed its certificate: 'kubernetes.certificate_authority' in the settings."
OWN_DATA = """
import os, boto3
from datetime import datetime, timezone
s3 = boto3.client("s3")
bucket, _, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
s3.put_object(Bucket=bucket, Key=prefix + "a.txt", Body=b"mine")
# As an hour later.
keys = s3._request_signer._credentials
keys._expiry_time = datetime.now(timezone.utc)
print(s3.get_object(Bucket=bucket, Key=prefix + "a.txt")["Body"].read().decode(), keys._expiry_time > datetime.now(timezone.utc))
try:
    s3.list_objects_v2(Bucket=bucket, Prefix="home/")
except Exception as error:
    print(error.response["Error"]["Code"])
"""
SECRET = """
import json, os, urllib.request
from pathlib import Path
token = (Path.home() / ".vault-token").read_text()
address = os.environ["VAULT_ADDR"] + "/v1/auth/token/lookup-self"
own = json.load(urllib.request.urlopen(urllib.request.Request(address, headers={"X-Vault-Token": token})))["data"]
print(own["renewable"], own["display_name"])
"""
COPY = """
import os
from pathlib import Path
from sardonyx_singleuser.plan import read_plan
print(read_plan(Path(os.environ["SARDONYX_PLAN"])).repositories[0].copy)
"""
WHERE = """
import os, ssl, sys
subjects = [dict(part[0] for part in each["subject"]) for each in ssl.create_default_context().get_ca_certs()]
print(sys.prefix, os.getuid(), os.environ["HOME"], "A Company's Own Authority" in [each.get("commonName") for each in subjects])
"""
TRY = """
import socket, sys
for port in sys.argv[2:]:
    try:
        socket.create_connection((sys.argv[1], int(port)), timeout=3).close()
    except OSError:
        continue
    print(port)
"""
"""Prints those of the ports of a host to which a connection is made."""


@dataclass
class Entrance:
    """The address that people open."""

    url: str = f"https://{HOST}"
    path: str = ""


@dataclass
class Outside:
    """The company, and the place in its cluster."""

    company: Company
    place: Place

    def doctor(self, *before: str) -> str:
        """Return what the operator is told who looks.

        Args:
            before: a command that it is run by.
        """
        return self.place.in_hub("sh", "-c", '"$@" 2>&1 || true', "-", *before, "sardonyx", "doctor")


@pytest.fixture(scope="module")
def outside(cluster: Cluster, forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """All of it, in the order in which an operator makes it."""
    images = {**load_images(cluster, "hub", "python"), "own": image_on_anything()}
    cluster.load_image(own_image_file(images["own"], tmp_path_factory.mktemp("own")))
    with (
        company(cluster, tmp_path_factory.mktemp("company")) as found,
        cluster.namespace(labels=RESTRICTED) as namespace,
        pytest.MonkeyPatch.context() as patch,
    ):
        _know(found, cluster, patch)
        found.show_forge(forge)
        settings = found.settings(images)
        place = Place(cluster, namespace, NAME, PORT, settings)
        cluster.apply(*found.objects(), namespace=namespace)
        place.install(settings, **found.values())
        found.front.serve(of_ingress(cluster, namespace, NAME))
        soon(lambda: web.get(f"https://{HOST}/services/credentials/jwks").status_code == 200, PATIENCE_S)
        found.start_store()
        found.start_vault()
        place.in_hub("env", f"VAULT_TOKEN={ROOT_TOKEN}", "sardonyx", "vault", "setup", "--apply")
        yield Outside(found, place)


@pytest.fixture(scope="module")
def ada(outside: Outside) -> Iterator[Member]:
    """Somebody with a server, who came by https."""
    outside.place.add_person("ada", PASSWORD)
    found = Member(Entrance(), "ada")
    found.sign_in()
    soon(lambda: "keys service answers, and gives keys" in outside.doctor())
    found.start(found.key())
    yield found
    outside.place.stop_if_there("ada")


def _know(of: Company, cluster: Cluster, patch: pytest.MonkeyPatch) -> None:
    """Let this process be somebody of the company: it knows its name, and trusts its authority."""
    found = socket.getaddrinfo

    def known(host: Any, *told: Any, **more: Any) -> Any:
        return found(cluster.host_address if host in {HOST, HOST.encode()} else host, *told, **more)

    patch.setattr(socket, "getaddrinfo", known)
    web.TRUSTED.load_verify_locations(cadata=of.authority.pem)


@pytest.mark.usefixtures("ada")
def test_one_setting_lets_the_hub_trust_store_vault_and_database(outside: Outside) -> None:
    """The operator's own look says so of each."""
    said = outside.doctor()

    assert "FAULT" not in said
    assert "PostgreSQL 15" in said
    assert f"gives keys at {outside.company.address(STORE_PORT)}, and they reach their own place and no other" in said
    assert f"answers at {outside.company.address(VAULT_PORT)} and is unsealed" in said
    assert "takes this place's tokens, and lets the keys service renew and end them" in said


def test_people_sign_in_by_the_https_of_the_ingress(ada: Member) -> None:
    """With the certificate that it names; what says who somebody is goes over https alone."""
    assert ada.is_in()
    sessions = [each for each in ada.given if not each.startswith("_xsrf=")]
    assert len(sessions) > 1
    assert [each for each in sessions if "; secure" not in each.lower()] == []


def test_a_notebook_has_its_own_data_by_https_and_goes_on_with_renewed_keys(ada: Member) -> None:
    """Its image trusts nobody of the company by itself."""
    said = ada.run(ada.key(), OWN_DATA).split("\n")

    assert said[:2] == ["mine True", "AccessDenied"]


def test_a_notebook_has_a_token_of_vault(ada: Member) -> None:
    """And speaks to Vault by https, without a word of the certificate."""
    assert ada.run(ada.key(), SECRET).startswith("True sardonyx-")


@pytest.mark.usefixtures("ada")
def test_a_repository_comes_by_https(outside: Outside) -> None:
    """The place's own copy of it, and then the server's."""
    files = outside.place.run("ada", "sh", "-c", "ls ~/course").split()
    copy = outside.place.run("ada", "python", "-c", COPY).strip()

    assert files == ["first-notebook.ipynb"]
    assert "refs/heads/main" in outside.place.run("ada", "git", "ls-remote", copy)


def test_a_server_starts_in_an_image_of_the_companys_own(outside: Outside) -> None:
    """By a profile that names it: its Python, and our user, home and certificates."""
    place = outside.place
    place.add_person("bea", PASSWORD)
    place.start("bea", {"profile": "own"})
    try:
        said = run_in_kernel(f"{place.url}/user/bea/", TOKEN, WHERE).split()
    finally:
        place.stop("bea")

    assert said == ["/opt/science", "1000", "/home/jovyan", "True"]


@pytest.mark.usefixtures("ada")
def test_a_server_reaches_of_the_company_what_the_values_name(outside: Outside) -> None:
    """The database is on the same machine, and answers the hub."""
    at = outside.company
    ports = [str(port) for port in (STORE_PORT, VAULT_PORT, FORGE_PORT, at.postgresql.port)]
    told = ("python", "-c", TRY, outside.place.cluster.host_address, *ports)

    assert outside.place.in_hub(*told).split() == ports
    assert outside.place.run("ada", *told).split() == ports[:3]


@pytest.mark.usefixtures("ada")
def test_who_has_not_named_the_authority_reads_what_to_do(outside: Outside) -> None:
    """Of each, and no trace: here the operator's look without what the chart has mounted."""
    said = outside.doctor("env", "--unset=SSL_CERT_FILE", "SARDONYX_AUTHORITY=")

    assert f"{STORE_AWAY} The people who run this place have to look at it." in said
    assert f"{VAULT_AWAY} The people who run this place have to look at it. {WHAT_TO_DO}" in said
    assert said.count(WHAT_TO_DO) == 2
    assert "Traceback" not in said


def test_people_sign_in_by_the_https_of_a_gateway(outside: Outside, cluster: Cluster) -> None:
    """By the route in the place of the Ingress, with the certificate that its Gateway names."""
    at, place = outside.company, outside.place
    with brought(cluster, "Gateway", "HTTPRoute"), cluster.namespace() as gateways:
        cluster.apply(*at.gateway(), namespace=gateways)
        gateway = {"enabled": True, "parentRefs": [{"name": "public", "namespace": gateways}]}
        place.install(place.settings, **{**at.values(), "ingress": {"enabled": False}, "gateway": gateway})
        at.front.sites = [each for each in at.front.sites if HOST not in each.names]
        at.front.serve(of_route(cluster, place.namespace, NAME))
        soon(lambda: _shown_to_browsers(at).split() == at.at_gateway.certificate.split(), 30)
        place.add_person("zoe", PASSWORD)
        zoe = Member(Entrance(), "zoe")
        zoe.sign_in()

        assert zoe.is_in()
        assert place.get("ingress")["items"] == []


def test_keys_end_with_their_server(outside: Outside, ada: Member) -> None:
    """The store is told over https, too."""
    ada.run(ada.key(), OWN_DATA)
    outside.place.stop("ada")

    soon(lambda: "The store has ended" in outside.place.in_hub("cat", KEYS_LOG), 60)


def test_a_hub_that_is_told_of_another_authority_says_so_and_comes_back(outside: Outside) -> None:
    """It does not begin with a database of which nobody knows whose it is; the Pod shows the sentence."""
    place, name = outside.place, "company-authority"
    own = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    other = type(outside.company.authority)("Somebody Else").pem
    place.cluster.apply({**own, "data": {"ca.crt": other}}, namespace=place.namespace)
    old = place.hub_pod()
    place.kubectl("delete", "pod", old, "--wait=false")
    try:
        soon(lambda: "the certificate of PostgreSQL at" in _last_words(place), 90)
    finally:
        place.cluster.apply({**own, "data": {"ca.crt": outside.company.authority.pem}}, namespace=place.namespace)
        place.kubectl("rollout", "restart", f"deployment/{NAME}-hub")
    place.until_hub_is_not(old)


def _last_words(place: Place) -> str:
    selected = ("pod", "--selector", f"app.kubernetes.io/instance={NAME},app.kubernetes.io/component=hub")
    return json.dumps([each["status"].get("containerStatuses") for each in place.get(*selected)["items"]])


def _shown_to_browsers(at: Company) -> str:
    return ssl.get_server_certificate((HOST, 443), ca_certs=str(at.folder / "ca.crt"))
