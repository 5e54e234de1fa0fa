"""The kernel's keyrings, by their calls, as the C library has none: for code that runs here and in a server."""

import json
import platform
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from support.everybody import SYSTEM_PYTHON

ADD_KEY, REQUEST_KEY, KEYCTL = {"x86_64": (248, 249, 250), "aarch64": (217, 218, 219)}[platform.machine()]
CALLS = f"""
import ctypes, errno, json, os
libc = ctypes.CDLL(None, use_errno=True)
SESSION, USER = ctypes.c_int(-3), ctypes.c_int(-4)
RING, JOIN, LINK, READ, INVALIDATE = 0, 1, 8, 11, 21
def call(number, *arguments):
    found = libc.syscall(ctypes.c_long(number), *arguments)
    if found < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return found
def add_key(text, ring):
    return call({ADD_KEY}, b"user", b"sardonyx-test", text, ctypes.c_size_t(len(text)), ring)
def request_key():
    return call({REQUEST_KEY}, b"user", b"sardonyx-test", None, ctypes.c_int(0))
def keyctl(what, *arguments):
    return call({KEYCTL}, ctypes.c_int(what), *arguments)
def read(key):
    text = ctypes.create_string_buffer(64)
    keyctl(READ, ctypes.c_int(key), text, ctypes.c_size_t(64))
    return text.value.decode()
def tried(do, *arguments):
    try:
        return do(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
"""


def run(code: str, as_whom: Sequence[str] = ()) -> Any:
    """Run code that prints JSON, with these calls; return what it prints.

    Args:
        as_whom: what stands before the command, to run it as somebody else; ours may be closed to them.
    """
    python = str(SYSTEM_PYTHON) if as_whom else sys.executable
    done = subprocess.run([*as_whom, python, "-c", CALLS + code], check=True, stdout=subprocess.PIPE, cwd="/")
    return json.loads(done.stdout)
