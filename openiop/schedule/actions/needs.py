"""What somebody needs to take part: noted, booked with an interpreter, ride or childcare place, and
called off. An interpreter is taken like a room: in one place at a time, and in no seat."""

from collections.abc import Collection

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.access.queries import clinics
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.queries.contacts import contacts_of
from openiop.patients.queries.languages import LANGUAGES, SIGN
from openiop.schedule.actions.locks import hold_still, lock_tracks
from openiop.schedule.actions.moving import locked
from openiop.schedule.actions.occupancy import occupy_providers
from openiop.schedule.models import Need, Provider
from openiop.schedule.queries.appointments import appointment as visit_facts
from openiop.schedule.queries.clashes import Wish, clashes
from openiop.schedule.queries.needs import (
    INTERPRETING,
    NeedFacts,
    fitting,
    need_of,
    provider,
)  # fmt: skip
from openiop.schedule.queries.sessions import roster
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.rules.clashes import sentence

WRITE, CHANGE = "schedule.need.write", "schedule.provider.write"
TABLE, PROVIDERS = "schedule_need", "schedule_provider"


# --- who provides ---


@writes(CHANGE)
def add_provider(
    permit: Permit, *, name: str, kinds: Collection[str], languages: Collection[str] = (),
    phone: str = "",
) -> int:  # fmt: skip
    """An interpreter, ride service or childcare place; the id. Refused for an interpreter without
    a language, and for a name that is there."""
    if not name.strip():
        raise Refused("name", _("Give a name."), "", field="name")
    if not kinds or not set(kinds) <= set(dict(Need.KINDS)):
        raise Refused("kinds", _("Choose what they provide."), "", field="kinds")
    spoken = set(languages) - {SIGN}
    if "spoken" in kinds and not spoken:
        raise Refused("languages", _("Choose the languages."), "", field="languages")
    if not set(languages) <= set(dict(LANGUAGES)):
        raise Refused("languages", _("Choose languages of the list."), "", field="languages")
    row = Provider(
        organization_id=permit.organization, name=name.strip(), kinds=sorted(set(kinds)),
        languages=sorted(spoken | ({SIGN} if "asl" in kinds else set())), phone=phone.strip(),
    )  # fmt: skip
    twice = Refused("twice", _("This name is there already."), _("Use it again."), field="name")
    with refusing({"provider_once": twice}):
        row.save(force_insert=True)
    permit.note(CHANGE, table=PROVIDERS, row=row.pk)
    return row.pk


@writes(CHANGE)
def retire_provider(permit: Permit, provider_id: int, *, back: bool = False) -> None:
    """Nobody books them any more, or, with `back`, again. What is booked stays."""
    on = None if back else permit.today(permit.timezone)
    Provider.objects.filter(pk=provider(permit, provider_id).id).update(retired_on=on)
    permit.note(CHANGE, table=PROVIDERS, row=provider_id, fields=("retired_on",))


# --- who needs ---


@writes(WRITE)
def want(
    permit: Permit, record: int, kind: str, *, appointment: int | None = None,
    session: int | None = None, language: str = "",
) -> int:  # fmt: skip
    """A person needs it for one visit of theirs or one group they have a seat in; the id."""
    if kind not in dict(Need.KINDS):
        raise Refused("kind", _("Choose what is needed."), "", field="kind")
    if kind == "spoken" and language not in dict(LANGUAGES):
        raise Refused("language", _("Choose the language."), "", field="language")
    row = Need(
        organization_id=permit.organization, clinic_id=_place(permit, record, appointment, session),
        record_id=record, kind=kind, appointment_id=appointment, session_id=session,
        language={"spoken": language, "asl": SIGN}.get(kind, ""), recorded_at=permit.now,
        recorded_by_id=permit.staff,
    )  # fmt: skip
    twice = Refused(
        "twice", _("This is noted already."), _("Book it, or call it off."), field="kind"
    )
    with refusing({"need_once": twice}):
        row.save(force_insert=True)
    permit.note(WRITE, record=record, table=TABLE, row=row.pk)
    return row.pk


def _place(permit: Permit, record: int, appointment: int | None, session: int | None) -> int:
    """The clinic of what it is for, which is to come and is this person's."""
    if (appointment is None) == (session is None):
        raise Refused("what", _("Choose a visit or a group."), "", field="what")
    if appointment is not None:
        visit = visit_facts(permit, appointment)
        mine, stands = visit.record == record, visit.cancelled_at is None
        clinic, ends_at = visit.clinic, visit.ends_at
    else:
        group = session_facts(permit, session or 0)
        mine, stands = record in {seat.record for seat in roster(permit, group.id)}, group.held
        clinic, ends_at = group.clinic, group.ends_at
    if not mine:
        raise Http404("Not of this person.")
    if not stands or ends_at <= permit.now:
        raise Refused(
            "over", _("This is cancelled or over."), _("Choose what is to come."), field="what"
        )
    return clinic


@writes(WRITE)
def book_need(
    permit: Permit, record: int, need: int, provider_id: int | None, reference: str = ""
) -> None:
    """The need is booked with this provider; None is a family member or friend, who never
    interprets. Refused with who is free instead where the interpreter is elsewhere then."""
    row, facts = _held(permit, record, need)
    if facts.off or row.state == "cancelled":
        raise Refused("over", _("This is cancelled or over."), _("Reload the page."))
    if row.kind in INTERPRETING:
        _refuse_family(permit, record, provider_id)
    if provider_id is None:
        raise Refused("provider", _("Choose with whom."), "", field="provider")
    found = provider(permit, provider_id)
    if found.retired or not found.fits(row.kind, row.language):
        raise Refused(
            "unfit", _("%(name)s does not do this.") % {"name": found.name},
            _("Choose somebody else."), field="provider",
        )  # fmt: skip
    hold_still([("provider", provider_id)])
    row.provider_id, row.state, row.reference = provider_id, "booked", reference.strip()
    _write(permit, row, facts)
    permit.note(WRITE, record=record, table=TABLE, row=row.pk, fields=("state", "provider"))


@writes(WRITE)
def cancel_need(permit: Permit, record: int, need: int) -> None:
    """It is not needed any more; whoever was booked is free again. Http404; safe to repeat."""
    row, facts = _held(permit, record, need)
    row.state = "cancelled"
    _write(permit, row, facts)
    permit.note(WRITE, record=record, table=TABLE, row=row.pk, fields=("state",))


def _held(permit: Permit, record: int, need: int) -> tuple[Need, NeedFacts]:
    """The need, with what it is for held still: nobody moves that until this is written."""
    facts = need_of(permit, record, need)
    if facts.appointment:
        locked(permit, [facts.appointment])
    elif facts.session:
        lock_tracks(sessions=[facts.session])
    row = Need.objects.select_for_update().get(pk=need)
    return row, need_of(permit, record, need)


def _refuse_family(permit: Permit, record: int, provider_id: int | None) -> None:
    """Family and friends interpret for nobody: neither as such nor under their own name."""
    name = provider(permit, provider_id).name.casefold() if provider_id is not None else None
    near = {each.name.casefold() for each in contacts_of(permit, record) if not each.is_self}
    if name is None or name in near:
        raise Refused(
            "family", _("A family member or friend never interprets."),
            _("Choose an interpreter; family may come along as family."), field="provider",
        )  # fmt: skip


def _write(permit: Permit, row: Need, facts: NeedFacts) -> None:
    no = Refused("clash", _("The interpreter is elsewhere then."), _("Choose somebody else."))
    try:
        with refusing({"provider_in_one_place": no}), transaction.atomic():
            row.save(update_fields=["state", "provider", "reference"])
            if row.kind in INTERPRETING:
                occupy_providers(visit=row.appointment_id, session=row.session_id)
    except Refused as refused:
        raise _explained(permit, row, facts) from refused


def _explained(permit: Permit, row: Need, facts: NeedFacts) -> Refused:
    """Where the interpreter is then, for whom is not told, and who is free instead."""
    wish = Wish("provider", row.provider_id or 0, facts.starts_at, facts.ends_at)
    found = clashes(
        permit, facts.clinic, [wish], but=[facts.session] if facts.session else [],
        but_visits=[facts.appointment] if facts.appointment else [],
    )  # fmt: skip
    zone = clinics(permit).get(pk=facts.clinic).timezone
    free = ", ".join(each.name for each in fitting(permit, [facts])[row.pk])
    return Refused(
        "clash", sentence(found, zone) or _("The interpreter is elsewhere then."),
        _("Free then: %(names)s.") % {"names": free} if free else _("Nobody else is free then."),
        field="provider",
    )  # fmt: skip
