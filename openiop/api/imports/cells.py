"""What a cell of a table means; a sentence where it means nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openiop.patients.rules import search

YES = {"yes", "y", "true", "t", "1", "x", "ja", "si"}
NO = {"no", "n", "false", "f", "0", ""}
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's count of days
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.0+)?")
_MIDNIGHT = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AP]M)?$", re.IGNORECASE)


class Bad(ValueError):
    """A cell that cannot be taken, in a sentence."""


Reader = Callable[[str, date], Any]


@dataclass(frozen=True)
class Column:
    """A column by its name, other names files give it, how it is read, and whether it must be
    there."""

    name: str
    read: Reader
    aliases: tuple[str, ...] = ()
    required: bool = False


def plain(cell: str) -> str:
    """The cell without space around it and without the marks spreadsheets put before text."""
    said = cell.strip()
    if said.startswith('="') and said.endswith('"'):
        return said[2:-1].strip()
    if said.startswith("'") and said[1:2] and said[1] in "0123456789=+-@":
        return said[1:].strip()
    return said


def text(most: int) -> Reader:
    """Words up to a length."""

    def read(cell: str, _today: date) -> str:
        if "\x00" in cell:
            raise Bad("This holds a character that cannot be kept.")
        if len(cell) > most:
            raise Bad(f"This is longer than {most} characters.")
        return cell

    return read


def many(cell: str, _today: date) -> list[str]:
    """Several things, parted by semicolons, bars or commas."""
    return [part.strip()[:160] for part in re.split(r"[;|,]", cell) if part.strip()]


def day(cell: str, today: date) -> date | None:
    """A day as people and spreadsheets write it; None for an empty cell."""
    said = _MIDNIGHT.sub("", cell)
    if not said:
        return None
    if _SERIAL.fullmatch(said):
        return EPOCH + timedelta(days=int(float(said)))
    sought = search.read(said, today)
    if len(sought.births) != 1 or sought.words or sought.phone or sought.number:
        raise Bad(f"{cell!r} is no day: write 1988-03-04 or 03/04/1988.")
    return next(iter(sought.births))


def birth_day(cell: str, today: date) -> date | None:
    """A day up to today."""
    found = day(cell, today)
    if found and found > today:
        raise Bad(f"{cell!r} is still to come.")
    return found


def yes(cell: str, _today: date) -> bool:
    said = search.fold(cell)
    if said not in YES | NO:
        raise Bad(f"{cell!r} is neither yes nor no.")
    return said in YES


def number(least: int, most: int) -> Reader:
    """A whole number between two, or None for an empty cell."""

    def read(cell: str, _today: date) -> int | None:
        if not cell:
            return None
        if not (cell.isascii() and cell.isdigit()) or not least <= int(cell) <= most:
            raise Bad(f"{cell!r} is no number from {least} to {most}.")
        return int(cell)

    return read


def one_of(words: Mapping[str, str]) -> Reader:
    """One of a few words, each with the value it means; "" for an empty cell."""

    def read(cell: str, _today: date) -> str:
        said = re.sub(r"[\s_-]+", " ", search.fold(cell))
        if said and said not in words:
            raise Bad(f"{cell!r} is none of {', '.join(sorted(words))}.")
        return words.get(said, "")

    return read


def mail(cell: str, _today: date) -> str:
    if cell and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", cell):
        raise Bad(f"{cell!r} is no e-mail address.")
    return text(200)(cell, _today)  # type: ignore[no-any-return]
