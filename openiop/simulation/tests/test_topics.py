"""The demo's tracks have topics from their first day on, and a plan ahead."""

from typing import Any

import pytest
from django.db import connection

from openiop.access import door
from openiop.chart.rules.parts import Shared
from openiop.schedule.queries.topics import topics_of
from openiop.simulation.topics import told


def test_a_topic_tells_the_notes_what_its_session_was_about() -> None:
    assert len(told()) == 30
    assert sum(title.endswith("(part 2 of 2)") for title in told()) == 2
    assert told()["Triggers: what sets off the wish to use"] == Shared(
        topic="Triggers: what sets off the wish to use",
        interventions="From trigger to action; My map; Avoid, leave, or meet with a plan; "
        "If this, then that; Practice and closing",
        narrative="The group worked by the plan of this session. Its aims: everyone lists at "
        "least three triggers from outside and three from inside; sorts own triggers into ones to "
        "avoid and ones to meet with a plan; writes an if-then plan for one trigger.",
    )


def rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@pytest.fixture
def organization(lived: Any) -> int:
    return int(rows("SELECT id FROM access_organization WHERE code = 'lantern'")[0][0])


@pytest.mark.slow
def test_every_session_lived_has_a_topic_in_the_order_of_the_curriculum(organization: int) -> None:
    with door.opened_for_job("schedule.read", organization):
        bare = rows("""
          SELECT count(*) FROM schedule_session session
            LEFT JOIN schedule_sessiontopic topic ON topic.session_id = session.id
           WHERE session.status = 'scheduled' AND topic.title IS DISTINCT FROM session.topic""")
        again = rows("""
          SELECT count(*) FROM (
            SELECT topic.title, lag(topic.title, 30) OVER track AS before
              FROM schedule_session session
              JOIN schedule_sessiontopic topic ON topic.session_id = session.id
             WHERE session.track_id = (SELECT min(id) FROM programs_track)
               AND session."on" > current_date - 77
            WINDOW track AS (ORDER BY session.starts_at)) each
           WHERE title <> before""")
    assert (bare, again) == ([(0,)], [(0,)])


@pytest.mark.slow
def test_each_track_was_planned_today_and_somebody_has_topics_to_come(organization: int) -> None:
    with door.opened_for_job("schedule.read", organization) as permit:
        runs = rows("""SELECT count(DISTINCT track_id) = (SELECT count(*) FROM programs_track)
          FROM schedule_rotationrun WHERE cause = 'night'""")
        record = rows("""SELECT record_id FROM schedule_seat
          WHERE released_at IS NULL AND upper(during) IS NULL ORDER BY lower(during), id LIMIT 1""")
        found = topics_of(permit, record[0][0])
    assert runs == [(True,)]
    assert (len(found.had) > 5, len(found.coming) > 5) == (True, True)
