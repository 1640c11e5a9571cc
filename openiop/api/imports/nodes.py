"""A value inside a resource with the path to it: read with care, the wrong ones named."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

# FHIR date and dateTime: a year, a month, a day, or a moment (hl7.org/fhir/R4/datatypes.html).
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
                  r"(?:Z|[+-]\d{2}:\d{2})?)?)?)?", re.ASCII)  # fmt: skip
Steps = tuple[str | int, ...]


class Wrong(ValueError):
    """Something in a resource cannot be taken: where, and why."""

    def __init__(self, path: Steps, message: str) -> None:
        super().__init__(message)
        self.path, self.message = path, message


@dataclass(frozen=True)
class Node:
    """A value and the path to it; `None` where nothing is given."""

    value: Any
    path: Steps = ()

    def __bool__(self) -> bool:
        return self.value is not None

    def get(self, key: str) -> "Node":
        """A member of an object."""
        if self.value is None:
            return Node(None, self.path)
        if not isinstance(self.value, dict):
            raise Wrong(self.path, "An object is expected here.")
        return Node(self.value.get(key), (*self.path, key))

    def each(self, key: str) -> "list[Node]":
        """The members of a list."""
        found = self.get(key)
        if found.value is None:
            return []
        if not isinstance(found.value, list):
            raise Wrong(found.path, "A list is expected here.")
        return [Node(value, (*found.path, at)) for at, value in enumerate(found.value)]

    def text(self, most: int) -> str:
        """Words as they stand, without space around them; "" where nothing is given."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise Wrong(self.path, "Text is expected here.")
        said = self.value.strip()
        if "\x00" in said or any("\ud800" <= char <= "\udfff" for char in said):
            raise Wrong(self.path, "This text holds a character that cannot be kept.")
        if len(said) > most:
            raise Wrong(self.path, f"This is longer than {most} characters.")
        return said

    def code(self, allowed: Collection[str]) -> str:
        """One of a required set of codes, or "" where nothing is given."""
        said = self.text(200)
        if said and said not in allowed:
            raise Wrong(self.path, f"{said!r} is none of {', '.join(sorted(allowed))}.")
        return said

    def day(self) -> date | None:
        """A day; None where nothing, only a year or only a month is given."""
        said = self.text(60)
        if not said:
            return None
        match = _DAY.fullmatch(said)
        try:
            if match is None:
                raise ValueError
            year, month, day = match.groups()
            whole = date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            raise Wrong(self.path, f"{said!r} is no date.") from None
        return whole if day else None

    def extensions(self, ending: str) -> "Iterator[Node]":
        """Extensions whose address ends so."""
        for extension in self.each("extension"):
            if extension.get("url").text(500).endswith(ending):
                yield extension

    def extension(self, ending: str) -> "Node":
        """The first such extension, or nothing."""
        return next(self.extensions(ending), Node(None, self.path))
