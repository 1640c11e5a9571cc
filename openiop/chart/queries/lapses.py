"""Notes signed while a credential had lapsed, by what is known now."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import DateField, F, Func, Min

from openiop.access.credential_rules import signed_in_lapse as lapse_sentence
from openiop.access.queries import colleagues
from openiop.chart.models import Signature
from openiop.chart.rules.parts import document_of
from openiop.kernel.permits import Permit


class LocalDay(Func):
    """The day a clinic's clock shows at a moment: (moment AT TIME ZONE zone)::date."""

    template = "(%(expressions)s)::date"
    arg_joiner = " AT TIME ZONE "
    output_field = DateField()


@dataclass(frozen=True)
class LapsedSigning:
    """Signatures of one person on one local day that no valid credential stood behind."""

    staff: int
    name: str
    clinic: int
    clinic_name: str
    on: date
    first_at: datetime
    notes: tuple[tuple[str, int], ...]
    why: str

    @property
    def count(self) -> int:
        return len(self.notes)


def signed_in_lapse(
    permit: Permit, *, staff: int | None = None, clinic: int | None = None
) -> list[LapsedSigning]:
    """Days on which somebody signed or co-signed without a credential that allowed it, newest
    first, with (record number, note) pairs; three statements. Each argument narrows."""
    rows = Signature.objects.filter(clinic_id__in=permit.clinics)
    if staff is not None:
        rows = rows.filter(staff_id=staff)
    if clinic is not None:
        rows = rows.filter(clinic_id=clinic)
    days = list(
        rows.order_by().values(
            "staff_id", "clinic_id", "note__kind", state=F("clinic__state"),
            place=F("clinic__name"), on=LocalDay(F("signed_at"), F("clinic__timezone")),
        )
        .annotate(first=Min("signed_at"), notes=ArrayAgg("note_id"),
                  numbers=ArrayAgg("record__number"))
    )  # fmt: skip
    who = colleagues(permit, {day["staff_id"] for day in days})
    found = []
    for day in days:
        signer = who[day["staff_id"]]
        why = lapse_sentence(day["on"], signer.credentials, document=document_of(day["note__kind"]),
                             state=day["state"])  # fmt: skip
        if why:
            pairs = tuple(sorted(zip(day["numbers"], day["notes"], strict=True)))
            found.append(LapsedSigning(signer.id, signer.name, day["clinic_id"], day["place"],
                                       day["on"], day["first"], pairs, why))  # fmt: skip
    permit.note("chart.lapse.read", table="chart_signature", count=sum(f.count for f in found))
    return sorted(found, key=lambda each: (each.on, each.first_at), reverse=True)
