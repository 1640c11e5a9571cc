"""JSON with its places: where a file is broken, and on which line a value stands."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

SPACE = " \t\n\r"
_DECODER = json.JSONDecoder()


class BadText(ValueError):
    """A file that cannot be read as text or as JSON: on which line, and why."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def text_of(raw: bytes) -> str:
    """The file as text, UTF-8 with or without a byte-order mark, or UTF-16 with one."""
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadText(f"This is not UTF-8 text (byte {error.start}).", line) from error


def parsed(text: str) -> Any:
    """The value in a JSON text, or BadText with the line and the column."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        message = f"This is not JSON: {error.msg} at column {error.colno}."
        raise BadText(message, error.lineno) from error
    except RecursionError as error:
        raise BadText("This JSON is nested too deeply to be a resource.") from error


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line on which the value at `path` stands in a JSON text; as far as the path leads."""
    at = _skip(text, 0)
    for step in path:
        found = next((place for name, place in _members(text, at) if name == step), None)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def said(path: Sequence[str | int]) -> str:
    """A path in words: entry[3].resource.birthDate."""
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _members(text: str, at: int) -> Iterator[tuple[str | int, int]]:
    """Names (or numbers) and places of the values inside the object or list at `at`."""
    if text[at : at + 1] not in ("{", "["):
        return
    named, number = text[at] == "{", 0
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        name: str | int = number
        if named:
            name, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        yield name, at
        _value, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        number += 1
