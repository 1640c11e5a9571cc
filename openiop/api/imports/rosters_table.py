"""A table of rosters: who is in which track from which day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from openiop.access.door import writes
from openiop.api.imports.cells import Column, birth_day, day, number, text
from openiop.api.imports.places import Place
from openiop.api.imports.report import Report
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import records_by_identifier, records_by_name, records_by_number
from openiop.programs.actions import open_episode
from openiop.programs.queries import TrackFacts, episodes, track_enrollments, tracks
from openiop.schedule.actions.enrollment import enroll

ACT = "schedule.enroll"
COLUMNS = (
    Column("track", text(40), ("track_code", "group"), required=True),
    Column("start_on", day, ("start", "start_date", "from"), required=True),
    Column("record_number", text(12), ("record", "number")),
    Column("identifier", text(200), ("mrn", "patient_id", "external_id", "chart_number")),
    Column("identifier_system", text(200), ("source_system",)),
    Column("last_name", text(80), ("last", "surname", "family_name")),
    Column("first_name", text(80), ("first", "given_name")),
    Column("birth_date", birth_day, ("dob", "date_of_birth", "birthdate", "born")),
    Column("clinic", text(12), ("clinic_code", "location")),
    Column("level", text(10), ("level_of_care",)),
    Column("days_a_week", number(1, 7), ("days",)),
    Column("expected_weeks", number(1, 104), ("weeks",)),
)


def load(where: Place, lines: Sequence[Any], report: Report, refuse: Any) -> None:
    """One chunk: whom the lines mean in a few statements, then one enrollment a line."""
    with where.opened(ACT) as permit:
        found = _records(permit, lines)
        by_name = _tracks(permit, where)
        days = [line.values["start_on"] for line in lines]
        placed = track_enrollments(permit, {each.id for each in by_name.values()}, min(days))
        there = {(each.record, each.track) for each in placed}
        for line in lines:
            record = _one(line, found, refuse)
            track = _track(where, line, by_name, refuse)
            if record is None or track is None:
                continue
            if (record, track.id) in there:
                report.count("Enrollment", created=False)
                continue
            try:
                _enroll(permit, record, track, line.values)
            except Refused as no:
                refuse(line, no.field or "track", f"{no.sentence} {no.next_step}".strip())
            else:
                there.add((record, track.id))
                report.count("Enrollment", created=True)


def _records(permit: Permit, lines: Sequence[Any]) -> dict[Any, list[int]]:
    """Records by every way a line may name one; three statements."""
    values = [line.values for line in lines]
    numbers = records_by_number(permit, [_number(each) for each in values])
    keys = records_by_identifier(permit, [_key(each) for each in values])
    names = records_by_name(permit, [name for each in values if (name := _name(each))])
    return {
        **{number: [record] for number, record in numbers.items()},
        **{key: [record] for key, (record, _clinic) in keys.items()}, **names,
    }  # fmt: skip


def _number(values: Mapping[str, Any]) -> str:
    said = values.get("record_number", "")
    return said.zfill(8) if said else ""


def _key(values: Mapping[str, Any]) -> tuple[str, str]:
    return values.get("identifier_system") or "table", values.get("identifier", "")


def _name(values: Mapping[str, Any]) -> tuple[str, str, date] | None:
    first, last = values.get("first_name", ""), values.get("last_name", "")
    born = values.get("birth_date")
    return (first, last, born) if first and last and born else None


def _one(line: Any, found: Mapping[Any, list[int]], refuse: Any) -> int | None:
    """The one record a line means, by number, else identifier, else name and birth date."""
    values = line.values
    ways = [("record_number", _number(values)), ("identifier", _key(values)),
            ("last_name", _name(values))]  # fmt: skip
    given = [(column, way) for column, way in ways if way and (column != "identifier" or way[1])]
    if not given:
        refuse(line, "record_number", "Whom? Give a record number, an identifier, or a first name,"
               " a last name and a birth date.")  # fmt: skip
        return None
    column, way = given[0]
    records = found.get(way, [])
    if len(records) == 1:
        return records[0]
    refuse(line, column, "Several people here fit." if records else "Nobody here fits.")
    return None


def _tracks(permit: Permit, where: Place) -> dict[tuple[int, str], TrackFacts]:
    """Tracks by clinic and by code or name in small letters."""
    return {
        (each.clinic, name.casefold()): each
        for each in tracks(permit)
        for name in (each.name, each.code)
    }


def _track(
    where: Place, line: Any, by_name: Mapping[tuple[int, str], TrackFacts], refuse: Any
) -> TrackFacts | None:
    code, name = line.values.get("clinic", ""), line.values["track"]
    if code and code not in where.codes:
        refuse(line, "clinic", f"No clinic has the code {code}.")
        return None
    if not code and where.queue:
        refuse(line, "clinic", "Name the clinic of the track here, or with --clinic.")
        return None
    track = by_name.get((where.codes[code] if code else where.clinic, name.casefold()))
    if track is None:
        refuse(line, "track", f"This clinic has no track {name}.")
    return track


@writes(ACT)
def _enroll(permit: Permit, record: int, track: TrackFacts, values: Mapping[str, Any]) -> None:
    """A seat from the day on, in the open episode of the track's program or in a new one."""
    start_on = values["start_on"]
    episode = episodes(permit, [record], start_on).get(record)
    number = episode.id if episode and episode.program == track.program else open_episode(
        permit, record=record, clinic=track.clinic, program=track.program, opened_on=start_on,
        **{name: value for name in ("level", "days_a_week", "expected_weeks")
           if (value := values.get(name))},
    )  # fmt: skip
    enroll(permit, record=record, track=track.id, start_on=start_on, episode=number)
