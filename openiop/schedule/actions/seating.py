"""One person onto one numbered seat, when the rules, the room and their safety allow it. The
track's row must be locked (`locks.lock_tracks`, `locked_track`) before its seats are read."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from openiop.access.door import refusing
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import apart_from
from openiop.schedule.actions.occupancy import occupy
from openiop.schedule.models import Seat
from openiop.schedule.queries.seats import HeldSeat
from openiop.schedule.queries.sessions import SessionFacts
from openiop.schedule.rules.capacity import Caps, one_more
from openiop.schedule.rules.seating import Place, Taken, place

OVER = "schedule.over_house"
OUT_OF_THE_WAY = 10_000


def refuse_apart(permit: Permit, record: int, others: Collection[HeldSeat]) -> None:
    """Refuse a seat beside somebody the person must be kept apart from, without a word about it."""
    apart = apart_from(permit, record)
    if apart and any(seat.record in apart for seat in others):
        raise Refused(
            "choose_another", _("This group does not suit this person."), _("Choose another."),
            field="track",
        )  # fmt: skip


def find_place(
    permit: Permit, clinic: int, held: Sequence[HeldSeat], start: date, end: date | None,
    caps: Caps, reason: str,
) -> Place:  # fmt: skip
    """The free seat for [start, end) within the limits, or Refused with the rule quoted. Over the
    house's own limit it takes a reason and a supervisor or director."""
    found = place([seat.taken for seat in held], start, end)
    answer = one_more(found.others, caps)
    if answer.answer == "full":
        raise Refused(
            "full", answer.sentence, _("Choose another group, or put them on the waiting list."),
            field="track",
        )  # fmt: skip
    if answer.answer == "reason":
        _need_reason(permit, clinic, answer.sentence, reason)
    return found


def _need_reason(permit: Permit, clinic: int, sentence: str, reason: str) -> None:
    may = permit.covers(OVER) or permit.holds(Role.DIRECTOR, Role.SUPERVISOR, clinic=clinic)
    if may and reason.strip():
        permit.note(OVER, table="schedule_seat", fields=("over_house_reason",), reason=reason)
        return
    ask = _("Say why this person is seated all the same.") if may else _(
        "Ask a supervisor or director to seat them, or choose another group.")  # fmt: skip
    raise Refused("over_house", sentence, ask, field="over_house_reason")


# Written out, as composing it costs more than running it.
_TAKE = """
INSERT INTO schedule_seat (organization_id, clinic_id, track_id, number, kind, record_id,
       enrollment_id, session_id, during, taken_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, daterange(%s, %s), %s) RETURNING id"""


def take(
    permit: Permit, *, clinic: int, track: int, place: Place, kind: str, record: int, start: date,
    end: date | None, enrollment: int | None = None, session: int | None = None,
) -> int:  # fmt: skip
    """Write the seat; its id. One statement, two more when later seats are numbered anew."""
    if place.renumbered:
        _renumber(place.renumbered)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [
            permit.organization, clinic, track, place.number, kind, record, enrollment, session,
            start, end, permit.now,
        ])  # fmt: skip
        return int(cursor.fetchone()[0])


def _renumber(numbers: dict[int, int]) -> None:
    """In two steps, for each seat is checked as it is written."""
    rows = Seat.objects.filter(id__in=numbers)
    rows.update(number=F("number") + OUT_OF_THE_WAY)
    rows.update(number=Case(*[When(id=seat, then=Value(new)) for seat, new in numbers.items()]))


def free(permit: Permit, seats: Collection[int]) -> None:
    """Give seats back, whatever days they were held for."""
    Seat.objects.filter(id__in=list(seats)).update(released_at=permit.now)


def one_day_seats(
    permit: Permit, host: SessionFacts, records: Sequence[int], held: Sequence[HeldSeat],
    caps: Caps,
) -> None:  # fmt: skip
    """Seats in one session for people merged in from another, all or none; three statements.
    Refused when the law's limit, the room's or the house's would be passed."""
    taken = [seat.taken for seat in held if seat.start <= host.on]
    after = len(taken) + len(records)
    if records and one_more(after - 1, caps).answer != "free":
        raise Refused(
            "full", one_more(after - 1, caps).sentence, _("Choose another session."),
            field="into",
        )  # fmt: skip
    end = host.on + timedelta(days=1)
    seats = []
    for record in records:
        found = place(taken, host.on, end)
        taken.append(Taken(0, found.number, host.on, end))
        seats.append(Seat(
            organization_id=permit.organization, clinic_id=host.clinic, track_id=host.track,
            number=found.number, kind="merged", record_id=record, session_id=host.id,
            during=DateRange(host.on, end), taken_at=permit.now,
        ))  # fmt: skip
    Seat.objects.bulk_create(seats)
    busy = Refused(
        "clash", _("Somebody enrolled here is somewhere else then."), _("Choose another session."),
        field="into",
    )  # fmt: skip
    with refusing({"record_in_one_place": busy}):
        occupy([host.id], records)
