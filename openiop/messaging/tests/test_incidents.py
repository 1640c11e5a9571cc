"""The incident register: called in one tap, clocks by rule, closed when nothing is left."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openiop.access.backend.base import writing
from openiop.access.models import HousePolicy, RoleAssignment
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging import actions, queries
from openiop.messaging.actions.incidents import WORDS
from openiop.messaging.models import Alert, Incident, OutboxMessage
from openiop.messaging.rules import DUTIES
from openiop.messaging.tests.conftest import ALICE, DANA, EVERY_REQUEST, NORTH, NOW, SAM, SOUTH

MANAGE, REPORT = "messaging.incident.manage", "messaging.incident.write"


def report(opened, kind: str = "overdose", person: str = "alice", **facts) -> str:
    with opened(person, REPORT, now=NOW) as permit:
        given = {"clinic": NORTH, "kind": kind, "happened_at": NOW - timedelta(minutes=5)}
        return actions.report_incident(permit, **{**given, **facts})


def duties_of(opened, number: str, person: str = "dana") -> dict[str, tuple]:
    with opened(person, MANAGE, now=NOW) as permit:
        found = queries.incident(permit, number).duties
    return {duty.kind: (duty.due_at and duty.due_at - NOW, duty.outcome) for duty in found}


def test_each_kind_of_duty_has_words():
    assert set(WORDS) == set(DUTIES)


def test_one_tap_calls_help_to_a_room_and_drafts_the_incident(opened, on_duty):
    on_duty(first=SAM)
    with opened("fred", REPORT, now=NOW) as permit:
        called = actions.call_for_help(permit, clinic=NORTH, room=1)
        alert = queries.alert(permit, called.alert)
        own = queries.own_report(permit, called.incident)
    assert (alert.sentence, alert.room_name) == ("Help is needed: Maple.", "Maple")
    assert (alert.called, alert.incident) == (("Sam Stone",), called.incident)
    assert (own.row.kind, own.row.room_name, own.narrative) == ("help", "Maple", "")


def test_a_second_tap_is_the_same_call_a_later_or_other_room_is_not(opened):
    with opened("fred", REPORT, now=NOW) as permit:
        first = actions.call_for_help(permit, clinic=NORTH, room=1)
        assert actions.call_for_help(permit, clinic=NORTH, room=1) == first
        assert actions.call_for_help(permit, clinic=NORTH, room=2) != first
    with opened("alice", REPORT, now=NOW + timedelta(minutes=2)) as permit:
        assert actions.call_for_help(permit, clinic=NORTH, room=1) != first


def test_a_room_of_another_clinic_is_not_there(opened):
    with opened("fred", REPORT, now=NOW) as permit, pytest.raises(Http404):
        actions.call_for_help(permit, clinic=NORTH, room=3)


def test_without_a_room_help_comes_to_the_clinic(opened):
    with opened("fred", REPORT, now=NOW) as permit:
        called = actions.call_for_help(permit, clinic=NORTH)
        assert queries.alert(permit, called.alert).sentence == "Help is needed: the clinic."


def test_the_clocks_of_a_grave_incident_come_from_the_catalog(opened):
    number = report(opened)
    assert duties_of(opened, number) == {
        "director_notice": (timedelta(minutes=60), ""),
        "state_report": (None, ""),
        "debrief": (timedelta(hours=72), ""),
        "support": (timedelta(hours=72), ""),
    }


def test_a_breach_has_sixty_days_to_tell_the_people(opened):
    number = report(opened, "breach", people=12)
    assert duties_of(opened, number) == {
        "director_notice": (timedelta(hours=24), ""),
        "notify_people": (timedelta(days=60), ""),
        "log_for_agency": (None, ""),
    }


def test_a_house_that_is_stricter_than_the_law_is_obeyed(opened, system):
    with system("access.house.write", now=NOW), writing():
        HousePolicy.objects.create(
            organization_id=1, clinic_id=NORTH, key="incident.breach.notify_people.due_days",
            value="30", from_on=NOW.date(), reason="our promise",
        )  # fmt: skip
    number = report(opened, "breach", people=12)
    assert duties_of(opened, number)["notify_people"] == (timedelta(days=30), "")


def test_the_directors_are_told_by_themselves_in_words_for_strangers(opened, system):
    number = report(opened)
    with system("messaging.outbox.read"):
        (message,) = OutboxMessage.objects.all()
        assert (message.staff_id, message.channel) == (DANA, "text")
        assert message.body == (
            f"OpenIOP: an entry in the register of North, {number}, waits for you."
        )
    with opened("dana", MANAGE, now=NOW) as permit:
        (line,) = queries.incident(permit, number).log
        assert line.text == "Notice sent to Dana Diaz"


def test_a_clinic_without_a_director_says_so_in_the_log(opened, system):
    with system("access.staff.write"), writing():
        RoleAssignment.objects.filter(role="director").delete()
    number = report(opened)
    with opened("sam", MANAGE, now=NOW) as permit:
        (line,) = queries.incident(permit, number).log
    assert line.text == "Notice sent to nobody: this clinic has no director"


def test_each_duty_is_a_task_of_the_director_until_it_is_done(opened):
    number = report(opened)
    with opened("dana", MANAGE, now=NOW) as permit:
        assert [row.title for row in queries.open_tasks(permit, kinds=["incident_duty"])] == [
            f"{number}: Tell the director",
            f"{number}: Find out whether the state must be told, and tell it",
            f"{number}: Talk it through with those involved",
            f"{number}: Offer support to the staff and the people involved",
        ]
        notice = queries.incident(permit, number).duties[0]
        actions.finish_duty(permit, number, notice.id, "Told by phone at 16:40")
        assert len(queries.open_tasks(permit, kinds=["incident_duty"])) == 3
        done = queries.incident(permit, number).duties[0]
    assert (done.outcome, done.done_by, done.waived) == (
        "Told by phone at 16:40",
        "Dana Diaz",
        False,
    )


def test_the_duties_are_not_on_the_worklist_of_those_who_may_not_read_the_register(opened):
    report(opened)
    with opened("alice", "messaging.task.read", now=NOW) as permit:
        assert queries.open_tasks(permit, kinds=["incident_duty"]) == []
        assert queries.task_counts(permit)["clinic"] == 0


def test_saying_what_it_was_changes_the_duties(opened):
    with opened("fred", REPORT, now=NOW) as permit:
        number = actions.call_for_help(permit, clinic=NORTH, room=1).incident
        actions.describe_incident(permit, number, kind="other", narrative="A chair broke.")
    assert duties_of(opened, number) == {
        "director_notice": (timedelta(hours=24), ""),
        "debrief": (timedelta(hours=72), ""),
        "support": (timedelta(hours=72), ""),
    }
    with opened("dana", MANAGE, now=NOW) as permit:
        first = queries.incident(permit, number).duties[0]
    assert (first.rule, first.waived, first.outcome) == (
        "incident.grave.director_notice.due_minutes", True, "Not asked for by what happened",
    )  # fmt: skip


def test_a_false_alarm_can_be_closed_at_once(opened):
    with opened("fred", REPORT, now=NOW) as permit:
        number = actions.call_for_help(permit, clinic=NORTH).incident
        actions.describe_incident(permit, number, kind="false_alarm", narrative="A slip.")
    with opened("dana", MANAGE, now=NOW) as permit:
        actions.close_incident(permit, number, "A slip of the finger")
        assert queries.incident(permit, number).row.closed_at == NOW


def test_a_call_nobody_described_cannot_be_closed(opened):
    with opened("fred", REPORT, now=NOW) as permit:
        number = actions.call_for_help(permit, clinic=NORTH).incident
    with opened("dana", MANAGE, now=NOW) as permit, pytest.raises(Refused) as no:
        actions.close_incident(permit, number, "Over")
    assert no.value.sentence == "Nobody has said yet what happened."


def test_it_closes_when_each_duty_is_done_or_reasoned_away(opened):
    number = report(opened, "other")
    with opened("dana", MANAGE, now=NOW) as permit:
        notice, debrief, support = queries.incident(permit, number).duties
        actions.finish_duty(permit, number, notice.id, "Read")
        actions.waive_duty(permit, number, debrief.id, "Nobody was there")
        with pytest.raises(Refused) as no:
            actions.close_incident(permit, number, "Repaired")
        assert no.value.sentence == (
            "This incident still asks for: Offer support to the staff and the people involved."
        )
        actions.finish_duty(permit, number, support.id, "Offered to Alice")
        actions.close_incident(permit, number, "Repaired")
        with pytest.raises(Refused) as no:
            actions.add_line(permit, number, "One more thing")
        assert no.value.code == "incident_closed"
        actions.reopen_incident(permit, number)
        actions.reopen_duty(permit, number, support.id)
        assert queries.incident(permit, number).row.open_duties == 1


def test_a_duty_is_answered_once(opened):
    number = report(opened, "other")
    with opened("dana", MANAGE, now=NOW) as permit:
        notice = queries.incident(permit, number).duties[0]
        actions.finish_duty(permit, number, notice.id, "Read")
        with pytest.raises(Refused) as no:
            actions.waive_duty(permit, number, notice.id, "No")
    assert no.value.code == "duty_done"


def test_a_reporter_reads_and_describes_only_what_they_reported(opened):
    number = report(opened, person="alice")
    with opened("bob", REPORT, now=NOW) as permit:
        with pytest.raises(Http404):
            queries.own_report(permit, number)
        with pytest.raises(Http404):
            actions.describe_incident(permit, number, kind="other", narrative="")
    with pytest.raises(NotPermitted), opened("alice", "messaging.incident.read"):
        pass


def test_another_clinic_finds_no_incident_of_ours(opened, system):
    number = report(opened, person="charlie", clinic=SOUTH)
    with opened("sam", MANAGE, now=NOW) as permit:
        assert queries.register(permit) == []
        with pytest.raises(Http404):
            queries.incident(permit, number)
        with pytest.raises(Http404):
            actions.add_line(permit, number, "?")


def test_the_register_is_narrowed_by_kind_and_state(opened):
    late = report(opened, "overdose")
    breach = report(opened, "breach", people=1)
    with opened("dana", MANAGE, now=NOW + timedelta(hours=2)) as permit:

        def found(**by):
            return {row.number for row in queries.register(permit, **by)}

        assert found() == {late, breach}
        assert found(kind="breach") == {breach}
        assert found(state="late") == {late}
        assert found(state="closed") == set()
        assert {row.number for row in queries.register_stream(permit)} == {late, breach}


def test_an_incident_names_records_by_number_and_leaves_their_charts_alone(opened, someone):
    person = someone()
    number = report(opened, records=[person.record])
    with opened("dana", MANAGE, now=NOW) as permit:
        assert queries.incident(permit, number).numbers == (person.number,)
        assert queries.open_tasks(permit, record=person.record) == []


def test_every_version_of_an_incident_is_kept(opened, system):
    number = report(opened, "other")
    with opened("dana", MANAGE, now=NOW) as permit:
        actions.describe_incident(permit, number, kind="assault", narrative="A shove.")
        kinds = Incident.objects.get(number=number).events.order_by("pgh_id")
        assert list(kinds.values_list("kind", flat=True)) == ["other", "assault"]


def test_numbers_are_never_the_same(opened):
    assert len({report(opened) for _ in range(3)}) == 3


def test_the_register_takes_one_statement_for_one_and_for_three(opened, django_assert_num_queries):
    for count in (1, 2):
        for _ in range(count):
            report(opened)
        with opened("dana", MANAGE, now=NOW) as permit, django_assert_num_queries(1):
            queries.register(permit)


@pytest.mark.parametrize("directors", [1, 4])
def test_one_tap_takes_ten_statements_of_its_own_whoever_is_told(
    signed_in, on_duty, more_directors, system, directors
):
    # Given somebody on call and so many directors
    now = timezone.now()
    with system("messaging.oncall.write", now=now) as permit:
        actions.add_shift(
            permit, clinic=NORTH, staff=SAM, rank=1, start=now, end=now + timedelta(hours=9)
        )
    more_directors(directors)
    client = signed_in("alice")

    # When a room is pressed
    with CaptureQueriesContext(connection) as seen:
        assert client.post("/desk/help/", {"room": 1}).status_code == 302

    # Then that took ten statements, and everybody has a message
    own = [each["sql"] for each in seen if not any(word in each["sql"] for word in EVERY_REQUEST)]
    assert len(own) == 10, own
    with system("messaging.outbox.read"):
        assert Alert.objects.get().raised_by_id == ALICE
        assert OutboxMessage.objects.count() == 1 + directors


def test_a_second_tap_takes_no_number_of_the_register(opened):
    with opened("fred", REPORT, now=NOW) as permit:
        first = actions.call_for_help(permit, clinic=NORTH, room=1)
        actions.call_for_help(permit, clinic=NORTH, room=1)
        other = actions.call_for_help(permit, clinic=NORTH, room=2)
    assert int(other.incident[4:]) == int(first.incident[4:]) + 1


def test_a_clock_that_nobody_recorded_says_so_until_the_clinic_sets_its_own(opened, system):
    key = "incident.state_report.due_hours"

    def clock() -> tuple:
        with opened("dana", MANAGE, now=NOW) as permit:
            found = queries.incident(permit, report(opened)).duties
        return next((duty.due_at, duty.reviewed) for duty in found if duty.rule == key)

    assert clock() == (None, False)
    with system("access.house.write", now=NOW), writing():
        HousePolicy.objects.create(
            organization_id=1, clinic_id=NORTH, key=key, value="24", from_on=NOW.date(),
            reason="Our counsel read the text.",
        )  # fmt: skip
    assert clock() == (NOW + timedelta(hours=24), True)
