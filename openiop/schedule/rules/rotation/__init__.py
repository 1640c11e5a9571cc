"""Which topic each session has: the facts, what a plan costs, the search for the best plan."""

from openiop.schedule.rules.rotation.cost import causes, cost, sound
from openiop.schedule.rules.rotation.facts import (
    OWN,
    Answer,
    Ask,
    Cost,
    Person,
    Plan,
    Repeat,
    Slot,
    Topic,
    Unit,
    cycle,
    wished,
)
from openiop.schedule.rules.rotation.solver import solve

__all__ = [
    "OWN", "Answer", "Ask", "Cost", "Person", "Plan", "Repeat", "Slot", "Topic", "Unit", "causes",
    "cost", "cycle", "solve", "sound", "wished",
]  # fmt: skip
