"""Answers of a questionnaire in; score, band and alerts out. Nothing of a file runs as code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from openiop.catalog.instrument import Instrument

Answers = Mapping[int, str | int | None]
WORDS = {"no": 0, "false": 0, "yes": 1, "true": 1}


class Unscorable(Exception):
    """These answers have no score; the reason is a sentence that names the item."""


@dataclass(frozen=True, slots=True)
class Scored:
    """`score` is None where an instrument has bands or subscales only."""

    score: int | None
    band: str | None
    alerts: tuple[str, ...]
    subscores: Mapping[str, int]


def score(
    instrument: Instrument, answers: Answers, facts: Mapping[str, str | int | None] | None = None
) -> Scored:
    """The result of one person's answers by item number, missing ones None or "". `facts` are what
    is asked beside the items, by name. Raises Unscorable."""
    given = _given(instrument, answers)
    beside = _beside(instrument, facts or {})
    _refuse_gaps(instrument, given)
    points = {n: _points(instrument, n, value) for n, value in given.items()}
    subscores = {
        name: sum(points.get(n, 0) for n in numbers)
        for name, numbers in instrument.subscales.items()
    }
    total = _total(instrument, points) if instrument.bands else None
    band = _triage(instrument, given, beside) or _band(instrument, total, beside)
    alerts = tuple(
        each["name"] for each in instrument.alerts if _raised(each, given, subscores, total, band,
                                                              instrument)
    )  # fmt: skip
    return Scored(total, band, alerts, subscores)


def next_item(instrument: Instrument, answers: Mapping[str, int | None]) -> str | None:
    """What a screen asks next: an item's number or a fact's name, as text; None at the end. What
    was left open on purpose stands in `answers` as None."""
    return next((each for each in asked(instrument, answers) if each not in answers), None)


def asked(instrument: Instrument, answers: Mapping[str, int | None]) -> Iterator[str]:
    """All that is asked after these answers, in order: items, and facts that follow a yes."""
    for number in instrument.answers:
        before = instrument.asked_after.get(number)
        if before is None or answers.get(str(before)):
            yield str(number)
        for name, fact in instrument.facts.items():
            if fact.get("after") == number and answers.get(str(number)):
                yield name


def _given(instrument: Instrument, answers: Answers) -> dict[int, int]:
    found = {}
    for number, answer in answers.items():
        text = str("" if answer is None else answer).strip().casefold()
        if not text:
            continue
        if number not in instrument.answers:
            raise Unscorable(f"There is no item {number}; {instrument.title} has "
                             f"{len(instrument.items)}.")  # fmt: skip
        found[number] = _allowed(number, text, instrument.answers[number])
    return found


def _allowed(number: int, text: str, allowed: tuple[int, ...]) -> int:
    value = WORDS.get(text) if allowed == (0, 1) else None
    if value is None and text.lstrip("-").isdecimal():
        value = int(text)
    if value not in allowed:
        spoken = ", ".join(map(str, allowed))
        raise Unscorable(f"Item {number} is “{text[:20]}”; it can be {spoken}.")
    return value


def _beside(instrument: Instrument, facts: Mapping[str, Any]) -> dict[str, str]:
    """Each fact as text; the instrument's careful value where it is not known."""
    found = {}
    for name, fact in instrument.facts.items():
        given = facts.get(name)
        text = str("" if given is None else given).strip().casefold()
        text = str(WORDS.get(text, text)) if 0 in fact["answers"] else text
        allowed = {str(each): each for each in fact["answers"]}
        short = [each for each in allowed if text and each.startswith(text)]
        if text and len(short) != 1:
            raise Unscorable(f"“{name}” is “{text[:20]}”; it can be {', '.join(allowed)}.")
        found[name] = short[0] if short else str(fact["unknown"])
    return found


def _refuse_gaps(instrument: Instrument, given: Mapping[int, int]) -> None:
    gaps = [
        number
        for number in instrument.answers
        if number not in given
        and number not in instrument.unscored
        and given.get(instrument.asked_after.get(number, 0), 1)
    ]
    if len(gaps) > instrument.missing:
        named = ", ".join(map(str, gaps))
        may = f"{instrument.missing} may stay open" if instrument.missing else "none may stay open"
        raise Unscorable(f"No answer to item {named}; {may}.")


def _points(instrument: Instrument, number: int, value: int) -> int:
    allowed = instrument.answers[number]
    return allowed[0] + allowed[-1] - value if number in instrument.reversed else value


def _total(instrument: Instrument, points: Mapping[int, int]) -> int:
    """The sum; with items left open, as if they were answered as the others on average."""
    counted = [n for n in instrument.answers if n not in instrument.unscored]
    answered = [points[n] for n in counted if n in points]
    whole = Decimal(sum(answered)) * len(counted) / len(answered)
    return int(whole.quantize(Decimal(1), ROUND_HALF_UP))


def _band(instrument: Instrument, total: int | None, beside: Mapping[str, str]) -> str | None:
    if total is None:
        return None
    fitting = [
        band["name"] for band in instrument.bands
        if band["from"] <= total
        and all(beside[name] == value for name, value in band.get("with", {}).items())
    ]  # fmt: skip
    return str(fitting[-1])


def _triage(
    instrument: Instrument, given: Mapping[int, int], beside: Mapping[str, str]
) -> str | None:
    """The first step that holds; the steps stand from the highest to the lowest."""
    for step in instrument.triage:
        reached = "any" not in step or any(given.get(n) for n in step["any"])
        if reached and ("with" not in step or beside[step["with"]] == "1"):
            return str(step["band"])
    return None


def _raised(
    alert: Mapping[str, Any], given: Mapping[int, int], subscores: Mapping[str, int],
    total: int | None, band: str | None, instrument: Instrument,
) -> bool:  # fmt: skip
    least = alert.get("at_least", 0)
    if "items" in alert:
        return any(given.get(n, 0) >= least for n in alert["items"])
    if "clusters" in alert:
        return all(
            sum(given.get(n, 0) >= least for n in instrument.subscales[name]) >= needed
            for name, needed in alert["clusters"].items()
        )
    if "subscale" in alert:
        found = subscores[alert["subscale"]]
        return bool(least <= found <= alert.get("at_most", found))
    if "band" in alert:
        return bool(band == alert["band"])
    return bool(total is not None and total >= alert["score_at_least"])
