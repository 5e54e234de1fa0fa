"""A server leaves the hub's session keyring: the kernel itself looks there, such as for what somebody mounted."""

from support.keyrings import run


def test_what_is_in_the_session_keyring_of_the_hub_is_not_found_by_its_servers() -> None:
    """Tried with the real one, in a process that has joined a new one before."""
    found = run("""
from sardonyx_singleuser.sandbox.calls import leave_session_keyring
keyctl(JOIN, None)
key = add_key(b"ticket", SESSION)
before = tried(request_key) == key
leave_session_keyring()
print(json.dumps([before, tried(request_key), tried(read, key)]))
""")

    assert found == [True, "ENOKEY", "EACCES"]
