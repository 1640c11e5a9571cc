"""The demo's outbox: reminders that left in the last day, and those that wait."""

import pytest
from django.db import connection
from django.db.models import F

from openiop.access import door
from openiop.messaging.models import OutboxMessage

pytestmark = pytest.mark.slow


def test_reminders_of_the_last_day_left_on_time_and_none_is_lost(lived):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM access_organization WHERE code = 'lantern'")
        organization = cursor.fetchone()[0]
    with door.opened_for_job("messaging.outbox.read", organization):
        rows = OutboxMessage.objects.filter(key__startswith="remind:")
        assert set(rows.values_list("state", flat=True)) <= {"sent", "queued", "dropped"}
        sent = rows.filter(state="sent")
        assert sent.count() == sent.filter(sent_at=F("send_after")).count() > 0
        assert lived["counts"]["reminders"] > 0
