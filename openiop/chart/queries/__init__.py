"""Every read of the chart."""

from openiop.chart.queries.charts import ChartNote, ChartPage, note, notes_by_id, notes_of
from openiop.chart.queries.cosigning import (
    Returned,
    Waiting,
    cosign_asked,
    cosign_queue,
    returned_to,
    waiting_notes,
)
from openiop.chart.queries.lapses import LapsedSigning, signed_in_lapse
from openiop.chart.queries.owed import (
    OwedNote,
    OwedSession,
    Owing,
    UnsignedGroup,
    owed,
    owed_by_session,
    owing,
    sessions_to_open,
    unsigned_by_age,
    unsigned_by_clinic,
    unsigned_groups,
)
from openiop.chart.queries.sheet import Line, Sheet, sheet

__all__ = [
    "ChartNote",
    "ChartPage",
    "LapsedSigning",
    "Line",
    "OwedNote",
    "OwedSession",
    "Owing",
    "Returned",
    "Sheet",
    "UnsignedGroup",
    "Waiting",
    "cosign_asked",
    "cosign_queue",
    "note",
    "notes_by_id",
    "notes_of",
    "owed",
    "owed_by_session",
    "owing",
    "returned_to",
    "sessions_to_open",
    "sheet",
    "signed_in_lapse",
    "unsigned_by_age",
    "unsigned_by_clinic",
    "unsigned_groups",
    "waiting_notes",
]
