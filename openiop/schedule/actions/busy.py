"""Other calendars of colleagues, kept as busy time: read again, a calendar replaces what it gave
before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from openiop.access.door import opened_for_job, writes
from openiop.access.queries import organization_ids
from openiop.kernel.acts import Role
from openiop.kernel.days import local
from openiop.kernel.permits import NotPermitted, Permit, Refused
from openiop.schedule.actions.locks import hold_still
from openiop.schedule.models import Away
from openiop.schedule.queries.busy import zone_of
from openiop.schedule.queries.working import colleague
from openiop.schedule.rules.ics import Busy, Problem, Reading, read

ACT, ACTOR, TABLE = "schedule.away.write", "command:import", "schedule_away"
BACK, AHEAD = timedelta(days=30), timedelta(days=400)
SOURCE = 80  # characters of a calendar's name that are kept
LARGEST = 5 * 1024 * 1024  # bytes: years of a full calendar
MOST = 10_000  # stretches of one calendar
LEADERS = (Role.DIRECTOR, Role.ADMINISTRATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class Replaced:
    """Stretches of a calendar that are new, gone, and as they were."""

    added: int
    ended: int
    kept: int


@writes(ACT)
def replace_busy(
    permit: Permit, staff: int, source: str, busy: Iterable[Busy], since: datetime | None = None
) -> Replaced:
    """What a colleague's calendar `source` says now, instead of what it said before for the time
    after `since`. Nothing new is booked then; what is booked stays."""
    if permit.user and staff != permit.staff and not permit.holds(*LEADERS):
        raise NotPermitted("own", _("You import only your own calendar."),
                           _("Ask a supervisor or director."))  # fmt: skip
    colleague(permit, staff)
    hold_still([("staff", staff)])
    source = source[:SOURCE]
    wanted = {(each.starts_at, each.ends_at, each.uid[:255]) for each in busy}
    if len(wanted) > MOST:
        raise Refused("many", _("This calendar has too many events."), _("Export a shorter time."))
    rows = Away.objects.filter(staff_id=staff, kind="busy", source=source, ended_at=None)
    if since:
        rows = rows.filter(during__endswith__gt=since)
    had = {(row.during.lower, row.during.upper, row.uid): row.id for row in rows}
    gone = [had[each] for each in had.keys() - wanted]
    new = sorted(wanted - had.keys())
    Away.objects.filter(id__in=gone).update(ended_at=permit.now)
    Away.objects.bulk_create(
        Away(
            organization_id=permit.organization, staff_id=staff, kind="busy", source=source,
            uid=uid, during=DateTimeTZRange(starts, ends), recorded_at=permit.now,
            recorded_by_id=permit.staff,
        )
        for starts, ends, uid in new
    )  # fmt: skip
    permit.note(ACT, table=TABLE, count=len(new) + len(gone))
    return Replaced(len(new), len(gone), len(wanted) - len(new))


@writes(ACT)
def import_upload(permit: Permit, staff: int, name: str, raw: bytes) -> tuple[Reading, Replaced]:
    """Read one calendar file and keep its busy time; a file that cannot be read is refused with
    its line, events that cannot are in the reading's problems."""
    if len(raw) > LARGEST:
        raise Refused("large", _("This file is too large."), _("Export a shorter time."))
    since, until = permit.now - BACK, permit.now + AHEAD
    reading = read(raw, zone_of(permit, staff), since, until)
    if reading.problems and not reading.events:
        raise Refused("file", told(reading.problems[0]), _("Export the calendar again."),
                      field="file")  # fmt: skip
    done = replace_busy(permit, staff, reading.name or name, reading.busy, since)
    return reading, done


def told(problem: Problem) -> str:
    """A problem as a sentence with its line."""
    return _("Line %(line)s: %(sentence)s") % {
        "line": problem.line, "sentence": sentence_of(problem)
    }  # fmt: skip


def sentence_of(problem: Problem) -> str:
    """What is wrong, in the reader's language."""
    return _(problem.sentence) % {"what": problem.what}


# --- the command -------------------------------------------------------------------------------

_BY_EMAIL = """
SELECT s.id FROM access_staff s JOIN access_user u ON u.id = s.user_id
 WHERE lower(u.email) = lower(%s) AND (s.left_on IS NULL OR s.left_on > %s)
"""


def import_files(
    paths: Sequence[Path], email: str, *, since: date | None = None, until: date | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Read calendar files of one colleague: `{"files": [{"file", "events", "busy"}], "errors":
    [{"file", "line", "path", "message"}]}`. A dry run writes nothing; a bad file is named and the
    others are read. Refused for an e-mail address nobody has."""
    organization, staff = _by_email(email)
    files: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    with opened_for_job(ACT, organization, actor=ACTOR) as permit:
        zone = zone_of(permit, staff)
        starts = local(since, time(0), zone) if since else permit.now - BACK
        ends = local(until, time(0), zone) if until else permit.now + AHEAD
        for path in _files(paths):
            try:
                reading = read(path.read_bytes(), zone, starts, ends)
            except OSError as error:
                message = _("This file cannot be opened: %(why)s.") % {"why": error.strerror}
                errors.append({"file": str(path), "line": None, "path": "", "message": message})
                continue
            readable = reading.events or not reading.problems
            if readable and not dry_run:
                replace_busy(permit, staff, reading.name or path.name, reading.busy, starts)
            files.append(_file(path, reading))
            errors += [
                {"file": str(path), "line": each.line, "path": each.path,
                 "message": sentence_of(each)}
                for each in reading.problems
            ]  # fmt: skip
    return {"files": files, "errors": errors}


def _file(path: Path, reading: Reading) -> dict[str, Any]:
    busy = [[each.starts_at.isoformat(), each.ends_at.isoformat()] for each in reading.busy]
    return {"file": str(path), "events": reading.events, "busy": busy}


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files, those of a folder in order of their names."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob("*.ics")) if path.is_dir() else [path]
    return found


def _by_email(email: str) -> tuple[int, int]:
    for organization in organization_ids():
        with opened_for_job(ACT, organization, actor=ACTOR) as permit, connection.cursor() as asked:
            asked.execute(_BY_EMAIL, [email, permit.now.date()])
            row = asked.fetchone()
        if row:
            return organization, row[0]
    raise Refused("staff", _("No colleague has the e-mail address %(mail)s.") % {"mail": email})
