"""Is somebody else named in this text?

Two kinds of names. *Maria* is only a name: it counts wherever it stands, in any case. *Grace* and
*Will* are also words (as are all names under three letters): such a one counts only where it is
used as a name,

- with a possessive: "Grace's story", "will's job";
- beside another word of the same person's name: "grace kelly";
- after a title or a verb done to people, or before a verb of saying: "told will", "Will shared";
- capitalized within a sentence, unless everything there is capitalized or it is a month
  ("in May", "June 5"): "sat with Grace".

A missed name is a leak and a false alarm costs one glance, so doubt is settled for the alarm.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from openiop.chart.rules.name_words import (
    ALSO_WORDS,
    BEFORE_A_MONTH,
    MONTHS,
    NICKNAMES,
    PARTICLES,
    SAYS,
    SAYS_SURELY,
    TITLES,
    TOLD,
)

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_ENDS = re.compile(r"[.!?:\n•*]|[\"“‘(\[]$")
_NUMBER = re.compile(r"\s*\d")


@dataclass(frozen=True, slots=True)
class Named:
    """A word of somebody's name in a text at [start, end)."""

    record: int
    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Names:
    """The words one person may be called by: first names with their short forms, last names."""

    first: frozenset[str]
    last: frozenset[str]

    @cached_property
    def words(self) -> frozenset[str]:
        return self.first | self.last


@dataclass(frozen=True, slots=True)
class _Token:
    """A word where it stands; `plain` is folded, without its possessive. `opens`: a sentence, a
    line or a quotation begins with it; `numbered`: digits follow."""

    text: str
    plain: str
    start: int
    end: int
    possessive: bool
    opens: bool
    numbered: bool

    @property
    def capital(self) -> bool:
        return self.text[0].isupper() and not (len(self.text) > 1 and self.text.isupper())


def fold(text: str) -> str:
    """Lower case without accents and with straight apostrophes: "José’s" becomes "jose's"."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def names_of(first: Iterable[str], last: Iterable[str]) -> Names:
    """The words to look for, from every first and last name a person goes by."""
    given = _words(first)
    return Names(given | {short for name in given for short in NICKNAMES.get(name, ())},
                 _words(last))  # fmt: skip


def people_named(
    text: str, people: Mapping[int, Names], own: Collection[str] = ()
) -> tuple[Named, ...]:
    """Whose names stand in the text, in reading order; each place once a person.

    `own` are the words of the person the text is about, who may share a name with somebody.
    """
    tokens = _tokens(text)
    wanted = {record: names.words - set(own) for record, names in people.items()}
    return tuple(
        Named(record, token.text, token.start, token.end)
        for at, token in enumerate(tokens)
        for record, words in wanted.items()
        if token.plain in words and _is_a_name(tokens, at, people[record].words)
    )


def _is_a_name(tokens: list[_Token], at: int, names: frozenset[str]) -> bool:
    token = tokens[at]
    if len(token.plain) > 2 and token.plain not in ALSO_WORDS:
        return True
    before = tokens[at - 1].plain if at else ""
    after = tokens[at + 1].plain if at + 1 < len(tokens) else ""
    if token.possessive or before in TITLES or before in TOLD or after in SAYS_SURELY:
        return True
    if (names - {token.plain}) & {before, after}:
        return True
    if not token.capital:
        return False
    return after in SAYS or (
        not token.opens
        and not (token.plain in MONTHS and (token.numbered or before in BEFORE_A_MONTH))
        and not _all_capitalized(tokens, at)
    )


def _all_capitalized(tokens: list[_Token], at: int) -> bool:
    """A heading or shouting says nothing: its sentence has three long words, all capitalized."""
    start = next((n for n in range(at, -1, -1) if tokens[n].opens), 0)
    end = next((n for n in range(at + 1, len(tokens)) if tokens[n].opens), len(tokens))
    long = [token for token in tokens[start:end] if len(token.plain) > 3]
    return len(long) > 2 and all(token.text[0].isupper() for token in long)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        gap, word = text[end : match.start()], match[0]
        plain = fold(word)
        end = match.end()
        found.append(
            _Token(
                text=word, plain=plain.removesuffix("'s"), start=match.start(), end=end,
                possessive=plain.endswith("'s"),
                opens=not found or bool(_SENTENCE_ENDS.search(gap)),
                numbered=bool(_NUMBER.match(text, end)),
            )
        )  # fmt: skip
    return found


def _words(names: Iterable[str]) -> frozenset[str]:
    found = (fold(word) for name in names for word in _TOKEN.findall(name))
    return frozenset(word for word in found if word not in PARTICLES and len(word) > 1)
