"""The part of a person's page that tells their topics: missed, to come, had."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openiop.access import door
from openiop.access.models import Record
from openiop.schedule.tests.conftest import clock
from openiop.schedule.tests.test_rotation import following
from openiop.schedule.tests.world import NOW

__all__ = ["clock"]  # the fixture of the schedule's tests


@pytest.fixture
def url(network: Any, clock: Any) -> str:
    clock(NOW - timedelta(hours=1))
    _track, _sessions, people = following()
    with door.opened_for_job("access.audit.verify", 1):
        number = Record.objects.get(pk=people[0]).number
    return f"/desk/patients/{number}/topics/"


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_person_s_topics_to_come_are_named_with_their_sessions(url: str, signed_in: Any) -> None:
    page = text(signed_in("alice").get(url))
    for words in ("To come (12)", "Motivation: your own reasons", "and 6 more", "/topic/"):
        assert words in page
    assert "Had (" not in page


def test_what_was_held_unrecorded_counts_as_had(url: str, signed_in: Any, clock: Any) -> None:
    clock(NOW + timedelta(days=1))
    page = text(signed_in("alice").get(url))
    assert ("Had (1)" in page, "To come (11)" in page) == (True, True)


def test_the_topics_take_one_statement_more_than_the_door(url: str, signed_in: Any) -> None:
    client = signed_in("alice")
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    about = [each["sql"] for each in asked if "schedule_sessiontopic" in each["sql"]]
    assert len(about) == 1


def test_who_works_elsewhere_sees_no_topics(url: str, signed_in: Any) -> None:
    assert signed_in("charlie").get(url).status_code == 404


def test_the_patient_page_reads_them_when_somebody_looks(url: str, signed_in: Any) -> None:
    assert url in text(signed_in("alice").get(url.removesuffix("topics/")))
