"""What is known of somebody on the way to admission."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from openiop.access.queries.consents import consents_of
from openiop.access.queries.staff import Colleague, staff_at
from openiop.assessments.queries import open_concern
from openiop.intake.models import Admission
from openiop.intake.queries.benefits import Check, checks_of
from openiop.intake.queries.inquiries import InquiryFacts
from openiop.intake.queries.screening import newest_screen
from openiop.intake.rules.admission import Facts, lightest
from openiop.kernel.acts import COUNSELING
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit
from openiop.patients.queries import people
from openiop.programs.queries import caseloads, episodes


@dataclass(frozen=True)
class Paper:
    """What the desk has seen on paper: when each was signed, and whether the person pays
    themselves."""

    treatment_consent_on: date | None = None
    agreement_on: date | None = None
    self_pay: bool = False


def with_signed(permit: Permit, found: InquiryFacts, paper: Paper) -> Paper:
    """The paper with what was signed here: a consent in force counts without a day typed; one
    statement where there is a record."""
    if found.record is None:
        return paper
    today = permit.today(found.timezone)
    held = {
        row.kind: row.signed_on
        for row in reversed(consents_of(permit, found.record))
        if row.fact.holds_on(today)
    }
    return replace(
        paper, treatment_consent_on=paper.treatment_consent_on or held.get("treatment"),
        agreement_on=paper.agreement_on or held.get("program"),
    )  # fmt: skip


def readiness(permit: Permit, found: InquiryFacts, paper: Paper) -> tuple[Facts, Check | None]:
    """The facts of the checklist, and the payer's newest answer; six statements."""
    paper = with_signed(permit, found, paper)
    today = permit.today(found.timezone)
    screened = newest_screen(permit, found.id)
    checks = checks_of(permit, found.id)
    newest = checks[0] if checks else None
    known = people(permit, [found.record]) if found.record else {}
    records = list(known)
    return Facts(
        today=today, registered=bool(known),
        birth_on=known[records[0]].birth_on if known else found.birth_on,
        safety_answered=screened is not None,
        unanswered=screened.unanswered if screened else 0,
        stops=frozenset(each.level for each in screened.stops) if screened else frozenset(),
        covered=newest.active if newest else None,
        checked_on=local_day(newest.at, found.timezone) if newest else None,
        self_pay=paper.self_pay, treatment_consent_on=paper.treatment_consent_on,
        agreement_on=paper.agreement_on,
        in_care=bool(records and episodes(permit, records, today)),
        concern=bool(records and open_concern(permit, records[0])),
    ), newest  # fmt: skip


def counselors(permit: Permit, clinic: int, on: date) -> tuple[list[Colleague], int | None]:
    """Who counsels at a clinic, and who of them takes the next person; three statements."""
    found = staff_at(permit, clinic, on, COUNSELING)
    loads = caseloads(permit, [each.id for each in found])
    return found, lightest(loads)


@dataclass(frozen=True)
class Admitted:
    """An admission as it was made."""

    at: datetime
    by: str
    level: str
    counselor: str
    authorization: str
    waived: list[dict[str, str]]


def admission_of(permit: Permit, inquiry: int) -> Admitted | None:
    """The admission an inquiry led to; one statement."""
    row = (
        Admission.objects.filter(inquiry_id=inquiry)
        .select_related("admitted_by", "counselor").first()
    )  # fmt: skip
    if row is None:
        return None
    return Admitted(
        row.admitted_at, row.admitted_by.name, row.level,
        row.counselor.name if row.counselor else "", row.authorization, row.waived,
    )  # fmt: skip
