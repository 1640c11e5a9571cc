"""X12 interchanges as segments: one file of a payer, checked envelope by envelope.

Source: X12 control standards 005010 (ISA/IEA, GS/GE, ST/SE). What a segment means stands in the
room that reads the transaction; here are only delimiters, places, counts and control numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

HEADER = 106  # characters of an ISA segment with its terminator: its widths are fixed
WIDTHS = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)  # of ISA and its 16 elements
CLOSES = {"SE": "ST", "GE": "GS", "IEA": "ISA"}
OPENS_IN = {"GS": "ISA", "ST": "GS"}
CONTROL = {"ISA": 13, "GS": 6, "ST": 2}  # where an envelope carries its control number


class X12Error(ValueError):
    """Segment `number` of the file (from 1), named `segment`, is wrong for the reason given."""

    def __init__(self, number: int, segment: str, reason: str) -> None:
        super().__init__(f"Segment {number} ({segment}): {reason}")
        self.number, self.segment, self.reason = number, segment, reason


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its name, its elements, and its place in the file, from 1."""

    number: int
    name: str
    elements: tuple[str, ...]

    def at(self, place: int) -> str:
        """Element `place` (from 1, as the standard counts), "" where it is not sent."""
        return self.elements[place - 1] if place <= len(self.elements) else ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What stands between ST and SE, both included. `repeats` and `parts` are the characters
    between repeated elements and between the components of one."""

    kind: str
    version: str
    segments: tuple[Segment, ...]
    repeats: str
    parts: str


def transactions(text: str) -> tuple[Transaction, ...]:
    """The transactions of an interchange.

    Raises X12Error at the first segment that is wrong: a header that is cut off, an envelope
    that is not closed, a count or control number that does not agree, text after the end.
    """
    text = text.lstrip("\ufeff \r\n\t")
    repeats, parts = _delimiters(text)
    segments = tuple(_segments(text))
    _check_envelopes(segments)
    return tuple(_transactions(segments, repeats, parts))


def _delimiters(text: str) -> tuple[str, str]:
    header = text[:HEADER]
    if not header.startswith("ISA"):
        raise X12Error(1, header[:3] or "ISA", "an interchange begins with ISA.")
    widths = tuple(map(len, header[:-1].split(header[3:4])))
    if widths != WIDTHS or header[-1].isalnum():
        raise X12Error(1, "ISA", "the header is not 106 characters in 16 elements.")
    return header[82], header[104]


def _segments(text: str) -> Iterator[Segment]:
    between, ends = text[3], text[HEADER - 1]
    *whole, rest = text.split(ends)
    for number, each in enumerate(whole, 1):
        name, *elements = (
            each.strip("\r\n\t ").split(between) if number > 1 else each.split(between)
        )
        if not (1 < len(name) < 4 and name.isalnum() and name.isupper()):
            raise X12Error(number, name[:3] or "?", "this is no segment.")
        yield Segment(number, name, tuple(elements))
    if rest := rest.strip():
        name = rest.partition(between)[0][:3]
        raise X12Error(len(whole) + 1, name, "the segment is cut off.")


def _check_envelopes(segments: tuple[Segment, ...]) -> None:
    opened: list[tuple[Segment, int]] = []  # and how many stand in it
    closed = False
    for each in segments:
        if closed:
            raise X12Error(each.number, each.name, "the interchange has ended before.")
        if each.name in CONTROL:
            _check_opening(each, opened)
            opened.append((each, 0))
        elif each.name in CLOSES:
            _check_closing(each, opened)
            opened.pop()
            closed = not opened
        elif not opened or opened[-1][0].name != "ST":
            raise X12Error(each.number, each.name, "it stands outside a transaction (ST to SE).")
    if opened:
        last = opened[-1][0]
        raise X12Error(last.number, last.name, "it is opened here and never closed.")


def _check_opening(each: Segment, opened: list[tuple[Segment, int]]) -> None:
    around = opened[-1][0].name if opened else None
    if around != OPENS_IN.get(each.name):
        raise X12Error(each.number, each.name, "an envelope may not open here.")
    if opened:
        opened[-1] = (opened[-1][0], opened[-1][1] + 1)


def _check_closing(each: Segment, opened: list[tuple[Segment, int]]) -> None:
    if not opened or opened[-1][0].name != CLOSES[each.name]:
        raise X12Error(each.number, each.name, "it closes what is not open.")
    begun, inside = opened[-1]
    count = each.number - begun.number + 1 if each.name == "SE" else inside
    if each.at(1).lstrip("0") != str(count or ""):
        raise X12Error(
            each.number, each.name, f"it counts {each.at(1) or 'nothing'}, and there are {count}."
        )
    wanted = begun.at(CONTROL[begun.name])
    if each.at(2) != wanted:
        raise X12Error(
            each.number, each.name,
            f"its control number is {each.at(2) or 'missing'}, and {begun.name} says {wanted}.",
        )  # fmt: skip


def _transactions(segments: tuple[Segment, ...], repeats: str, parts: str) -> Iterator[Transaction]:
    version, begun = "", 0
    for place, each in enumerate(segments):
        if each.name == "GS":
            version = each.at(8)
        elif each.name == "ST":
            begun = place
        elif each.name == "SE":
            first = segments[begun]
            yield Transaction(
                first.at(1), first.at(3) or version, segments[begun : place + 1], repeats, parts
            )
