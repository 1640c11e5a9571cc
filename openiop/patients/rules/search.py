"""How people are found: what is kept to find them by, how a typed line is read, how finds rank.

A key is a letter for its kind and the thing itself, compared bytewise, so that the start of a word
is a range: `n:` a word of a name, `s:` how it sounds, `t:` two words as they sound, `p:` a phone
number read from its end, `d:` a birth date, `r:` a record number.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import permutations

import jellyfish

from openiop.kernel.ids import is_record_number

WORD_LENGTH = 28  # two of them and the kind are a key's 60 characters
MOST_WORDS = 6
OLDEST = 1880  # the earliest year a birth date may mean
FITS = 0.78  # below this a name is another name
SOUNDS = "BFHJKLMNPRSTWXY"  # what Metaphone is made of, and at the start vowels
_VOWELS = "AEIOU"
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae",
                               "œ": "oe", "ı": "i", "ħ": "h"})  # fmt: skip
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Digits inside a word (Chet123) belong to the word: a number stands by itself.
_ALONE, _ENDS = r"(?<![^\W_])", r"(?![^\W_])"
_SEPARATED = re.compile(_ALONE + r"([0-9]{1,4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{2}|[0-9]{4})" + _ENDS)
_COMPACT = re.compile(_ALONE + r"[0-9]{8}" + _ENDS)
_MONTH_FIRST = re.compile(
    r"\b([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b", re.I | re.A
)
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})\b", re.I | re.A
)
_NUMBER = re.compile(_ALONE + r"\+?\(?[0-9](?:[0-9\s().\-]*[0-9])?" + _ENDS)

Span = tuple[str, str]  # [low, high) of keys


def fold(text: str) -> str:
    """The text without case, accents and apostrophes: "O’Brien-Núñez" becomes "obrien-nunez"."""
    if text.isascii():  # most names: a tenth of the time
        return _APOSTROPHES.sub("", text).casefold()
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.casefold()).translate(_UNDECOMPOSED)


def words(*texts: str) -> list[str]:
    """The folded words of names in their order, each once."""
    found = (word[:WORD_LENGTH] for text in texts for word in _WORD.findall(fold(text)))
    return list(dict.fromkeys(found))


def sound(word: str) -> str:
    """How a folded word sounds in English letters (Metaphone, "th" as "t": Thompson is Tomson), or
    the word in another script."""
    heard = jellyfish.metaphone(word) if word.isascii() and word.isalpha() else ""
    return (heard.replace("0", "T") or word)[:WORD_LENGTH]


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
    heard = list(dict.fromkeys(map(sound, named)))
    found = {f"n:{word}" for word in named} | {f"s:{each}" for each in heard}
    found |= {f"t:{one} {two}" for one, two in permutations(heard[:MOST_WORDS], 2)}
    found |= {f"p:{digits[::-1][:20]}" for digits in map(phone_digits, phones) if len(digits) >= 4}
    if birth_on:
        found.add(f"d:{birth_on.isoformat()}")
    if number:
        found.add(f"r:{number}")
    return frozenset(found)


# --- what somebody typed -----------------------------------------------------------------------


@dataclass(frozen=True)
class Sought:
    """A typed line, read: all that is given must fit. `births` are the days a date may mean; a few
    digits may be the end of a phone number and a record number without its zeros."""

    words: tuple[str, ...] = ()
    births: frozenset[date] = frozenset()
    phone: str = ""
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.births or self.phone or self.number)


def read(line: str, today: date) -> Sought:
    """What a line typed into the search box asks for: names, a birth date, a phone or record
    number, in any order. `today` tells which century a two-digit year means."""
    births, rest = _take_dates(unicodedata.normalize("NFKC", line[:200]), today)
    number, phone = "", ""
    for match in _NUMBER.finditer(rest):
        digits = phone_digits(match[0])
        padded = digits.zfill(8)
        if match[0] == digits and len(padded) < 10 and is_record_number(padded):
            number = padded
        if len(digits) >= 4 and number != digits:
            phone = digits[-15:]
    named = [word for word in words(rest) if not word.isdecimal()]
    return Sought(tuple(named[:MOST_WORDS]), births, phone, number)


def _take_dates(line: str, today: date) -> tuple[frozenset[date], str]:
    """The days the line may mean, and the line without them."""
    for pattern, reading in _READINGS:
        for match in pattern.finditer(line):
            days = frozenset(reading(match, today))
            if days or "/" in match[0]:  # a day that never was is no number either
                return days, f"{line[: match.start()]} {line[match.end() :]}"
    return frozenset(), line


def _separated(match: re.Match[str], today: date) -> Iterator[date]:
    one, two, three = match.groups()
    if len(one) > 2:
        yield from _day(int(one), int(two), int(three))
    else:
        year = _year(three, today)
        yield from list(_day(year, int(one), int(two))) or _day(year, int(two), int(one))


def _compact(match: re.Match[str], today: date) -> Iterator[date]:
    text = match[0]
    if is_record_number(text):
        return
    for year, month, day in ((text[:4], text[4:6], text[6:]), (text[4:], text[:2], text[2:4])):
        if int(year) <= today.year:
            yield from _day(int(year), int(month), int(day))


def _worded(match: re.Match[str], today: date) -> Iterator[date]:
    one, two, year = match.groups()
    day, name = (one, two) if one.isdigit() else (two, one)
    if name[:3].lower() in _MONTHS:
        yield from _day(int(year), _MONTHS.index(name[:3].lower()) + 1, int(day))


def _year(text: str, today: date) -> int:
    if len(text) > 2:
        return int(text)
    century = today.year // 100 * 100
    return century + int(text) - (100 if int(text) > today.year % 100 else 0)


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        if year >= OLDEST:
            yield date(year, month, day)
    except ValueError:
        return


_READINGS = (
    (_SEPARATED, _separated), (_MONTH_FIRST, _worded), (_DAY_FIRST, _worded), (_COMPACT, _compact),
)  # fmt: skip


# --- where to look -----------------------------------------------------------------------------


def exactly(key: str) -> Span:
    """The span of one key alone (no key holds the character zero)."""
    return key, key + "\x01"


def starting(key: str) -> Span:
    """The span of all keys that start so."""
    return key, key + "\U0010ffff"


def probes(sought: Sought) -> list[Span]:
    """Where to look first: by the most telling thing given; the rest is checked on what is found.

    One word: as written, then as heard. More: each two as heard, one of them perhaps unfinished.
    """
    numbers = [exactly(f"r:{sought.number}")] if sought.number else []
    phones = [starting(f"p:{sought.phone[::-1]}")] if sought.phone else []
    births = [exactly(f"d:{day.isoformat()}") for day in sorted(sought.births)]
    if numbers or phones or births:
        return numbers + phones or births
    if len(sought.words) == 1:
        word = sought.words[0]
        return [starting(f"n:{word}"), exactly(f"s:{sound(word)}")]
    heard = list(dict.fromkeys(map(sound, sought.words)))
    if len(heard) == 1:
        return [exactly(f"s:{heard[0]}")]
    return [starting(f"t:{one} {two}") for one, two in permutations(heard, 2)]


def near_probes(sought: Sought) -> list[Span]:
    """Where to look when nothing fits well: a slip in one of the words, or several unfinished."""
    if sought.number or sought.phone or sought.births:
        return []
    named = sought.words
    if len(named) == 1:
        return [exactly(f"s:{near}") for near in sorted(near_sounds(named[0]))]
    spans = [starting(f"n:{word}") for word in named if len(word) > 1]
    for one, two in permutations(named[:3], 2):
        spans += [exactly(f"t:{sound(one)} {near}") for near in sorted(near_sounds(two))]
    return spans


def near_sounds(word: str) -> frozenset[str]:
    """The sounds of a word with one slip: a letter too many, two swapped, or one sound off."""
    pieces = [(word[:at], word[at:]) for at in range(len(word))]
    slips = {head + tail[1:] for head, tail in pieces}
    slips |= {head + tail[1:2] + tail[:1] + tail[2:] for head, tail in pieces}
    return near_codes(sound(word)) | {sound(slip) for slip in slips if slip}


def near_codes(own: str) -> frozenset[str]:
    """The sounds one slip away: one more, one less, another, two swapped; none in other scripts."""
    if not (own.isascii() and own.isupper()):
        return frozenset()
    found = {own}
    for at in range(len(own) + 1):
        head, tail = own[:at], own[at:]
        letters = SOUNDS if at else SOUNDS + _VOWELS
        found |= {head + letter + tail for letter in letters}
        found |= {head + letter + tail[1:] for letter in letters if tail}
        found |= {head + tail[1:], head + tail[1:2] + tail[:1] + tail[2:]}
    return frozenset(found - {""})


# --- how well a find fits ----------------------------------------------------------------------


def fit(sought: Iterable[str], named: Iterable[str]) -> float:
    """How well typed words fit a person's names: 0 to 1, the mean of each word's best match.

    A whole word counts 1, a beginning 0.95, a like sound 0.88, else the Jaro-Winkler likeness.
    """
    has = list(named)
    scores = [max((_likeness(word, other) for other in has), default=0.0) for word in sought]
    return sum(scores) / len(scores) if scores else 1.0


def _likeness(typed: str, word: str) -> float:
    if typed == word:
        return 1.0
    if word.startswith(typed):
        return 0.95
    if sound(typed) == sound(word):
        return 0.88
    return 0.87 * float(jellyfish.jaro_winkler_similarity(typed, word))
