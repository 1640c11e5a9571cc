"""Questionnaires on the person's own phone: a secret link, answers kept one by one, sent once."""

from datetime import timedelta

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.actions.records import revoke_link
from openiop.access.door import make_link, writes
from openiop.assessments.actions.responses import Taken, record_response
from openiop.assessments.models import Asked
from openiop.catalog.instrument import Instrument, find_instrument
from openiop.catalog.scoring import asked as all_asked
from openiop.catalog.scoring import next_item
from openiop.kernel.permits import Permit, Refused

WRITE, ANSWER = "assessments.link.write", "assessments.link.answer"
TABLE = "assessments_asked"
LASTS = timedelta(days=7)


@writes(WRITE)
def ask_by_link(permit: Permit, *, record: int, clinic: int, instrument: Instrument) -> str:
    """The token of a link that works for seven days; it is told once. Refused for a questionnaire
    whose wording may not be shown."""
    if not instrument.questions:
        raise Refused(
            "wording", _("The wording of this one may not be shown on a phone."),
            _("Take it on paper."),
        )  # fmt: skip
    row = Asked.objects.create(
        organization_id=permit.organization, clinic_id=clinic, record_id=record,
        instrument=instrument.id, asked_at=permit.now, asked_by_id=permit.staff,
    )  # fmt: skip
    token, row.link = make_link(
        permit, ANSWER, clinic=clinic, record=record, target=row.pk,
        expires_at=permit.now + LASTS,
    )  # fmt: skip
    row.save(update_fields=["link"])
    permit.note(WRITE, record=record, table=TABLE, row=row.pk)
    return token


@writes(WRITE)
def withdraw(permit: Permit, record: int, asked: int) -> None:
    """The link stops at once, and what was answered by it so far is dropped."""
    row = _locked(asked, record)
    Asked.objects.filter(pk=asked).update(draft={})
    if row.link_id:
        revoke_link(permit, row.link_id)
    permit.note(WRITE, record=record, table=TABLE, row=asked, fields=("link",))


@writes(ANSWER)
def keep_answer(permit: Permit, record: int, asked: int, key: str, value: int | None) -> None:
    """Keep one answer; None: left open on purpose. Refused for what is not asked or cannot be."""
    row = _locked(asked, record)
    kind = _kind(row)
    if row.response_id or key not in all_asked(kind, row.draft):
        raise Refused("asked", _("This is not asked any more."), _("Go on with the next one."))
    if value is not None and value not in _allowed(kind, key):
        raise Refused("answer", _("Choose one of the answers."), "", field="answer")
    row.draft = {**row.draft, key: value}
    row.save(update_fields=["draft"])
    permit.note(ANSWER, record=record, table=TABLE, row=asked, fields=("draft",))


@writes(ANSWER)
def send(permit: Permit, record: int, asked: int) -> int:
    """All answers become a response; sent twice it is the same one. Refused while one is missing.
    What follows a question that was changed to a no does not count."""
    row = _locked(asked, record)
    if row.response_id:
        return int(row.response_id)
    kind = _kind(row)
    if next_item(kind, row.draft) is not None:
        raise Refused("open", _("A question is still open."), _("Answer it, or leave it open."))
    counts = set(all_asked(kind, row.draft))
    given = {str(n): row.draft[str(n)] if str(n) in counts else None for n in kind.answers}
    facts = {name: row.draft.get(name) for name in kind.facts if name in counts}
    taken = Taken(kind, given, permit.now, "link", facts)
    kept = record_response(permit, record=record, clinic=row.clinic_id, taken=taken)
    Asked.objects.filter(pk=asked).update(response_id=kept, draft={})
    return kept


def _allowed(kind: Instrument, key: str) -> tuple[int, ...]:
    return kind.answers[int(key)] if key.isdigit() else tuple(kind.facts[key]["answers"])


def _kind(row: Asked) -> Instrument:
    kind = find_instrument(row.instrument)
    if kind is None:
        raise Http404("No such questionnaire.")
    return kind


def _locked(asked: int, record: int) -> Asked:
    row = Asked.objects.select_for_update().filter(pk=asked, record_id=record).first()
    if row is None:
        raise Http404("Nothing was asked.")
    return row
