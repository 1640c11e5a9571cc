"""From an inquiry to a person with a record, and from there to a seat in a group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.intake.actions.inquiries import change, colleague, locked
from openiop.intake.actions.referrals import tell_outcome
from openiop.intake.models import Admission, Inquiry
from openiop.intake.queries.admission import Paper, readiness, with_signed
from openiop.intake.queries.benefits import Check, checks_of
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.rules.admission import Waiver, authorization_state, missing, still_missing
from openiop.intake.rules.inquiries import ADMITTED
from openiop.intake.words import MISSING
from openiop.kernel.acts import Role
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import open_task
from openiop.patients.actions import add_coverage, reach_self, register_once
from openiop.programs.actions import open_episode
from openiop.programs.queries import track as track_facts
from openiop.schedule.actions.enrollment import Enrolled, enroll

ADMIT, TABLE = "intake.admit", "intake_admission"
MAY_WAIVE = (Role.SUPERVISOR, Role.DIRECTOR)
MORNING = time(9)


@dataclass(frozen=True)
class Place:
    """Where and how somebody begins."""

    track: int
    start_on: date
    level: str = "2.1"
    days_a_week: int = 3
    expected_weeks: int = 8
    counselor: int | None = None


@writes(ADMIT)
def register_person(
    permit: Permit, inquiry: int, *, legal_first: str, legal_last: str, birth_on: date | None,
    seen: Iterable[str] = (),
) -> str:  # fmt: skip
    """The person gets a record, with what is safe and what they say pays; the record's number.
    Refused ("same_person") while somebody already here may be them."""
    row = locked(permit, inquiry, must_be_open=True)
    _unregistered(row)
    made = register_once(
        permit, seen=seen, clinic=row.clinic_id, legal_first=legal_first, legal_last=legal_last,
        birth_on=birth_on, phones=[row.phone] if row.phone else [], languages=[row.language],
    )  # fmt: skip
    for point in _points(row):
        reach_self(permit, record=made.record, clinic=row.clinic_id, point=point)
    _cover(permit, row, made.record)
    change(permit, row, "registered", _("Record %(n)s") % {"n": made.number}, record_id=made.record)
    return made.number


@writes(ADMIT)
def link_person(permit: Permit, inquiry: int, record: int, number: str) -> None:
    """They have a record already: the one somebody was admitted to by its number."""
    row = locked(permit, inquiry, must_be_open=True)
    _unregistered(row)
    change(permit, row, "registered", _("Record %(n)s") % {"n": number}, record_id=record)


def _unregistered(row: Inquiry) -> None:
    if row.record_id is not None:
        raise Refused(
            "registered", _("This inquiry has its record already."), _("Look at it again.")
        )


def _points(row: Inquiry) -> list[dict[str, Any]]:
    """Ways to reach the person, as safe as they said."""
    points: list[dict[str, Any]] = []
    if row.phone:
        points.append({
            "kind": "phone", "value": row.phone, "safe_to_call": row.safe_to_call,
            "safe_to_text": row.safe_to_text,
            "safe_to_leave_message": row.safe_to_leave_message,
        })  # fmt: skip
    if row.email:
        safe = row.safe_to_email
        points.append({"kind": "email", "value": row.email, "safe_to_leave_message": safe})
    return points


def _cover(permit: Permit, row: Inquiry, record: int) -> None:
    """What pays: the payer's own answer before what was said."""
    checks = checks_of(permit, row.id)
    newest = checks[0] if checks else None
    name = newest.payer if newest else row.payer_said
    if name:
        facts = {"member_number": newest.member} if newest and newest.member else {}
        add_coverage(
            permit, record=record, payer_name=name, **facts,
            start_on=newest.begins_on if newest else None,
            end_on=newest.ends_on if newest else None,
        )  # fmt: skip


@writes(ADMIT)
def admit_person(
    permit: Permit, inquiry: int, place: Place, paper: Paper,
    waivers: Mapping[str, Waiver] | None = None,
) -> Enrolled:  # fmt: skip
    """Admit: episode with its level of care, a seat with its sessions, the inquiry, the waiting
    entry and open referrals closed, all or nothing. Refused with a sentence for each missing item
    that nobody let wait ("not_ready")."""
    row = locked(permit, inquiry, must_be_open=True)
    by, found = colleague(permit), inquiry_facts(permit, inquiry)
    paper = with_signed(permit, found, paper)
    facts, newest = readiness(permit, found, paper)
    given, items = waivers or {}, missing(facts)
    may = permit.holds(*MAY_WAIVE, clinic=row.clinic_id)
    left = still_missing(items, given, facts.today, may_waive=may)
    if left or row.record_id is None or paper.treatment_consent_on is None:
        sentences = " ".join(str(MISSING[item.key]) for item in left)
        raise Refused("not_ready", sentences, _("Complete it, then admit."))
    episode, seat = _begin(permit, row.record_id, place)
    waived = [given[item.key] for item in items]
    made = Admission.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
        inquiry=row, episode_id=episode, enrollment_id=seat.enrollment, admitted_at=permit.now,
        admitted_by_id=by, level=place.level, counselor_id=place.counselor,
        treatment_consent_on=paper.treatment_consent_on, agreement_on=paper.agreement_on,
        self_pay=paper.self_pay, authorization=_authorization(newest, paper),
        waived=[{"key": each.key, "reason": each.reason, "due_on": each.due_on.isoformat()}
                for each in waived],
    )  # fmt: skip
    _close(permit, row, place)
    _tasks(permit, made, waived, found.timezone, place)
    permit.note(ADMIT, record=row.record_id, table=TABLE, row=made.id)
    return seat


def _begin(permit: Permit, record: int, place: Place) -> tuple[int, Enrolled]:
    track = track_facts(permit, place.track)
    episode = open_episode(
        permit, record=record, clinic=track.clinic, program=track.program,
        opened_on=place.start_on, level=place.level, days_a_week=place.days_a_week,
        counselor=place.counselor, expected_weeks=place.expected_weeks,
    )  # fmt: skip
    return episode, enroll(
        permit, record=record, track=place.track, start_on=place.start_on, episode=episode
    )


def _authorization(newest: Check | None, paper: Paper) -> str:
    return authorization_state(newest.authorization if newest else None, paper.self_pay)


def _close(permit: Permit, row: Inquiry, place: Place) -> None:
    """The inquiry and its open referrals; `enroll` closed the place in line."""
    for referral in row.referrals.filter(outcome=""):
        tell_outcome(permit, row.id, referral.id, outcome="came_back", text=_("Admitted here."))
    row.refresh_from_db()
    change(
        permit, row, "admitted", _("Begins %(day)s") % {"day": place.start_on.isoformat()},
        stage=ADMITTED, closed_at=permit.now, screened_at=row.screened_at or permit.now,
    )  # fmt: skip


def _tasks(
    permit: Permit, made: Admission, waived: Iterable[Waiver], zone: str, place: Place
) -> None:
    """What the first days ask for: the plan, the authorization, what was let wait, word back."""
    first = local(place.start_on, MORNING, zone)
    to: dict[str, Any] = {"clinic": made.clinic_id, "record": made.record_id}
    open_task(
        permit, kind="initial_plan", title=_("Initial plan with at least one objective"),
        due_at=first, staff=place.counselor, role=Role.CLINICIAN.value, about=(TABLE, made.id),
        **to,
    )  # fmt: skip
    if made.authorization == "needed":
        open_task(
            permit, kind="authorization_request", title=_("Ask the payer for an authorization"),
            due_at=first, role=Role.REVIEWER.value, about=(TABLE, made.id), **to,
        )  # fmt: skip
    for each in waived:
        open_task(
            permit, kind=f"waived_{each.key}", title=str(MISSING[each.key]), staff=permit.staff,
            due_at=local(each.due_on, MORNING, zone), about=(TABLE, made.id), **to,
        )  # fmt: skip
    if made.inquiry.partner_id:
        open_task(
            permit, kind="referrer_word", due_at=first, role=Role.INTAKE.value,
            title=_("Word to whoever sent them, if they consented"), about=(TABLE, made.id), **to,
        )  # fmt: skip
