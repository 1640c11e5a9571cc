"""The day somebody begins."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from openiop.access.scope import RecordRow
from openiop.intake.models.append_only import append_only


class Admission(RecordRow):
    """What was there on the day of admission, and what was let wait: by whom, why, until when.
    It points to the inquiry it closed and to the episode and the place it opened."""

    inquiry = models.OneToOneField("intake.Inquiry", models.PROTECT, related_name="admission")
    episode = models.OneToOneField("programs.Episode", models.PROTECT, related_name="+")
    enrollment = models.ForeignKey("programs.Enrollment", models.PROTECT, related_name="+")
    admitted_at = models.DateTimeField()
    admitted_by = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    level = models.CharField(max_length=6)
    counselor = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    treatment_consent_on = models.DateField()
    agreement_on = models.DateField(null=True)
    self_pay = models.BooleanField(default=False)
    authorization = models.CharField(max_length=12)
    waived = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    class Meta:
        triggers = append_only("admission")


class AuthorizationStep(RecordRow):
    """A step of a payer's authorization: the newest one holds. `accepted_by` is who at the payer
    said yes, `until_on` its last day, `days` how many it grants."""

    admission = models.ForeignKey(Admission, models.PROTECT, related_name="authorizations")
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    reference = models.CharField(max_length=60, blank=True)
    accepted_by = models.CharField(max_length=120, blank=True)
    until_on = models.DateField(null=True)
    days = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["admission", "-id"], name="authorization_newest")]
        triggers = append_only("authorization_step")
