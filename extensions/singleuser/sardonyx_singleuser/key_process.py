"""Keys for one AWS profile: `python -m sardonyx_singleuser.key_process`, which AWS' tools run by themselves.

What it prints is the process-credentials protocol, version 1 (AWS SDKs and tools reference guide).
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from sardonyx_singleuser.keys_service import KeysError, KeysService
from sardonyx_singleuser.language import _


def main(arguments: Sequence[str] | None = None) -> None:
    """Print keys as JSON; where there are none, say why in a sentence, and end with 1."""
    told = _parser().parse_args(arguments)
    wish = {"access": "read" if told.read_only else "", "prefix": told.prefix, "lifetime": told.lifetime}
    try:
        keys = KeysService.found(os.environ).keys(told.group, {name: value for name, value in wish.items() if value})
    except KeysError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    found = {
        "Version": 1,
        "AccessKeyId": keys["AccessKeyId"],
        "SecretAccessKey": keys["SecretAccessKey"],
        "SessionToken": keys["Token"],
        "Expiration": keys["Expiration"],
    }
    sys.stdout.write(f"{json.dumps(found)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sardonyx_singleuser.key_process", description=_("Print short-lived keys for AWS' tools.")
    )
    parser.add_argument("--group", default="", metavar="NAME", help=_("also for this class or team: class-7mw2kfqd"))
    parser.add_argument("--read-only", action="store_true", help=_("keys that can write nothing"))
    parser.add_argument("--prefix", default="", help=_("keys for this folder of the bucket only: home/…/data/"))
    parser.add_argument(
        "--lifetime", default="", metavar="SECONDS", help=_("keys that live so long at most, from 900 on")
    )
    return parser


if __name__ == "__main__":
    main()
