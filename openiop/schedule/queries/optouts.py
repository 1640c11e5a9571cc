"""Topics that people take up one to one and not in a group."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from openiop.catalog.curriculum import Curriculum, curricula
from openiop.kernel.permits import Permit
from openiop.schedule.models import TopicOptOut


class OptOut(NamedTuple):
    """One topic somebody stays away from in groups, why, since when, and who wrote it down."""

    id: int
    topic: str
    title: str
    reason: str
    set_at: datetime
    by: str


def newest_curricula() -> dict[str, Curriculum]:
    """The newest version of each curriculum, by id."""
    return {each.id: each for each in curricula()}


def opted_out(
    permit: Permit, records: Iterable[int], curriculum: str | None = None
) -> dict[int, frozenset[str]]:
    """Codes of the topics each of these people takes up one to one now, of one curriculum or of
    any; who opted out of none is not in it. One statement."""
    rows = TopicOptOut.objects.filter(record_id__in=list(records), ended_at__isnull=True)
    if curriculum is not None:
        rows = rows.filter(curriculum=curriculum)
    found: dict[int, set[str]] = {}
    for record, topic in rows.values_list("record_id", "topic"):
        found.setdefault(record, set()).add(topic)
    return {record: frozenset(topics) for record, topics in found.items()}


def opt_outs_of(permit: Permit, record: int) -> list[OptOut]:
    """One person's opt-outs that hold, the newest first; one statement."""
    rows = TopicOptOut.objects.filter(record_id=record, ended_at__isnull=True)
    titles = {
        (each.id, topic.code): topic.title
        for each in newest_curricula().values()
        for topic in each.topics
    }
    return [
        OptOut(
            row.id, row.topic, titles.get((row.curriculum, row.topic), row.topic), row.reason,
            row.set_at, row.set_by.name if row.set_by else "",
        )
        for row in rows.select_related("set_by").order_by("-set_at", "-id")
    ]  # fmt: skip
