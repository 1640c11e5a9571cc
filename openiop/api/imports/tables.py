"""Load tables: comma, semicolon or tab separated, as people and spreadsheets write them."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from django.utils import timezone

from openiop.api.imports import patients_table, rosters_table, staff_table
from openiop.api.imports.cells import Bad, Column, plain
from openiop.api.imports.fhir import kept_unless
from openiop.api.imports.lines import BadText, text_of
from openiop.api.imports.places import Place, place
from openiop.api.imports.report import Problem, Progress, Report
from openiop.patients.rules.search import fold

CHUNK = 500
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Line:
    """One row of a table that could be read: the line it begins on, and values by column."""

    number: int
    values: Mapping[str, Any]


class Refuses(Protocol):
    def __call__(self, line: Line, column: str, message: str) -> None: ...


class Table(Protocol):
    """A kind of table: its columns, and what to do with a chunk of its lines."""

    COLUMNS: Sequence[Column]

    def load(
        self, where: Place, lines: Sequence[Line], report: Report, refuse: Refuses
    ) -> None: ...


KINDS: dict[str, Any] = {
    "patients": patients_table, "staff": staff_table, "rosters": rosters_table,
}  # fmt: skip


def import_csv(
    kind: str, file: Path, *, clinic: str | None = None, dry_run: bool = False,
    progress: Progress = lambda done, of: None,
) -> Report:  # fmt: skip
    """Load a table of "patients", "staff" or "rosters"; again and again without doubles.

    `clinic` is a code for lines that name none. `dry_run` tells and keeps nothing. Raises Refused
    when there is no such clinic.
    """
    table, where, report = KINDS[kind], place(clinic), Report()
    name = str(file)

    def refuse(line: Line, column: str, message: str) -> None:
        report.errors.append(Problem(name, line.number, column, message))

    try:
        text = text_of(file.read_bytes())
    except OSError as error:
        report.errors.append(Problem(name, None, "", f"This cannot be read: {error.strerror}."))
        return report
    except BadText as bad:
        text = _western(file, bad, report)
    chunk: list[Line] = []
    with kept_unless(dry_run):
        for line in _lines(name, text, table.COLUMNS, report, timezone.now().date()):
            chunk.append(line)
            if len(chunk) == CHUNK:
                table.load(where, chunk, report, refuse)
                progress(line.number, text.count("\n") + 1)
                chunk = []
        if chunk:
            table.load(where, chunk, report, refuse)
    progress(1, 1)
    return report


def _western(file: Path, bad: BadText, report: Report) -> str:
    """A table that is not UTF-8 is read as spreadsheets in the West save it (Windows-1252)."""
    try:
        return file.read_bytes().decode("cp1252")
    except UnicodeDecodeError:
        report.errors.append(Problem(str(file), bad.line, "", bad.message))
        return ""


def _lines(
    name: str, text: str, columns: Sequence[Column], report: Report, today: date
) -> Iterator[Line]:
    """Lines in which every cell could be read; a problem for each cell that could not."""
    rows = _rows(text, columns)
    _begins, header, _wrong = next(rows, (1, [], ""))
    if not header:
        if text or not report.errors:
            report.errors.append(Problem(name, 1, "", "This table is empty."))
        return
    places, problems = _places(name, header, columns, report)
    report.errors += problems
    if problems:
        return
    for number, cells, broken in rows:
        wrong, values = (
            ([("", broken)], {}) if broken else _values(cells, len(header), places, today)
        )
        report.errors += [Problem(name, number, column, said) for column, said in wrong]
        if not wrong:
            yield Line(number, values)


def _rows(text: str, columns: Sequence[Column]) -> Iterator[tuple[int, list[str], str]]:
    """Rows with the line each begins on, blank ones left out; or why a row cannot be read.

    A quotation mark that opens and is not meant swallows the lines after it: such a row is refused
    and reading goes on at the very next line.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter, at, width = _delimiter(lines[0], columns), 0, 0
    while at < len(lines):
        reader = csv.reader((line + "\n" for line in lines[at:]), delimiter=delimiter, strict=True)
        begins = at
        try:
            for cells in reader:
                many, number = at + reader.line_num - begins > 1, begins + 1
                width = width or len(cells)
                if many and len(cells) != width:
                    raise csv.Error("a quotation mark opens a cell that does not end")
                begins = at + reader.line_num
                if any(cell.strip() for cell in cells):
                    yield number, cells, ""
            return
        except csv.Error as error:
            yield begins + 1, [], f"This line cannot be read: {error}."
            at = begins + 1


def _delimiter(first: str, columns: Sequence[Column]) -> str:
    """The delimiter under which the first line names the most columns."""
    known = {alias for column in columns for alias in (column.name, *column.aliases)}

    def named(delimiter: str) -> int:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(_key(cell) in known for cell in cells)

    return max(DELIMITERS, key=named)


def _key(head: str) -> str:
    """A header as a name: "Date of birth" becomes date_of_birth."""
    return re.sub(r"[^a-z0-9]+", "_", fold(head)).strip("_")


def _places(
    name: str, header: Sequence[str], columns: Sequence[Column], report: Report
) -> tuple[dict[int, Column], list[Problem]]:
    """Which cell holds which column; what must be there and is not, and what stands there twice.
    Columns nobody asked for are counted as left."""
    by_name = {alias: each for each in columns for alias in (each.name, *each.aliases)}
    places: dict[int, Column] = {}
    problems = []
    for at, head in enumerate(header):
        column = by_name.get(_key(head))
        if column is None and head.strip():
            report.left[f"column {head.strip()[:60]}"] += 1
        elif column in places.values():
            message = f"The column {column.name} stands here twice." if column else ""
            problems.append(Problem(name, 1, head.strip(), message))
        elif column:
            places[at] = column
    missing = [each.name for each in columns if each.required and each not in places.values()]
    problems += [
        Problem(name, 1, each, f"The column {each} is missing: see the first line.")
        for each in missing
    ]
    return places, problems


def _values(
    cells: Sequence[str], width: int, places: Mapping[int, Column], today: date
) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """What is wrong, by column, and the values of one line."""
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return [("", f"This line has {len(cells)} cells and the first line {width}.")], {}
    wrong, values = [], {}
    for at, column in places.items():
        cell = plain(cells[at]) if at < len(cells) else ""
        try:
            if column.required and not cell:
                raise Bad("Something must stand here.")
            values[column.name] = column.read(cell, today)
        except Bad as bad:
            wrong.append((column.name, str(bad)))
    return wrong, values
