"""The settings file: found, read, and every fault in it located."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.faults import Fault, fault_message
from sardonyx_hub_config.settings.whole import OVERRIDES, Settings, overrides
from sardonyx_hub_config.shipped import shipped

LARGEST_FILE = 1 << 20
SEARCHED = ("SARDONYX_SETTINGS", "settings.yaml")
RELATIVE_PATHS = (("web", "certificate"), ("web", "key"), ("conf_d",), ("vault", "certificate_authority"))
Location = tuple[str | int, ...]


class SettingsError(OperatorError):
    """A settings file with faults; its text names them all, each with its line.

    Args:
        what: is in the file.
    """

    def __init__(self, path: Path, faults: Iterable[Fault], what: str = "settings") -> None:
        self.path = path
        self.faults = sorted(set(faults))
        count = "one fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        lines = [fault.say(path.name) for fault in self.faults]
        super().__init__("\n".join([f"the {what} in {path} have {count}:", *lines]))


def find_settings(explicit: Path | None) -> Path:
    """Return the settings file in force: the given one, SARDONYX_SETTINGS, ./settings.yaml, else the shipped one."""
    if explicit is not None:
        return explicit
    if named := os.environ.get(SEARCHED[0]):
        return Path(named)
    here = Path(SEARCHED[1])
    return here if here.exists() else shipped("settings.yaml")


def load_settings(path: Path) -> Settings:
    """Read and check a settings file; relative paths in it count from its folder.

    Raises:
        SettingsError: with every fault.
    """
    tree = read_tree(path)
    document = plain(tree)
    replaced = overrides()
    for location, value in replaced.items():
        _put(document, location, value)
    _absolute(document, path.resolve().parent)
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise SettingsError(path, [_located(tree, details, Settings, replaced) for details in error.errors()]) from None
    crossed = settings.cross_faults()
    if crossed:
        raise SettingsError(path, [Fault(_line(tree, at), _dotted(at), message) for at, message in crossed])
    return settings


def read_tree(path: Path) -> CommentedMap:
    """Read a file as it is written, with its comments and its lines.

    Raises:
        SettingsError: it is no file of YAML.
    """
    return parse_tree(path, _read(path))


def located(tree: CommentedMap, error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Return what is wrong in a file, each fault with its line."""
    return [_located(tree, details, model, {}) for details in error.errors()]


def plain(node: Any) -> Any:
    """Return the same without comments."""
    # Keys become text: `3.10:` and `yes:` would otherwise be a number and a truth value.
    if isinstance(node, CommentedMap):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [plain(value) for value in node]
    return node


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SettingsError(path, [Fault(0, "", "is larger than 1 MB. It is not a settings file.")])
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise OperatorError(
            f"there is no settings file {path}. Name another one, or leave it out for the shipped one."
        ) from None
    except IsADirectoryError:
        raise OperatorError(f"{path} is a folder. Name the settings file in it.") from None
    except UnicodeDecodeError:
        raise SettingsError(path, [Fault(0, "", "is not text in UTF-8. Save it as UTF-8 in your editor.")]) from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.") from error


def parse_tree(path: Path, text: str) -> CommentedMap:
    """Read text as it is written.

    Args:
        path: of the file that it is from.

    Raises:
        SettingsError: it is no YAML.
    """
    yaml = YAML(typ="rt")
    try:
        tree = yaml.load(text)
    except DuplicateKeyError as error:
        name = str(error.problem).split('"')[1] if '"' in str(error.problem) else "a key"
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise SettingsError(
            path, [Fault(line, "", f"'{name}' stands twice in the same section. Keep one of them.")]
        ) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SettingsError(path, [Fault(mark.line + 1 if mark else 0, "", _yaml_words(error))]) from None
    except AttributeError:
        # Of ruamel.yaml 0.19, which knows no line for it.
        raise SettingsError(path, [Fault(0, "", "'<<' names the section that it is in. Name another one.")]) from None
    except (YAMLError, ValueError) as error:
        raise SettingsError(path, [Fault(0, "", f"cannot be read as YAML: {str(error).splitlines()[0]}")]) from None
    if tree is None:
        raise SettingsError(path, [Fault(0, "", "is empty. Begin with the shipped settings.yaml.")])
    if not isinstance(tree, CommentedMap):
        raise SettingsError(path, [Fault(1, "", "is not a list of settings. It has lines such as 'title: My place'.")])
    return tree


def _yaml_words(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "")
    if "\\t" in problem or "'\t'" in problem:
        return "a tab stands where spaces are wanted. Indent with spaces."
    if "undefined alias" in problem:
        return f"{problem.replace('found ', '')}: the name after * is defined nowhere. Write the value itself."
    if "mapping values are not allowed" in problem:
        return "there is a second colon, or the line is indented too far. Put text with a colon in quotes."
    if "expected <block end>" in problem or "did not find expected" in problem:
        return "the indentation does not fit the lines above. Lines of one section begin in the same column."
    return f"cannot be read: {problem}. Look at this line and the one above."


def _put(document: dict[str, Any], location: tuple[str, ...], value: str) -> None:
    for name in location[:-1]:
        below = document.setdefault(name, {})
        if not isinstance(below, dict):
            return
        document = below
    document[location[-1]] = value


def _absolute(document: dict[str, Any], base: Path) -> None:
    for location in RELATIVE_PATHS:
        _anchor(document, location, base)
    environments = document.get("environments")
    for slug, environment in environments.items() if isinstance(environments, dict) else ():
        for name in ("requirements", "prefix", "jars"):
            _anchor(document, ("environments", slug, name), base)
        packages = environment.get("packages") if isinstance(environment, dict) else None
        if isinstance(packages, list):
            environment["packages"] = [
                str(base / p) if isinstance(p, str) and p.startswith(".") else p for p in packages
            ]
    document.setdefault("conf_d", str(base / "conf.d"))


def _anchor(document: dict[str, Any], location: tuple[str, ...], base: Path) -> None:
    node: Any = document
    for name in location[:-1]:
        node = node.get(name) if isinstance(node, dict) else None
    if isinstance(node, dict) and isinstance(node.get(location[-1]), str):
        node[location[-1]] = str(base / Path(node[location[-1]]).expanduser())


def _located(tree: CommentedMap, error: Any, whole: type[BaseModel], replaced: Mapping[tuple[str, ...], str]) -> Fault:
    location: Location = tuple(error["loc"])
    if location and location[-1] == "[key]":
        location = location[:-1]
    message = fault_message(error, _keys_at(whole, location[:-1]))
    for name, path in OVERRIDES.items():
        if path == location and path in replaced:
            return Fault(0, "", f"the environment variable {name} {message}")
    return Fault(_line(tree, location), _dotted(location), message)


def _line(tree: CommentedMap, location: Location) -> int:
    """Return the line of the deepest part of the location that is in the file."""
    node: Any = tree
    line = 0
    for name in location:
        if isinstance(node, CommentedMap):
            key = next((k for k in node if str(k) == str(name)), None)
            if key is None:
                break
            # What comes from another section, by <<, has its line there.
            if key in (node.lc.data or ()):
                line = node.lc.key(key)[0] + 1
            node = node[key]
        elif isinstance(node, CommentedSeq) and isinstance(name, int) and name < len(node):
            line = node.lc.item(name)[0] + 1
            node = node[name]
        else:
            break
    return line


def _dotted(location: Location) -> str:
    return ".".join(str(name) for name in location)


def _keys_at(whole: type[BaseModel], location: Location) -> list[str]:
    """Return the names that there are at a location, by walking the models."""
    model: Any = whole
    for name in location:
        if isinstance(model, type) and issubclass(model, BaseModel):
            field = next((each for key, each in model.model_fields.items() if str(name) == (each.alias or key)), None)
            model = _model_in(field.annotation) if field else None
        # The name of an entry in a dictionary by slug leaves the model as it is.
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        return []
    return [field.alias or key for key, field in model.model_fields.items()]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(get_args(annotation)):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
