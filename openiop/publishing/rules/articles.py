"""What an article needs before anybody outside reads it, and when it is looked at again."""

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

# The prefix of a registrant and whatever it chose, by ISO 26324 and the DOI handbook, 2.2.
DOI = r"^10\.[0-9]{4,9}/[^[:space:]]+$"
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_CLAIM = re.compile(r"\[\^(\d{1,3})\]")
_ODD_MARK = re.compile(r"\[\^(?!\d{1,3}\])[^\]\n]*\]")
# Who looks over a shoulder, or into a history, reads addresses and titles.
_CONDITION = re.compile(
    r"addict|alcohol|drug|opioid|opiate|heroin|fentanyl|cocaine|meth\b|rehab|detox|sober|depress|"
    r"anxi|mental|psych|suicid|trauma|bipolar",
    re.IGNORECASE,
)
REVIEW_EVERY = timedelta(days=365)
YEARS_GOOD = 10
YEARS_GOOD_COURT = 25


class State(StrEnum):
    """Where an article stands."""

    DRAFT = "draft"
    REVIEW = "review"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    DUE = "due"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    """The kinds of source we rely on; no other is taken."""

    JOURNAL = "journal"
    COURT = "court"
    ACADEMIC = "academic"
    NONPROFIT = "nonprofit"
    GOVERNMENT = "government"
    OWN_EXPERT = "own_expert"


NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.DRAFT, State.REVIEW}),
    State.REVIEW: frozenset({State.DRAFT, State.REVIEWED}),
    State.REVIEWED: frozenset({State.DRAFT, State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.DRAFT, State.REVIEW, State.DUE, State.WITHDRAWN}),
    State.DUE: frozenset({State.DRAFT, State.REVIEW, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset({State.DRAFT, State.REVIEW}),
}


class Source(NamedTuple):
    """A source as cited: `kind` of `Kind`, `text` as printed, `year` it appeared."""

    number: int
    kind: str
    text: str
    year: int
    doi: str = ""
    url: str = ""


def may_become(now: State, then: State) -> bool:
    """May an article go from one state to the other?"""
    return then in NEXT[now]


def names_condition(text: str) -> str:
    """The word in an address or title that names a condition; "" for none."""
    found = _CONDITION.search(text)
    return found[0] if found else ""


def claims(body: str) -> list[int]:
    """The numbers of the claims marked in a text, each once, in their order."""
    return list(dict.fromkeys(int(number) for number in _CLAIM.findall(body)))


def is_doi(text: str) -> bool:
    """Has it the form of a DOI?"""
    return bool(_DOI.fullmatch(text))


def doi_in(text: str) -> str:
    """The DOI in what somebody pasted, an address or "doi:10…"; as it is where there is none."""
    found = _DOI.search(text.strip())
    return found[0].rstrip(".,;") if found else text.strip()


def is_old(source: Source, on: date) -> bool:
    """Should somebody look for a newer source? A judgment stays good longer than a study."""
    good = YEARS_GOOD_COURT if source.kind == Kind.COURT else YEARS_GOOD
    return on.year - source.year > good


def problems(body: str, sources: Collection[Source], on: date) -> list[str]:
    """What stands between a text and the public, as sentences; nothing for none."""
    known = {source.number for source in sources}
    found = [f"Claim {number} has no source." for number in claims(body) if number not in known]
    if not sources:
        found.append("There is no source.")
    elif not claims(body):
        found.append("No claim is marked: put [^1] behind the first sentence that needs a source.")
    found += [f"{mark} is no number of a source." for mark in _ODD_MARK.findall(body)]
    return found + [problem for source in sources for problem in _of_source(source, on)]


def _of_source(source: Source, on: date) -> Iterable[str]:
    name = f"Source {source.number}"
    if source.kind not in set(Kind):
        yield f"{name} is of a kind we do not rely on."
    if source.doi and not is_doi(source.doi):
        yield f"{name}: a DOI looks like 10.1000/182."
    if source.url and not source.url.startswith(("https://", "http://")):
        yield f"{name}: an address begins with https://."
    if source.kind == Kind.JOURNAL and not (source.doi or source.url):
        yield f"{name}: a journal needs its DOI or its address."
    if not 1900 <= source.year <= on.year:
        yield f"{name}: {source.year} is no year it can have appeared in."


def warnings(body: str, sources: Collection[Source], on: date) -> list[str]:
    """What should be looked at, and stops nobody."""
    cited = set(claims(body))
    return [
        f"Source {source.number} is from {source.year}: look for a newer one."
        for source in sources
        if is_old(source, on)
    ] + [f"No claim names source {s.number}." for s in sources if s.number not in cited]


def next_due(reviewed_on: date) -> date:
    """When it is looked at again."""
    return reviewed_on + REVIEW_EVERY
