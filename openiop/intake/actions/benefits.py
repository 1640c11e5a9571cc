"""Ask a payer about benefits, on the phone or by the file it answers with."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics
from openiop.access.queries.consents import only_past
from openiop.intake.actions.inquiries import RECHECK_TASK, change, colleague, locked
from openiop.intake.models import BenefitsCheck, Inquiry
from openiop.intake.rules.benefits import (
    Facts,
    Said,
    contact_refusal,
    covered_person,
    differences,
    facts_of,
    recheck_on,
    same_payer,
)
from openiop.intake.rules.inquiries import BENEFITS, CONTACTED, NEW
from openiop.intake.rules.x271 import Answer, Person, answers
from openiop.kernel.acts import Role
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.kernel.x12 import X12Error
from openiop.messaging.actions import close_tasks_about, open_task

WRITE, TABLE, ABOUT = "intake.inquiry.write", "intake_benefitscheck", "intake_inquiry"
LAPSE_TASK = "benefits_lapse"
MORNING = time(9)
PHONE, FILE = "phone", "271"


@writes(WRITE)
def check_by_phone(
    permit: Permit, inquiry: int, *, consent_on: date | None, spoke_with: str, reference: str = "",
    limits: str = "", note: str = "", **facts: Any,
) -> int:  # fmt: skip
    """What somebody at the payer said on the phone, with their name; the check's id. `facts` are
    those of `rules.benefits.Facts`. Refused without a signed consent."""
    row = locked(permit, inquiry)
    _allow(permit, row, consent_on, str(facts.get("payer", "")))
    return _keep(
        permit, row, Facts(**facts), None, source=PHONE, consent_on=consent_on,
        spoke_with=spoke_with, reference=reference, limits=limits, note=note,
    )  # fmt: skip


@writes(WRITE)
def check_by_file(permit: Permit, inquiry: int, *, consent_on: date | None, text: str) -> int:
    """A payer's 271 as it came; the check's id. Refused with the segment that is wrong, when the
    payer could not answer, or when the file is about somebody else."""
    row = locked(permit, inquiry)
    answer = _about(_read(text), _said(row))
    _allow(permit, row, consent_on, answer.payer)
    covered = answer.dependent or answer.subscriber
    return _keep(
        permit, row, facts_of(answer), covered, source=FILE, consent_on=consent_on,
        lines=[asdict(each) for each in answer.benefits], original=text,
        reference=", ".join(answer.trace)[:60],
    )  # fmt: skip


def _allow(permit: Permit, row: Inquiry, consent_on: date | None, payer: str) -> None:
    zone = clinics(permit).values_list("timezone", flat=True).get(pk=row.clinic_id)
    sentences = {
        "taken_back": _("The person took their consent back, or it has ended."),
        "no_consent": _("Nobody may ask a payer about a named person without a signed consent."),
        "not_signed_yet": _("The consent cannot be signed in the future."),
    }
    no = contact_refusal(consent_on, permit.today(zone))
    if not no and row.record_id and only_past(
        permit, row.record_id, permit.today(zone), lambda name: same_payer(name, payer)
    ):  # fmt: skip
        no = "taken_back"
    if no:
        next_step = _("Until it is signed, give the answer that needs no name, or self-pay.")
        raise Refused(no, sentences[no], next_step, field="consent_on")


def _said(row: Inquiry) -> Said:
    return Said(row.payer_said, row.name, row.birth_on)


def _read(text: str) -> Sequence[Answer]:
    try:
        found = answers(text)
    except X12Error as error:
        raise Refused(
            "file_271",
            _("Segment %(number)s (%(name)s) of the file is wrong: %(reason)s")
            % {"number": error.number, "name": error.segment, "reason": error.reason},
            _("Ask the payer for it again, or write down what they say on the phone."),
            field="file",
        ) from error
    if not found:
        raise Refused("no_answer", _("The file answers about nobody."), "", field="file")
    return found


def _about(found: Sequence[Answer], said: Said) -> Answer:
    at = covered_person(found, said)
    if at is None:
        raise Refused(
            "several_people", _("The file answers about several people, none surely this one."),
            _("Enter name and birth date as on the card, then choose the file again."),
            field="file",
        )  # fmt: skip
    answer = found[at]
    if answer.rejections and not answer.benefits:
        no = answer.rejections[0]
        raise Refused(
            "payer_rejects",
            _("The payer could not answer (segment %(number)s, AAA reason %(code)s).")
            % {"number": no.segment, "code": no.reason},
            _("Check member number, name and birth date, or call the payer."), field="file",
        )  # fmt: skip
    return answer


def _keep(permit: Permit, row: Inquiry, facts: Facts, covered: Person | None, **how: Any) -> int:
    """The snapshot, its line in the story, the next check and, when coverage ended, a talk."""
    said = _said(row)
    zone = clinics(permit).values_list("timezone", flat=True).get(pk=row.clinic_id)
    again = recheck_on(permit.today(zone), facts.ends_on)
    kept = BenefitsCheck.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, inquiry=row, at=permit.now,
        by_id=colleague(permit), recheck_on=again, differs=list(differences(said, facts, covered)),
        said={"payer": said.payer, "name": said.name,
              "birth_on": said.birth_on.isoformat() if said.birth_on else ""},
        **facts.values(), **how,
    )  # fmt: skip
    new = {"stage": BENEFITS} if row.stage in (NEW, CONTACTED) else {}
    change(permit, row, "benefits", _told(facts), **new)
    _tasks(permit, row, facts, again, zone)
    permit.note(WRITE, record=row.record_id, table=TABLE, row=kept.id)
    return kept.id


def _told(facts: Facts) -> str:
    words = {True: _("covered"), False: _("not covered now"), None: _("no answer on coverage")}
    return f"{facts.payer}: {words[facts.active]}"


def _tasks(permit: Permit, row: Inquiry, facts: Facts, again: date, zone: str) -> None:
    about = (ABOUT, row.id)
    close_tasks_about(permit, [RECHECK_TASK, LAPSE_TASK], about, _("Checked again"))
    if row.closed_at and not row.record_id:
        return
    to: dict[str, Any] = {"clinic": row.clinic_id, "about": about, "record": row.record_id,
                          "staff": row.owner_id, "role": Role.INTAKE.value}  # fmt: skip
    if facts.active is False:
        title = _("Inquiry %(number)s: coverage ended, talk about options today")
        open_task(
            permit, kind=LAPSE_TASK, title=title % {"number": row.id}, due_at=permit.now, **to
        )
    title = _("Inquiry %(number)s: check benefits again") % {"number": row.id}
    open_task(permit, kind=RECHECK_TASK, title=title, due_at=local(again, MORNING, zone), **to)
