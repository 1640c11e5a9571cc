"""Who came for how long, guests, weeks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from openiop.access.scope import CareRow, ClinicRow, history
from openiop.schedule.models.groups import Session


@history
class Attendance(CareRow):
    """One person at one session: an attested arrival and minutes, or an absence.

    `block_minutes` has one number a block of the session; `minutes` sums the counting blocks, 0
    before an arrival. `steps` is what was done for a person who came and could not take part.
    `away` are stretches out of a virtual room, [from, to, from, to, …] in minutes of the session. A
    correction keeps the first version in the history.
    """

    STATUSES = [
        ("present", "Present"), ("unable", "Came and could not take part"),
        ("absent", "Absent"), ("excused", "Absent, excused"),
    ]  # fmt: skip
    METHODS = [
        ("door", "At the door"), ("qr", "QR code"), ("facilitator", "Facilitator"),
        ("video", "Times of a virtual room"),
    ]  # fmt: skip
    session = models.ForeignKey(Session, models.PROTECT, related_name="attendance")
    makeup = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=STATUSES)
    arrived_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=12, choices=METHODS, blank=True)
    attested_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    virtual = models.BooleanField(default=False)
    block_minutes = ArrayField(models.PositiveSmallIntegerField(), default=list)
    minutes = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    steps = ArrayField(models.CharField(max_length=20), default=list)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    correction = models.CharField(max_length=300, blank=True)
    flags = ArrayField(models.CharField(max_length=200), default=list)
    away = ArrayField(models.SmallIntegerField(), default=list, db_default=[])

    class Meta:
        constraints = [
            models.UniqueConstraint("session", "record", name="attended_once"),
            models.CheckConstraint(
                condition=Q(status="present", arrived_at__isnull=False) | Q(minutes=0),
                name="minutes_need_arrival",
            ),
        ]
        indexes = [models.Index(fields=["record", "session"], name="attendance_record")]


class GuestVisit(ClinicRow):
    """Family and guests at a session, counted by number: form signed, the person consented."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="guests")
    record = models.ForeignKey("access.Record", models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField()
    forms_signed = models.BooleanField()
    consented = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("session", "record", name="guests_once_a_person"),
            models.CheckConstraint(
                condition=Q(forms_signed=True, consented=True), name="guests_signed_and_consented"
            ),
        ]


class WeekDecision(CareRow):
    """What was decided about a short week: documented reason, held for decision, released."""

    week_on = models.DateField()
    decision = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["record", "week_on"], name="week_decision")]


class WeeksClosed(ClinicRow):
    """How far a clinic's weeks are closed: the last day whose ends of weeks were followed up."""

    through = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("clinic", name="weeks_closed_once")]
