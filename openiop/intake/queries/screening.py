"""The safety questions as they were answered."""

from dataclasses import dataclass
from datetime import datetime

from openiop.catalog.prescreen import Question, prescreen
from openiop.intake.models import PreScreen
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class Screened:
    """The newest answers of an inquiry; `stops` with what to do now."""

    id: int
    at: datetime
    by: str
    version: str
    answers: tuple[tuple[Question, str], ...]
    stops: tuple[Question, ...]
    note: str
    times: int

    @property
    def unanswered(self) -> int:
        """How many questions got no answer."""
        return sum(not answer for _, answer in self.answers)


def newest_screen(permit: Permit, inquiry: int) -> Screened | None:
    """The safety questions of an inquiry as last answered; one statement."""
    rows = list(
        PreScreen.objects.filter(inquiry_id=inquiry, clinic_id__in=permit.clinics)
        .select_related("by").order_by("-id")
    )  # fmt: skip
    if not rows:
        return None
    row, asked = rows[0], prescreen().questions
    return Screened(
        id=row.id, at=row.at, by=row.by.name if row.by else "", version=row.version,
        answers=tuple((each, str(row.answers.get(each.id, ""))) for each in asked),
        stops=tuple(each for each in asked if each.id in row.stops), note=row.note,
        times=len(rows),
    )  # fmt: skip
