"""Ask the safety questions, and call a person where an answer asks for one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.catalog.prescreen import Question, prescreen, stops
from openiop.intake.actions.inquiries import change, locked
from openiop.intake.models import PreScreen
from openiop.intake.rules.inquiries import HAS_SCREEN, SCREENED
from openiop.kernel.permits import Permit
from openiop.messaging.actions import raise_alert

WRITE, TABLE = "intake.inquiry.write", "intake_prescreen"
ALERT = "prescreen"


@writes(WRITE)
def answer_safety(
    permit: Permit, inquiry: int, answers: Mapping[str, str | int], note: str = ""
) -> tuple[Question, ...]:
    """Keep the answers; the questions that stop, with what to do now. The clock of the inquiry
    stops, and whoever is on call is told where a stop asks for a person. Never a score."""
    row = locked(permit, inquiry, must_be_open=True)
    asked = prescreen()
    given = {each.id: answers[each.id] for each in asked.questions if each.id in answers}
    stopped = stops(asked, given)
    kept = PreScreen.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, inquiry=row, at=permit.now,
        by_id=permit.staff, version=asked.version, answers=given,
        stops=[each.id for each in stopped], note=note,
    )  # fmt: skip
    new: dict[str, Any] = {} if row.stage in HAS_SCREEN else {"stage": SCREENED}
    new |= {} if row.screened_at else {"screened_at": permit.now}
    change(permit, row, "safety", _told(stopped), **new)
    if any(each.alert for each in stopped):
        raise_alert(
            permit, clinic=row.clinic_id, kind=ALERT, record=row.record_id,
            sentence=_("Inquiry %(number)s: an answer asks for a clinician now.")
            % {"number": row.id},
        )  # fmt: skip
    permit.note(WRITE, record=row.record_id, table=TABLE, row=kept.id)
    return stopped


def _told(stopped: Sequence[Question]) -> str:
    if not stopped:
        return _("No stop")
    return _("Stops: %(stops)s") % {"stops": "; ".join(each.title for each in stopped)}
