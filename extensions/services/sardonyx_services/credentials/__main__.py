"""Run the credentials service under JupyterHub: `python -m sardonyx_services.credentials CONFIGURATION`."""

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn

from sardonyx_services.certificates import trusting
from sardonyx_services.credentials.access import Access
from sardonyx_services.credentials.audit import AuditLog, Issued, read
from sardonyx_services.credentials.broker import Broker
from sardonyx_services.credentials.clearing import Clearing
from sardonyx_services.credentials.collecting import Collecting
from sardonyx_services.credentials.configuration import LONGEST_LIFE, CredentialsConfiguration
from sardonyx_services.credentials.counting import PLACES, Counting
from sardonyx_services.credentials.ends import Ends
from sardonyx_services.credentials.event_places import chosen_limit, prefixes_of
from sardonyx_services.credentials.git.access import GitAccess
from sardonyx_services.credentials.git.renewal import Renewal
from sardonyx_services.credentials.identity import Identity
from sardonyx_services.credentials.inventory import Inventory
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.laptop import LaptopKeys
from sardonyx_services.credentials.links.file_access import FileAccess
from sardonyx_services.credentials.links.sharing import Sharer, Sharing
from sardonyx_services.credentials.metrics import Metrics
from sardonyx_services.credentials.revocation import Living, Person
from sardonyx_services.credentials.service import Parts, create_app
from sardonyx_services.credentials.store_refusals import StoreRefusals, way_of
from sardonyx_services.credentials.stored import StoredAmounts
from sardonyx_services.credentials.sts import sts_of
from sardonyx_services.credentials.vault.access import VaultAccess
from sardonyx_services.credentials.vault.client import Vault, client_for
from sardonyx_services.credentials.vault.hub import HubServers
from sardonyx_services.credentials.vault.lease_store import LeaseStore
from sardonyx_services.listening import given
from sardonyx_services.parent import die_with_hub
from sardonyx_services.people.database import Place
from sardonyx_services.people.lookup import looking_up
from sardonyx_services.people.postgresql import VARIABLE, Postgresql
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.service_log import log_to


async def serve(configuration: CredentialsConfiguration, place: Place) -> None:
    """Serve on the hub's port for this service and on the store's socket, for the people of a place."""
    people = PeopleStore(place)

    def person(found: PersonRecord | None) -> Person | None:
        if found is None:
            return None
        return Person(found.id, found.is_admin, people.groups.of(found.id), found.is_temporary)

    metrics = Metrics()
    audit = AuditLog(configuration.audit)
    living = _living(configuration.audit)

    def issued(what: Issued) -> None:
        metrics.issued.labels(what.service).inc()
        audit.write(what)
        living.add(what)

    issuer = Issuer(configuration.issuer, configuration.keys)
    store = configuration.store
    by_name = looking_up(place, lambda name: person(people.by_name(name)))
    sts = sts_of(store)
    stored, inventory = _counted(
        configuration,
        Counting(issuer, sts, store, partial(prefixes_of, people)),
        partial(chosen_limit, people),
    )
    broker = Broker(
        issuer,
        sts,
        by_name,
        bucket=store.bucket,
        lifetime_s=store.key_lifetime_s,
        issued=issued,
        stored=stored,
    )
    beside = [each.run for each in (stored, inventory) if each is not None]
    refuses = way_of(store, configuration.issuer)
    if refuses is not None:
        by_id = looking_up(place, lambda known: person(people.by_id(known)))
        beside.append(StoreRefusals(refuses, living, by_id, broker.forget).run)
    sharing = None
    if configuration.links is None:
        people.shared_links.end_all()
    else:

        def sharer(known: str) -> Sharer | None:
            found = people.by_id(known)
            who = person(found)
            return Sharer(who, found.name, found.full_name or found.name) if found and who else None

        files = FileAccess(issuer, sts, broker, store)
        made = Sharing(
            people.shared_links,
            files,
            broker,
            sharer=looking_up(place, sharer),
            limits=configuration.links,
            written=audit.write,
            bucket=store.bucket,
            prefix=f"{os.environ['JUPYTERHUB_BASE_URL']}services/{configuration.links.name}/",
        )
        beside.append(made.run)
        sharing = made, configuration.links.token.read_text().strip()
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, verify=trusting()))
        vault = None
        heard = [living.end]
        if configuration.vault is not None:
            at = configuration.vault
            hub = HubServers(os.environ["JUPYTERHUB_API_URL"], os.environ["JUPYTERHUB_API_TOKEN"], client)
            vault = VaultAccess(
                Vault(at, await stack.enter_async_context(client_for(at))),
                issuer,
                hub,
                LeaseStore(at.leases),
                # In threads, so not the look-up of the broker.
                lambda name: person(people.by_name(name)),
                look_up=looking_up(place, lambda name: person(people.by_name(name))),
                issued=issued,
                look_every_s=at.look_every_s,
            )
            metrics.vault_tokens.set_function(lambda: vault.count)
            beside.append(vault.tend)
            heard.append(vault.ended)
        collector = configuration.collector.read_text().strip() if configuration.collector else ""
        parts = Parts(
            issuer=issuer,
            identity=Identity(os.environ["JUPYTERHUB_API_URL"], client),
            broker=broker,
            store=store,
            access=Access(broker, living, store, longest_link_s=sharing[0].longest_s if sharing else 0, stored=stored),
            laptop=LaptopKeys(broker, store.laptop_key_lifetime_s),
            hosts=configuration.hosts,
            metrics=metrics,
            beside=tuple(beside),
            ends=Ends(os.environ["JUPYTERHUB_API_TOKEN"], heard),
            vault=vault,
            git=_git(configuration, people, audit, client),
            sharing=sharing,
            collecting=(
                Collecting(
                    broker, lambda group, person: people.class_exports.leaving(group, person, datetime.now(UTC))
                ),
                collector,
            )
            if collector
            else None,
            clearing=(Clearing(issuer, sts, people, bucket=store.bucket, issued=issued), collector)
            if collector
            else None,
            stored=(stored, collector) if stored is not None and collector else None,
            inventory=(inventory, collector) if inventory is not None else None,
        )
        app = create_app(parts, os.environ["JUPYTERHUB_SERVICE_PREFIX"])
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False))
        port = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port or 80
        await server.serve(sockets=[given(port), _socket(configuration.issuer_socket)])


def _living(audit: Path) -> Living:
    now = datetime.now(UTC)
    # A year of lines takes many seconds to read, in which nobody gets keys; of those before no key lives.
    return Living(read(audit, now - LONGEST_LIFE), now)


def _counted(
    configuration: CredentialsConfiguration, counting: Counting, chosen: Callable[[str], Awaitable[int | None]]
) -> tuple[StoredAmounts | None, Inventory | None]:
    """Return what counts places with a limit, and what counts all of them, each where somebody wants to know."""
    limits = configuration.store.limits
    stored = StoredAmounts(limits, counting.count, chosen) if limits.is_set else None
    return stored, Inventory(PLACES, counting.part) if configuration.collector is not None else None


def _git(
    configuration: CredentialsConfiguration, people: PeopleStore, audit: AuditLog, client: httpx.AsyncClient
) -> GitAccess | None:
    if configuration.git_key is None:
        return None
    accounts = people.git_accounts(bytes.fromhex(configuration.git_key.read_text()))

    def person(name: str) -> str | None:
        found = people.by_name(name)
        return found.id if found else None

    providers = {each.slug: each.provider() for each in configuration.git_providers}
    return GitAccess(accounts, Renewal(accounts, providers, client), person, audit.write)


def _socket(path: Path) -> socket.socket:
    """Bind a unix socket however long its path is."""
    path.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        found = socket.socket(socket.AF_UNIX)
        found.bind(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)
    path.chmod(0o600)
    return found


def main() -> None:
    """Run until the hub says stop."""
    die_with_hub()
    os.umask(0o077)
    configuration = CredentialsConfiguration.model_validate_json(Path(sys.argv[1]).read_text())
    log_to(configuration.log)
    address = os.environ.pop(VARIABLE, "")
    asyncio.run(serve(configuration, Postgresql(address) if address else configuration.people))


if __name__ == "__main__":
    main()
