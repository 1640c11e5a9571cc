"""Write down how somebody wants to be reminded."""

from collections.abc import Iterable

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.messaging.models import ReminderChoice

CHOOSE = "messaging.reminder.choose"


@writes(CHOOSE)
def choose_reminders(
    permit: Permit, *, record: int, clinic: int, channel: str, leads: Iterable[str]
) -> None:
    """`channel` "text", "email", "none" or "" (whichever is safe), `leads` of "week", "day" and
    "hours". The choice before stays in the history."""
    row, _made = ReminderChoice.objects.update_or_create(
        record_id=record,
        defaults={"channel": channel, "leads": list(leads), "changed_at": permit.now,
                  "changed_by_id": permit.staff},
        create_defaults={
            "channel": channel, "leads": list(leads), "changed_at": permit.now,
            "changed_by_id": permit.staff, "organization_id": permit.organization,
            "clinic_id": clinic,
        },
    )  # fmt: skip
    permit.note(CHOOSE, record=record, table="messaging_reminderchoice", row=row.id,
                fields=("channel", "leads"))  # fmt: skip
