"""What a counselor writes after a group, drawn from `data/people.yaml`: nobody real is in it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from openiop.access import door
from openiop.chart.actions.signing import sign
from openiop.chart.actions.whole_session import write_all
from openiop.chart.rules.parts import Part
from openiop.kernel.permits import Permit
from openiop.schedule.actions.marking import Mark
from openiop.schedule.queries.sessions import SessionFacts
from openiop.simulation.network import DemoTrack, words
from openiop.simulation.topics import told

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
    parts = dict(zip(came, drawn_parts(random, text, len(came)), strict=True))
    written = write_all(permit, session.id, told()[session.topic], parts)
    if random.random() > PUT_OFF:
        sign(permit, session.id)
    return written


def drawn_parts(random: Random, text: Mapping[str, list[str]], people: int) -> list[Part]:
    """A part for each person of a session; in one session no two get the same words."""
    spoken = _each_once(random, [text["began"], text["turned"], text["ended"]], people)
    watched = _each_once(random, [text["seen"], text["heard"]], people)
    return [
        _part(random, text, f"{a} {b}. {c}", f"{d}; {e}")
        for (a, b, c), (d, e) in zip(spoken, watched, strict=True)
    ]


def _each_once(random: Random, slots: list[list[str]], people: int) -> list[tuple[str, ...]]:
    """`people` phrases, one word group of each slot; a slot is used up before it starts over."""
    columns = [
        [word for _ in range(people // len(slot) + 1) for word in random.sample(slot, len(slot))]
        for slot in slots
    ]
    return list(zip(*columns, strict=False))[:people]


def _part(random: Random, text: Mapping[str, list[str]], said: str, seen: str) -> Part:
    """About one in six listened, one in three moved on an objective."""
    listened = random.random() < 0.16
    moved = random.random() < 0.35
    return Part(
        participation="listened" if listened else random.choice(("active", "active", "some")),
        observation=seen if listened else "",
        response="" if listened else said,
        objective="Plan for high-risk evenings" if moved else "",
        progress=random.choice(text["progress"]) if moved else "",
        next_step=random.choice(text["next_steps"]),
        risk="none",
    )
