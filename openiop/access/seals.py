"""Seals: audit rows closed in batches, each chained to the one before by a keyed digest.

A batch holds exactly what its sealer could see. Writers never wait: the row of a transaction that
was still open then is known by that transaction's number and sealed by the next batch
(docs/decisions/0003-audit-seals.md). Who has the database but not the installation's key can
neither change a sealed row nor forge a seal unseen.
"""

import hmac
import json
import logging
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from sys import maxsize
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Func, Min, Q, QuerySet

from openiop.access.door import opened_for_job, writes
from openiop.access.keys import derived_key
from openiop.access.models import AuditEvent, Organization, Seal
from openiop.kernel.permits import Permit

FIELDS = (
    "id", "organization_id", "at", "written_at", "user", "actor", "act", "kind", "outcome",
    "record", "table", "row", "fields", "count", "reason", "request_id", "address", "xid",
)  # fmt: skip
BATCH = 20_000
BYTES_A_ROW = 8
NOTHING_BEFORE = "0" * 64
LOCK = 7_301_001  # any number nobody else locks by; with the organization's id it names the lock
# One statement gives the rows and the view they come from. A sealer's own rows are left to the
# next: its own number stands among the open ones.
OWN = Func(
    template="coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0)",
    output_field=BigIntegerField(),
)
OPEN = Func(
    template="ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(pg_current_snapshot()) AS x)"
    " || pg_current_xact_id_if_assigned()::text::bigint",
    output_field=ArrayField(BigIntegerField()),
)
NEXT = Func(
    template="pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
    output_field=BigIntegerField(),
)
log = logging.getLogger("openiop.audit")


@dataclass(frozen=True)
class Finding:
    """What the seals tell: a row `changed`, `missing` or `added`, or the `chain` itself broken."""

    kind: str
    audit_id: int | None
    seal: int
    sentence: str

    def __str__(self) -> str:
        return self.sentence


# --- sealing -----------------------------------------------------------------------------------


@writes("access.audit.seal")
def seal(permit: Permit) -> int:
    """Seal every row not sealed yet, in batches of `BATCH`; returns how many rows.

    One sealer at a time in an organization; the lock is held to the commit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, permit.organization])
    last = Seal.objects.filter(organization_id=permit.organization).order_by("-number").first()
    sealed, cluster = 0, _cluster()
    for batch in _batches(_unsealed(permit.organization, last, cluster)):
        last = _next_seal(permit, last, batch, cluster)
        last.save(force_insert=True)
        sealed += last.rows
        # The log keeps it too: who cuts the newest seals off the database cannot reach it there.
        told = {"organization": permit.organization, "seal": last.number, "digest": last.digest}
        log.info("sealed", extra=told)
    permit.note("access.audit.seal", table="access_seal", count=sealed)
    return sealed


def pending(permit: Permit) -> bool:
    """Is there more to seal than what sealing itself wrote down? A quiet night needs no seals."""
    return _waiting(permit.organization).exists()


def waiting_since() -> datetime | None:
    """When the oldest row that no seal holds was written, in any organization; None for none."""
    moments = []
    for organization in Organization.objects.order_by("id").values_list("id", flat=True):
        with opened_for_job("access.audit.verify", organization, actor="command:verify"):
            moments.append(_waiting(organization).aggregate(Min("written_at"))["written_at__min"])
    return min(filter(None, moments), default=None)


def _waiting(organization: int) -> QuerySet[AuditEvent]:
    """Rows no seal holds, without what sealing and verifying wrote down themselves."""
    last = Seal.objects.filter(organization_id=organization).order_by("-number").first()
    rows = AuditEvent.objects.filter(organization_id=organization)
    rows = rows.filter(_unseen(last, _cluster())) if last else rows
    return rows.exclude(act__in=("access.audit.seal", "access.audit.verify"))


def seal_all() -> int:
    """Seal every organization's audit; returns the number of rows sealed. For a periodic job."""
    total = 0
    for organization in Organization.objects.order_by("id").values_list("id", flat=True):
        with opened_for_job("access.audit.seal", organization) as permit:
            total += seal(permit)
    return total


def _unsealed(organization: int, last: Seal | None, cluster: str) -> Iterator[tuple[Any, ...]]:
    """Rows no seal holds, in order of id, each with the server's view at this moment."""
    rows = AuditEvent.objects.filter(organization_id=organization).exclude(xid=OWN)
    if last:
        rows = rows.filter(_unseen(last, cluster))
    rows = rows.annotate(open=OPEN, next=NEXT).order_by("id")
    return rows.values_list(*FIELDS, "open", "next").iterator(chunk_size=BATCH)


def _unseen(last: Seal, cluster: str) -> Q:
    """Rows which the last sealer could not see. Another server counts transactions anew, so after
    a restore its new rows are known by their ids."""
    unseen = Q(xid__in=last.open_xids) | Q(xid__gte=last.next_xid)
    return unseen if last.cluster == cluster else unseen | Q(id__gt=last.through)


def _batches(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _next_seal(
    permit: Permit, last: Seal | None, batch: list[tuple[Any, ...]], cluster: str
) -> Seal:
    key, ids = _key(), [row[0] for row in batch]
    new = Seal(
        organization_id=permit.organization, number=last.number + 1 if last else 1,
        ids=_text_of(ids), rows=len(ids), through=max(last.through if last else 0, ids[-1]),
        open_xids=sorted(filter(None, batch[0][-2])), next_xid=batch[0][-1], cluster=cluster,
        previous=last.digest if last else NOTHING_BEFORE, sealed_at=permit.now,
        row_digests=b"".join(_row_digest(key, row[: len(FIELDS)]) for row in batch),
    )  # fmt: skip
    new.digest = _seal_digest(key, new)
    return new


def _cluster() -> str:
    """Which database server this is; a restored copy elsewhere has another name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        return str(cursor.fetchone()[0])


# --- verifying ---------------------------------------------------------------------------------


def verify(organization: int | None = None) -> list[Finding]:
    """What does not agree with the seals, of one organization or of all; empty when all is well.

    Raises Refused when the key is missing. Rows not sealed yet are not looked at.
    """
    found: list[Finding] = []
    ids = Organization.objects.order_by("id").values_list("id", flat=True)
    for each in [organization] if organization is not None else list(ids):
        with opened_for_job("access.audit.verify", each, actor="command:verify"):
            found += _verified(each)
    return found


def _verified(organization: int) -> list[Finding]:
    seals = list(Seal.objects.filter(organization_id=organization).order_by("number"))
    if not seals:
        return []
    rows = [finding for group in _groups(seals) for finding in _row_findings(group)]
    return [*_chain_findings(seals), *rows, *_added(organization, seals)]


def _groups(seals: Sequence[Seal]) -> Iterator[list[Seal]]:
    """Seals of some `BATCH` rows together: many small seals must not cost a statement each."""
    group: list[Seal] = []
    for one in seals:
        group.append(one)
        if sum(each.rows for each in group) >= BATCH:
            yield group
            group = []
    if group:
        yield group


def _chain_findings(seals: Sequence[Seal]) -> Iterator[Finding]:
    """Seals changed, taken out or put in."""
    number, previous = 0, NOTHING_BEFORE
    for one in seals:
        for missing in range(number + 1, one.number):
            yield Finding("chain", None, missing, f"Seal {missing} of the audit is missing.")
        if one.number == number + 1 and one.previous != previous:
            sentence = f"Seal {one.number} of the audit does not follow seal {number}."
            yield Finding("chain", None, one.number, sentence)
        if not hmac.compare_digest(_seal_digest(_key(), one), one.digest):
            sentence = f"Seal {one.number} of the audit was changed."
            yield Finding("chain", None, one.number, sentence)
        number, previous = one.number, one.digest


def _row_findings(group: Sequence[Seal]) -> Iterator[Finding]:
    """Rows that are gone or differ from what was sealed."""
    key = _key()
    sealed = {each: (one.number, digest) for one in group for each, digest in _digests(one)}
    rows = AuditEvent.objects.filter(
        organization_id=group[0].organization_id, id__in=list(sealed)
    ).values_list(*FIELDS)
    here = {row[0]: _row_digest(key, row) for row in rows}
    for each, (number, digest) in sealed.items():
        if each not in here:
            sentence = f"Audit row {each}, sealed in seal {number}, is missing."
            yield Finding("missing", each, number, sentence)
        elif not hmac.compare_digest(here[each], digest):
            sentence = f"Audit row {each} was changed after seal {number}."
            yield Finding("changed", each, number, sentence)


def _digests(one: Seal) -> Iterator[tuple[int, bytes]]:
    """The ids of a seal, each with the digest its row had."""
    kept = bytes(one.row_digests)
    for place, each in enumerate(_ids_of(one.ids)):
        yield each, kept[place * BYTES_A_ROW : (place + 1) * BYTES_A_ROW]


def _added(organization: int, seals: Sequence[Seal]) -> list[Finding]:
    """Rows that no seal holds though the last sealer would have seen them."""
    last = seals[-1]
    spans = sorted(span for one in seals for span in _spans_of(one.ids))
    rows = AuditEvent.objects.filter(organization_id=organization).order_by("id")
    seen = rows.exclude(_unseen(last, _cluster())).values_list("id", flat=True)
    return [
        Finding(
            "added", each, last.number, f"Audit row {each} was added behind seal {last.number}."
        )
        for each in seen.iterator()
        if not _held(spans, each)
    ]


def _held(spans: list[tuple[int, int]], audit_id: int) -> bool:
    """Is the id in one of the sorted half-open spans?"""
    place = bisect_right(spans, (audit_id, maxsize)) - 1
    return place >= 0 and audit_id < spans[place][1]


# --- digests -----------------------------------------------------------------------------------


def _key() -> bytes:
    return derived_key("audit seal 1")


def _row_digest(key: bytes, values: Sequence[Any]) -> bytes:
    return hmac.digest(key, _text(values).encode(), "sha256")[:BYTES_A_ROW]


def _seal_digest(key: bytes, one: Seal) -> str:
    head = _text(
        [1, one.organization_id, one.number, one.ids, one.rows, one.through, one.open_xids,
         one.next_xid, one.cluster, one.previous, one.sealed_at]
    )  # fmt: skip
    return hmac.new(key, head.encode() + bytes(one.row_digests), "sha256").hexdigest()


def _text(values: Sequence[Any]) -> str:
    return json.dumps(list(values), default=_moment)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _text_of(ids: Sequence[int]) -> str:
    """Sorted ids as the text of an int8multirange: [1, 2, 5] is {[1,3),[5,6)}."""
    spans: list[list[int]] = []
    for each in ids:
        if spans and spans[-1][1] == each:
            spans[-1][1] = each + 1
        else:
            spans.append([each, each + 1])
    return "{" + ",".join(f"[{start},{end})" for start, end in spans) + "}"


def _spans_of(text: str) -> list[tuple[int, int]]:
    return [(int(start), int(end)) for start, end in re.findall(r"\[(\d+),(\d+)\)", text)]


def _ids_of(text: str) -> list[int]:
    return [each for start, end in _spans_of(text) for each in range(start, end)]
