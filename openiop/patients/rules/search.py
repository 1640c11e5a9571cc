"""How people are found: what is kept to find them by, how a typed line is read, how finds rank.

A key is a letter for its kind and the thing itself, compared bytewise, so that the start of a word
is a range: `n:` a word of a name, `s:` how it sounds, `p:` a phone number read from its end, `d:` a
birth date, `r:` a record number.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import jellyfish

from openiop.kernel.ids import is_record_number

WORD_LENGTH = 40
SOUNDS = "0BFHJKLMNPRSTWXY"  # what Metaphone is made of
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae",
                               "œ": "oe", "ı": "i", "ħ": "h"})  # fmt: skip
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
_MONTHS = {name: number for number, name in enumerate(
    "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
)}  # fmt: skip
_SEPARATED = re.compile(r"\b(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{2,4})\b")
_COMPACT = re.compile(r"(?<!\d)\d{8}(?!\d)")
_MONTH_FIRST = re.compile(r"\b([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b", re.I)
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})\b", re.I)
_NUMBER = re.compile(r"\+?\d[\d\s().\-]*\d|\d")


def fold(text: str) -> str:
    """The text without case, accents and apostrophes: "O’Brien-Núñez" becomes "obrien-nunez"."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.casefold()).translate(_UNDECOMPOSED)


def words(*texts: str) -> list[str]:
    """The folded words of names in their order, each once."""
    found = (word[:WORD_LENGTH] for text in texts for word in _WORD.findall(fold(text)))
    return list(dict.fromkeys(found))


def sound(word: str) -> str:
    """How a folded word sounds in English letters (Metaphone), or "" in another script."""
    return jellyfish.metaphone(word) if word.isascii() and word.isalpha() else ""


def phone_digits(text: str) -> str:
    """The digits of a phone number without the country code 1."""
    digits = "".join(char for char in text if char in "0123456789")
    return digits[1:] if len(digits) == 11 and digits[0] == "1" else digits


def keys(
    names: Iterable[str], *, phones: Iterable[str] = (), birth_on: date | None = None,
    number: str = "",
) -> frozenset[str]:  # fmt: skip
    """Everything a person is found by."""
    named = words(*names)
    found = {f"n:{word}" for word in named}
    found |= {f"s:{heard}" for heard in map(sound, named) if heard}
    found |= {f"p:{digits[::-1][:20]}" for digits in map(phone_digits, phones) if len(digits) >= 4}
    if birth_on:
        found.add(f"d:{birth_on.isoformat()}")
    if number:
        found.add(f"r:{number}")
    return frozenset(found)


def until(prefix: str) -> str:
    """The first string after all that start with `prefix`, compared by code point."""
    return (
        prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix[-1] < "\ud7ff" else prefix + "\U0010ffff"
    )


def near_sounds(word: str) -> frozenset[str]:
    """The sounds one slip away from the word's own: one more, one less, another, two swapped."""
    own = sound(word)
    if not own:
        return frozenset()
    found = {own}
    for at in range(len(own) + 1):
        head, tail = own[:at], own[at:]
        found |= {head + letter + tail for letter in SOUNDS}
        found |= {head + letter + tail[1:] for letter in SOUNDS if tail}
        found |= {head + tail[1:], head + tail[1:2] + tail[:1] + tail[2:]}
    return frozenset(found - {""})


# --- what somebody typed -----------------------------------------------------------------------


@dataclass(frozen=True)
class Sought:
    """A typed line, read: all that is given must fit. `births` are the days a date may mean."""

    words: tuple[str, ...] = ()
    births: frozenset[date] = frozenset()
    phone: str = ""
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.births or self.phone or self.number)


def read(line: str, today: date) -> Sought:
    """What a line typed into the search box asks for: names, a birth date, a phone or record
    number, in any order. `today` tells which century a two-digit year means."""
    births, rest = _take_dates(line, today)
    number, phone = "", ""
    for match in _NUMBER.finditer(rest):
        digits = phone_digits(match[0])
        if match[0].isdigit() and is_record_number(match[0].zfill(8)) and len(digits) != 10:
            number = match[0].zfill(8)
        elif len(digits) >= 4:
            phone = digits
    return Sought(
        tuple(word for word in words(rest) if not word.isdecimal()), births, phone, number
    )


def _take_dates(line: str, today: date) -> tuple[frozenset[date], str]:
    """The days the line may mean, and the line without them."""
    found: set[date] = set()
    rest = line
    for pattern, reading in _READINGS:
        for match in pattern.finditer(rest):
            days = set(reading(match, today))
            found |= days
            if days and pattern is not _COMPACT:  # eight digits may be a record number as well
                rest = rest.replace(match[0], " ")
    if found and is_record_number(rest.strip()):
        return frozenset(), rest
    return frozenset(found), _COMPACT.sub(" ", rest) if found else rest


def _separated(match: re.Match[str], today: date) -> Iterator[date]:
    one, two, three = match.groups()
    if len(one) > 2:
        yield from _day(int(one), int(two), int(three))
    else:
        year = _year(three, today)
        yield from list(_day(year, int(one), int(two))) or _day(year, int(two), int(one))


def _compact(match: re.Match[str], today: date) -> Iterator[date]:
    text = match[0]
    for year, month, day in ((text[:4], text[4:6], text[6:]), (text[4:], text[:2], text[2:4])):
        if 1880 <= int(year) <= today.year:
            yield from _day(int(year), int(month), int(day))


def _worded(match: re.Match[str], today: date) -> Iterator[date]:
    one, two, year = match.groups()
    day, name = (one, two) if one.isdigit() else (two, one)
    month = _MONTHS.get(name[:3].lower())
    if month:
        yield from _day(int(year), month, int(day))


def _year(text: str, today: date) -> int:
    if len(text) > 2:
        return int(text)
    century = today.year // 100 * 100
    return century + int(text) - (100 if int(text) > today.year % 100 else 0)


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


_READINGS = (
    (_SEPARATED, _separated), (_MONTH_FIRST, _worded), (_DAY_FIRST, _worded), (_COMPACT, _compact),
)  # fmt: skip


# --- how well a find fits ----------------------------------------------------------------------


def fit(sought: Iterable[str], named: Iterable[str]) -> float:
    """How well typed words fit a person's names: 0 to 1, the mean of each word's best match.

    A whole word counts 1, a beginning nearly as much, else the Jaro-Winkler likeness.
    """
    has = list(named)
    scores = [max((_likeness(word, other) for other in has), default=0.0) for word in sought]
    return sum(scores) / len(scores) if scores else 1.0


def _likeness(typed: str, word: str) -> float:
    if typed == word:
        return 1.0
    if word.startswith(typed):
        return 0.95
    return 0.9 * float(jellyfish.jaro_winkler_similarity(typed, word))
