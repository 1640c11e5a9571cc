"""Coming in by video."""

from django.db import models

from openiop.access.scope import CareRow
from openiop.schedule.models.appointments import FOR_ONE, Appointment
from openiop.schedule.models.groups import Session


class Join(CareRow):
    """One person coming into one virtual session or appointment: what they answered that time,
    when they asked, were let in, were last seen and left. A second join is a second row.

    `street` and `state` say where they are right now: help is sent there.
    """

    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="joins")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="joins")
    street = models.CharField(max_length=200)
    state = models.CharField(max_length=2)
    call_back = models.CharField(max_length=30)
    alone = models.BooleanField()
    asked_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True)
    admitted_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    at_risk_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=FOR_ONE, name="join_is_for_one")]
        indexes = [
            models.Index(fields=["session", "record"], name="join_session"),
            models.Index(fields=["appointment"], name="join_appointment"),
        ]
