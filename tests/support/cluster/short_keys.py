"""Keys for data that live for seconds, in the servers of one person on the cluster."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count

from support import web
from support.cluster.open_ways import open_to_the_host
from support.cluster.place import Place
from support.expiring_front import KEYS_PATH, ExpiringFront


@contextmanager
def short_keys(place: Place, name: str, life_s: float) -> Iterator[ExpiringFront]:
    """Be between somebody's servers that start from now on, and keys service and store.

    Args:
        life_s: so long each key is good.
    """
    service = place.get("service", f"{place.name}-hub")["spec"]
    ports = {each["name"]: each["port"] for each in service["ports"]}
    lives = count(900)

    def keys(token: str) -> dict[str, str] | None:
        # For another wish the service makes others.
        told = {"Authorization": f"token {token}", "Host": f"{place.name}-hub:{ports['keys']}"}
        address = f"http://{service['clusterIP']}:{ports['keys']}/services/credentials/aws"
        found: dict[str, str] = (
            web.get(address, headers=told, params={"lifetime": next(lives)}).raise_for_status().json()
        )
        return found

    store = f"http://{service['clusterIP']}:{ports['store']}"
    with ExitStack() as over:
        over.enter_context(open_to_the_host(place, "hub", ports["keys"], ports["store"]))
        front = over.enter_context(closing(ExpiringFront(store, keys, life_s, place.cluster.host_address)))
        place.tell(name, SARDONYX_CREDENTIALS_URL=f"{front.address}{KEYS_PATH}aws", SARDONYX_S3_ENDPOINT=front.address)
        yield front
