"""Safety questions asked before anything else."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openiop.access.scope import ClinicRow
from openiop.intake.models.append_only import append_only


class PreScreen(ClinicRow):
    """The answers of one talk, by question id, and what they stopped for. Asked again, it is
    another row; there is no score."""

    inquiry = models.ForeignKey("intake.Inquiry", models.PROTECT, related_name="screens")
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    version = models.CharField(max_length=12)
    answers = models.JSONField()
    stops = ArrayField(models.CharField(max_length=30))
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["inquiry", "-id"], name="prescreen_newest")]
        triggers = append_only("prescreen")
