"""Seats in tracks; who and what is taken for a stretch of time."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from openiop.access.scope import SEAT, ClinicRow, Int8Range, OrganizationRow
from openiop.schedule.models.appointments import Appointment
from openiop.schedule.models.groups import Session
from openiop.schedule.models.holds import Hold


class Occupancy(OrganizationRow):
    """A room, staff member, record or provider taken for a stretch of time: never two at once."""

    KINDS = [
        ("room", "Room"), ("staff", "Staff"), ("record", "Person"), ("provider", "Provider"),
    ]  # fmt: skip
    kind = models.CharField(max_length=8, choices=KINDS)
    resource = models.BigIntegerField()
    during = DateTimeRangeField()
    # Its end beside it: row-level security lets no index answer for ranges, and nobody who looks
    # ahead should walk what is over.
    ends_at = models.GeneratedField(
        expression=models.Func("during", function="upper"),
        output_field=models.DateTimeField(), db_persist=True,
    )  # fmt: skip
    session = models.ForeignKey(Session, models.CASCADE, null=True, related_name="occupancy")
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, related_name="occupancy"
    )
    hold = models.ForeignKey(Hold, models.CASCADE, null=True, related_name="occupancy")

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
            for kind in ("room", "staff", "record", "provider")
        ]
        indexes = [models.Index(fields=["kind", "resource", "ends_at"], name="occupancy_ahead")]


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
