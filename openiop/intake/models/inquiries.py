"""Who asked, by what way, what came of it; and the places that send people or take them."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from openiop.access.scope import ClinicRow, OrganizationRow, history
from openiop.intake.models.append_only import append_only
from openiop.intake.rules.inquiries import CLOSED, LOST


@history
class Partner(OrganizationRow):
    """A place outside that sends people to us, takes people from us, or both."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    contact = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)
    takes_people = models.BooleanField(default=False)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "name", "kind", name="partner_once"),
        ]

    def __str__(self) -> str:
        return self.name


@history
class Inquiry(ClinicRow):
    """Somebody asked. Whoever asks for treatment is protected like a patient, yet has no record
    until a person is registered. `search` is the folded name, `digits` those of the phone;
    `screen_due_at` when the staffed minutes to the screening are over; `booked_by` the key of the
    kept time by which they booked a first visit."""

    name = models.CharField(max_length=120, blank=True)
    birth_on = models.DateField(null=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    safe_to_call = models.BooleanField(default=False)
    safe_to_text = models.BooleanField(default=False)
    safe_to_email = models.BooleanField(default=False)
    safe_to_leave_message = models.BooleanField(default=False)
    reach_when = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=20, default="en")
    channel = models.CharField(max_length=12)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    asks = models.CharField(max_length=1000, blank=True)
    payer_said = models.CharField(max_length=120, blank=True)
    stage = models.CharField(max_length=12, default="new")
    owner = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    next_step = models.CharField(max_length=200, blank=True)
    next_due_at = models.DateTimeField(null=True)
    came_at = models.DateTimeField()
    screen_due_at = models.DateTimeField(null=True)
    screened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    lost_reason = models.CharField(max_length=12, blank=True)
    record = models.ForeignKey("access.Record", models.PROTECT, null=True, related_name="+")
    booked_by = models.UUIDField(null=True, unique=True)
    search = models.CharField(max_length=130, db_collation="C", blank=True)
    digits = models.CharField(max_length=20, db_collation="C", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=CLOSED, closed_at__isnull=False)
                | (~Q(stage__in=CLOSED) & Q(closed_at__isnull=True)),
                name="inquiry_closed_by_stage",
            ),
            models.CheckConstraint(
                condition=Q(stage=LOST) ^ Q(lost_reason=""), name="inquiry_lost_has_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "stage"], condition=Q(closed_at__isnull=True),
                name="inquiry_open",
            ),
            models.Index(fields=["clinic", "-closed_at"], name="inquiry_closed"),
            models.Index(fields=["digits"], condition=~Q(digits=""), name="inquiry_digits"),
            models.Index(fields=["record"], name="inquiry_record"),
        ]  # fmt: skip


class InquiryStep(ClinicRow):
    """A line of an inquiry's story. `before` holds the fields it changed as they were, so that
    it can be undone; an undoing is a line of its own."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=1000, blank=True)
    way = models.CharField(max_length=12, blank=True)
    outcome = models.CharField(max_length=12, blank=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["inquiry", "id"], name="inquiry_story")]
        triggers = append_only("inquiry_step")
