"""Times kept for a few minutes for somebody who is about to book them."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from openiop.access.scope import ClinicRow
from openiop.schedule.models.appointments import MODES, AppointmentType


class Hold(ClinicRow):
    """A time with a colleague, and a room where one is needed, that nobody else can take until
    `expires_at`. It names nobody: whoever knows its `key` may book it."""

    key = models.UUIDField(default=uuid4, unique=True)
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    room = models.ForeignKey("access.Room", models.PROTECT, null=True, related_name="+")
    mode = models.CharField(max_length=10, choices=MODES)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="hold_lasts")
        ]
        indexes = [models.Index(fields=["clinic", "expires_at"], name="hold_expires")]
