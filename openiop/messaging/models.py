"""Contact points, worklist, outbox, on-call, alerts, incidents."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from openiop.access.scope import ClinicRow, Int8Range, OrganizationRow, RecordRow, history


@history
class Contact(RecordRow):
    """The person (`relationship` "self") or somebody close, with what they may be told."""

    name = models.CharField(max_length=120, blank=True)
    relationship = models.CharField(max_length=40)
    emergency = models.BooleanField(default=False)
    may_know = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)


@history
class ContactPoint(RecordRow):
    """A number or address with what is safe there; nothing is safe until the person says so."""

    KINDS = [("phone", "Phone"), ("email", "E-mail"), ("address", "Address")]
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="points")
    kind = models.CharField(max_length=8, choices=KINDS)
    value = models.CharField(max_length=200)
    label = models.CharField(max_length=40, blank=True)
    safe_to_call = models.BooleanField(default=False)
    safe_to_text = models.BooleanField(default=False)
    safe_to_leave_message = models.BooleanField(default=False)
    preferred = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)


@history
class Task(ClinicRow):
    """One thing for staff to do, on the worklist until somebody closes it with an outcome.

    The title never holds a name. A snoozed task is out of sight until `snoozed_until`.
    """

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    record = models.ForeignKey("access.Record", models.PROTECT, null=True, related_name="+")
    about_table = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=20, blank=True)
    staff = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about_table", "about_id", "record", "clinic"],
                condition=Q(closed_at__isnull=True, about_id__isnull=False),
                nulls_distinct=False,
                name="task_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "due_at"], condition=Q(closed_at__isnull=True), name="task_open"
            ),
            models.Index(
                fields=["staff", "due_at"], condition=Q(closed_at__isnull=True), name="task_mine"
            ),
            models.Index(fields=["record", "opened_at"], name="task_record"),
        ]


class OutboxMessage(ClinicRow):
    """A message on its way out; `key` makes queueing it twice the same as once.

    While a worker carries it ("sending") `send_after` is when the worker must have died. From
    `handed_at` on nobody can tell whether a carrier took it that would deliver it a second time.
    """

    STATES = [
        ("queued", "Queued"), ("sending", "Sending"), ("sent", "Sent"), ("failed", "Failed"),
        ("held", "Held"), ("dropped", "Dropped"),
    ]  # fmt: skip
    key = models.CharField(max_length=120)
    record = models.ForeignKey("access.Record", models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=[("email", "E-mail"), ("text", "Text")])
    to = models.CharField(max_length=200)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=STATES, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField()
    send_after = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "key", name="outbox_key_once"),
        ]
        indexes = [
            models.Index(
                fields=["send_after"], condition=Q(state__in=["queued", "sending"]),
                name="outbox_due",
            ),
            models.Index(fields=["clinic", "-queued_at"], name="outbox_newest"),
        ]  # fmt: skip


class IncomingText(ClinicRow):
    """A text that came back from a phone; `key` is the gateway's own name of it. Its clinic and
    record are those of whoever marked the number safe for texts, once that was looked up."""

    key = models.CharField(max_length=120)
    number = models.CharField(max_length=20)
    body = models.TextField()
    word = models.CharField(max_length=5, blank=True)
    record = models.ForeignKey("access.Record", models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()
    sorted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "key", name="text_taken_once")]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(sorted_at__isnull=True), name="text_unsorted"
            ),
            models.Index(fields=["clinic", "-received_at"], name="text_newest"),
        ]  # fmt: skip


@history
class ReminderChoice(RecordRow):
    """How somebody wants to be reminded; without a row it is the house's usual way. `channel` ""
    is whichever is safe, text first; `leads` how long before: "week", "day", "hours"."""

    CHANNELS = [
        ("", "Whichever is safe, a text first"), ("text", "Text"), ("email", "E-mail"),
        ("none", "No reminders"),
    ]  # fmt: skip
    channel = models.CharField(max_length=5, choices=CHANNELS, blank=True)
    leads = ArrayField(models.CharField(max_length=5))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("record", name="reminder_choice_once")]


class TextStop(OrganizationRow):
    """A number that said STOP, until it says START: no text goes there, whoever it belongs to."""

    number = models.CharField(max_length=20)
    stopped_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "number", condition=Q(started_at__isnull=True), name="stopped_once"
            ),
        ]


@history
class OnCallShift(ClinicRow):
    """Who answers for a clinic during a stretch of time; rank 1 first, 2 is the backup."""

    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(choices=[(1, "First"), (2, "Backup")])
    during = DateTimeRangeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="on_call_one_at_a_time",
                expressions=[
                    (Int8Range.of("clinic_id"), RangeOperators.OVERLAPS),
                    (Int8Range.of("rank"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(removed_at__isnull=True),
            ),
        ]


class Alert(ClinicRow):
    """A call for help or a safety finding; unanswered it climbs: first, backup, director.

    `called` are the staff told so far, in order.
    """

    kind = models.CharField(max_length=40)
    sentence = models.CharField(max_length=300)
    record = models.ForeignKey("access.Record", models.PROTECT, null=True, related_name="+")
    room = models.ForeignKey("access.Room", models.PROTECT, null=True, related_name="+")
    incident = models.ForeignKey("Incident", models.PROTECT, null=True, related_name="alerts")
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=1)
    called = ArrayField(models.BigIntegerField(), default=list)
    escalate_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["escalate_at"],
                condition=Q(acknowledged_at__isnull=True),
                name="alert_waiting",
            ),
        ]


@history
class Incident(ClinicRow):
    """An entry of the incident register, outside every chart. A call for help is a draft of kind
    "help" until somebody says what it was; `people` is how many a breach concerns."""

    KINDS = [
        ("help", "Call for help, kind not yet said"),
        ("overdose", "Overdose"), ("death", "Death"), ("weapon", "Weapon"), ("assault", "Assault"),
        ("medication_error", "Medication error"), ("allegation", "Allegation of mistreatment"),
        ("breach", "Privacy breach"), ("medical", "Medical emergency"), ("other", "Other"),
        ("false_alarm", "False alarm"),
    ]  # fmt: skip
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=KINDS)
    room = models.ForeignKey("access.Room", models.PROTECT, null=True, related_name="+")
    session = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    records = ArrayField(models.BigIntegerField(), default=list)
    people = models.PositiveIntegerField(null=True)
    narrative = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "number", name="incident_number_once"),
        ]


class IncidentStep(ClinicRow):
    """A line of an incident's log, or a duty with a clock by rule: due, done (or, with a reason,
    not needed), by whom."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=500)
    rule = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=500, blank=True)
    waived = models.BooleanField(default=False)


class JobError(OrganizationRow):
    """What kind of error stopped a job: the type's name; the words of an error can hold a name."""

    job = models.BigIntegerField(db_index=True)
    task = models.CharField(max_length=120)
    error = models.CharField(max_length=120)
    at = models.DateTimeField()
