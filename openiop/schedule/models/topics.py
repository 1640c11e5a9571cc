"""Which topic each session has."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from openiop.access.scope import ClinicRow, Int8Range, TimetableRow, history
from openiop.schedule.models.groups import Session


class TrackCurriculum(ClinicRow):
    """The curriculum a track follows during [from, to) days: catalog id and version."""

    track = models.ForeignKey("programs.Track", models.PROTECT, related_name="+")
    curriculum = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    during = DateRangeField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_curriculum_a_track",
                expressions=[
                    (Int8Range.of("track_id"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]


@history
class SessionTopic(TimetableRow):
    """The topic of one session: planned by the rotation, pinned by somebody, or replaced on the
    spot. `part` counts from 1 in a topic of several sessions. A topic of the group's own has no
    code, only a title. Who set it stands in the track's runs."""

    STATES = [("planned", "Planned"), ("pinned", "Pinned"), ("replaced", "Replaced on the spot")]
    session = models.OneToOneField(Session, models.CASCADE, related_name="planned_topic")
    curriculum = models.CharField(max_length=60, blank=True)
    version = models.PositiveSmallIntegerField(null=True)
    topic = models.CharField(max_length=60, blank=True)
    part = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=STATES, default="planned")
    reason = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField()


class RotationRun(ClinicRow):
    """One recompute of a track's topics, or one hand's change: why, what changed, what repeats and
    why. `before` and `after` map session ids to [topic, part, state, title, reason], null for no
    topic: enough to undo it. `repeats` are [record, session, topic, part, cause]."""

    track = models.ForeignKey("programs.Track", models.PROTECT, related_name="+")
    cause = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    seconds = models.FloatField()
    optimal = models.BooleanField()
    repeats = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["track", "-at"], name="rotation_latest")]
