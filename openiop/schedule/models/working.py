"""When colleagues work, and when they are away."""

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q

from openiop.access.scope import Int8Range, OrganizationRow, history
from openiop.schedule.models.appointments import ON_A_WEEKDAY


@history
class WorkingHours(OrganizationRow):
    """When a colleague works at a clinic, local time, on a weekday (Monday is 0) during [from, to)
    days; one day only is an exception that adds hours, `Away` takes hours off. `use` "visits" are
    hours kept for one-to-ones."""

    USES = [("any", "Anything"), ("visits", "One-to-ones")]
    clinic = models.ForeignKey("access.Clinic", models.PROTECT, related_name="+")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    virtual = models.BooleanField(default=False)
    use = models.CharField(max_length=6, choices=USES, default="any")
    during = DateRangeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ON_A_WEEKDAY, name="hours_on_a_weekday"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="hours_last"),
        ]
        indexes = [
            models.Index(fields=["staff", "weekday"], name="hours_of_staff"),
            models.Index(fields=["clinic", "weekday"], name="hours_at_clinic"),
        ]


@history
class Away(OrganizationRow):
    """A colleague is not there: leave, or busy in another calendar (`source` and `uid` of the
    import). Nothing new is booked then; what stood before waits to be re-homed."""

    KINDS = [("leave", "Leave"), ("sick", "Sick"), ("training", "Training"), ("busy", "Busy")]
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=KINDS)
    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=80, blank=True)
    uid = models.CharField(max_length=255, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            GistIndex(
                Int8Range.of("staff_id"), "during",
                condition=Q(ended_at__isnull=True), name="away_when",
            ),
            models.Index(
                fields=["staff"], condition=Q(ended_at__isnull=True), name="away_staff"
            ),
        ]  # fmt: skip
