"""What a counselor writes after a group, drawn from `data/people.yaml`: nobody real is in it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from openiop.access import door
from openiop.chart.actions.signing import sign
from openiop.chart.actions.whole_session import write_all
from openiop.chart.rules.parts import Part, Shared
from openiop.kernel.permits import Permit
from openiop.schedule.actions.marking import Mark
from openiop.schedule.queries.sessions import SessionFacts
from openiop.simulation.network import DemoTrack, words

LEFT_UNSIGNED = timedelta(hours=20)  # notes of the last day wait, so that somebody has work
PUT_OFF = 0.02


def write_notes(
    random: Random, track: DemoTrack, session: SessionFacts, marks: Mapping[int, Mark],
    now: datetime,
) -> int:  # fmt: skip
    """Write and sign a session's notes the same evening; the newest ones stay open. How many."""
    came = [record for record, mark in marks.items() if mark.status == "present"]
    if not came or now - session.ends_at < LEFT_UNSIGNED:
        return 0
    at = session.ends_at + timedelta(minutes=random.randint(20, 240))
    with door.opened_for(track.user, "chart.note.sign", now=min(at, now)) as permit:
        return _write(permit, random, session, came)


def _write(permit: Permit, random: Random, session: SessionFacts, came: list[int]) -> int:
    text = words("people")
    plan = random.choice(text["topics"])
    parts = {record: part(random, text) for record in came}
    written = write_all(permit, session.id, Shared(**plan), parts)
    if random.random() > PUT_OFF:
        sign(permit, session.id)
    return written


def part(random: Random, text: Mapping[str, list[str]]) -> Part:
    """One person's part: about one in six listened, one in three moved on an objective."""
    listened = random.random() < 0.16
    moved = random.random() < 0.35
    return Part(
        participation="listened" if listened else random.choice(("active", "active", "some")),
        observation=random.choice(text["observations"]) if listened else "",
        response="" if listened else _own(random, text["responses"]),
        objective="Plan for high-risk evenings" if moved else "",
        progress=random.choice(text["progress"]) if moved else "",
        next_step=random.choice(text["next_steps"]),
        risk="none",
    )


def _own(random: Random, responses: list[str]) -> str:
    """Two sentences and a number of one's own, so that no two people's texts are alike."""
    first, second = random.sample(responses, 2)
    return f"{first} {second} Rated the urge at {random.randint(1, 9)} of 10 on arrival."
