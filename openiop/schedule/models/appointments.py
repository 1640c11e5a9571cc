"""Booked one-to-ones: types, series, changes, how often, wishes and needs."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q

from openiop.access.scope import CareRow, OrganizationRow, RecordRow, history
from openiop.schedule.models.groups import Session

MODES = [("in_person", "In person"), ("virtual", "Virtual")]
EVERY = [("week", "Every week"), ("fortnight", "Every two weeks"), ("month", "Every month")]
ON_A_WEEKDAY = Q(weekday__gte=0, weekday__lte=6)
FOR_ONE = Q(appointment__isnull=False, session__isnull=True) | Q(
    appointment__isnull=True, session__isnull=False
)


@history
class AppointmentType(OrganizationRow):
    """A type of one-to-one: how long, who may hold it (roles), where, minutes kept free after.
    A stranger may book a `public` one."""

    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    minutes = models.PositiveSmallIntegerField()
    buffer_minutes = models.PositiveSmallIntegerField(default=0)
    holders = ArrayField(models.CharField(max_length=20))
    modes = ArrayField(models.CharField(max_length=10, choices=MODES))
    public = models.BooleanField(default=False)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "code", name="appointment_type_once"),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480), name="appointment_type_lasts"
            ),
        ]


@history
class Series(RecordRow):
    """A rule for one-to-ones that repeat; each of its rows is an appointment of its own.

    `starts` is local at the clinic. "month": the `nth` `weekday` of each month (5: the last).
    """

    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    room = models.ForeignKey("access.Room", models.PROTECT, null=True, related_name="+")
    mode = models.CharField(max_length=10, choices=MODES, default="in_person")
    every = models.CharField(max_length=10, choices=EVERY)
    weekday = models.PositiveSmallIntegerField()
    nth = models.PositiveSmallIntegerField(null=True)
    starts = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ON_A_WEEKDAY, name="series_on_a_weekday"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="series_in_order"),
            models.CheckConstraint(
                condition=Q(every="month", nth__gte=1, nth__lte=5)
                | (~Q(every="month") & Q(nth__isnull=True)),
                name="series_month_has_nth",
            ),
        ]


class Appointment(CareRow):
    """One booked one-to-one, nurse or test visit; `nested_in` a group session it splits its
    minutes from the group's, and its attendance is the group's. Any other counts for nothing until
    somebody attests its `outcome`. `series_on` is the day its series asked for."""

    KINDS = [
        ("individual", "One-to-one"), ("nurse", "Nurse visit"), ("test", "Drug or alcohol test"),
        ("psychiatry", "Psychiatry"), ("family", "Family meeting"),
        ("medication", "Medication visit"), ("case", "Case management"),
    ]  # fmt: skip
    # An index of one more column begins with each of these.
    clinic = models.ForeignKey("access.Clinic", models.PROTECT, related_name="+", db_index=False)
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+", db_index=False)
    room = models.ForeignKey(
        "access.Room", models.PROTECT, null=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=KINDS)
    type = models.ForeignKey(
        AppointmentType, models.PROTECT, null=True, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=10, choices=MODES, default="in_person")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    link = models.URLField(blank=True)
    nested_in = models.ForeignKey(Session, models.PROTECT, null=True, related_name="nested")
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, related_name="appointments", db_index=False
    )
    series_on = models.DateField(null=True)
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
            models.UniqueConstraint("series", "series_on", name="appointment_once_in_series"),
            models.CheckConstraint(
                condition=Q(series__isnull=True, series_on__isnull=True)
                | Q(series__isnull=False, series_on__isnull=False),
                name="appointment_of_series_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["record", "starts_at"], name="appointment_record"),
            models.Index(fields=["clinic", "starts_at"], name="appointment_clinic"),
            models.Index(fields=["staff", "starts_at"], name="appointment_staff"),
            models.Index(fields=["room", "starts_at"], name="appointment_room"),
        ]


class AppointmentChange(RecordRow):
    """What one act did to one appointment, enough to undo it. One batch is one act of one person;
    `before` is null where the appointment was made by it."""

    KINDS = [
        ("book", "Booked"), ("move", "Moved"), ("staff", "Other colleague"),
        ("cancel", "Cancelled"),
    ]  # fmt: skip
    batch = models.UUIDField()
    kind = models.CharField(max_length=6, choices=KINDS)
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="changes")
    before = models.JSONField(null=True)
    after = models.JSONField()
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("batch", "appointment", name="appointment_changed_once")
        ]


class Cadence(RecordRow):
    """How often a person meets one to one from a day on; the latest row holds, none is edited."""

    every = models.CharField(max_length=10, choices=EVERY)
    from_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["record", "-set_at"], name="cadence_latest")]


class EarlierWish(RecordRow):
    """Somebody would come earlier than their appointment; offered when a time comes free.
    `dayparts` (morning, afternoon, evening) that suit; none named: any."""

    STATES = [
        ("waiting", "Waiting"), ("offered", "Offered"), ("taken", "Taken"), ("ended", "Ended"),
    ]  # fmt: skip
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="wishes")
    from_on = models.DateField()
    dayparts = ArrayField(models.CharField(max_length=10), default=list)
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    offered = models.JSONField(null=True)
    wished_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "appointment", condition=Q(state__in=["waiting", "offered"]), name="wish_once"
            )
        ]


class TopicOptOut(CareRow):
    """A topic somebody takes up one to one and not in a group; the reason stays with this row."""

    curriculum = models.CharField(max_length=60)
    topic = models.CharField(max_length=60)
    reason = models.CharField(max_length=300, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "record", "curriculum", "topic",
                condition=Q(ended_at__isnull=True), name="opted_out_once",
            )
        ]  # fmt: skip


@history
class Need(RecordRow):
    """What somebody needs to take part: an interpreter (never family, outside the group's cap), a
    ride, childcare; for one appointment or one session."""

    KINDS = [
        ("spoken", "Interpreter"), ("asl", "Sign language interpreter"), ("ride", "Ride"),
        ("childcare", "Childcare"),
    ]  # fmt: skip
    STATES = [("wanted", "Wanted"), ("booked", "Booked"), ("cancelled", "Cancelled")]
    kind = models.CharField(max_length=10, choices=KINDS)
    language = models.CharField(max_length=40, blank=True)
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="needs")
    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="needs")
    state = models.CharField(max_length=10, choices=STATES, default="wanted")
    provider = models.ForeignKey("schedule.Provider", models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=FOR_ONE, name="need_is_for_one"),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(provider__isnull=False), name="need_booked_with"
            ),
            models.UniqueConstraint(
                fields=["record", "kind", "appointment", "session"],
                condition=~Q(state="cancelled"), nulls_distinct=False, name="need_once",
            ),
        ]  # fmt: skip


class Provider(OrganizationRow):
    """Who is booked for a need: an interpreter, a ride service, a childcare place. An interpreter
    is never in two places at once. Never family or friends."""

    kinds = ArrayField(models.CharField(max_length=10, choices=Need.KINDS))
    name = models.CharField(max_length=120)
    languages = ArrayField(models.CharField(max_length=40), default=list)
    phone = models.CharField(max_length=30, blank=True)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "name", name="provider_once")]


@history
class Commitment(RecordRow):
    """Weekly hours somebody cannot come, local at their clinic, during [from, to) days."""

    KINDS = [
        ("work", "Work"), ("court", "Court"), ("childcare", "Childcare"), ("school", "School"),
        ("other", "Other"),
    ]  # fmt: skip
    kind = models.CharField(max_length=10, choices=KINDS)
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    starts = models.TimeField()
    ends = models.TimeField()
    during = DateRangeField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="commitment_lasts")
        ]
