"""What a plan costs, read off person by person. It shares no line with the search, so that each can
be held against the other."""

from collections.abc import Iterator
from itertools import pairwise

from openiop.schedule.rules.rotation.facts import OWN, Ask, Cost, Person, Plan, Repeat, Unit, wished


def sound(ask: Ask, plan: Plan) -> bool:
    """Whether fixed slots keep their unit and every part follows the part before it. A topic of the
    group's own in between does not count; what hands have fixed is not blamed."""
    line: list[tuple[Unit, bool]] = [(ask.before, True)] if ask.before else [(OWN, True)]
    for slot, unit in zip(ask.slots, plan, strict=True):
        if slot.fixed and unit != slot.now:
            return False
        if unit != OWN:
            line.append((unit, bool(slot.fixed)))
    for (one, one_fixed), (other, other_fixed) in pairwise(line):
        due = _next_part(ask, one)
        goes_on = due and not (one_fixed and other_fixed)
        if (goes_on or (other[1] > 1 and not other_fixed)) and other != due:
            return False
    return True


def _next_part(ask: Ask, unit: Unit) -> Unit | None:
    topic = ask.by_code.get(unit[0])
    return (unit[0], unit[1] + 1) if topic and unit[1] < topic.parts else None


def cost(ask: Ask, plan: Plan) -> Cost:
    """What a plan costs everybody."""
    total = Cost(
        open=sum(unit == OWN and not slot.fixed
                 for slot, unit in zip(ask.slots, plan, strict=True)),
        changes=sum(one != other for one, other in zip(plan, wished(ask), strict=True)),
    )  # fmt: skip
    for person in ask.people:
        one = _of(ask, plan, person)
        total = Cost(*(a + b for a, b in zip(total, one, strict=True)))
    return total


def _of(ask: Ask, plan: Plan, person: Person) -> Cost:
    had, wrong, unready, early, later = set(person.had), 0, 0, 0, 0
    heard_at: dict[Unit, int] = {}
    for slot in person.slots:
        unit = plan[slot]
        if unit == OWN:
            continue
        lacking = _needs(ask, unit) - had
        astray = unit[0] in person.opted_out or not lacking <= person.absent
        wrong += astray
        unready += bool(lacking) and not astray
        if unit in had:
            early += not ask.required <= had
            later += ask.required <= had
        had.add(unit)
        heard_at.setdefault(unit, slot)
    if person.likely:
        return Cost(soon=early + later, unready=wrong + unready)
    late = sum(
        any(unit not in person.had and heard_at.get(unit, slot + 1) > slot
            for unit in ask.by_code[code].units)
        for code, slot in person.deadlines.items()
    )  # fmt: skip
    missed = len(ask.required - had) if person.ends else 0
    return Cost(0, wrong, late, early, 0, later, unready, 0, missed)


def _needs(ask: Ask, unit: Unit) -> set[Unit]:
    """What must have been had before: the part before, and all parts of each prerequisite."""
    code, part = unit
    topic = ask.by_code.get(code)
    if topic is None:
        return set()
    before = {(code, part - 1)} if part > 1 else set()
    return before.union(*(ask.by_code[need].units for need in topic.needs))


def causes(ask: Ask, plan: Plan) -> tuple[Repeat, ...]:
    """Every repeat with its cause.

    "finished": they have had all required topics. "pinned", "replaced", "frozen": somebody fixed
    the session, or it is too near to change. "longer": they attend more sessions than the
    curriculum has. "mixed": every topic new to them repeats for somebody else there, or is one
    that somebody opted out of. "order": a topic new to all of them would begin in its middle,
    before its prerequisite, or leave a later session with a repeat.
    """
    return tuple(found for person in ask.people if not person.likely
                 for found in _repeats(ask, plan, person))  # fmt: skip


def _repeats(ask: Ask, plan: Plan, person: Person) -> Iterator[Repeat]:
    had = set(person.had)
    for slot in person.slots:
        unit = plan[slot]
        if unit in had:
            done = ask.required <= had
            cause = "finished" if done else _cause(ask, plan, person, slot, had)
            yield Repeat(person.id, slot, unit, cause)
        elif unit != OWN:
            had.add(unit)


def _cause(ask: Ask, plan: Plan, person: Person, slot: int, had: set[Unit]) -> str:
    if ask.slots[slot].fixed:
        return ask.slots[slot].fixed
    if len(person.had) + len(person.slots) > len(ask.units):
        return "longer"
    for unit in set(ask.units) - had:
        if all(unit not in _had_by(plan, other, slot) and unit[0] not in other.opted_out
               for other in ask.people if slot in other.slots and not other.likely):  # fmt: skip
            return "order"
    return "mixed"


def _had_by(plan: Plan, person: Person, slot: int) -> set[Unit]:
    return set(person.had).union(plan[each] for each in person.slots if each < slot)
