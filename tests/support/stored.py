"""What is in a store as its administrator sees it, who sees all of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from support.places import BUCKET, client
from support.stack import Stack

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.ports import Ports
from sardonyx_services.object_store.files import ADMINISTRATOR, read_administrator


def everything(administrator: Any, prefix: str = "") -> set[str]:
    """Return the keys of all files below a prefix."""
    pages = administrator.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return {str(each["Key"]) for page in pages for each in page.get("Contents", ())}


@contextmanager
def only_these_go(administrator: Any, prefixes: Sequence[str], files: int) -> Iterator[None]:
    """See that what is below some prefixes, so many files, is deleted meanwhile, and nothing of others."""
    administrator.put_object(Bucket=BUCKET, Key=f"{prefixes[0].partition('/')[0]}/zzzzzzzz/of-others", Body=b"x")
    before = everything(administrator)
    others = {key for key in before if not key.startswith(tuple(prefixes))}
    assert len(before) - len(others) == files
    yield
    assert everything(administrator) == others


def administrator_of(stack: Stack) -> Any:
    """Return a client of the store of a whole place that may do everything."""
    key, secret = read_administrator(DataFolder(stack.data).store / ADMINISTRATOR)
    at = f"http://127.0.0.1:{Ports(stack.port).object_store}"
    return client(at, "s3", {"AccessKeyId": key, "SecretAccessKey": secret})
