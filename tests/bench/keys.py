"""How many keys the keys service gives in a second, how fast, and what memory it takes."""

import asyncio
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from support.figures import figure
from support.load import Answers, load
from support.places import BUCKET, Place, running_place

from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.places import own_places
from sardonyx_services.credentials.policy import session_policy
from sardonyx_services.credentials.sts import AT_ONCE, Sts

SERVERS = 1000
ROUNDS = 3
STORE_ALONE = "the store's STS, asked without us"
WEB_ALONE = "an answer of the same service that needs nothing"


def bench_keys() -> list[dict[str, Any]]:
    """Measure first keys, keys that are there already, and a thousand requests at once."""
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as base, running_place(Path(base) / "place") as place:
        return _measure(place, place.processes[-1].pid)


def _measure(place: Place, service: int) -> list[dict[str, Any]]:
    people = [place.person(f"p{number}") for number in range(SERVERS)]
    tokens, url = [person.token for person in people], f"{place.keys}/aws"
    before = _memory_mb(service)
    first = _good(asyncio.run(load(url, tokens, 32)))
    alone = _sts_alone(place, [person.id for person in people[:200]])
    again = [_good(asyncio.run(load(url, tokens, 32))) for _ in range(ROUNDS)]
    nothing = [_good(asyncio.run(load(f"{place.keys}/jwks", tokens, 32))) for _ in range(ROUNDS)]
    crowd = [_good(asyncio.run(load(url, tokens, SERVERS))) for _ in range(ROUNDS)]
    crowd_for_nothing = [_good(asyncio.run(load(f"{place.keys}/jwks", tokens, SERVERS))) for _ in range(ROUNDS)]
    return [
        figure("first keys of a server", first.per_second, "1/s", STORE_ALONE, alone),
        figure("keys again", _per_second(again), "1/s", WEB_ALONE, _per_second(nothing)),
        figure("1,000 at once, 99 % within", _p99(crowd), "s", WEB_ALONE, _p99(crowd_for_nothing)),
        figure("memory with 1,000 servers", _memory_mb(service), "MB", "before the first one", before),
    ]


def _good(answers: Answers) -> Answers:
    if set(answers.statuses) != {200}:
        raise RuntimeError(f"not all were answered: {answers.statuses}")
    return answers


def _per_second(rounds: list[Answers]) -> float:
    return median(answers.per_second for answers in rounds)


def _p99(rounds: list[Answers]) -> float:
    return median(answers.percentile(0.99) for answers in rounds)


def _sts_alone(place: Place, people: list[str]) -> float:
    """Return how many sessions the store gives in a second, with as many calls at once as the service makes."""
    configuration = place.store_configuration()
    sts = Sts(
        StoreConfiguration(
            endpoint=place.endpoint,
            sts_endpoint=place.endpoint,
            role=configuration.ROLE,
            bucket=BUCKET,
            region=configuration.region,
            key_lifetime_s=3600,
        )
    )
    issuer = Issuer(place.keys, place.folder / "signing-keys")
    asked = [
        (issuer.token(person, "s3", "bench"), "bench", session_policy(BUCKET, own_places(person, is_admin=False)))
        for person in people
    ]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        began = time.monotonic()
        list(threads.map(lambda what: sts._keys(what[0], what[1], what[2], 3600), asked))
        return len(people) / (time.monotonic() - began)


def _memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has no memory")
