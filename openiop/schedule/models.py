"""Sessions, who holds and attends them, seats, occupancy, appointments, weeks."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Q

from openiop.access.scope import (
    SEAT,
    CareRow,
    ClinicRow,
    Int8Range,
    OrganizationRow,
    TimetableRow,
    history,
)


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
        ("closure", "Closed"),
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


class Appointment(CareRow):
    """One booked one-to-one, nurse or test visit; `nested_in` a group session it splits its
    minutes from the group's, and its attendance is the group's. Any other counts for nothing until
    somebody attests its `outcome`."""

    KINDS = [
        ("individual", "One-to-one"), ("nurse", "Nurse visit"), ("test", "Drug or alcohol test"),
        ("psychiatry", "Psychiatry"), ("family", "Family meeting"),
    ]  # fmt: skip
    kind = models.CharField(max_length=12, choices=KINDS)
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    room = models.ForeignKey("access.Room", models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    nested_in = models.ForeignKey(Session, models.PROTECT, null=True, related_name="nested")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(
        max_length=7, choices=[("held", "Held"), ("no_show", "Did not come")], blank=True
    )
    outcome_at = models.DateTimeField(null=True)
    outcome_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_lasts"
            ),
            models.CheckConstraint(
                condition=Q(outcome="")
                | Q(cancelled_at__isnull=True, nested_in__isnull=True, outcome_at__isnull=False),
                name="appointment_attested",
            ),
        ]
        indexes = [models.Index(fields=["record", "starts_at"], name="appointment_record")]


class Occupancy(OrganizationRow):
    """A room, staff member or record taken for a stretch of time: never two at once."""

    KINDS = [("room", "Room"), ("staff", "Staff"), ("record", "Person")]
    kind = models.CharField(max_length=6, choices=KINDS)
    resource = models.BigIntegerField()
    during = DateTimeRangeField()
    session = models.ForeignKey(Session, models.CASCADE, null=True, related_name="occupancy")
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, related_name="occupancy"
    )

    class Meta:
        constraints = [
            ExclusionConstraint(
                name=f"{kind}_in_one_place",
                condition=Q(kind=kind),
                expressions=[
                    (Int8Range.of("resource"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
            for kind in ("room", "staff", "record")
        ]
        indexes = [models.Index(fields=["kind", "resource"], name="occupancy_resource")]


class Seat(ClinicRow):
    """A numbered seat of a track during [from, to) days: enrolled, held for an offer, or, for one
    session, made up or merged in from another track. A person's own clinic sees their seat wherever
    it is."""

    KINDS = [
        ("enrolled", "Enrolled"), ("makeup", "Make-up"), ("merged", "Merged in"), ("hold", "Held"),
    ]  # fmt: skip
    scope = SEAT
    track = models.ForeignKey("programs.Track", models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=KINDS)
    record = models.ForeignKey("access.Record", models.PROTECT, null=True, related_name="+")
    enrollment = models.ForeignKey(
        "programs.Enrollment", models.PROTECT, null=True, related_name="+"
    )
    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="makeups")
    during = DateRangeField()
    taken_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="seat_taken_once",
                condition=Q(released_at__isnull=True),
                expressions=[
                    (Int8Range.of("track_id"), RangeOperators.OVERLAPS),
                    (Int8Range.of("number"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="one_seat_a_person",
                condition=Q(released_at__isnull=True, record__isnull=False),
                expressions=[
                    (Int8Range.of("track_id"), RangeOperators.OVERLAPS),
                    (Int8Range.of("record_id"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="seat_numbered_from_one"),
        ]
        indexes = [models.Index(fields=["record"], name="seat_record")]


@history
class Attendance(CareRow):
    """One person at one session: an attested arrival and minutes, or an absence.

    `block_minutes` has one number a block of the session; `minutes` sums the counting blocks, 0
    before an arrival. `steps` is what was done for a person who came and could not take part. A
    correction keeps the first version in the history.
    """

    STATUSES = [
        ("present", "Present"), ("unable", "Came and could not take part"),
        ("absent", "Absent"), ("excused", "Absent, excused"),
    ]  # fmt: skip
    METHODS = [("door", "At the door"), ("qr", "QR code"), ("facilitator", "Facilitator")]
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
