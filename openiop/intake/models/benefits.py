"""What a payer answered, and pictures of the card."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from openiop.access.scope import ClinicRow, history
from openiop.intake.models.append_only import append_only


def money() -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(max_digits=9, decimal_places=2, null=True)


class BenefitsCheck(ClinicRow):
    """One answer of a payer, kept as it was given: by whom, to whom, with every figure.

    `original` is the file as it came; `said` what the person had said, `differs` the fields where
    the payer says something else. `consent_on`: when the consent to ask this payer was signed.
    """

    inquiry = models.ForeignKey("intake.Inquiry", models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    source = models.CharField(max_length=8)
    consent_on = models.DateField()
    payer = models.CharField(max_length=120)
    plan = models.CharField(max_length=120, blank=True)
    member = models.CharField(max_length=40, blank=True)
    spoke_with = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    active = models.BooleanField(null=True)
    in_network = models.BooleanField(null=True)
    authorization = models.BooleanField(null=True)
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    deductible = money()
    deductible_left = money()
    out_of_pocket = money()
    out_of_pocket_left = money()
    copay = money()
    coinsurance = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    limits = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    lines = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    original = models.TextField(blank=True)
    said = models.JSONField(default=dict)
    differs = ArrayField(models.CharField(max_length=20), default=list)
    recheck_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(coinsurance__isnull=True) | Q(coinsurance__range=(0, 1)),
                name="coinsurance_is_a_share",
            ),
        ]
        indexes = [models.Index(fields=["inquiry", "-id"], name="benefits_newest")]
        triggers = append_only("benefits_check")


@history
class CardPhoto(ClinicRow):
    """A picture of an insurance card; the picture itself lies encrypted in the data folder under
    `name`. `digest` is that of the encrypted file."""

    inquiry = models.ForeignKey("intake.Inquiry", models.PROTECT, related_name="cards")
    side = models.CharField(max_length=5)
    name = models.CharField(max_length=40, unique=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["inquiry"], name="card_inquiry")]
