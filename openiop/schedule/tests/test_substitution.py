"""16:30 and somebody cannot hold the evening: who could, where people go, who is told."""

from datetime import time, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from openiop.access.backend.base import writing
from openiop.access.models import Credential
from openiop.config.network_for_tests import GULF, NORTH
from openiop.messaging.queries import open_tasks
from openiop.patients.actions import keep_apart
from openiop.schedule.actions.sessions import restaff, undo
from openiop.schedule.actions.substitution import (
    call_off,
    hold_by_video,
    send_to,
    substitute,
)  # fmt: skip
from openiop.schedule.models import Away
from openiop.schedule.queries.help import hosts, substitutes
from openiop.schedule.queries.sessions import SessionFacts, roster, track_sessions
from openiop.schedule.rules.substitutes import Candidate, ranked
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_enrolled, make_track

WRITE = "schedule.session.write"


def tonight(track: int) -> SessionFacts:
    with as_job("schedule.read") as permit:
        return track_sessions(permit, track, TODAY)[0]


def candidates(session: SessionFacts) -> list[Candidate]:
    with as_job(WRITE) as permit:
        return substitutes(permit, session)


def candidate(name: str, busy: str = "", *flags: str) -> Candidate:
    return Candidate(1, name, "", "", busy, flags)


def test_qualified_and_free_come_first() -> None:
    found = ranked([
        candidate("Dee", "Evening B", "no licence"), candidate("Cal", "Evening B"),
        candidate("Ben", "", "no licence"), candidate("Ann"),
    ])  # fmt: skip
    assert [each.name for each in found] == ["Ann", "Ben", "Cal", "Dee"]


def test_colleagues_are_offered_with_what_stands_against_them(network: object) -> None:
    track = make_track(weeks=1)
    make_track(weeks=1, name="Evening B", room=2, staff=((2, "lead"),))
    found = candidates(tonight(track))
    assert [(each.name, each.busy) for each in found] == [
        ("Dana Diaz", ""), ("Sam Stone", ""),
        ("Bob Brown", "Evening B, Mon 23 Nov, 18:00 to 21:20"),
    ]  # fmt: skip


def away(staff: int, session: SessionFacts, kind: str, *, after: timedelta = timedelta()) -> None:
    """The colleague is not there from some time after the session's begin, for an hour."""
    starts = session.starts_at + after
    with as_job("schedule.hours.write") as permit, writing():
        Away.objects.create(
            organization_id=permit.organization, staff_id=staff, kind=kind,
            during=(starts, starts + timedelta(hours=1)), recorded_at=NOW,
        )  # fmt: skip


def test_nobody_on_leave_during_the_session_is_offered(network: object) -> None:
    session = tonight(make_track(weeks=1))
    assert [each.name for each in candidates(session)] == ["Bob Brown", "Dana Diaz", "Sam Stone"]
    away(2, session, "leave", after=timedelta(hours=1))
    assert [each.name for each in candidates(session)] == ["Dana Diaz", "Sam Stone"]


def test_who_is_on_leave_before_or_after_the_session_is_offered(network: object) -> None:
    session = tonight(make_track(weeks=1))
    away(2, session, "leave", after=timedelta(hours=-1))
    away(2, session, "leave", after=session.ends_at - session.starts_at)
    assert [each.name for each in candidates(session)] == ["Bob Brown", "Dana Diaz", "Sam Stone"]


def test_who_has_something_else_by_their_own_calendar_is_shown_as_busy(network: object) -> None:
    session = tonight(make_track(weeks=1))
    away(2, session, "busy")
    assert [(each.name, each.busy) for each in candidates(session)] == [
        ("Dana Diaz", ""), ("Sam Stone", ""),
        ("Bob Brown", "Busy, Mon 23 Nov, 18:00 to 19:00"),
    ]  # fmt: skip


def test_who_lacks_a_credential_is_offered_with_the_reason(network: object) -> None:
    with as_job("access.staff.write"), writing():
        Credential.objects.filter(staff_id=2).delete()
    bob = next(each for each in candidates(tonight(make_track(weeks=1))) if each.id == 2)
    assert not bob.qualified
    assert bob.flags == (
        "Bob Brown may not lead counseling. No credential is recorded for this person.",
        "Bob Brown may not lead education. No credential is recorded for this person.",
    )


def test_offering_takes_as_many_statements_for_two_colleagues_as_for_three(
    network: object,
) -> None:
    session = tonight(make_track(weeks=1))

    def statements() -> int:
        with as_job(WRITE) as permit, CaptureQueriesContext(connection) as asked:
            substitutes(permit, session)
        return len(asked)

    three = statements()
    with as_job(WRITE) as permit:
        restaff(permit, session.id, [(1, "lead"), (2, "co")])
    session = tonight(session.track)
    assert statements() == three == 4


def test_a_substitute_holds_the_session_and_owes_its_notes(network: object) -> None:
    track = make_track(weeks=1, staff=((1, "lead"), (4, "co")))
    with as_job(WRITE) as permit:
        substitute(permit, tonight(track).id, 2)
    assert [(each.name, each.part, each.owes_notes) for each in tonight(track).staff] == [
        ("Bob Brown", "substitute", True), ("Dana Diaz", "co", False)
    ]  # fmt: skip


def test_a_substitute_without_a_credential_is_recorded_flagged_and_reviewed(
    network: object,
) -> None:
    with as_job("access.staff.write"), writing():
        Credential.objects.filter(staff_id=2).delete()
    track = make_track(weeks=1)
    with as_job(WRITE) as permit:
        substitute(permit, tonight(track).id, 2)
        reviews = open_tasks(permit, kinds=["credential_review"])
    holder = tonight(track).staff[0]
    assert (holder.id, len(holder.flags)) == (2, 2)
    assert [(task.title, task.role) for task in reviews] == [
        ("Review who holds Evening A: a credential is missing.", "supervisor")
    ]


def test_a_substitute_undone_gives_the_evening_back(network: object) -> None:
    track = make_track(weeks=1)
    before = tonight(track)
    with as_job(WRITE) as permit:
        undo(permit, substitute(permit, before.id, 2).batch)
    assert tonight(track) == before


def test_sessions_of_the_day_that_could_take_everybody_are_offered(network: object) -> None:
    track = make_track(weeks=1)
    fits = make_track(weeks=1, name="Evening B", room=2, staff=((2, "lead"),))
    full = make_track(weeks=1, name="Video", mode="virtual", staff=())
    make_enrolled(track, 4)
    make_enrolled(fits, 7)
    make_enrolled(full, 8)
    with as_job(WRITE) as permit:
        found = hosts(permit, tonight(track))
    assert [(each.session.track, each.would_sit) for each in found] == [(fits, 11)]


def test_a_group_with_somebody_kept_apart_is_not_offered(network: object) -> None:
    track = make_track(weeks=1)
    other = make_track(weeks=1, name="Evening B", room=2, staff=((2, "lead"),))
    with as_job("patients.apart.write") as permit:
        keep_apart(permit, make_enrolled(track)[0], make_enrolled(other)[0], "kin")
    with as_job(WRITE) as permit:
        assert hosts(permit, tonight(track)) == []


def test_everybody_is_sent_to_another_group_and_told(network: object) -> None:
    track = make_track(weeks=1)
    other = make_track(
        weeks=1, name="Late", room=2, starts=time(19), staff=((2, "lead"),), mode="virtual"
    )
    people = make_enrolled(track, 2)
    host = tonight(other)
    with as_job(WRITE) as permit:
        helped = send_to(permit, tonight(track).id, host.id)
        assert {seated.record for seated in roster(permit, host.id)} == set(people)
        calls = open_tasks(permit, kinds=["session_call"])
    assert (helped.told.texted, helped.told.to_call) == (0, 2)
    assert {call.title for call in calls} == {
        "Call: Your appointment of Mon 23 Nov, 18:00 is now on Mon 23 Nov, 19:00."
        " Questions: +13125550101."
    }


def test_by_video_everybody_is_told(network: object) -> None:
    track = make_track(weeks=1)
    make_enrolled(track, 2)
    with as_job(WRITE) as permit:
        assert hold_by_video(permit, tonight(track).id).told.to_call == 2
    assert tonight(track).mode == "virtual"


def test_called_off_everybody_is_told_and_offered_another_session(network: object) -> None:
    track = make_track(weeks=1)
    people = make_enrolled(track, 2)
    with as_job(WRITE) as permit:
        call_off(permit, tonight(track).id, "Nobody can hold it")
        offers = open_tasks(permit, kinds=["makeup_offer"])
        calls = open_tasks(permit, kinds=["session_call"])
    assert {offer.record for offer in offers} == {call.record for call in calls} == set(people)


def test_an_intern_may_hold_a_group_in_texas(network: Any) -> None:
    session = tonight(make_track(GULF, weeks=1))
    iris = next(each for each in candidates(session) if each.name == "Iris Ito")
    assert (iris.qualified, iris.free) == (True, True)


def test_the_clinic_is_the_sessions(network: object) -> None:
    with as_job(WRITE, NOW) as permit:
        names = [each.name for each in substitutes(permit, tonight(make_track(NORTH, weeks=1)))]
    assert names == ["Bob Brown", "Dana Diaz", "Sam Stone"]
