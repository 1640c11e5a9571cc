"""Pictures of insurance cards."""

from datetime import datetime
from typing import Any, NamedTuple

from django.http import Http404

from openiop.intake import vault
from openiop.intake.models import CardPhoto
from openiop.intake.queries.inquiries import here
from openiop.kernel.permits import Permit

READ, TABLE = "intake.inquiry.read", "intake_cardphoto"


class Card(NamedTuple):
    """A picture of one side of a card; the size in pixels."""

    id: int
    side: str
    width: int
    height: int
    kept_at: datetime
    removed_at: datetime | None


def cards_of(permit: Permit, inquiry: int) -> list[Card]:
    """Pictures of an inquiry's cards, the newest first; removed ones among them; one statement."""
    rows: Any = CardPhoto.objects.filter(inquiry_id=inquiry, clinic_id__in=permit.clinics)
    return [Card(*row) for row in rows.order_by("-id").values_list(*Card._fields)]


def card_picture(permit: Permit, inquiry: int, card: int) -> bytes:
    """The JPEG of one picture, or Http404; each look is in the audit."""
    rows = CardPhoto.objects.filter(
        pk=card, inquiry__in=here(permit).filter(pk=inquiry), removed_at__isnull=True
    )
    found = rows.values_list("name", "inquiry__record_id").first()
    if found is None:
        raise Http404("No such picture.")
    permit.note(READ, record=found[1], table=TABLE, row=card, fields=("picture",))
    return vault.opened(found[0])
