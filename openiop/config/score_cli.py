"""`openiop score`: a table of answers to a questionnaire in, scores out. Needs no database."""

import argparse
import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from openiop.catalog.instrument import Instrument, find_instrument, instruments
from openiop.catalog.scoring import Unscorable, score


class Unreadable(Exception):
    """The file as a whole cannot be scored."""


def add(command: Callable[..., argparse.ArgumentParser], shared: Callable[[Any], None]) -> None:
    """`openiop score` on the command line."""
    one = command("score", _score, "score answers to a questionnaire")
    one.add_argument("instrument", metavar="INSTRUMENT", help="its id or title, such as PHQ-9")
    one.add_argument("path", type=Path, metavar="FILE", help="CSV: id and item numbers 1, 2, …")


def _score(arguments: argparse.Namespace) -> int:
    from openiop.config.cli import _print_json

    try:
        rows = scores(arguments.instrument, arguments.path)
    except Unreadable as no:
        print(f"openiop: {no}", file=sys.stderr)  # noqa: T201
        return 2
    if arguments.json:
        _print_json(rows)
    else:
        for row in rows:
            found = (row["score"], row["band"], *row["alerts"])
            said = row["error"] or "; ".join(str(each) for each in found if each is not None)
            print(f"{row['id']}: {said}")  # noqa: T201 - the answer itself
    return int(any(row["error"] for row in rows))


def scores(name: str, path: Path) -> list[dict[str, Any]]:
    """One dict a row of the file: id, score, band, alerts, error (a sentence, or None). Raises
    Unreadable for an unknown instrument, a file that is no table, or a column that is no item."""
    instrument = find_instrument(name)
    if instrument is None:
        known = ", ".join(each.title for each in instruments())
        raise Unreadable(f"There is no instrument “{name}”. There are: {known}.")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise Unreadable(f"{path.name}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not text in UTF-8.") from None
    return list(_scored(instrument, path.name, lines))


def _scored(instrument: Instrument, file: str, lines: list[str]) -> Iterator[dict[str, Any]]:
    header = lines[0] if lines else ""
    rows = csv.reader(lines, delimiter=";" if header.count(";") > header.count(",") else ",")
    columns = [_column(instrument, file, each) for each in next(rows, [])]
    if "id" not in columns:
        raise Unreadable(f"{file} has no column “id”.")
    if len(set(columns)) < len(columns):
        raise Unreadable(f"{file} has a column twice.")
    for cells in rows:
        if any(cell.strip() for cell in cells):
            yield _row(instrument, columns, cells)


def _column(instrument: Instrument, file: str, title: str) -> str | int:
    """What a column holds: "id", the number of an item, or the name of a fact beside the items."""
    plain = title.strip().casefold()
    names = {each.casefold(): at for at, each in enumerate(instrument.items, start=1)}
    if plain == "id" or plain in instrument.facts:
        return plain
    if plain in names:
        return names[plain]
    if plain.isdecimal() and int(plain) in instrument.answers:
        return int(plain)
    last, beside = len(instrument.items), "".join(f", {each}" for each in instrument.facts)
    raise Unreadable(
        f"{file}: column “{title.strip()}” is no item; there are id, 1 to {last}{beside}."
    )


def _row(instrument: Instrument, columns: list[str | int], cells: list[str]) -> dict[str, Any]:
    found = dict(zip(columns, cells, strict=False))
    row: dict[str, Any] = {"id": found.get("id", "").strip(), "score": None, "band": None,
                           "alerts": [], "error": None}  # fmt: skip
    try:
        if len(cells) > len(columns):
            raise Unscorable(f"The row has {len(cells)} cells, the table {len(columns)} columns.")
        told = score(
            instrument, _answers(columns, found), {n: found.get(n) for n in _facts(columns)}
        )
    except Unscorable as no:
        return row | {"error": str(no)}
    return row | {"score": told.score, "band": told.band, "alerts": list(told.alerts)}


def _answers(columns: Iterable[str | int], found: dict[str | int, str]) -> dict[int, str | None]:
    return {each: found.get(each) for each in columns if isinstance(each, int)}


def _facts(columns: Iterable[str | int]) -> list[str]:
    return [each for each in columns if isinstance(each, str) and each != "id"]
