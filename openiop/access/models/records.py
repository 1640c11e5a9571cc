"""A record is the protected folder, known here only by its number."""

from django.db import models
from django.db.models import F, Q

from openiop.access.scope import CLINIC, NONE, RECORD, OrganizationRow


class Record(OrganizationRow):
    """The folder and its number, issued at first contact. `restricted` opens to granted users only
    (staff who are patients here, under an alias)."""

    scope = RECORD
    clinic = models.ForeignKey("access.Clinic", models.PROTECT, related_name="+")
    number = models.CharField(max_length=12, db_collation="C", unique=True)
    restricted = models.BooleanField(default=False)
    issued_at = models.DateTimeField()

    class Meta:
        indexes = [  # the door asks for these each time it opens
            models.Index(
                fields=["organization"], condition=Q(restricted=True), name="record_restricted"
            )
        ]


class RecordClinic(OrganizationRow):
    """A clinic the record is open at beside its own: a make-up, a transfer, a shared case. To a
    `guest` of one session it is open for who they are and what was done there, nothing else."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="open_at")
    clinic = models.ForeignKey("access.Clinic", models.PROTECT, related_name="+")
    since = models.DateTimeField()
    reason = models.CharField(max_length=200)
    guest = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("record", "clinic", name="record_open_once"),
        ]


class RecordBlock(OrganizationRow):
    """One user is kept out of one record (an ex-partner, a relative, at the patient's request)."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    user = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user"], name="record_block_user")]


class RecordGrant(OrganizationRow):
    """A user who may open a restricted record."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    user = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    granted_by = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("record", "user", name="record_grant_once"),
        ]


class EmergencyAccess(OrganizationRow):
    """A broken glass: who, which record, why, until when, and what the reviewer said."""

    user = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review = models.CharField(max_length=500, blank=True)
    justified = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at")), name="emergency_access_ends"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_access_has_reason"),
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="emergency_access_user")]


class Link(OrganizationRow):
    """A secret address for one act on one thing: join, arrive, accept. Only a hash is kept."""

    scope = CLINIC
    clinic = models.ForeignKey("access.Clinic", models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="+")
    act = models.CharField(max_length=60)
    target = models.BigIntegerField(null=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


__all__ = [
    "NONE",
    "EmergencyAccess",
    "Link",
    "Record",
    "RecordBlock",
    "RecordClinic",
    "RecordGrant",
]  # fmt: skip
