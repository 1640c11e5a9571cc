"""The audit: append-only by the database, sealed in hash-chained batches by a job."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from openiop.access.scope import ORGANIZATION, OrganizationRow


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Triggers that let a table only grow: no update, no delete, no truncate."""
    refuse = f"RAISE EXCEPTION '{name} only grows' USING ERRCODE='23514', CONSTRAINT='{name}';"
    return [
        pgtrigger.Trigger(
            name=f"{name}_rows", when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete, func=refuse + " RETURN NULL;",
        ),
        pgtrigger.Trigger(
            name=f"{name}_table", level=pgtrigger.Statement, when=pgtrigger.Before,
            operation=pgtrigger.Truncate, func=refuse + " RETURN NULL;",
        ),
    ]  # fmt: skip


class AuditEvent(OrganizationRow):
    """One act by someone: what, on which row and record, which fields; never a name or a value.

    `id` is drawn after the transaction has its number `xid`, so that a seal can tell a row that
    was still being written from one added later (docs/decisions/0003-audit-seals.md).
    """

    scope = ORGANIZATION
    at = models.DateTimeField()
    written_at = models.DateTimeField()
    user = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=60)
    act = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    outcome = models.CharField(max_length=12)
    record = models.BigIntegerField(null=True)
    table = models.CharField(max_length=60)
    row = models.BigIntegerField(null=True)
    fields = ArrayField(models.CharField(max_length=60))
    count = models.IntegerField(null=True)
    reason = models.CharField(max_length=500)
    request_id = models.CharField(max_length=36)
    address = models.CharField(max_length=45)
    xid = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["record", "-id"], name="audit_record"),
            models.Index(fields=["user", "-id"], name="audit_user"),
            models.Index(fields=["organization", "-id"], name="audit_newest"),
            models.Index(fields=["xid"], name="audit_xid"),
            models.Index(
                fields=["organization", "-id"], condition=Q(outcome="refused"), name="audit_refused"
            ),
            BrinIndex(fields=["at"], name="audit_day", autosummarize=True),
        ]
        triggers = [
            *append_only("audit_event"),
            pgtrigger.Trigger(
                name="audit_numbered",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    NEW.xid = pg_current_xact_id()::text::bigint;
                    NEW.id = nextval(pg_get_serial_sequence('access_auditevent', 'id'));
                    NEW.written_at = clock_timestamp();
                    RETURN NEW;
                """,
            ),
        ]


class Seal(OrganizationRow):
    """A closed batch of audit rows, chained to the one before (openiop/access/seals.py).

    `ids` is the text of an int8multirange; `row_digests` eight keyed bytes a row in order of id;
    `through` the greatest id sealed so far. `open_xids`, `next_xid` and `cluster` are the database
    server's view then: transactions still open, the first number not reached, which server.
    """

    scope = ORGANIZATION
    number = models.PositiveIntegerField()
    ids = models.TextField()
    rows = models.PositiveIntegerField()
    row_digests = models.BinaryField()
    through = models.BigIntegerField()
    open_xids = ArrayField(models.BigIntegerField())
    next_xid = models.BigIntegerField()
    cluster = models.CharField(max_length=20)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "number", name="seal_numbered_once"),
        ]
        triggers = append_only("audit_seal")
