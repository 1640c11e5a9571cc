"""Is a text copied from another one, and where do the two differ?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from openiop.chart.rules.names import fold

# Three words in a row are what two people who write on their own rarely share; a text under eight
# words is too short to say ("Attends on Wednesday.").
RUN = 3
SHORTEST = 8
THRESHOLD = 0.6
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CHUNK = re.compile(r"\S+")
# He and she, his and her, and each one's own name are the same word in a copied text.
_PRONOUNS = frozenset(
    ("he", "she", "they", "him", "her", "them", "his", "hers", "their", "theirs", "himself",
     "herself", "themselves", "themself")
)  # fmt: skip

Shingles = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of both texts: equal (`same`), or what stands here against what stands there."""

    same: bool
    here: str
    there: str


def shingles(text: str, own_words: Iterable[str] = ()) -> Shingles:
    """The runs of three words, whoever they are about; empty for a text under eight words."""
    own = frozenset(own_words)
    words = [fold(word) for word in _WORD.findall(text)]
    plain = ["·" if word in _PRONOUNS or word in own else word for word in words]
    if len(plain) < SHORTEST:
        return frozenset()
    return frozenset(tuple(plain[at : at + RUN]) for at in range(len(plain) - RUN + 1))


def similarity(one: Shingles, other: Shingles) -> float:
    """The share of the shorter text's runs that stand in the other too, 0 to 1; symmetric."""
    if not one or not other:
        return 0.0
    return len(one & other) / min(len(one), len(other))


def is_copy(one: Shingles, other: Shingles) -> bool:
    """Alike enough to ask."""
    return similarity(one, other) >= THRESHOLD


def difference(here: str, there: str) -> tuple[Piece, ...]:
    """Both texts word by word, side by side; joined with spaces each gives its own words back."""
    ours, theirs = _CHUNK.findall(here), _CHUNK.findall(there)
    matcher = SequenceMatcher(None, [fold(w) for w in ours], [fold(w) for w in theirs], False)
    return tuple(
        Piece(tag == "equal", " ".join(ours[a:b]), " ".join(theirs[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
    )
