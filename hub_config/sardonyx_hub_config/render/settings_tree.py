"""The settings as they are on a cluster: what has no meaning there is taken out, and secrets are where the chart puts them.

Pure but for the tree that it is given, in which comments and order stay.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.tokens import CommentToken

from sardonyx_hub_config.chart.values import VARIABLE
from sardonyx_hub_config.settings.secret_refs import secret_places
from sardonyx_hub_config.settings.whole import Settings

At = tuple[str, ...]

FOLDER = "/etc/sardonyx/secrets"
"""Where the chart puts secrets that the settings name as files."""
MADE_HERE = "servers run from images there"
LEFT_OUT: tuple[tuple[At, str], ...] = (
    (("web", "address"), "the chart says where the proxy listens"),
    (("web", "port"), "the chart says where the proxy listens"),
    (("web", "certificate"), "TLS ends at the Ingress or the Gateway"),
    (("web", "key"), "TLS ends at the Ingress or the Gateway"),
    (("data_folder",), "it is on the hub's volume (hub.storage)"),
    (("conf_d",), "it is a ConfigMap there (hub.extraVolumes)"),
    (("servers", "stop_with_hub"), "servers go on there while the hub is away"),
    (("servers", "accept_not_isolated"), "each server is a Pod of its own there"),
    (("one_machine",), "what counts there is in the section kubernetes"),
    (("profiles", "*", "when"), "what has to be there is in the image"),
    (("environments", "*", "make"), MADE_HERE),
    (("environments", "*", "packages"), MADE_HERE),
    (("environments", "*", "jars"), MADE_HERE),
)
"""Settings without a meaning on a cluster, and why; "*" = each."""
WITH_AN_IMAGE = ("requirements", "prefix")
"""How an environment is made, which its image has behind it."""
_GENERAL = {"sign_in", "providers", "git"}
"""What says nothing in the name of a secret."""


@dataclass(frozen=True)
class Secret:
    """A secret that becomes a key of a Secret.

    Args:
        at: where the settings name it.
        variable: that it comes from; "" = it is in a file.
        is_variable: it is one on the cluster, too.
    """

    at: At
    name: str
    key: str
    file: Path | None = None
    variable: str = ""
    is_variable: bool = False

    @property
    def secret(self) -> str:
        """The name of the Secret."""
        return f"sardonyx-{self.name}"


def take_out(tree: CommentedMap) -> list[tuple[str, str]]:
    """Take out what has no meaning on a cluster; return what that was, and why."""
    found = []
    for at, why in (*LEFT_OUT, *_made_environments(tree)):
        for place in [*_places(tree, at)]:
            _remove(tree, place)
            found.append((".".join(place), why))
    return found


def secrets(settings: Settings) -> list[Secret]:
    """Return the secrets that the settings name; a variable that is named twice is one."""
    found: list[Secret] = []
    for at, ref in secret_places(settings):
        is_variable = ref.env is not None and re.fullmatch(VARIABLE, ref.env) is not None
        if not is_variable or all(ref.env != other.variable for other in found):
            found.append(_secret(at, file=ref.file, variable=ref.env or "", is_variable=is_variable))
    if settings.vault.certificate_authority is not None:
        found.append(_secret(("vault", "certificate_authority"), file=settings.vault.certificate_authority))
    return found


def put_secrets(tree: CommentedMap, named: Sequence[Secret]) -> None:
    """Name each secret where the chart puts it."""
    for secret in named:
        if secret.is_variable:
            continue
        parent = _node(tree, secret.at[:-1])
        key = _key(parent, secret.at[-1])
        where = f"{FOLDER}/{secret.name}"
        if isinstance(parent[key], dict):
            parent[key].clear()
            parent[key]["file"] = where
        else:
            parent[key] = where


def _secret(at: At, *, file: Path | None = None, variable: str = "", is_variable: bool = False) -> Secret:
    parts = [part.replace("_", "-") for part in at if part not in _GENERAL]
    return Secret(at, "-".join(parts), parts[-1], file, variable, is_variable)


def _made_environments(tree: CommentedMap) -> Iterator[tuple[At, str]]:
    environments = tree.get("environments")
    for slug, environment in environments.items() if isinstance(environments, dict) else ():
        # Without an image it would be none at all.
        if isinstance(environment, dict) and environment.get("image"):
            yield from ((("environments", str(slug), name), MADE_HERE) for name in WITH_AN_IMAGE)


def _places(node: Any, at: At, above: At = ()) -> Iterator[At]:
    if not at:
        yield above
        return
    if not isinstance(node, CommentedMap):
        return
    # What comes from another place of the file, by <<, goes with that.
    for key, below in [*node.non_merged_items()]:
        if at[0] in {"*", str(key)}:
            yield from _places(below, at[1:], (*above, str(key)))


def _remove(tree: CommentedMap, at: At) -> None:
    parent = _node(tree, at[:-1])
    if (key := _key(parent, at[-1])) is None:
        # The same section, written once and named twice.
        return
    _keep_comment(tree, at, parent, key)
    # ruamel.yaml 0.19 fails when it tells those that merge this section.
    parent._ref.clear()  # noqa: SLF001
    del parent[key]
    if not parent and len(at) > 1:
        _remove(tree, at[:-1])


def _keep_comment(tree: CommentedMap, at: At, parent: CommentedMap, key: Any) -> None:
    """Let lines after what is taken out stand before what comes next: they are about that."""
    following = _following(tree, at)
    while isinstance(parent[key], CommentedMap) and parent[key]:
        parent, key = parent[key], [*parent[key]][-1]
    token = next((each for each in parent.ca.items.get(key) or () if isinstance(each, CommentToken)), None)
    if token is None or following is None:
        return
    lines = [line.strip() for line in token.value.rstrip("\n").split("\n")[1:]]
    if any(lines):
        section, name = following
        text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines)
        section.yaml_set_comment_before_after_key(name, before=text, indent=section.lc.col)


def _following(tree: CommentedMap, at: At) -> tuple[CommentedMap, Any] | None:
    """Return the section and the name that come next in the file."""
    for depth in range(len(at), 0, -1):
        section = _node(tree, at[: depth - 1])
        after = [*section][[*section].index(_key(section, at[depth - 1])) + 1 :]
        if after:
            return section, after[0]
    return None


def _node(tree: CommentedMap, at: At) -> Any:
    node: Any = tree
    for name in at:
        node = node[_key(node, name)]
    return node


def _key(node: Any, name: str) -> Any:
    return next((key for key in node if str(key) == name), None)
