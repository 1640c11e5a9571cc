"""Group notes, each person's note, signatures, addenda, diagnoses."""

import pgtrigger
from django.db import models
from django.db.models import Q

from openiop.access.scope import ClinicRow, RecordRow


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Triggers that let a table only grow."""
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=f"RAISE EXCEPTION '{name} only grows' USING ERRCODE='23514',"
            f" CONSTRAINT='{name}'; RETURN NULL;",
        )
    ]


def frozen_once_signed(name: str) -> pgtrigger.Trigger:
    """A trigger that refuses any change of a row whose `signed_at` is set."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__signed_at__isnull=False),
        func=f"RAISE EXCEPTION '{name}: % is signed', OLD.id USING ERRCODE='23514',"
        f" CONSTRAINT='{name}'; RETURN NULL;",
    )


class GroupNote(ClinicRow):
    """What was shared in a session, written once, shown read-only in each attendee's chart."""

    session = models.OneToOneField("schedule.Session", models.PROTECT, related_name="+")
    topic = models.CharField(max_length=120, blank=True)
    interventions = models.TextField(blank=True)
    narrative = models.TextField(blank=True)
    author = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [frozen_once_signed("group_note_signed")]


class Note(RecordRow):
    """One person's signed account of one attendance; after signing only an addendum.

    Participation, response and risk start empty: nobody's part is ever filled in for them.
    """

    PARTICIPATION = [
        ("active", "Took an active part"), ("some", "Took some part"), ("listened", "Listened"),
        ("distracted", "Had a hard time staying with it"), ("left", "Left during the session"),
    ]  # fmt: skip
    RISK = [
        ("none", "No risk voiced or seen"), ("present", "Risk present, described below"),
        ("not_assessed", "Not assessed, for the reason below"),
    ]  # fmt: skip
    kind = models.CharField(max_length=12, default="group")
    session = models.ForeignKey("schedule.Session", models.PROTECT, null=True, related_name="notes")
    attendance = models.ForeignKey(
        "schedule.Attendance", models.PROTECT, null=True, related_name="notes"
    )
    author = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    service_on = models.DateField()
    minutes = models.PositiveSmallIntegerField(default=0)
    participation = models.CharField(max_length=12, choices=PARTICIPATION, blank=True)
    observation = models.TextField(blank=True)
    response = models.TextField(blank=True)
    objective = models.CharField(max_length=300, blank=True)
    progress = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    risk = models.CharField(max_length=12, choices=RISK, blank=True)
    risk_detail = models.TextField(blank=True)
    overrides = models.JSONField(default=list)
    shared = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    due_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    cosign_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "session", "record", condition=Q(kind="group"), name="group_note_once_a_person"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | (~Q(participation="") & ~Q(risk=""))
                | ~Q(kind="group"),
                name="signed_note_is_complete",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["record", "-service_on"], name="note_record"),
            models.Index(
                fields=["author", "due_at"], condition=Q(signed_at__isnull=True), name="note_owed"
            ),
            models.Index(
                fields=["clinic", "due_at"],
                condition=Q(signed_at__isnull=True),
                name="note_unsigned",
            ),
            models.Index(
                fields=["clinic", "cosign_due_at"],
                condition=Q(cosign_due_at__isnull=False),
                name="note_cosign",
            ),
        ]
        triggers = [frozen_once_signed("note_signed")]


class Signature(RecordRow):
    """Who signed a note, as what, when; the credentials are copied as they stood that day."""

    PARTS = [("author", "Author"), ("cosigner", "Co-signer")]
    note = models.ForeignKey(Note, models.PROTECT, related_name="signatures")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=PARTS)
    credentials = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("note", "part", name="signed_once_a_part"),
        ]
        triggers = append_only("signature_kept")


class Addendum(RecordRow):
    """What was added to a signed note, or entered late; the note itself stays as it was."""

    KINDS = [("addendum", "Addendum"), ("late_entry", "Late entry"), ("strike", "Struck")]
    note = models.ForeignKey(Note, models.PROTECT, related_name="addenda")
    kind = models.CharField(max_length=10, choices=KINDS)
    text = models.TextField()
    reason = models.CharField(max_length=300)
    author = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    credentials = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        triggers = append_only("addendum_kept")


class Diagnosis(RecordRow):
    """A condition as given by a clinician here or by another's file, with its own words."""

    system = models.CharField(max_length=100)
    code = models.CharField(max_length=30)
    text = models.CharField(max_length=300)
    status = models.CharField(max_length=20)
    onset_on = models.DateField(null=True)
    source_key = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "source_key", condition=~Q(source_key=""), name="diagnosis_once"
            ),
        ]
