"""The attendance page, its paper, its code at the door, and visits, through the web."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openiop.access.actions import set_policy
from openiop.access.door import opened_for
from openiop.access.models import AuditEvent
from openiop.config.network_for_tests import IDS, NORTH, SOUTH
from openiop.patients.queries import person
from openiop.schedule.actions import attendance as actions
from openiop.schedule.actions.enrollment import leave_makeup_seat
from openiop.schedule.queries.appointments import appointments_of
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.queries.sheet import listed
from openiop.schedule.tests.test_attendance import (
    NEXT_DAY,
    after,
    keep_apart,
    one_day_group,
    recorded,
    sessions_of,
    tasks,
)
from openiop.schedule.tests.world import as_job, make_enrolled, make_person, make_track

EVERY_REQUEST = 5  # session, user, door, audit, the session's touch
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def group(network, clock):
    """Today's evening session at North, five minutes in, with three people."""
    track = make_track()
    return sessions_of(track)[0], make_enrolled(track, 3)


def number_of(record: int) -> str:
    with as_job("schedule.read") as permit:
        return person(permit, record).number


def page(session: int) -> str:
    return reverse("schedule:attendance", args=[session])


def mark_url(session: int, record: int) -> str:
    return reverse("schedule:mark", args=[session, number_of(record)])


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- the list ---


def test_the_list_counts_what_is_left_and_offers_one_click_for_all(group, signed_in):
    session, people = group
    client = signed_in("alice")
    response = client.get(page(session))
    assert response.status_code == 200
    assert "3 of 3 left to mark" in text_of(response)
    answer = client.post(reverse("schedule:everyone", args=[session]), {"since": "start"})
    assert (answer.status_code, answer.url) == (302, f"{page(session)}#person-")
    assert "Everybody is marked · 3 here" in text_of(client.get(page(session)))
    assert [recorded(session, one).minutes for one in people] == [180] * 3


def test_a_person_is_marked_by_one_small_form_and_taken_back(group, signed_in):
    session, (maria, *_) = group
    client = signed_in("alice")
    answer = client.post(mark_url(session, maria), {"verb": "present"})
    assert answer.url == f"{page(session)}#person-{number_of(maria)}"
    assert recorded(session, maria).late == 0
    client.post(mark_url(session, maria), {"verb": "undo"})
    assert recorded(session, maria) is None
    client.post(mark_url(session, maria), {"verb": "absent"})
    assert recorded(session, maria).status == "absent"
    assert client.post(mark_url(session, maria), {"verb": "dance"}).status_code == 404


def test_who_comes_after_all_came_when_they_came(group, signed_in, clock):
    session, (maria, *_) = group
    client = signed_in("alice")
    client.post(mark_url(session, maria), {"verb": "absent"})
    clock(after(40))
    client.post(mark_url(session, maria), {"verb": "came"})
    assert (recorded(session, maria).status, recorded(session, maria).late) == ("present", 40)
    assert tasks(record=maria) == []


def test_opening_the_list_is_written_down_once_as_a_look(group, signed_in):
    session, _ = group
    signed_in("alice").get(page(session))
    with as_job("access.audit.seal"):
        (event,) = AuditEvent.objects.filter(user=1)
        assert (event.act, event.kind, event.row, event.count) == (
            "schedule.read", "read", session, 3,
        )  # fmt: skip


def rows_of(answer) -> dict[str, str]:
    """The rows of an answer by record number."""
    parts = answer.content.decode().split("<tr")
    return {found[1]: part for part in parts if (found := re.match(r' id="person-(\d+)"', part))}


def test_htmx_gets_the_row_that_changed_the_next_one_with_the_focus_and_the_count(group, signed_in):
    session, people = group
    client = signed_in("alice")
    names = list(rows_of(client.get(page(session))))
    first = next(one for one in people if number_of(one) == names[0])
    answer = client.post(mark_url(session, first), {"verb": "present"}, **HTMX)
    assert answer.content.decode().startswith(f'<tr id="person-{names[0]}">')
    rows = rows_of(answer)
    assert list(rows) == names[:2]
    assert ["data-focus" in row for row in rows.values()] == [False, True]
    assert ['data-hx-swap-oob="true"' in row.split(">")[0] for row in rows.values()] == [
        False, True,
    ]  # fmt: skip
    assert "2 of 3 left to mark · 1 here" in text_of(answer)
    assert '<div class="row" id="sheet-head" data-hx-swap-oob="true">' in answer.content.decode()
    assert "Here new here · 180 min" in text_of(answer)


def test_the_row_that_comes_back_is_the_row_the_page_shows(group, signed_in):
    session, (maria, *_) = group
    client = signed_in("alice")
    for verb in ("present", "absent", "came", "undo"):
        answer = client.post(mark_url(session, maria), {"verb": verb}, **HTMX)
        mine = rows_of(answer)[number_of(maria)]
        shown = rows_of(client.get(page(session)))[number_of(maria)]
        assert bare(mine) == bare(shown)


def bare(row: str) -> str:
    """A row without the token of its answer, up to its end."""
    return re.sub(r'value="\w{64}"', "", row.split("</tr>")[0])


def test_whoever_came_without_a_seat_leaves_the_list_when_taken_back(group, signed_in):
    session, _ = group
    other = make_track(name="Other", room=2, staff=((2, "lead"),), weekdays=(1,))
    (guest,) = make_enrolled(other)
    with as_job("schedule.attendance.write", after(5)) as permit:
        actions.walk_in(permit, session, guest)
    with as_job("schedule.makeup.write", after(5)) as permit:
        leave_makeup_seat(permit, record=guest, session=session)
    client = signed_in("alice")
    answer = client.post(mark_url(session, guest), {"verb": "undo"}, **HTMX)
    assert number_of(guest) not in rows_of(answer)
    assert "3 of 3 left to mark" in text_of(answer)


def test_everybody_who_found_the_room_full_is_drawn_anew(network, clock, signed_in):
    session, people = one_day_group(2)
    with opened_for(IDS.users["adam"], "access.house.write") as permit:
        set_policy(
            permit, clinic=NORTH, key="group.counseling.max", value="1",
            from_on=date(2026, 1, 1), reason="Small rooms",
        )  # fmt: skip
    client = signed_in("alice")
    clock(after(10))
    assert len(rows_of(client.post(mark_url(session, people[0]), {"verb": "came"}, **HTMX))) == 2
    clock(after(12))
    answer = client.post(mark_url(session, people[1]), {"verb": "came"}, **HTMX)
    assert list(rows_of(answer)) == [number_of(people[1])]
    assert "over the legal size" in rows_of(answer)[number_of(people[1])]
    answer = client.post(mark_url(session, people[0]), {"verb": "absent"}, **HTMX)
    rows = rows_of(answer)
    assert list(rows) == [number_of(one) for one in people]
    assert "over the legal size" not in rows[number_of(people[1])]


def test_late_excused_and_unable_take_their_forms(group, signed_in, clock):
    session, (maria, jose, ana) = group
    clock(after(40))
    client = signed_in("alice")
    forms = text_of(client.get(mark_url(session, maria)))
    assert ("Came at another time" in forms, "What was done" in forms) == (True, True)
    client.post(mark_url(session, maria), {"verb": "late", "at": "18:20"})
    client.post(mark_url(session, jose), {"verb": "excused", "reason": "Court"})
    client.post(mark_url(session, ana), {
        "verb": "unable", "unable": "Unwell", "steps": ["private_room", "ride"]})  # fmt: skip
    assert recorded(session, maria).late == 20
    assert (recorded(session, jose).status, recorded(session, jose).reason) == ("excused", "Court")
    assert recorded(session, ana).steps == ("private_room", "ride")
    listed = text_of(client.get(page(session)))
    assert "160 min · 20 min late" in listed
    assert "Unwell · Private room · Ride home arranged" in listed
    clock(after(60))
    client.post(mark_url(session, maria), {"verb": "leave", "left": "18:50"})
    assert recorded(session, maria).left_at == after(50)


def test_a_usual_delay_takes_one_press_once_it_has_passed(group, signed_in, clock):
    session, (maria, *_) = group
    clock(after(40))
    client = signed_in("alice")
    offered = re.findall(r'name="at" value="(\d\d:\d\d)"',
                         client.get(mark_url(session, maria)).content.decode())  # fmt: skip
    assert offered == [
        "18:05", "18:10", "18:15", "18:20", "18:25", "18:30", "18:35", "18:40",
    ]  # fmt: skip
    client.post(mark_url(session, maria), {"verb": "late", "at": ["", "18:35"]})
    assert recorded(session, maria).late == 35


def test_who_writes_notes_is_led_to_them_once_all_are_marked(group, signed_in):
    session, (maria, *_) = group
    alice, notes = signed_in("alice"), f"/desk/sessions/{session}/notes/"
    alice.post(mark_url(session, maria), {"verb": "present"})
    assert notes not in alice.get(page(session)).content.decode()
    alice.post(reverse("schedule:everyone", args=[session]))
    assert notes in alice.get(page(session)).content.decode()
    assert notes not in signed_in("fred").get(page(session)).content.decode()


def test_a_form_without_its_answer_is_shown_again(group, signed_in):
    session, (maria, *_) = group
    client = signed_in("alice")
    for verb in ("late", "excused", "unable"):
        answer = client.post(mark_url(session, maria), {"verb": verb})
        assert answer.status_code == 422
        assert "Fill this in." in text_of(answer)
    assert recorded(session, maria) is None


def test_a_refusal_is_a_sentence(group, signed_in):
    session, (maria, *_) = group
    client = signed_in("alice")
    answer = client.post(mark_url(session, maria), {"verb": "late", "at": "20:00"})
    assert answer.status_code == 422
    assert "This time is still to come." in text_of(answer)


def test_closing_asks_first_and_names_whom_it_makes_absent(group, signed_in):
    session, (maria, *_) = group
    client = signed_in("alice")
    client.post(mark_url(session, maria), {"verb": "present"})
    close = reverse("schedule:close_attendance", args=[session])
    asked = client.post(close)
    assert (asked.status_code, "Close attendance?" in text_of(asked)) == (200, True)
    assert recorded(session, maria).status == "present"
    answer = client.post(close, {"confirmed": "1"}, follow=True)
    assert "Attendance is closed. 2 follow-up tasks were opened." in text_of(answer)
    assert len(tasks(kinds=["no_show"])) == 2
    again = client.post(reverse("schedule:reopen_attendance", args=[session]), follow=True)
    assert "Close attendance" in text_of(again)


def test_a_correction_shows_the_first_record_beside_the_new_one(group, signed_in, clock):
    session, (maria, *_) = group
    client = signed_in("alice")
    client.post(mark_url(session, maria), {"verb": "absent"})
    clock(NEXT_DAY)
    url = reverse("schedule:correct", args=[session, number_of(maria)])
    client = signed_in("alice")
    assert "Correct…" in text_of(client.get(page(session)))
    typed = {"status": "present", "arrived": "18:30", "left": "18:30", "why": "Sat at the back"}
    assert "Leaving comes after arriving." in text_of(client.post(url, typed))
    client.post(url, typed | {"left": ""})
    both = text_of(client.get(url))
    assert recorded(session, maria).minutes == 150
    assert ("Absent" in both, "Corrected: Sat at the back" in both) == (True, True)


def test_guests_are_counted_with_their_forms(group, signed_in):
    session, (maria, *_) = group
    client = signed_in("alice")
    url = reverse("schedule:guests", args=[session])
    typed = {"number": number_of(maria), "count": "2", "consented": "on"}
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert "Guests need a signed confidentiality form" in text_of(refused)
    client.post(url, typed | {"forms_signed": "on"})
    with as_job("schedule.read") as permit:
        found = listed(permit, session_facts(permit, session))
        assert [(line.record, line.guests) for line in found if line.guests] == [(maria, 2)]
    assert "2 guests" in text_of(client.get(page(session)))


# --- somebody else came ---


def test_a_walk_in_is_found_in_the_own_clinic_and_added(group, signed_in):
    session, _ = group
    guest = make_person(legal_first="Rosalind", legal_last="Quist")
    client = signed_in("alice")
    url = reverse("schedule:walk_in", args=[session])
    assert "Rosalind Quist" in text_of(client.get(url, {"q": "Quist"}))
    client.post(url, {"number": number_of(guest)})
    assert (recorded(session, guest).makeup, recorded(session, guest).status) == (True, "present")
    assert "Rosalind Quist" not in text_of(client.get(url, {"q": "Quist"}))


def test_somebody_of_another_clinic_needs_full_name_and_birth_date(group, signed_in):
    session, _ = group
    born = "1988-04-05"
    far = make_person(SOUTH, legal_first="Rosalind", legal_last="Quist", birth_on=date(1988, 4, 5))
    client = signed_in("alice")
    url = reverse("schedule:walk_in_elsewhere", args=[session])
    wrong = client.post(url, {"first": "Rosalind", "last": "Quist", "birth_on": "1988-04-06"})
    assert wrong.status_code == 422
    assert "Nobody at another clinic has this name and birth date." in text_of(wrong)
    number = number_of(far)
    assert client.post(
        reverse("schedule:walk_in", args=[session]), {"number": number}
    ).status_code == 404  # fmt: skip
    client.post(url, {"first": "Rosalind", "last": "Quist", "birth_on": born})
    assert recorded(session, far).status == "present"
    assert "Rosalind Quist" in text_of(client.get(page(session)))


def test_people_kept_apart_are_sent_elsewhere(group, signed_in):
    session, (maria, *_) = group
    guest = make_person()
    keep_apart(guest, maria)
    answer = signed_in("fred").post(
        reverse("schedule:walk_in", args=[session]), {"number": number_of(guest)}
    )
    assert answer.status_code == 422
    assert "This group does not suit this person." in text_of(answer)


# --- paper ---


def test_the_sign_in_sheet_shows_the_called_name_and_one_letter(network, clock, signed_in):
    track = make_track()
    session = sessions_of(track)[0]
    from openiop.schedule.actions.enrollment import enroll
    from openiop.schedule.tests.world import TODAY, make_episode

    record = make_person(
        legal_first="Margarita", legal_last="Delacroix", preferred_name="Rita", pronouns="she/her"
    )
    episode = make_episode(record, track)
    with as_job("schedule.enroll") as permit:
        enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)
    client = signed_in("alice")
    sheet = text_of(client.get(reverse("schedule:sign_in", args=[session])))
    assert ("Rita D." in sheet, "Delacroix" in sheet, "Margarita" in sheet) == (True, False, False)
    assert number_of(record) not in sheet
    roster = text_of(client.get(reverse("schedule:downtime", args=[session])))
    assert ("Rita Delacroix" in roster, number_of(record) in roster) == (True, True)


def test_a_shared_screen_shows_no_names(group, signed_in):
    session, (maria, *_) = group
    client = signed_in("alice")
    kept = client.session
    kept["shared_screen"] = True
    kept.save()
    with as_job("schedule.read") as permit:
        name = person(permit, maria).name
    for answer in (client.get(page(session)), client.post(
        mark_url(session, maria), {"verb": "present"}, **HTMX
    )):  # fmt: skip
        assert (name in text_of(answer), number_of(maria) in text_of(answer)) == (False, True)


# --- the code at the door ---


def arrive_url(client: Client, session: int) -> str:
    made = client.post(reverse("schedule:door", args=[session]))
    assert "<svg" in made.content.decode()
    assert "style=" not in made.content.decode()
    return re.search(r"/arrive/[\w-]+/", made.content.decode())[0]


def test_a_person_checks_in_on_their_own_phone(group, signed_in):
    session, (maria, *_) = group
    url = arrive_url(signed_in("alice"), session)
    phone = Client()
    shown = text_of(phone.get(url))
    assert ("Check in" in shown, "Evening A" in shown) == (True, False)
    answer = phone.post(url, {"number": number_of(maria)}, follow=True)
    assert "You are checked in." in text_of(answer)
    assert (recorded(session, maria).method, recorded(session, maria).late) == ("qr", 5)
    with as_job("schedule.read") as permit:
        assert person(permit, maria).name not in text_of(answer)


def test_a_wrong_entry_is_told_nothing_and_ten_of_them_end_it(group, signed_in):
    session, (maria, *_) = group
    url = arrive_url(signed_in("alice"), session)
    tablet = Client()
    wrong = [tablet.post(url, {"number": "00000000"}) for _ in range(10)]
    assert {answer.status_code for answer in wrong} == {422}
    assert "Please see the front desk." in text_of(wrong[0])
    assert tablet.post(url, {"number": number_of(maria)}).status_code == 429
    assert recorded(session, maria) is None


def test_a_code_ends_with_the_session_and_a_made_up_one_is_not_found(group, signed_in, clock):
    session, (maria, *_) = group
    url = arrive_url(signed_in("alice"), session)
    assert Client().get("/arrive/made-up/").status_code == 404
    clock(after(200))
    assert Client().get(url).status_code == 404
    assert Client().post(url, {"number": number_of(maria)}).status_code == 404


# --- visits ---


def test_a_visit_is_booked_inside_the_group_and_taken_off(group, signed_in, clock):
    session, (maria, *_) = group
    client = signed_in("nora")
    url = reverse("schedule:visits", args=[number_of(maria)])
    typed = {
        "kind": "nurse", "staff": "10", "room": "2", "on": "2026-11-23", "starts": "19:00",
        "minutes": "15",
    }  # fmt: skip
    clash = client.post(url, typed)
    assert clash.status_code == 422
    assert "This person has Evening A on Mon 23 Nov, 18:00 to 21:20." in text_of(clash)
    assert client.post(url, typed | {"nested_in": str(session)}).status_code == 302
    assert "nurse visit 19:00" in text_of(client.get(page(session)))
    with as_job("schedule.read") as permit:
        (visit,) = appointments_of(permit, maria, after(0))
    cancel = reverse("schedule:cancel_visit", args=[visit.id])
    assert "Nurse visit, Mon 23 Nov, 19:00 to 19:15" in text_of(client.get(cancel))
    assert client.post(cancel, {"reason": ""}).status_code == 200
    assert client.post(cancel, {"reason": "Ill"}).url == url
    assert "Cancelled Ill" in text_of(client.get(url))


# --- who may, and at what price ---


def test_bob_may_charlie_finds_nothing_paula_may_not_and_strangers_sign_in(group, signed_in):
    session, (maria, *_) = group
    number = number_of(maria)
    routes = [
        ("attendance", [session]), ("mark", [session, number]), ("correct", [session, number]),
        ("walk_in", [session]), ("door", [session]), ("sign_in", [session]),
        ("downtime", [session]), ("visits", [number]),
    ]  # fmt: skip
    for name, args in routes:
        url = reverse(f"schedule:{name}", args=args)
        assert (name, signed_in("bob").get(url).status_code) == (name, 200)
        assert (name, signed_in("charlie").get(url).status_code) == (name, 404)
        assert (name, signed_in("riva").get(url).status_code) == (name, 404)
        assert (name, signed_in("paula").get(url).status_code) == (name, 403)
        assert Client().get(url).url.startswith("/accounts/login/")
    for name in ("everyone", "close_attendance", "reopen_attendance", "guests"):
        url = reverse(f"schedule:{name}", args=[session])
        assert (name, signed_in("charlie").post(url).status_code) == (name, 404)
        assert signed_in("bob").get(url).status_code == 405


def test_the_page_costs_the_same_for_one_and_three(network, clock, signed_in):
    counts = []
    for size in (1, 3):
        session, people = one_day_group(size)
        client = signed_in("alice")
        url, mark = page(session), mark_url(session, people[0])
        client.get(url)
        counts.append([statements(lambda c=client, u=url: c.get(u))])
        for verb in ("present", "absent", "came", "undo"):
            counts[-1].append(
                statements(lambda c=client, u=mark, v=verb: c.post(u, {"verb": v}, **HTMX))
            )
    assert counts[0] == counts[1]
    assert [count - EVERY_REQUEST for count in counts[0]] == [5, 6, 8, 7, 8]


def statements(action) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def test_times_are_the_clinics_own(group, signed_in):
    session, _ = group
    with as_job("schedule.read") as permit:
        place = session_facts(permit, session)
    assert place.starts_at == after(0)
    shown = text_of(signed_in("alice").get(page(session)))
    assert "Mon 23 Nov, 18:00 to 21:20" in shown
    assert timedelta(minutes=200) == place.ends_at - place.starts_at
