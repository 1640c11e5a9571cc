"""Decisions about answers: what they come to, and whether a clinician must look at them now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from openiop.catalog.instrument import Instrument
from openiop.catalog.scoring import Unscorable, score

Given = Mapping[str, int | None]
Beside = Mapping[str, str | int | None]


@dataclass(frozen=True)
class Result:
    """What answers come to; `unscored` is the sentence why there is no score."""

    score: int | None = None
    band: str = ""
    alerts: tuple[str, ...] = ()
    subscores: Mapping[str, int] = field(default_factory=dict)
    unscored: str = ""
    danger: bool = False


def result(instrument: Instrument, answers: Given, facts: Beside) -> Result:
    """The result of answers by item number as text; a gap never hides a danger."""
    danger = is_danger(instrument, answers)
    try:
        told = score(instrument, {int(n): value for n, value in answers.items()}, facts)
    except Unscorable as no:
        return Result(unscored=str(no), danger=danger)
    return Result(told.score, told.band or "", told.alerts, told.subscores, danger=danger)


def is_danger(instrument: Instrument, answers: Given) -> bool:
    """Does an item of safety have points, or stay open though the question before it was a yes?"""
    for number in instrument.safety:
        before = instrument.asked_after.get(number)
        if answers.get(str(number)):
            return True
        if before and answers.get(str(before)) and answers.get(str(number)) is None:
            return True
    return False
