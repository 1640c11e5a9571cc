"""The question built from the rows: who is there, who waits, and nobody's name."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openiop.config.network_for_tests import GULF, NORTH
from openiop.programs.actions import wait
from openiop.schedule.queries.timetable import facts
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_person, make_track
from openiop.schedule.timetable.facts import Facts, Hours, Shift, from_json, to_json

pytestmark = pytest.mark.django_db


def asked(area: str = "") -> Facts:
    with as_job("schedule.read") as permit:
        return facts(permit, TODAY, area)


def waiting(track: int, clinic: int, people: int) -> None:
    for _ in range(people):
        record = make_person(clinic)
        with as_job("programs.waiting.write") as permit:
            wait(permit, record=record, clinic=clinic, track=track)


def test_a_track_is_told_with_its_people_and_its_hours(network: Any) -> None:
    track = make_track()
    make_enrolled(track, 3)
    (today,) = asked().today
    assert (today.id, today.clinic, today.weekdays, today.starts) == (track, NORTH, (0, 2, 4), 1080)
    assert (today.room, today.lead, today.co, today.people) == (1, 1, None, 3)
    assert today.staying == 3


def test_who_waits_is_counted_by_what_they_wait_for(network: Any) -> None:
    track = make_track()
    waiting(track, NORTH, 2)
    (wanted,) = asked().demand
    assert (wanted.waiting, wanted.forecast, wanted.daypart) == (2, 0, "evening")
    assert (wanted.clinics, wanted.mode, wanted.step_free) == ((NORTH,), "in_person", False)


def test_as_many_are_expected_as_came_beyond_those_who_wait(network: Any) -> None:
    track = make_track()
    make_enrolled(track, 6)
    waiting(track, NORTH, 1)
    (wanted,) = asked().demand
    assert (wanted.waiting, wanted.forecast) == (1, 2)  # six in eight weeks are three in four


def test_colleagues_lead_what_their_credentials_carry_in_their_state(network: Any) -> None:
    make_track()
    members = {one.id: one for one in asked().members}
    assert "IL substance_use counseling" in members[network.staff["alice"]].leads
    assert members[network.staff["fred"]].leads == ()
    assert members[network.staff["tess"]].leads[0].startswith("TX")


def test_an_intern_of_the_first_level_is_watched_by_whoever_is_qualified_there(
    network: Any,
) -> None:
    make_track(GULF)
    iris = {one.id: one for one in asked().members}[network.staff["iris"]]
    assert (iris.intern, iris.on_site) == (True, True)
    assert iris.supervisors == (network.staff["tess"], network.staff["sam"])


def test_without_hours_on_file_somebody_is_there_while_their_clinic_is_open(network: Any) -> None:
    members = {one.id: one for one in asked().members}
    assert members[network.staff["alice"]].shifts[0] == Shift(NORTH, 0, 8 * 60, 21 * 60)
    assert members[network.staff["dana"]].shifts == ()


def test_clinics_bring_their_hours_and_limits(network: Any) -> None:
    found = {one.id: one for one in asked().clinics}
    assert found[NORTH].hours[0] == Hours(0, 8 * 60, 21 * 60)
    assert (found[GULF].house_cap, found[GULF].legal_cap) == (11, 16)
    assert asked("nowhere").clinics == ()


def test_the_file_of_the_question_names_nobody_in_care(network: Any) -> None:
    track = make_track()
    make_enrolled(track, 1)
    text = json.dumps(to_json(asked()))
    assert "Person" not in text
    assert from_json(Facts, json.loads(text)) == asked()


def test_the_statements_are_as_many_for_many_people(network: Any) -> None:
    def count() -> int:
        with as_job("schedule.read") as permit, CaptureQueriesContext(connection) as seen:
            facts(permit, TODAY)
        return len(seen)

    track = make_track()
    make_enrolled(track, 1)
    few = count()
    make_enrolled(make_track(NORTH, room=2, staff=((2, "lead"),)), 4)
    assert count() == few
    assert few < 20
