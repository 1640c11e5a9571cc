"""Waiting lists: who is in line for a track, in order, and what is offered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.programs.models import WaitingEntry as Entry

IN_LINE = ("waiting", "offered")


@dataclass(frozen=True)
class Waiting:
    """A place in line. `place` counts from 1 among those still waiting or holding an offer."""

    id: int
    record: int
    number: str
    track: int
    track_name: str
    clinic: int
    joined_at: datetime
    note: str
    state: str
    offer_expires_at: datetime | None
    place: int


_WAITING = (
    "id", "record_id", "record__number", "track_id", "track__name", "clinic_id", "joined_at",
    "note", "state", "offer_expires_at",
)  # fmt: skip


_COUNTS = """
SELECT track_id, count(*) FROM programs_waitingentry
 WHERE track_id = ANY(%s) AND state = ANY(%s) GROUP BY track_id
"""


def _line(entries: QuerySet[Entry]) -> list[Waiting]:
    """Entries in order, numbered by track."""
    places: dict[int, int] = {}
    found = []
    rows: Any = entries.order_by("joined_at", "id").values_list(*_WAITING)
    for row in rows:
        places[row[3]] = places.get(row[3], 0) + 1
        found.append(Waiting(*(*row, places[row[3]])))
    return found


def waiting_lists(permit: Permit, track_ids: Iterable[int]) -> dict[int, list[Waiting]]:
    """Who waits for each track, in order; one statement. People the permit may not see are left
    out."""
    found: dict[int, list[Waiting]] = {track_id: [] for track_id in track_ids}
    for waiting in _line(Entry.objects.filter(track_id__in=found, state__in=IN_LINE)):
        found[waiting.track].append(waiting)
    return found


def waiting_counts(permit: Permit, track_ids: Iterable[int]) -> dict[int, int]:
    """How many people wait for each track or hold an offer; one statement."""
    found = dict.fromkeys(track_ids, 0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [list(found), list(IN_LINE)])
        found.update(cursor.fetchall())
    return found


def waiting_at(permit: Permit, clinic_ids: Iterable[int]) -> list[Waiting]:
    """Everybody in line at the clinics, by track and place; one statement."""
    wanted = permit.clinics.intersection(clinic_ids)
    found = _line(Entry.objects.filter(clinic_id__in=wanted, state__in=IN_LINE))
    return sorted(found, key=lambda waiting: (waiting.track_name, waiting.track, waiting.place))


def waiting_entry(permit: Permit, entry: int) -> Waiting:
    """One entry still in line at the permit's clinics, or Http404; its `place` is not counted."""
    rows = Entry.objects.filter(pk=entry, clinic_id__in=permit.clinics, state__in=IN_LINE)
    row: Any = rows.values_list(*_WAITING).first()
    if row is None:
        raise Http404("No such entry in line.")
    return Waiting(*(*row, 0))


def expired_offers(permit: Permit) -> list[Waiting]:
    """Offers whose time is over; one statement."""
    return _line(Entry.objects.filter(
        clinic_id__in=permit.clinics, state="offered", offer_expires_at__lte=permit.now
    ))  # fmt: skip
