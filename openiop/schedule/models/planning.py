"""Plans of a better timetable, and forecasts of free seats."""

from django.db import models
from django.db.models import Q

from openiop.access.scope import OrganizationRow, TimetableRow


class TimetablePlan(OrganizationRow):
    """One search for a better timetable of one area, or all: what was asked (`facts`, `weights`),
    the best found so far with its proven bound, and what applying it changed, enough to undo it.
    `blocking` names rules in conflict where none can be found."""

    STATES = [
        ("queued", "Queued"), ("running", "Running"), ("stopping", "Stopping"), ("done", "Done"),
        ("impossible", "Impossible"), ("failed", "Failed"),
    ]  # fmt: skip
    area = models.ForeignKey("access.Area", models.PROTECT, null=True, related_name="+")
    facts = models.JSONField()
    weights = models.JSONField()
    state = models.CharField(max_length=10, choices=STATES, default="queued")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    seconds_given = models.PositiveSmallIntegerField(default=60)
    seconds = models.FloatField(null=True)
    objective = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    best = models.JSONField(null=True)
    blocking = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    applied_from = models.DateField(null=True)
    applied = models.JSONField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True)
                | Q(applied_from__isnull=False, applied__isnull=False),
                name="plan_applied_from_a_day",
            )
        ]


class SeatForecast(TimetableRow):
    """Free seats to expect in a track, as reckoned on a day. `weeks` is a list of
    {"week_on", "low", "expected", "high"} for the coming weeks."""

    track = models.ForeignKey("programs.Track", models.PROTECT, related_name="+")
    made_on = models.DateField()
    weeks = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint("track", "made_on", name="forecast_once_a_day"),
        ]
