"""Write a biopsychosocial assessment, kept as one types, and sign it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.assessments.models import Biopsychosocial
from openiop.assessments.queries.signer import signer
from openiop.catalog.biopsychosocial import DANGER, topics
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import open_task
from openiop.messaging.actions.alerts import raise_alert

WRITE, TABLE = "assessments.bio.write", "assessments_biopsychosocial"
STALE = "stale"
ANSWERS = ("yes", "no", "unsure")


@dataclass(frozen=True)
class Typed:
    """What stands on the page: text by topic, answers of the screen by question; `saved` is what
    the page was opened with."""

    texts: Mapping[str, str]
    screen: Mapping[str, str]
    saved: int


@writes(WRITE)
def save_draft(permit: Permit, record: int, clinic: int, typed: Typed) -> int:
    """Keep the draft of a record at its clinic; how often it was kept. Refused ("stale") where
    somebody else kept it since the page was opened: both texts stay where they are."""
    row = _draft(permit, record, clinic)
    if row.saved != typed.saved:
        raise Refused(
            STALE, _("Somebody else changed this while you wrote."),
            _("Copy what you wrote, then open the page again."),
        )  # fmt: skip
    known = topics()
    row.texts = {key: typed.texts[key].strip() for key, *_rest in known.topics
                 if typed.texts.get(key, "").strip()}  # fmt: skip
    row.screen = {key: typed.screen[key] for key, _ask in known.screen
                  if typed.screen.get(key) in ANSWERS}  # fmt: skip
    row.saved, row.changed_at, row.changed_by_id = row.saved + 1, permit.now, permit.staff
    row.save()
    permit.note(WRITE, record=record, table=TABLE, row=row.pk, fields=("texts", "screen"))
    return row.saved


def _draft(permit: Permit, record: int, clinic: int) -> Biopsychosocial:
    """The draft, held until the transaction ends; a new one where there is none."""
    row = Biopsychosocial.objects.select_for_update(of=("self",)).filter(
        record_id=record, signed_at__isnull=True
    ).first()  # fmt: skip
    if row is not None:
        return row
    again = Refused(STALE, _("Somebody else began one just now."), _("Open the page again."))
    with refusing({"one_biopsychosocial_draft": again}):
        return Biopsychosocial.objects.create(
            organization_id=permit.organization, clinic_id=clinic, record_id=record,
            version=topics().version, changed_at=permit.now, changed_by_id=permit.staff,
        )  # fmt: skip


@writes(WRITE)
def sign_assessment(permit: Permit, record: int, clinic: int, typed: Typed) -> int:
    """Keep and sign; its id. Refused until every topic has a text and every question of the screen
    an answer. A yes about suicide calls whoever is on call, as any answer about safety does."""
    save_draft(permit, record, clinic, typed)
    row = _draft(permit, record, clinic)
    known = topics()
    open_topics = [title for key, title, _ask in known.topics if not row.texts.get(key)]
    if open_topics:
        words = _("Nothing is written about: %(topics)s.") % {"topics": ", ".join(open_topics)}
        raise Refused("topics", words, _("“None” is an answer too."))
    if set(row.screen) != {key for key, _ask in known.screen}:
        raise Refused("screen", _("The screen is not answered yet."), _("Answer each question."))
    by = signer(permit, row.clinic_id)
    row.staff_id, row.credentials, row.signed_at = by.me.id, by.credentials, permit.now
    row.needs_cosign = by.verdict.needs_cosign
    row.save()
    if row.screen[DANGER] != "no":
        raise_alert(
            permit, clinic=row.clinic_id, kind="assessment_danger", record=record,
            sentence=_("An assessment tells of thoughts of suicide: evaluate now."),
        )  # fmt: skip
    if row.needs_cosign:
        open_task(
            permit, kind="bio.cosign", title=_("Read a biopsychosocial assessment"),
            clinic=row.clinic_id, record=record, due_at=permit.now, about=(TABLE, row.pk),
            role=Role.SUPERVISOR.value,
        )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=row.pk, fields=("signed_at",))
    return row.pk
