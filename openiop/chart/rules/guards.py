"""What to look at before signing: names of others, copied texts. Guards warn, and give way to a
reason; only missing parts block."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from openiop.chart.rules.clones import Shingles, is_copy, shingles
from openiop.chart.rules.names import Names, fold, people_named
from openiop.chart.rules.parts import PART_FIELDS, Part

TEXTS = ("observation", "response", "objective", "progress", "next_step", "risk_detail")
# An objective and a next step may well stay the same; what was seen may not.
ORIGINAL = ("observation", "response", "progress", "risk_detail")


class Guard(StrEnum):
    """Why a part is held back until somebody looks."""

    NAME = "name"
    PEER = "peer"
    LAST_NOTE = "last_note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at in `field` of the part about `about`. `record` is whom it concerns
    beside that person: the one named or copied from, None for the person's own last note.
    `other` is the copied text."""

    guard: Guard
    about: int | None
    field: str
    text: str
    record: int | None
    start: int = 0
    end: int = 0
    other: str = ""

    @property
    def key(self) -> str:
        """The same finding has the same key as long as its words stand, so that a reason given
        for it holds; new words make a new finding. Two people's like texts are one finding."""
        words = self.text[self.start : self.end] if self.guard == Guard.NAME else self.text
        sides = [f"{self.about} {_plain(words)}", f"{self.record} {_plain(self.other)}"]
        if self.guard == Guard.PEER:
            sides.sort()
        return sha256("\0".join((self.guard, self.field, *sides)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Written:
    """A part with the words its person goes by; its shingles are cut once."""

    record: int
    part: Part
    names: Names
    _cut: dict[str, Shingles] = field(default_factory=dict, compare=False)

    def shingles(self, name: str) -> Shingles:
        if name not in self._cut:
            self._cut[name] = shingles(getattr(self.part, name), self.names.words)
        return self._cut[name]


def look_at(
    mine: Written,
    peers: Sequence[Written],
    people: Mapping[int, Names],
    last: Part | None,
) -> tuple[Finding, ...]:
    """Everything to look at in one person's part before it is signed.

    `people` are all others of the session's roster, `peers` those with a part of their own,
    `last` this person's last signed note.
    """
    others = {record: names for record, names in people.items() if record != mine.record}
    found = [
        finding
        for name in TEXTS
        for finding in names_in(
            name, getattr(mine.part, name), others, about=mine.record, own=mine.names.words
        )
    ]
    found += [hit for peer in peers if peer.record != mine.record for hit in _copied(mine, peer)]
    if last is not None:
        before = Written(mine.record, last, mine.names)
        found += _copied(mine, before, Guard.LAST_NOTE)
    return tuple(found)


def names_in(
    name: str, text: str, people: Mapping[int, Names], *,
    about: int | None = None, own: Iterable[str] = (),
) -> list[Finding]:  # fmt: skip
    """Who is named in one text; the same word once a person. Without `about` it is shared."""
    seen: dict[str, Finding] = {}
    for hit in people_named(text, people, frozenset(own)):
        finding = Finding(Guard.NAME, about, name, text, hit.record, hit.start, hit.end)
        seen.setdefault(finding.key, finding)
    return list(seen.values())


def still_open(findings: Iterable[Finding], overridden: Iterable[str]) -> tuple[Finding, ...]:
    """What nobody has given a reason for yet."""
    done = frozenset(overridden)
    return tuple(finding for finding in findings if finding.key not in done)


def changed_fields(before: Part, after: Part) -> tuple[str, ...]:
    """Names of the fields that differ."""
    return tuple(name for name in PART_FIELDS if getattr(before, name) != getattr(after, name))


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _copied(mine: Written, other: Written, guard: Guard = Guard.PEER) -> list[Finding]:
    record = other.record if guard == Guard.PEER else None
    return [
        Finding(
            guard,
            mine.record,
            name,
            getattr(mine.part, name),
            record,
            other=getattr(other.part, name),
        )
        for name in ORIGINAL
        if is_copy(mine.shingles(name), other.shingles(name))
    ]
