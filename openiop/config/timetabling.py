"""`openiop timetable solve` and `check`: what they read and write."""

import json
from pathlib import Path
from typing import Any

from openiop.access import door
from openiop.access.queries import organization_ids
from openiop.schedule.queries.timetable import facts as facts_now
from openiop.schedule.timetable.check import check
from openiop.schedule.timetable.facts import Facts, Timetable, from_json
from openiop.schedule.timetable.solve import Heard, solve


def facts_of(area: str = "") -> Facts:
    """The question as it stands today in the first organization, all areas or one."""
    with door.opened_for_job("schedule.read", organization_ids()[0]) as permit:
        return facts_now(permit, permit.today(permit.timezone), area)


def solved(seconds: float, area: str, heard: Heard) -> dict[str, Any]:
    """The answer as `openiop timetable solve --json` writes it."""
    return solve(facts_of(area), seconds, heard=heard).as_json()


def checked(file: Path, area: str = "") -> dict[str, Any]:
    """Violations of a timetable in a file, by rule. The file may bring its own `facts`; else those
    of the installation hold. ValueError says what in the file is wrong."""
    given = json.loads(file.read_text())
    if not isinstance(given, dict) or "tracks" not in given:
        raise ValueError(f"{file}: an object with tracks is expected.")
    parts = {name: given[name] for name in ("tracks", "visits") if name in given}
    timetable = from_json(Timetable, parts)
    facts = from_json(Facts, given["facts"]) if given.get("facts") else facts_of(area)
    found: dict[str, list[str]] = {}
    for violation in check(facts, timetable):
        found.setdefault(violation.rule.value, []).append(violation.sentence)
    return {"ok": not found, "violations": found}
