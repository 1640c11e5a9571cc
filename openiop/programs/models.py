"""Programs, tracks, episodes, enrollments, waiting lists, level of care."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from openiop.access.scope import (
    ClinicRow,
    Int8Range,
    OrganizationRow,
    RecordRow,
    TimetableRow,
    history,
)


class BlockKind(models.TextChoices):
    COUNSELING = "counseling", "Counseling"
    EDUCATION = "education", "Education"
    FAMILY = "family", "Family"
    SKILLS = "skills", "Skills"
    BREAK = "break", "Break"


class Program(OrganizationRow):
    KINDS = [
        ("substance_use", "Substance use"), ("mental_health", "Mental health"),
        ("co_occurring", "Co-occurring"),
    ]  # fmt: skip
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=14, choices=KINDS)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "code", name="program_code_once")]

    def __str__(self) -> str:
        return self.name


@history
class Track(TimetableRow):
    """A weekly pattern people join: weekdays (Monday is 0), local start, blocks, place.

    The pattern speaks for days from `pattern_from` (null: `start_on`) on; sessions laid for earlier
    days stand as they are. `event` names a kind of event that group limits may not reach (catalog:
    group.*.exempt_kinds); `focus` whom it is for.
    """

    EVENTS = [
        ("", "An ordinary group"), ("multi-family-education", "Multi-family education"),
        ("seminar", "Seminar"), ("outside-speaker", "Outside speaker"),
        ("large-event", "Large event"),
    ]  # fmt: skip
    MODES = [("in_person", "In person"), ("virtual", "Virtual")]
    FOCUSES = [
        ("", "Everyone"), ("women", "Women"), ("men", "Men"), ("trauma", "Trauma"),
    ]  # fmt: skip
    program = models.ForeignKey(Program, models.PROTECT, related_name="tracks")
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=100)
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    starts = models.TimeField()
    mode = models.CharField(max_length=10, choices=MODES, default="in_person")
    room = models.ForeignKey("access.Room", models.PROTECT, null=True, related_name="+")
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    pattern_from = models.DateField(null=True)
    event = models.CharField(max_length=30, choices=EVENTS, blank=True)
    focus = models.CharField(max_length=10, choices=FOCUSES, blank=True)
    language = models.CharField(max_length=20, default="en")

    class Meta:
        constraints = [
            models.UniqueConstraint("clinic", "code", name="track_code_once"),
            models.CheckConstraint(
                condition=Q(mode="virtual") | Q(room__isnull=False), name="track_has_a_place"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TrackBlock(ClinicRow):
    """A stretch of a track's day, in order; breaks never count toward hours."""

    track = models.ForeignKey(Track, models.CASCADE, related_name="blocks")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=BlockKind)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint("track", "order", name="block_ordered_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="block_takes_time"),
        ]


class TrackStaff(ClinicRow):
    """Who facilitates a track during [from, to) days."""

    PARTS = [("lead", "Facilitator"), ("co", "Co-facilitator")]
    track = models.ForeignKey(Track, models.PROTECT, related_name="staffing")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    part = models.CharField(max_length=4, choices=PARTS, default="lead")
    during = DateRangeField()


class Episode(RecordRow):
    """One course of care, from admission to discharge."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    opened_on = models.DateField()
    expected_end_on = models.DateField()
    counselor = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "record", "program", condition=Q(closed_on__isnull=True), name="episode_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="episode_in_order",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "opened_on"], name="episode_by_clinic")]


class LevelOfCare(RecordRow):
    """The level in force from a day on; a new row changes it, none is edited."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="levels")
    level = models.CharField(max_length=8)
    days_a_week = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    reason = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")


class Enrollment(RecordRow):
    """A place in a track during [from, to) days; a person may leave and return."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="enrollments")
    track = models.ForeignKey(Track, models.PROTECT, related_name="enrollments")
    during = DateRangeField()
    enrolled_at = models.DateTimeField()
    enrolled_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    over_house_reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="enrolled_in_one_track",
                expressions=[
                    (Int8Range.of("record_id"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["track"], name="enrollment_track")]


class WaitingEntry(RecordRow):
    """A place in a track's ordered waiting list, and the offer made from it."""

    STATES = [
        ("waiting", "Waiting"), ("offered", "Offered"), ("accepted", "Accepted"),
        ("declined", "Declined"), ("expired", "Offer expired"), ("withdrawn", "Withdrawn"),
    ]  # fmt: skip
    track = models.ForeignKey(Track, models.PROTECT, related_name="waiting")
    joined_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    offered_at = models.DateTimeField(null=True)
    offer_expires_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "track", "record", condition=Q(state__in=["waiting", "offered"]),
                name="waiting_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["track", "joined_at"],
                condition=Q(state__in=["waiting", "offered"]),
                name="waiting_in_order",
            ),
        ]
