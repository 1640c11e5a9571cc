"""Reading one catalog file: plain values, and the line each of them stands on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError

ROOT = Path(__file__).parent
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOL = "tag:yaml.org,2002:bool"


class CatalogError(Exception):
    """A catalog file that cannot be used: which file, which line (1 is the first), and why."""

    def __init__(self, file: Path, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file, self.line, self.message = file, line, message


class _Loader(_Base):  # type: ignore[misc]
    """YAML where only true and false are booleans: `on` stays the word an example needs."""

    yaml_implicit_resolvers = {
        letter: [pair for pair in pairs if pair[0] != _BOOL or letter in "tTfF"]
        for letter, pairs in _Base.yaml_implicit_resolvers.items()
    }


def _day(loader: Any, node: Any) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise ConstructorError(None, None, str(error), node.start_mark) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)


def read(file: Path) -> Any:
    """The file's content as dicts, lists, numbers, text and days. Raises CatalogError."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except (yaml.YAMLError, ValueError) as error:
        raise CatalogError(file, _error_line(error), _error_text(error)) from error


def line_of(file: Path, path: Sequence[str | int]) -> int:
    """The line of the value at `path`, or of its nearest parent that exists."""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
    line = 1
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        line, node = found
    return line


def repeated_keys(file: Path) -> list[CatalogError]:
    """Names written twice in one mapping; YAML would silently keep the last."""
    root = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
    found: list[CatalogError] = []
    todo = [root] if root else []
    while todo:
        node = todo.pop()
        if isinstance(node, yaml.SequenceNode):
            todo.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    line = key.start_mark.line + 1
                    found.append(CatalogError(file, line, f"“{key.value}” is written twice"))
                seen.add(key.value)
                todo.append(value)
    return found


def _child(node: Any, step: str | int) -> tuple[int, Any] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child = node.value[step]
        return child.start_mark.line + 1, child
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    return None


def _error_line(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _error_text(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error)
