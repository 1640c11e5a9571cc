"""How people want to be reminded."""

from collections.abc import Iterable
from dataclasses import dataclass

from openiop.kernel.permits import Permit
from openiop.messaging.models import ReminderChoice

USUAL = ("day", "hours")


@dataclass(frozen=True)
class Choice:
    """`channel` is "text", "email", "none", or "" for whichever is safe, a text first; `leads` how
    long before: "week", "day", "hours"."""

    channel: str = ""
    leads: tuple[str, ...] = USUAL


HOUSE_CHOICE = Choice()


def reminder_choices(permit: Permit, records: Iterable[int]) -> dict[int, Choice]:
    """What each person chose, the house's usual way for everybody else; one statement."""
    wanted = set(records)
    rows = ReminderChoice.objects.filter(record_id__in=wanted)
    chosen = {row.record_id: Choice(row.channel, tuple(row.leads)) for row in rows}
    return {record: chosen.get(record, HOUSE_CHOICE) for record in wanted}


def wanting(permit: Permit, lead: str) -> list[int]:
    """Records whose people asked to be reminded that long before; one statement."""
    rows = ReminderChoice.objects.filter(leads__contains=[lead]).exclude(channel="none")
    return list(rows.values_list("record_id", flat=True))
