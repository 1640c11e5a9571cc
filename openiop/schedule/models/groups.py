"""Sessions, who holds them, what one change did to one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from openiop.access.scope import ClinicRow, TimetableRow, history


@history
class Session(TimetableRow):
    """One held group meeting. `blocks` is [{"kind", "start", "minutes"}], start in minutes from
    `starts_at`; `pattern_on` is the day its track's pattern asked for."""

    STATUSES = [("scheduled", "Scheduled"), ("cancelled", "Cancelled")]
    track = models.ForeignKey("programs.Track", models.PROTECT, related_name="sessions")
    pattern_on = models.DateField()
    on = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    mode = models.CharField(max_length=10)
    room = models.ForeignKey("access.Room", models.PROTECT, null=True, related_name="+")
    blocks = models.JSONField()
    topic = models.CharField(max_length=120, blank=True)
    link = models.URLField(blank=True)
    status = models.CharField(max_length=10, choices=STATUSES, default="scheduled")
    status_reason = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    attendance_closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("track", "pattern_on", name="session_once_a_day"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_lasts"),
        ]
        indexes = [
            models.Index(fields=["clinic", "on"], name="session_clinic_day"),
            models.Index(fields=["track", "on"], name="session_track_day"),
        ]


class SessionStaff(ClinicRow):
    """Who holds a session. The one who `owes_notes` writes them."""

    PARTS = [("lead", "Facilitator"), ("co", "Co-facilitator"), ("substitute", "Substitute")]
    session = models.ForeignKey(Session, models.CASCADE, related_name="staffing")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=PARTS, default="lead")
    owes_notes = models.BooleanField(default=True)
    flags = ArrayField(models.CharField(max_length=200), default=list)

    class Meta:
        constraints = [models.UniqueConstraint("session", "staff", name="session_staff_once")]
        indexes = [models.Index(fields=["staff", "session"], name="session_staff_mine")]


class SessionChange(ClinicRow):
    """What one change did to one session, enough to undo it. One batch is one act of one person;
    `before` and `after` hold the session's fields and staff, and the track's pattern where a change
    of "this and all later ones" changed that too."""

    KINDS = [
        ("move", "Moved"), ("cancel", "Cancelled"), ("staff", "Other facilitators"),
        ("room", "Other room"), ("virtual", "Made virtual"), ("merge", "Merged"),
        ("closure", "Closed"), ("plan", "By a timetable"),
    ]  # fmt: skip
    batch = models.UUIDField()
    kind = models.CharField(max_length=8, choices=KINDS)
    session = models.ForeignKey(Session, models.CASCADE, related_name="changes")
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("batch", "session", name="changed_once_a_batch")]
