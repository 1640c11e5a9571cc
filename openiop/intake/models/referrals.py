"""People we send on."""

from django.db import models

from openiop.access.scope import ClinicRow, history


@history
class Referral(ClinicRow):
    """Somebody sent on to a place outside, until it is known what came of it. `consent_on`: when
    the consent to tell the place was signed; without it the person goes with a paper of theirs."""

    inquiry = models.ForeignKey("intake.Inquiry", models.PROTECT, related_name="referrals")
    partner = models.ForeignKey("intake.Partner", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    way = models.CharField(max_length=12)
    consent_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    follow_up_at = models.DateTimeField()
    outcome = models.CharField(max_length=14, blank=True)
    outcome_text = models.CharField(max_length=500, blank=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["inquiry"], name="referral_inquiry"),
            models.Index(
                fields=["clinic", "follow_up_at"], condition=models.Q(outcome=""),
                name="referral_open",
            ),
        ]  # fmt: skip
