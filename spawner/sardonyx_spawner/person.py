"""Who asks: the person as the deciding modules see them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """Somebody who may start servers.

    Args:
        id: immutable, from the first sign-in; folders and storage prefixes use it, never the name.
        name: what JupyterHub calls the person; may change hands after a removal.
        groups: JupyterHub groups the person is in.
        full_name: as they are called elsewhere, and on their commits.
        mail: address for their commits.
        language: in which they are spoken to.
        is_temporary: their account is one of an event: they start its servers, and no other ones.
    """

    id: str
    name: str
    groups: frozenset[str] = field(default_factory=frozenset)
    is_admin: bool = False
    full_name: str = ""
    mail: str = ""
    language: str = "en"
    is_temporary: bool = False
