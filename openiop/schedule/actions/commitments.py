"""Hours of the week somebody cannot come: added, and ended. Free times keep clear of them."""

from collections.abc import Collection
from datetime import date, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import person
from openiop.schedule.actions.moving import WRITE
from openiop.schedule.models import Commitment
from openiop.schedule.queries.commitments import today_of

TABLE = "schedule_commitment"


@writes(WRITE)
def add_commitment(
    permit: Permit, record: int, *, kind: str, weekdays: Collection[int], starts: time, ends: time,
    from_on: date, last_on: date | None = None,
) -> int:  # fmt: skip
    """On these weekdays (0 is Monday) the person cannot come between two times, local at their
    clinic, from a day on, to a last day or for good; the row's id."""
    if kind not in dict(Commitment.KINDS):
        raise Refused("kind", _("Choose what it is."), "", field="kind")
    if not weekdays or not set(weekdays) <= set(range(7)):
        raise Refused("weekdays", _("Choose the days of the week."), "", field="weekdays")
    if ends <= starts:
        raise Refused("ends", _("It ends after it begins."), _("Give a later time."), field="ends")
    if last_on and last_on < from_on:
        raise Refused(
            "last_on", _("The last day is not before the first."), _("Give a later day."),
            field="last_on",
        )  # fmt: skip
    until = last_on + timedelta(days=1) if last_on else None
    row = Commitment.objects.create(
        organization_id=permit.organization, clinic_id=person(permit, record).clinic,
        record_id=record, kind=kind, weekdays=sorted(set(weekdays)), starts=starts, ends=ends,
        during=DateRange(from_on, until), set_at=permit.now,
    )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=row.pk)
    return row.pk


@writes(WRITE)
def end_commitment(permit: Permit, record: int, commitment: int) -> None:
    """From today on the person can come then; one that has not begun is gone. Http404."""
    row = Commitment.objects.filter(pk=commitment, record_id=record).first()
    if row is None:
        raise Http404("No such hours.")
    today = today_of(permit, record)
    if row.during.lower >= today:
        row.delete()
    elif row.during.upper is None or row.during.upper > today:
        row.during = DateRange(row.during.lower, today)
        row.save(update_fields=["during"])
    permit.note(WRITE, record=record, table=TABLE, row=commitment, fields=("during",))
