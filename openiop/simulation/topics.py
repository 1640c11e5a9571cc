"""The demo's tracks follow a curriculum from their first day on."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from openiop.catalog.curriculum import curriculum
from openiop.chart.rules.parts import Shared
from openiop.kernel.permits import Permit
from openiop.schedule.actions import rotation
from openiop.schedule.queries.rotation import title_of
from openiop.simulation.network import DemoTrack

CURRICULUM = ("iop-30", 1)


def follow(permit: Permit, tracks: Iterable[DemoTrack], start_on: date) -> int:
    """Give every session that is laid its topic, before anybody comes; how many."""
    return rotation.begin(permit, [track.id for track in tracks], *CURRICULUM, start_on)


def plan(permit: Permit, tracks: Iterable[DemoTrack]) -> None:
    """The plan of today for who is here now, as a night leaves it but without its search."""
    for track in tracks:
        rotation.replan(permit, track.id, "night", work=0)


@cache
def told() -> dict[str, Shared]:
    """By a session's topic, what its notes tell of everybody."""
    found = curriculum(*CURRICULUM)
    return {
        title_of(found, (topic.code, part)): Shared(
            topic=title_of(found, (topic.code, part)),
            interventions="; ".join(step.title for step in steps[1:]),
            narrative=f"The group worked by the plan of this session. {_aims(topic.objectives)}",
        )
        for topic in found.topics
        for part, steps in enumerate(topic.plan, 1)
    }


def _aims(objectives: Iterable[str]) -> str:
    return "Its aims: everyone " + "; ".join(
        each[0].lower() + each[1:].rstrip(".") for each in objectives
    ) + "."  # fmt: skip
