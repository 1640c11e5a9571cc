"""The pages: who may open them, what another clinic finds, what a press does."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from openiop.messaging import actions, queries
from openiop.messaging.actions.jobs import queue_job
from openiop.messaging.models import Alert, OnCallShift
from openiop.messaging.tests.conftest import ALICE, BOB, DANA, NORTH, SAM, SOUTH

EVERY_PAGE = ("tasks", "oncall", "help", "incident_new")


@pytest.fixture
def now():
    """Pages run by the clock on the wall."""
    return timezone.now()


@pytest.fixture
def page(signed_in):
    """`page("alice", "tasks")`: a page's status and text."""

    def get(person: str, name: str, *args, query: str = "") -> tuple[int, str]:
        answer = signed_in(person).get(reverse(f"messaging:{name}", args=args) + query)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, body.decode()

    return get


@pytest.fixture
def press(signed_in):
    """`press("alice", "tasks_work", close=7)`: post, and the page it leads to."""

    def post(person: str, name: str, *args, query: str = "", **data) -> tuple[int, str]:
        url = reverse(f"messaging:{name}", args=args) + query
        answer = signed_in(person).post(url, data, follow=True)
        return answer.status_code, answer.content.decode()

    return post


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_pages_for_everyone_open_for_a_counselor_and_not_for_a_stranger(page, client, name, db):
    assert page("alice", name)[0] == 200
    answer = client.get(reverse(f"messaging:{name}"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize(
    ("name", "may"), [("outbox", "fred"), ("jobs", "adam"), ("incidents", "paula")]
)
def test_pages_for_few_are_refused_with_whom_to_ask(page, name, may):
    assert page(may, name)[0] == 200
    status, text = page("alice", name)
    assert status == 403
    assert "Ask your administrator" in text


# --- tasks -------------------------------------------------------------------------------------


@pytest.fixture
def a_task(system, now):
    def make(clinic: int = NORTH, **facts) -> int:
        with system("messaging.task.write", now=now) as permit:
            given = {"kind": "call", "title": "Call back", "due_at": now - timedelta(hours=1)}
            return actions.open_task(permit, clinic=clinic, **{**given, **facts})

    return make


def open_titles(system) -> list[str]:
    with system("messaging.task.read") as permit:
        return [row.title for row in queries.open_tasks(permit)]


def test_a_late_task_stands_in_the_list_with_its_record_and_no_name(page, a_task, someone):
    person = someone()
    a_task(staff=ALICE, record=person.record)
    text = page("alice", "tasks")[1]
    assert text.count("Call back") > 0
    assert text.count(person.number) > 0
    assert ">Overdue<" in text


def test_another_clinics_tasks_are_not_in_the_list(page, a_task):
    a_task(clinic=NORTH, role="clinician", title="Ours")
    assert "Ours" not in page("charlie", "tasks", query="?show=clinic")[1]
    assert "Nothing to do here" in page("charlie", "tasks", query="?show=clinic")[1]


def test_a_task_is_taken_and_given_back(press, a_task, system):
    task = a_task(role="clinician")
    assert "You took the task." in press("alice", "tasks_work", claim=task)[1]
    with system("messaging.task.read") as permit:
        assert [row.staff for row in queries.open_tasks(permit)] == [ALICE]
    press("alice", "tasks_work", give_back=task)
    with system("messaging.task.read") as permit:
        assert [row.staff for row in queries.open_tasks(permit)] == [None]


def test_taking_a_colleagues_task_is_refused_in_a_sentence(press, a_task):
    task = a_task(role="clinician", staff=BOB)
    status, text = press("alice", "tasks_work", claim=task)
    assert status == 422
    assert "A colleague has taken this task." in text


def test_ticked_tasks_are_closed_with_one_outcome_and_undo_brings_them_back(
    press, page, a_task, system
):
    tasks = [a_task(staff=ALICE, title=f"Task {n}") for n in range(3)]
    text = press("alice", "tasks_work", close="", task=tasks[:2], outcome="Reached")[1]
    assert "2 tasks are closed." in text
    assert open_titles(system) == ["Task 2"]
    undo = re.search(r'action="/desk/tasks/undo/([^"]+)"', text)[1].replace("&amp;", "&")
    press("alice", "tasks_undo", query=undo)
    assert open_titles(system) == ["Task 0", "Task 1", "Task 2"]


def test_one_task_is_closed_by_its_own_button(press, a_task, system):
    one, _other = a_task(staff=ALICE, title="One"), a_task(staff=ALICE, title="Other")
    press("alice", "tasks_work", close=one)
    assert open_titles(system) == ["Other"]


def test_a_task_is_snoozed_and_brought_back(press, page, a_task):
    task = a_task(staff=ALICE)
    press("alice", "tasks_work", snooze="", task=[task], until="tomorrow")
    assert "Nothing to do here" in page("alice", "tasks")[1]
    assert "Call back" in page("alice", "tasks", query="?show=snoozed")[1]
    press("alice", "tasks_work", wake=task)
    assert "Call back" in page("alice", "tasks")[1]


def test_nothing_ticked_is_said(press, a_task):
    a_task(staff=ALICE)
    assert "Tick the tasks first" in press("alice", "tasks_work", close="")[1]
    assert "Tick the tasks first" in press("alice", "tasks_work", snooze="", until="hour")[1]


def test_another_clinic_cannot_close_our_task(press, a_task, system):
    task = a_task(title="Ours")
    press("charlie", "tasks_work", close=task)
    assert open_titles(system) == ["Ours"]
    assert press("charlie", "tasks_work", claim=task)[0] == 404
    assert press("charlie", "tasks_work", claim="x")[0] == 404


def test_every_list_takes_the_same_statements_for_one_and_three_rows(
    signed_in, a_task, system, now, someone, on_call_week
):
    lists = {"tasks": "alice", "outbox": "dana", "jobs": "adam", "incidents": "dana",
             "oncall": "dana", "help": "alice"}  # fmt: skip
    clients = {name: signed_in(person) for name, person in lists.items()}

    def add(number: int) -> None:
        a_task(staff=ALICE, record=someone().record)
        with system("messaging.outbox.queue", now=now) as permit:
            actions.queue_message(
                permit, key=f"k{number}", channel="text", clinic=NORTH, staff=BOB, body="Call."
            )
        queue_job("messaging.escalate", 1, number=number)
        on_call_week(number)
        with system("messaging.incident.write", now=now) as permit:
            report_as(permit)

    def count() -> dict[str, int]:
        found = {}
        for name, client in clients.items():
            with CaptureQueriesContext(connection) as taken:
                assert client.get(reverse(f"messaging:{name}")).status_code == 200
            found[name] = len(taken)
        return found

    count()  # the first request of a session also writes when it began
    add(0)
    one = count()
    add(1)
    add(2)
    assert count() == one
    assert one == {"tasks": 12, "outbox": 13, "jobs": 13, "incidents": 11, "oncall": 11, "help": 12}


def report_as(permit) -> str:
    """An incident by Alice, whatever the permit."""
    return actions.report_incident(
        replace(permit, staff=ALICE), clinic=NORTH, kind="other", happened_at=permit.now
    )


# --- on call -----------------------------------------------------------------------------------


@pytest.fixture
def on_call_week(system, now):
    """`on_call_week(2)`: Sam on call at North for the third four hours of today."""

    def put(number: int = 0, clinic: int = NORTH) -> int:
        start = now.replace(hour=12, minute=0) + timedelta(hours=4 * number)
        with system("messaging.oncall.write", now=now) as permit:
            return actions.add_shift(
                permit, clinic=clinic, staff=SAM, rank=1, start=start,
                end=start + timedelta(hours=4),
            )  # fmt: skip

    return put


SHIFT = {"staff": SAM, "rank": 1, "start": "2026-11-24T08:00", "end": "2026-11-24T20:00"}


def test_the_rota_says_when_nobody_is_on_call(page):
    text = page("alice", "oncall")[1]
    assert "When nobody is on call" in text
    assert "Put somebody on call" not in text


def test_somebody_is_put_on_call_in_the_clinics_own_time(press, page, system):
    status, text = press("sam", "shift_new", **SHIFT)
    assert (status, "The shift is in the rota." in text) == (200, True)
    assert "08:00–20:00" in text
    with system("messaging.oncall.read"):
        assert OnCallShift.objects.get().during.lower.isoformat() == "2026-11-24T14:00:00+00:00"


def test_a_clash_stands_on_the_form_as_a_sentence(press):
    press("sam", "shift_new", **SHIFT)
    status, text = press("dana", "shift_new", **{**SHIFT, "staff": DANA})
    assert status == 422
    assert "Sam Stone is first on call from Tue 24 Nov, 08:00 to Tue 24 Nov, 20:00." in text


def test_an_end_before_the_start_stands_at_its_field(press):
    status, text = press("sam", "shift_new", **{**SHIFT, "end": "2026-11-24T07:00"})
    assert (status, "A shift ends after it starts" in text) == (422, True)


def test_a_shift_is_changed_taken_out_and_brought_back(press, page, system):
    press("sam", "shift_new", **SHIFT)
    with system("messaging.oncall.read"):
        shift = OnCallShift.objects.get().id
    assert 'value="2026-11-24T08:00"' in page("sam", "shift", shift)[1]
    text = press("sam", "shift", shift, **{**SHIFT, "end": "2026-11-24T18:00"})[1]
    assert "08:00–18:00" in text
    text = press("sam", "shift_remove", shift)[1]
    assert "08:00–18:00" not in text
    undo = re.search(r'action="/desk/oncall/restore/([^"]+)"', text)[1]
    assert "08:00–18:00" in press("sam", "shift_restore", query=undo)[1]


def test_another_clinics_shift_is_404_and_a_counselor_may_not_write(page, press, on_call_week):
    shift = on_call_week(clinic=SOUTH)
    assert page("sam", "shift", shift)[0] == 404
    assert press("sam", "shift_remove", shift)[0] == 404
    assert page("alice", "shift_new")[0] == 403


def test_a_gap_that_is_pressed_fills_the_form(page):
    query = "?rank=2&start=2026-11-24T20:00&end=2026-11-25T08:00"
    text = page("sam", "shift_new", query=query)[1]
    assert 'value="2026-11-24T20:00"' in text
    assert page("sam", "shift_new", query="?start=soon")[0] == 200


# --- help and incidents ------------------------------------------------------------------------


def called(press, person: str = "fred", room: int | str = 1) -> str:
    text = press(person, "help", room=room)[1]
    return re.search(r"INC-\d{5}", text)[0]


def test_help_is_two_taps_away_and_names_the_room(page, press, system):
    assert "Maple" in page("fred", "help")[1]
    text = press("fred", "help", room=1)[1]
    assert "Help is needed: Maple." in text
    assert "Dana Diaz" in text
    with system("messaging.task.read"):
        assert Alert.objects.get().room_id == 1


def test_a_room_of_another_clinic_cannot_be_called_for(press):
    assert press("fred", "help", room=3)[0] == 404


def test_the_call_is_answered_once(press, system):
    called(press)
    with system("messaging.task.read"):
        alert = Alert.objects.get().id
    assert "You answered the call." in press("alice", "alert_answer", alert)[1]
    status, text = press("bob", "alert_answer", alert)
    assert (status, "Alice Adams has already answered this call." in text) == (422, True)
    assert press("charlie", "alert_answer", alert)[0] == 404


TOLD = {"kind": "medical", "narrative": "Fainted, awake again.", "happened_at": "2026-11-23T16:00"}


def test_whoever_called_tells_what_happened_and_nobody_else(press, page):
    number = called(press)
    assert "The directors have it now" in press("fred", "help_called", number, **TOLD)[1]
    assert "Fainted, awake again." in page("dana", "incident", number)[1]
    assert page("alice", "help_called", number)[0] == 404


def test_a_record_that_is_not_there_stands_at_its_field(press, someone):
    number = called(press)
    elsewhere = someone(SOUTH).number
    for wrong in ("12345678", elsewhere):
        status, text = press("fred", "help_called", number, **TOLD, numbers=wrong)
        assert (status, f"There is no record {wrong} here." in text) == (422, True)
    mine = someone().number
    assert press("fred", "help_called", number, **TOLD, numbers=mine)[0] == 200


def test_an_incident_is_reported_afterwards(press, page):
    text = press("alice", "incident_new", clinic=NORTH, room=2, **TOLD)[1]
    number = re.search(r"INC-\d{5}", text)[0]
    assert f"{number} is in the register." in text
    assert "Birch" in page("dana", "incident", number)[1]


def test_an_incident_is_worked_through_and_closed(press, page, system):
    number = called(press)
    press("dana", "incident_work", number, describe=1, **{**TOLD, "kind": "other"})
    with system("messaging.incident.read") as permit:
        open_ones = [duty for duty in queries.incident(permit, number).duties if not duty.done_at]
    for duty in open_ones:
        press("dana", "incident_work", number, done=duty.id, text="Done on the phone")
    text = press("dana", "incident_work", number, line=1, text="All are well")[1]
    assert "All are well" in text
    text = press("dana", "incident_work", number, close=1, text="Over")[1]
    assert "The incident is closed." in text
    undo = re.search(r'action="/desk/incidents/undo/([^"]+)"', text)[1].replace("&amp;", "&")
    press("dana", "incident_undo", query=undo)
    assert "Close the incident" in page("dana", "incident", number)[1]


def test_limits_that_nobody_reviewed_say_so_on_the_page_and_on_paper(press, page):
    number = called(press)
    told = press("fred", "help_called", number, **{**TOLD, "kind": "overdose"})[1]
    shown, printed = (page("dana", name, number)[1] for name in ("incident", "incident_print"))
    # notice, debrief and support have a value nobody checked; the state's report has none at all
    assert shown.count("Not reviewed yet") == 4
    assert [text.count("(not reviewed yet)") for text in (told, printed)] == [4, 4]
    assert [text.count("No time limit is recorded here") for text in (told, shown, printed)] == [
        1,
        1,
        1,
    ]


def test_closing_too_early_and_empty_words_are_refused(press):
    number = called(press)
    for data in ({"close": 1, "text": "Over"}, {"line": 1, "text": " "}, {"describe": 1}):
        assert press("dana", "incident_work", number, **data)[0] == 422


def test_a_duty_is_set_aside_with_a_reason_and_that_can_be_undone(press, system):
    number = called(press)
    with system("messaging.incident.read") as permit:
        duty = queries.incident(permit, number).duties[0].id
    text = press("dana", "incident_work", number, waive=duty, text="She stood beside me")[1]
    assert "She stood beside me" in text
    undo = re.search(r'action="/desk/incidents/undo/([^"]+)"', text)[1].replace("&amp;", "&")
    press("dana", "incident_undo", query=undo)
    with system("messaging.incident.read") as permit:
        assert not queries.incident(permit, number).duties[0].waived


@pytest.mark.parametrize("name", ["incident", "incident_print"])
def test_an_incident_of_another_clinic_or_house_is_404(press, page, name):
    number = called(press)
    assert page("dana", name, number)[0] == 200
    assert page("riva", name, number)[0] == 404
    assert page("dana", name, "INC-99999")[0] == 404
    assert page("fred", name, number)[0] == 403


def test_the_register_is_narrowed_and_saved_as_a_file(press, page):
    number = called(press)
    assert number in page("dana", "incidents", query="?state=open&kind=help")[1]
    assert number not in page("dana", "incidents", query="?state=closed")[1]
    lines = page("dana", "incidents_csv", query="?state=open")[1].splitlines()
    assert lines[0].startswith("number,kind,clinic_code,room_name")
    assert [line.split(",")[:4] for line in lines[1:]] == [[number, "help", "NORTH", "Maple"]]


# --- outbox and jobs ---------------------------------------------------------------------------


def test_a_message_is_dropped_from_its_page_and_its_words_are_nowhere(press, page, system, someone):
    person = someone(safe_to_text=True)
    with system("messaging.outbox.queue") as permit:
        message = actions.queue_message(
            permit, key="a", channel="text", clinic=NORTH, record=person.record, body="Secret words"
        )
    text = page("dana", "outbox")[1]
    assert person.number in text
    assert "•••• 0199" in text
    assert "Secret words" not in text
    assert "+13125550199" not in text
    assert "The message will not be sent." in press("dana", "outbox_change", drop=message)[1]
    assert "waiting to be sent again" not in press("dana", "outbox_change", retry=message)[1]


def test_the_jobs_page_says_when_no_worker_runs_and_when_all_is_well(page):
    text = page("adam", "jobs")[1]
    assert "No worker was ever seen." in text
    assert "Every job went well" in text


def test_a_failed_job_is_run_again_from_its_page(press, page, db):
    queue_job("messaging.escalate", 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' RETURNING id")
        job = cursor.fetchone()[0]
    assert "messaging.escalate" in page("adam", "jobs")[1]
    assert "1 job waits again." in press("adam", "jobs_retry", job=job)[1]
    assert press("adam", "jobs_retry", job=job)[0] == 422
    assert "0 jobs wait again." in press("adam", "jobs_retry", all="")[1]
