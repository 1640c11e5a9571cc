"""Hours of the week somebody cannot come: work, court, childcare, school."""

from datetime import date, time, timedelta
from typing import NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange

from openiop.access.queries import clinics
from openiop.kernel.permits import Permit
from openiop.patients.queries import person
from openiop.schedule.models import Commitment


class Busy(NamedTuple):
    """Hours of some weekdays (0 is Monday), local at the person's clinic, from a day to a last day;
    None: for good."""

    id: int
    kind: str
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    from_on: date
    last_on: date | None


def commitments_of(permit: Permit, record: int, today: date) -> list[Busy]:
    """What holds today or later, in order of the week; one statement."""
    rows = Commitment.objects.filter(record_id=record, during__overlap=DateRange(today, None))
    found = [
        Busy(
            row.id, row.kind, tuple(sorted(row.weekdays)), row.starts, row.ends,
            row.during.lower, row.during.upper and row.during.upper - timedelta(days=1),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.weekdays, each.starts, each.id))


def today_of(permit: Permit, record: int) -> date:
    """The day it is at the person's clinic; two statements."""
    home = clinics(permit).filter(pk=person(permit, record).clinic).first()
    return permit.today(home.timezone if home else permit.timezone)
