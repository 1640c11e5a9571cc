"""Keep what somebody answered."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.assessments.actions.safety import call_for
from openiop.assessments.models import Response
from openiop.assessments.rules import result
from openiop.catalog.instrument import Instrument
from openiop.kernel.permits import Permit, Refused

WRITE, TABLE = "assessments.response.write", "assessments_response"


@dataclass(frozen=True)
class Taken:
    """Answers by item number as text, None where left open; `supersedes` is what they correct."""

    instrument: Instrument
    answers: Mapping[str, int | None]
    taken_at: datetime
    mode: str = "paper"
    facts: Mapping[str, str | int | None] = field(default_factory=dict)
    supersedes: int | None = None
    reason: str = ""


@writes(WRITE)
def record_response(permit: Permit, *, record: int, clinic: int, taken: Taken) -> int:
    """The answers with their result; the row's id. Answers that ask for a clinician open a safety
    concern and call whoever is on call, also when there is no score."""
    _refuse(permit, record, taken)
    kind, found = taken.instrument, result(taken.instrument, taken.answers, taken.facts)
    twice = Refused(
        "corrected", _("A colleague has corrected these answers meanwhile."),
        _("Look at the newest ones."),
    )  # fmt: skip
    facts = {**asdict(found), "alerts": list(found.alerts)}
    with refusing({"assessments_response_supersedes_id_key": twice}):
        row = Response.objects.create(
            organization_id=permit.organization, clinic_id=clinic, record_id=record,
            instrument=kind.id, version=kind.version, answers=dict(taken.answers),
            facts=dict(taken.facts), mode=taken.mode, taken_at=taken.taken_at,
            entered_at=permit.now, entered_by_id=permit.staff, supersedes_id=taken.supersedes,
            reason=taken.reason.strip(), **facts,
        )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=row.pk)
    if found.danger:
        call_for(permit, row)
    return row.pk


def _refuse(permit: Permit, record: int, taken: Taken) -> None:
    if taken.taken_at > permit.now:
        raise Refused(
            "later", _("This time has not come yet."), _("Say when it was answered."),
            field="taken_at",
        )  # fmt: skip
    if all(answer is None for answer in taken.answers.values()):
        raise Refused("empty", _("No question is answered."), _("Enter the answers."))
    if taken.supersedes is None:
        return
    if not taken.reason.strip():
        raise Refused("reason", _("Say what was wrong."), "", field="reason")
    known = Response.objects.filter(
        pk=taken.supersedes, record_id=record, instrument=taken.instrument.id
    )
    if not known.exists():
        raise Http404("No such answers.")
