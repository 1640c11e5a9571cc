"""Group notes, each person's note, signatures, co-signatures, addenda, diagnoses."""

import pgtrigger
from django.db import models
from django.db.models import Q

from openiop.access.scope import CareRow, ClinicRow, history
from openiop.chart.rules.parts import NoteKind


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


def frozen(name: str, **once: object) -> pgtrigger.Trigger:
    """A trigger that refuses any change of a row once `once` holds of what it was (`old__…`)."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(**once),
        func=f"RAISE EXCEPTION '{name}: % is closed', OLD.id USING ERRCODE='23514',"
        f" CONSTRAINT='{name}'; RETURN NULL;",
    )


class GroupNote(ClinicRow):
    """What was shared in a session, written once, shown read-only in each attendee's chart.

    `version` 0: opened, nothing written. Signing the first note of the session freezes it.
    """

    session = models.OneToOneField("schedule.Session", models.PROTECT, related_name="+")
    topic = models.CharField(max_length=120, blank=True)
    interventions = models.TextField(blank=True)
    narrative = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    overrides = models.JSONField(default=list)
    author = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    page = models.CharField(max_length=24, blank=True)
    updated_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [frozen("group_note_signed", old__signed_at__isnull=False)]


class Note(CareRow):
    """One person's account of one attendance; after signing only an addendum.

    Participation, response and risk start empty: nobody's part is ever filled in for them.
    `version` 0: opened, nothing written. `ended_at` is the end of the service, from which every
    clock runs. A note that came from another one (handed over, struck, moved) names it as `origin`.
    """

    KINDS = [
        (NoteKind.GROUP, "Group note"), (NoteKind.OUTREACH, "Came and could not take part"),
        (NoteKind.CLOSING, "Closing statement"), (NoteKind.UNSIGNED_DRAFT, "Unsigned draft"),
    ]  # fmt: skip
    PARTICIPATION = [
        ("active", "Took an active part"), ("some", "Took some part"), ("listened", "Listened"),
        ("distracted", "Had a hard time staying with it"), ("left", "Left during the session"),
    ]  # fmt: skip
    RISK = [
        ("none", "No risk voiced or seen"), ("present", "Risk present, described below"),
        ("not_assessed", "Not assessed, for the reason below"),
    ]  # fmt: skip
    ORIGINS = [
        ("handed_over", "Handed over"), ("struck", "Written anew after a strike"),
        ("moved", "Moved from another chart"),
    ]  # fmt: skip
    kind = models.CharField(max_length=16, choices=KINDS, default=NoteKind.GROUP)
    session = models.ForeignKey("schedule.Session", models.PROTECT, null=True, related_name="notes")
    attendance = models.ForeignKey(
        "schedule.Attendance", models.SET_NULL, null=True, related_name="notes"
    )
    author = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    service_on = models.DateField()
    ended_at = models.DateTimeField()
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
    version = models.PositiveIntegerField(default=0)
    page = models.CharField(max_length=24, blank=True)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    due_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    origin_kind = models.CharField(max_length=12, choices=ORIGINS, blank=True)
    origin_reason = models.CharField(max_length=300, blank=True)
    origin_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "session", "record",
                condition=Q(kind__in=["group", "closing"]) & ~Q(origin_kind="struck"),
                name="group_note_once_a_person",
            ),
            models.UniqueConstraint(
                "session", "record", condition=Q(kind="outreach") & ~Q(origin_kind="struck"),
                name="outreach_note_once_a_person",
            ),
            models.UniqueConstraint(
                "origin", "origin_kind", condition=Q(origin__isnull=False),
                name="note_followed_once",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | (~Q(participation="") & ~Q(risk=""))
                | ~Q(kind="group"),
                name="signed_note_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | ~Q(kind="unsigned_draft"),
                name="unsigned_draft_stays_unsigned",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["record", "-service_on"], name="note_record"),
            models.Index(
                fields=["author", "due_at"], condition=Q(signed_at__isnull=True), name="note_owed"
            ),
            models.Index(
                fields=["clinic", "ended_at"],
                condition=Q(signed_at__isnull=True),
                name="note_unsigned",
            ),
        ]
        triggers = [
            frozen("note_signed", old__signed_at__isnull=False),
            frozen("unsigned_draft_kept", old__kind="unsigned_draft"),
        ]


class Signature(CareRow):
    """Who signed a note, as what, when; the credentials are copied as they stood that day. With an
    `addendum` it is that one's second signature; its first is its own."""

    PARTS = [("author", "Author"), ("cosigner", "Co-signer")]
    note = models.ForeignKey(Note, models.PROTECT, related_name="signatures")
    addendum = models.ForeignKey("Addendum", models.PROTECT, null=True, related_name="signatures")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=PARTS)
    credentials = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "note", "part", condition=Q(addendum__isnull=True), name="signed_once_a_part"
            ),
            models.UniqueConstraint(
                "addendum", condition=Q(addendum__isnull=False), name="addendum_cosigned_once"
            ),
            models.CheckConstraint(
                condition=Q(addendum__isnull=True) | Q(part="cosigner"),
                name="addendum_is_signed_by_itself",
            ),
        ]
        indexes = [models.Index(fields=["staff", "signed_at"], name="signature_by_staff")]
        triggers = append_only("signature_kept")


@history
class CosignRequest(CareRow):
    """A signed note, or with an `addendum` what was added to it, that needs a second signature;
    `waits_for` says whose turn it is."""

    WAITS_FOR = [("cosigner", "A co-signer"), ("author", "The author")]
    note = models.ForeignKey(Note, models.PROTECT, related_name="cosign_requests")
    addendum = models.OneToOneField(
        "Addendum", models.PROTECT, null=True, related_name="cosign_request"
    )
    author = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    waits_for = models.CharField(max_length=8, choices=WAITS_FOR, default="cosigner")
    comment = models.CharField(max_length=500, blank=True)
    returned_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(waits_for="cosigner") | ~Q(comment=""), name="cosign_return_says_why"
            ),
            models.UniqueConstraint(
                "note", condition=Q(addendum__isnull=True), name="cosign_asked_once_a_note"
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "due_at"],
                condition=Q(closed_at__isnull=True),
                name="cosign_open",
            ),
        ]


class Addendum(CareRow):
    """What was added to a signed note, or entered late; the note itself stays as it was."""

    KINDS = [("addendum", "Addendum"), ("late_entry", "Late entry"), ("strike", "Struck")]
    note = models.ForeignKey(Note, models.PROTECT, related_name="addenda")
    kind = models.CharField(max_length=10, choices=KINDS)
    wrong_person = models.BooleanField(default=False)
    text = models.TextField()
    reason = models.CharField(max_length=300)
    author = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    credentials = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="addendum_has_reason"),
            models.UniqueConstraint("note", condition=Q(kind="strike"), name="struck_once"),
        ]
        triggers = append_only("addendum_kept")


class KeptText(ClinicRow):
    """What somebody typed while a newer version was saved elsewhere: shown beside it until they
    say they are done with it. Without a record it is the shared part."""

    session = models.ForeignKey("schedule.Session", models.CASCADE, related_name="+")
    record = models.ForeignKey("access.Record", models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    fields = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "record", "staff"], nulls_distinct=False, name="text_kept_once"
            ),
        ]


class Diagnosis(CareRow):
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
