"""What somebody agreed to: as signed, until it ends or is taken back."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from openiop.access.scope import RecordRow

_ONLY_TAKEN_BACK = """
IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
   OR to_jsonb(NEW) - ARRAY['revoked_at', 'revoked_by_id', 'revoked_how']
      <> to_jsonb(OLD) - ARRAY['revoked_at', 'revoked_by_id', 'revoked_how'] THEN
  RAISE EXCEPTION 'a consent stays as it was signed'
        USING ERRCODE = '23514', CONSTRAINT = 'consent_stays';
END IF;
RETURN NEW;
"""


class Consent(RecordRow):
    """A signed consent: the form of a version, its fields, the text as it was read, the signature.

    The database refuses any change but taking it back, once. A disclosure without every element of
    42 CFR 2.31(a) cannot be stored. `expires_on` is the first day on which it does not hold.
    """

    SIGNERS = [
        ("self", "The person"), ("representative", "A representative"),
        ("both", "A minor and a parent or guardian"),
    ]  # fmt: skip
    WAYS = [("typed", "Typed name"), ("drawn", "Drawn"), ("paper", "On paper, seen")]
    IDENTITIES = [
        ("known", "Known to the witness"), ("photo", "Photo ID seen"),
        ("knowledge", "Birth date and address asked"),
    ]  # fmt: skip
    form = models.CharField(max_length=30)
    kind = models.CharField(max_length=12)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    text = models.TextField()
    discloser = models.CharField(max_length=200, blank=True)
    recipient = models.CharField(max_length=200, blank=True)
    what = ArrayField(models.CharField(max_length=20), default=list)
    purpose = models.CharField(max_length=300, blank=True)
    expires_on = models.DateField(null=True)
    expires_event = models.CharField(max_length=200, blank=True)
    signer = models.CharField(max_length=14, choices=SIGNERS)
    signer_name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60, blank=True)
    minor_alone = models.BooleanField(default=False)
    way = models.CharField(max_length=5, choices=WAYS)
    signature = models.TextField()
    identity = models.CharField(max_length=10, choices=IDENTITIES)
    signed_at = models.DateTimeField()
    witness = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    revoked_how = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="disclosure")
                | (~Q(discloser="") & ~Q(recipient="") & ~Q(purpose="") & Q(what__len__gt=0)
                   & (Q(expires_on__isnull=False) | ~Q(expires_event=""))),
                name="disclosure_has_every_element",
            ),
            models.CheckConstraint(
                condition=~Q(signature="") & ~Q(signer_name="") & ~Q(text=""),
                name="consent_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_how="") | Q(revoked_at__isnull=False),
                name="consent_taken_back_when",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["record", "kind"], name="consent_record")]
        triggers = [
            pgtrigger.Trigger(
                name="consent_stays", when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete, func=_ONLY_TAKEN_BACK,
            )
        ]  # fmt: skip
