"""Keep the directory of places outside."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.intake.models import Partner
from openiop.kernel.permits import Permit, Refused

WRITE, TABLE = "intake.partner.write", "intake_partner"


def _taken() -> dict[str, Refused]:
    no = Refused(
        "partner_once", _("This place is in the directory already."), _("Look for it there."),
        field="name",
    )  # fmt: skip
    return {"partner_once": no}


@writes(WRITE)
def add_partner(permit: Permit, *, name: str, kind: str, **facts: Any) -> int:
    """A place for the directory; its id. Refused when name and kind are there already."""
    with refusing(_taken()):
        row = Partner.objects.create(
            organization_id=permit.organization, name=name, kind=kind, **facts
        )
    permit.note(WRITE, table=TABLE, row=row.id)
    return row.id


@writes(WRITE)
def change_partner(permit: Permit, partner: int, **facts: Any) -> None:
    """Other facts of a place; earlier ones stay in the history. `retired_on` takes it out of the
    lists, and what was referred there stays."""
    row = Partner.objects.filter(pk=partner, organization_id=permit.organization).first()
    if row is None:
        raise Http404("No such place.")
    for name, value in facts.items():
        setattr(row, name, value)
    with refusing(_taken()):
        row.save(update_fields=list(facts))
    permit.note(WRITE, table=TABLE, row=row.id, fields=tuple(facts))
