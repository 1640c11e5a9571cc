"""Identity, search keys, coverage, keep-apart pairs, merges."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q

from openiop.access.scope import OrganizationRow, RecordRow, history


@history
class Patient(RecordRow):
    """Who a record is about. Chosen names are lived under and shown; legal ones go to payers.
    `step_free`: needs rooms that can be reached without a step."""

    LIVING = [
        ("home", "At home"), ("sober_living", "Sober living"), ("shelter", "Shelter or street"),
        ("other", "Other"), ("unknown", "Not asked yet"),
    ]  # fmt: skip
    record = models.OneToOneField("access.Record", models.PROTECT, related_name="patient")
    legal_first = models.CharField(max_length=80, blank=True)
    legal_middle = models.CharField(max_length=80, blank=True)
    legal_last = models.CharField(max_length=80)
    chosen_first = models.CharField(max_length=80, blank=True)
    chosen_last = models.CharField(max_length=80, blank=True)
    preferred_name = models.CharField(max_length=80, blank=True)
    other_names = ArrayField(models.CharField(max_length=160), default=list, blank=True)
    pronouns = models.CharField(max_length=30, blank=True)
    birth_on = models.DateField(null=True)
    legal_sex = models.CharField(max_length=10, blank=True)
    gender = models.CharField(max_length=40, blank=True)
    languages = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    interpreter = models.CharField(max_length=20, blank=True)
    step_free = models.BooleanField(default=False)
    living = models.CharField(max_length=12, choices=LIVING, default="unknown")
    living_note = models.CharField(max_length=200, blank=True)
    died_on = models.DateField(null=True)
    sort_key = models.CharField(max_length=170, db_collation="C")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    queue = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "sort_key"], name="patient_by_name"),
            models.Index(fields=["clinic", "-created_at"], name="patient_newest"),
            models.Index(fields=["organization", "birth_on"], name="patient_by_birth"),
        ]

    @property
    def called(self) -> str:
        """The first name to use in the room."""
        return self.preferred_name or self.chosen_first or self.legal_first

    @property
    def name(self) -> str:
        """First and last name to show to staff."""
        return f"{self.called} {self.chosen_last or self.legal_last}".strip()


class Identifier(RecordRow):
    """A number another system gave this person; imports match by it."""

    system = models.CharField(max_length=200)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "system", "value", name="identifier_once"),
        ]


class SearchKey(RecordRow):
    """One way to find a person: name word, its sound, phone digits, birth date, record number.

    A kind letter and the key (`rules.search`), compared bytewise: row-level security lets only
    leak-proof operators (=, <, >=) use an index, so a prefix search is a range.
    """

    # No index of its own: `search_key_at` begins with it, and the planner must not hesitate.
    clinic = models.ForeignKey("access.Clinic", models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=60, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint("record", "key", name="search_key_once")]
        indexes = [models.Index(fields=["clinic", "key"], name="search_key_at")]


@history
class Coverage(RecordRow):
    """What the person says or a file says pays for care; checked in intake."""

    payer_name = models.CharField(max_length=160)
    payer = models.ForeignKey(
        "access.OutsideOrganization", models.PROTECT, null=True, related_name="+"
    )
    rule_pack = models.CharField(max_length=60, default="standard-commercial")
    member_number = models.CharField(max_length=60, blank=True)
    plan_name = models.CharField(max_length=160, blank=True)
    relationship = models.CharField(max_length=20, default="self")
    rank = models.PositiveSmallIntegerField(default=1)
    during = DateRangeField(null=True)
    source_key = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "source_key", condition=~Q(source_key=""), name="coverage_once"
            ),
        ]


class KeepApart(OrganizationRow):
    """Two people who must never share a room; the reason stays with those who may know."""

    REASONS = [
        ("court_order", "Court order"), ("violence", "Violence"),
        ("former_partner", "Former partner"), ("kin", "Kin"),
        ("employer", "Employer or coworker"), ("other", "Other"),
    ]  # fmt: skip
    one = models.ForeignKey("access.Record", models.PROTECT, related_name="+")
    other = models.ForeignKey("access.Record", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=REASONS)
    detail = models.CharField(max_length=300, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="keep_apart_ordered"),
            models.UniqueConstraint(
                "one", "other", condition=Q(ended_at__isnull=True), name="keep_apart_once"
            ),
        ]
        indexes = [models.Index(fields=["other"], name="keep_apart_other")]


class Merge(OrganizationRow):
    """Two records found to be one person; nothing is repointed, undo clears `merged_into`."""

    kept = models.ForeignKey("access.Record", models.PROTECT, related_name="+")
    merged = models.ForeignKey("access.Record", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")


class ToldApart(OrganizationRow):
    """Two records that look like one person and were found to be two: no longer asked about."""

    one = models.ForeignKey("access.Record", models.PROTECT, related_name="+")
    other = models.ForeignKey("access.Record", models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    told_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="told_apart_ordered"),
            models.UniqueConstraint("one", "other", name="told_apart_once"),
        ]
