"""Pictures of insurance cards: kept encrypted, taken out of sight, brought back."""

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.intake import vault
from openiop.intake.actions.inquiries import change, colleague, locked
from openiop.intake.models import CardPhoto
from openiop.intake.pictures import prepared
from openiop.kernel.permits import Permit

WRITE, TABLE = "intake.inquiry.write", "intake_cardphoto"
SIDES = ("front", "back")


@writes(WRITE)
def keep_card(permit: Permit, inquiry: int, *, side: str, data: bytes) -> int:
    """Keep a picture of one side of a card; its id. Refused for what is no fitting picture. One
    kept before stays, the newest counts."""
    row = locked(permit, inquiry)
    by, picture = colleague(permit), prepared(data)
    name, digest = vault.keep(picture.data)
    kept = CardPhoto.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, inquiry=row, side=side,
        name=name, digest=digest, size=len(picture.data), width=picture.width,
        height=picture.height, kept_at=permit.now, kept_by_id=by,
    )  # fmt: skip
    change(permit, row, "card", _("Picture of the card kept"))
    permit.note(WRITE, record=row.record_id, table=TABLE, row=kept.id)
    return kept.id


@writes(WRITE)
def remove_card(permit: Permit, inquiry: int, card: int, *, undo: bool = False) -> None:
    """Out of sight, or with `undo` back."""
    row = locked(permit, inquiry)
    found = row.cards.filter(pk=card).first()
    if found is None:
        raise Http404("No such picture.")
    found.removed_at = None if undo else permit.now
    found.save(update_fields=["removed_at"])
    change(permit, row, "card", _("Picture put back") if undo else _("Picture removed"))
    permit.note(WRITE, record=row.record_id, table=TABLE, row=card, fields=("removed_at",))
