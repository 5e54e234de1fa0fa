"""The kernel's keyrings, of which nobody in a sandbox has any: they know users, and no namespaces.

Whoever has the number of a key's owner sees it from everywhere, and reads it once they have linked their keyring to
another one. In servers of an ordinary hub that would be the keys of its user, such as tickets of Kerberos.
"""

import errno
import struct

from sardonyx_singleuser.sandbox import calls

REFUSED = {
    0xC000003E: (248, 249, 250),  # x86_64
    0x40000003: (286, 287, 288),  # i386, for programs of 32 bits there
    0xC00000B7: (217, 218, 219),  # aarch64
    0x40000028: (309, 310, 311),  # arm, the same
}
"""Architecture, as audit(7) numbers it -> its numbers of add_key, request_key and keyctl."""
WITHOUT_X32 = 0xBFFFFFFF
"""On x86_64 each call has a second number, with one bit more."""
NUMBER, ARCHITECTURE = 0, 4
"""Where they stand in what a filter is shown (seccomp(2))."""
LOAD, AND, IF_EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.ENOSYS
"""Refused as by a kernel that was built without keyrings: programs do without them."""

Step = tuple[int, int, int, int]


def program() -> bytes:
    """Return the filter: steps of eight bytes, each with how many to leave out if something is so, and if not."""
    steps: list[Step] = [(LOAD, 0, 0, ARCHITECTURE)]
    for architecture, numbers in REFUSED.items():
        block = _block(numbers)
        steps += [(IF_EQUAL, 0, len(block), architecture), *block]
    return b"".join(struct.pack("=HBBI", *step) for step in (*steps, (RETURN, 0, 0, ALLOW)))


def _block(numbers: tuple[int, ...]) -> list[Step]:
    compared = [(IF_EQUAL, len(numbers) - position, 0, number) for position, number in enumerate(numbers)]
    return [
        (LOAD, 0, 0, NUMBER),
        (AND, 0, 0, WITHOUT_X32),
        *compared,
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]


def refuse() -> None:
    """Keep this process, and all that it starts, from keyrings; only after `calls.drop_privileges`.

    Raises:
        OSError: the system cannot, as where it was built without CONFIG_SECCOMP_FILTER.
    """
    calls.filter_calls(program())
