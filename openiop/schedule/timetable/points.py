"""What speaks against a timetable, counted: for the page, and to hold the search to its word."""

from dataclasses import dataclass

from openiop.schedule.timetable.facts import Facts, Timetable, Weights


@dataclass(frozen=True)
class Points:
    """Counts, each with its weight; fewer is better."""

    left_waiting: int
    too_many: int
    other_facilitator: int
    changes: int
    weights: Weights

    @property
    def total(self) -> int:
        weights = self.weights
        return (
            weights.waiting * self.left_waiting
            + weights.size * self.too_many
            + weights.facilitator * self.other_facilitator
            + weights.change * self.changes
        )


def points(facts: Facts, timetable: Timetable) -> Points:
    """People left waiting, people above the size aimed at, people with another facilitator, and
    changes: groups begun or ended, rooms and co-facilitators changed."""
    was = {one.id: one for one in facts.today}
    goes_on = {one.today: one for one in timetable.tracks if one.today is not None}
    changes = sum(one.today is None for one in timetable.tracks) + len(was.keys() - goes_on.keys())
    other = too_many = 0
    for track in timetable.tracks:
        before = was.get(track.today) if track.today is not None else None
        size = track.seated + (before.staying if before else 0)
        too_many += max(0, size - facts.limits.target)
        if before:
            other += before.people * (track.lead != before.lead)
            changes += (track.room != before.room) + (track.co != before.co)
    wanted = sum(one.people for one in facts.demand)
    return Points(
        wanted - sum(one.seated for one in timetable.tracks), too_many, other, changes,
        facts.weights,
    )  # fmt: skip
