"""A person's tokens for private repositories: `python -m sardonyx_singleuser.git.helper get`, which git runs by itself.

It speaks the protocol of git-credential(1): lines of NAME=VALUE on its input and output. What it does not have it leaves
to others, so that git goes on as if it were not there.
"""

import os
import sys
from contextlib import suppress

from sardonyx_singleuser.keys_service import KeysError, KeysService, NoneError

WEB = ("https", "http")


def main() -> None:
    """Do what git says: get, store or erase."""
    action = sys.argv[1] if len(sys.argv) > 1 else ""
    lines = [line.rstrip("\n").partition("=")[::2] for line in sys.stdin if "=" in line]
    told = dict(lines)
    address = f"{told.get('protocol')}://{told.get('host')}"
    # An address with a line break in it, of a repository for Git LFS, could name a second host.
    is_clear = len([name for name, _value in lines if name in {"protocol", "host"}]) == len(("protocol", "host"))
    if not is_clear or told.get("protocol") not in WEB or action not in {"get", "erase"}:
        return
    if action == "get":
        _get(address)
    elif "password" in told:
        with suppress(KeysError):
            KeysService.found(os.environ).git_refused(address, told["password"])


def _get(address: str) -> None:
    try:
        name, token = KeysService.found(os.environ).git_token(address)
    except NoneError:
        return
    except KeysError as error:
        sys.stderr.write(f"{error}\n")
        return
    sys.stdout.write(f"username={name}\npassword={token}\n")


if __name__ == "__main__":
    main()
