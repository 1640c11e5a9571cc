"""What clinics agreed with payers, and what care costs."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from openiop.access.scope import Int8Range, OrganizationRow, TimetableRow, history

STATUSES = [("in", "In network"), ("out", "Out of network"), ("no", "Not accepted here")]
SERVICES = [
    ("iop", "Groups"), ("individual", "One-to-one"), ("psychiatry", "Psychiatry"),
    ("medication", "Medicine"), ("testing", "Tests"),
]  # fmt: skip


def dollars() -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(max_digits=9, decimal_places=2)


class TextRange(Func):
    """int8range of a hash of text: lets an exclusion constraint compare texts without btree_gist.
    Two texts of one hash would exclude each other, one pair in four billion."""

    template = (
        "int8range(hashtext(%(expressions)s)::bigint, hashtext(%(expressions)s)::bigint, '[]')"
    )


@history
class Contract(TimetableRow):
    """What holds at a clinic for a company (an id of the payer directory) and a service during
    [from, to) days. It names nobody, who set it stands in the audit; a stranger may read it."""

    company = models.CharField(max_length=40)
    service = models.CharField(max_length=12, choices=SERVICES)
    status = models.CharField(max_length=3, choices=STATUSES)
    during = DateRangeField()
    note = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_contract_at_a_time",
                expressions=[
                    (Int8Range.of("clinic_id"), RangeOperators.OVERLAPS),
                    (TextRange(F("company")), RangeOperators.OVERLAPS),
                    (TextRange(F("service")), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["company", "clinic"], name="contract_company")]


@history
class PriceList(OrganizationRow):
    """Prices from a day on, in dollars: a day of the program and a talk, as the house prints them
    and as plans allow for them at least, usually and at most. The latest that began holds."""

    from_on = models.DateField()
    day_printed = dollars()
    day_least = dollars()
    day_usual = dollars()
    day_most = dollars()
    talk_printed = dollars()
    talk_least = dollars()
    talk_usual = dollars()
    talk_most = dollars()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "from_on", name="prices_once_a_day"),
            models.CheckConstraint(
                condition=Q(day_least__gte=0, day_usual__gte=F("day_least"),
                            day_most__gte=F("day_usual"), day_printed__gt=0)
                & Q(talk_least__gte=0, talk_usual__gte=F("talk_least"),
                    talk_most__gte=F("talk_usual"), talk_printed__gt=0),
                name="prices_in_order",
            ),
        ]  # fmt: skip
