"""The page behind a person's link and the virtual room of staff, through the web."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openiop.access.backend.base import writing
from openiop.access.door import opened_for
from openiop.config.network_for_tests import NORTH
from openiop.messaging.actions import add_contact, add_contact_point, add_shift
from openiop.messaging.models import Alert, OutboxMessage
from openiop.patients.queries import person
from openiop.programs.models import Enrollment
from openiop.schedule.actions import joining
from openiop.schedule.actions.enrollment import leave_track
from openiop.schedule.actions.join_links import join_links
from openiop.schedule.actions.sessions import cancel
from openiop.schedule.models import Session
from openiop.schedule.queries.joining import joins_of, session_room, visit_room
from openiop.schedule.rules.joining import Place
from openiop.schedule.tests.test_attendance import after, recorded, sessions_of
from openiop.schedule.tests.test_joining import ask, sign, signs, staff
from openiop.schedule.tests.test_joining import visit as visit  # a fixture
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_track

HTMX = {"HTTP_HX_REQUEST": "true"}
ANSWERS = {
    "street": "12 Elm St, Town", "state": "IL", "call_back": "312 555 0142", "alone": "yes",
    "driving": "no",
}  # fmt: skip


@pytest.fixture
def group(network, clock):
    """Today's virtual session at North, five minutes in, with three people."""
    track = make_track(mode="virtual")
    return sessions_of(track)[0], make_enrolled(track, 3)


def link_of(session: int, record: int) -> str:
    return reverse("schedule:join", args=[staff(join_links, session, [record])[record]])


def page(session: int) -> str:
    return reverse("schedule:virtual", args=[session])


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def places(session: int, minutes: float = 5) -> list[Place]:
    with as_job("schedule.read", after(minutes)) as permit:
        return [each.place for each in joins_of(permit, session_room(permit, session))]


# --- a person's own page ---


def test_the_page_asks_with_only_the_clinics_state_filled_in(group):
    session, (maria, *_) = group
    answer = Client().get(link_of(session, maria))
    assert (answer.status_code, answer.context["state"]) == (200, "ask")
    body = answer.content.decode()
    assert re.findall(r'<option value="(\w\w)" selected>', body) == ["IL"]
    assert "checked" not in body
    assert re.findall(r'<input type="(?:text|tel)"[^>]* value="', body) == []


def test_who_answers_waits_is_let_in_and_leaves(group):
    session, (maria, *_) = group
    browser, link = Client(), link_of(session, maria)
    assert browser.post(link, ANSWERS).url == link
    assert "You are in the waiting room" in text_of(browser.get(link))
    (asked,) = _ids(session)
    staff(joining.let_in, session, [asked], minutes=5)
    inside = text_of(browser.get(link))
    assert "You may come in" in inside
    assert "You told us: 12 Elm St, Town, IL; we call you back at 312 555 0142." in inside
    assert browser.post(link, {"leave": "1"}).url == link
    assert browser.get(link).context["state"] == "ask"
    assert places(session) == [Place.LEFT]


def _ids(session: int) -> list[int]:
    with as_job("schedule.read") as permit:
        return [each.id for each in joins_of(permit, session_room(permit, session))]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"driving": "yes"}, "driving", "Please pull over first."),
        ({"alone": "no"}, "alone", "Others could hear what is said here. Put on headphones"),
        ({"state": "WI"}, "state", "may not see you while you are in that state"),
        ({"call_back": "5550142"}, "call_back", "Give the number with its area code."),
        ({"street": ""}, "street", "Fill this in."),
        ({"alone": ""}, "alone", "Choose one."),
    ],
)
def test_an_answer_that_keeps_one_out_says_what_to_do(group, changed, field, sentence):
    session, (maria, *_) = group
    answer = Client().post(link_of(session, maria), ANSWERS | changed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert sentence in text_of(answer)
    assert places(session) == []


def test_the_screen_that_waits_goes_on_by_itself_and_only_then(group):
    session, (maria, *_) = group
    browser, link = Client(), link_of(session, maria)
    browser.post(link, ANSWERS)
    assert browser.get(f"{link}?was=waiting", **HTMX).status_code == 204
    staff(joining.let_in, session, _ids(session), minutes=5)
    answer = browser.get(f"{link}?was=waiting", **HTMX)
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")
    assert browser.get(f"{link}?was=in", **HTMX).status_code == 204


def test_without_a_seat_the_page_says_whom_to_call(group):
    session, (maria, *_) = group
    link = link_of(session, maria)
    with as_job("schedule.enroll") as permit:
        leave_track(permit, Enrollment.objects.get(record_id=maria).id, TODAY, "moved")
    for answer in (Client().get(link), Client().post(link, ANSWERS)):
        assert answer.status_code in (403, 422)
        assert "No place is kept for you here" in text_of(answer)
        assert "Call North: +13125550101" in text_of(answer)
    assert places(session) == []


def test_early_late_and_cancelled_say_so(group, clock):
    session, (maria, *_) = group
    link = link_of(session, maria)
    clock(after(-31))
    assert "The room opens at Mon 23 Nov, 17:30" in text_of(Client().get(link))
    clock(after(-30))
    assert Client().get(link).context["state"] == "ask"
    with as_job("schedule.session.write") as permit:
        cancel(permit, session, reason="Snow")
    assert "does not take place by video any more" in text_of(Client().get(link))
    clock(after(200))
    assert Client().get(link).status_code == 404


def test_a_link_opens_nothing_but_its_own_room(group):
    session, (maria, *_) = group
    token = staff(join_links, session, [maria])[maria]
    for route in ("schedule:arrive", "schedule:join_visit"):
        assert Client().get(reverse(route, args=[token])).status_code == 404
    assert Client().get(reverse("schedule:join", args=["x" * 32])).status_code == 404


def test_the_provider_gets_a_room_and_a_token_and_an_own_link_wins(group, settings):
    session, (maria, *_) = group
    settings.VIDEO_URL, settings.VIDEO_SECRET = "https://v.example/{room}#jwt={token}", "s"
    browser, link = Client(), link_of(session, maria)
    browser.post(link, ANSWERS)
    staff(joining.let_in, session, _ids(session), minutes=5)
    address = browser.get(link).context["address"]
    assert re.fullmatch(r"https://v\.example/[\w-]{20}#jwt=[\w-]+\.[\w-]+\.[\w-]+", address)
    with as_job("schedule.session.write"), writing():
        Session.objects.filter(pk=session).update(link="https://own.example/a")
    assert browser.get(link).context["address"] == "https://own.example/a"


def test_without_a_provider_the_clinic_calls(group):
    session, (maria, *_) = group
    browser, link = Client(), link_of(session, maria)
    browser.post(link, ANSWERS)
    staff(joining.let_in, session, _ids(session), minutes=5)
    assert "North calls you at 312 555 0142." in text_of(browser.get(link))


# --- the staff's room ---


def test_staff_see_who_waits_where_they_are_and_let_them_in(group, signed_in):
    session, (maria, will, _) = group
    asked = [ask(session, maria, 4), ask(session, will, 4, alone="covered", street="At the lake")]
    alice = signed_in("alice")
    shown = text_of(alice.get(page(session)))
    assert "2 waiting, 0 in the room, 0 without a sign" in shown
    assert "12 Elm St, Town, IL" in shown and "At the lake, IL" in shown
    assert alice.post(page(session), {"let_in": asked[0]}).url == page(session)
    assert places(session) == [Place.IN, Place.WAITING]
    answer = alice.post(page(session), {"let_all_in": ""}, **HTMX)
    assert answer.status_code == 200
    assert answer.content.decode().startswith('<form id="virtual"')
    assert "0 waiting, 2 in the room, 0 without a sign" in text_of(answer)
    assert "Let 1 person in." in text_of(answer)


def test_the_page_is_sent_again_only_when_something_happened(group, signed_in):
    session, (maria, *_) = group
    alice = signed_in("alice")
    seen = alice.get(page(session)).context["seen"]
    assert alice.get(f"{page(session)}?seen={seen}", **HTMX).status_code == 204
    ask(session, maria, 4)
    answer = alice.get(f"{page(session)}?seen={seen}", **HTMX)
    assert (answer.status_code, answer.context["seen"] != seen) == (200, True)
    assert 'id="live" data-hx-swap-oob="innerHTML">1 waiting' in answer.content.decode()


def test_the_steps_for_who_dropped_out_at_risk_and_one_press_alerts(group, signed_in, clock):
    session, (maria, *_) = group
    with as_job("messaging.oncall.write") as permit:
        add_shift(permit, clinic=NORTH, staff=7, rank=1, start=permit.now,
                  end=permit.now + timedelta(hours=12))  # fmt: skip
    with as_job("messaging.contact.write") as permit:
        mother = add_contact(permit, record=maria, clinic=NORTH, name="Rosa", relationship="mother",
                             emergency=True, may_know=True)  # fmt: skip
        add_contact_point(permit, contact=mother, kind="phone", value="+13125550188")
    asked = ask(session, maria, 4)
    alice = signed_in("alice")
    alice.post(page(session), {"let_in": asked})
    alice.post(page(session), {"risk": asked})
    assert "dropped out while at risk" not in text_of(alice.get(page(session)))
    clock(after(10))
    shown = text_of(alice.get(page(session)))
    for words in (
        "dropped out while at risk", "Call back now: 312 555 0142",
        "Call Rosa (mother), who may know: +13125550188",
        "call 911 and ask for dispatch to 12 Elm St, Town, IL.", "988, by call or text",
        "Alert Sam Stone, who is on call: +13125550110",
    ):  # fmt: skip
        assert words in shown
    alice.post(page(session), {"help": asked})
    with as_job("messaging.alert.escalate"):
        assert [(row.kind, row.record_id) for row in Alert.objects.all()] == [
            ("virtual_drop", maria)
        ]
    alice.post(page(session), {"reached": asked})
    assert "dropped out while at risk" not in text_of(alice.get(page(session)))


def test_one_press_confirms_the_times_and_closes_after_the_end(group, signed_in, clock):
    session, (maria, will, grace) = group
    asked = [ask(session, maria, 0), ask(session, will, 0)]
    staff(joining.let_in, session, asked, minutes=0)
    signs(session, maria, 0, 200)
    signs(session, will, 0, 60)
    clock(after(201))
    alice = signed_in("alice")
    assert "Confirm attendance and close" in text_of(alice.get(page(session)))
    alice.post(page(session), {"confirm": ""})
    shown = text_of(alice.get(page(session)))
    assert "2 people are marked as present, 1 as absent." in shown
    found = [recorded(session, one) for one in (maria, will, grace)]
    assert [(one.status, one.minutes) for one in found] == [
        ("present", 180), ("present", 60), ("absent", 0),
    ]  # fmt: skip


def test_silence_that_was_none_is_taken_back_by_one_press(group, signed_in, clock):
    session, (maria, *_) = group
    staff(joining.let_in, session, [ask(session, maria, 0)], minutes=0)
    signs(session, maria, 0, 10)
    signs(session, maria, 30, 40)
    clock(after(40))
    alice = signed_in("alice")
    shown = text_of(alice.get(page(session)))
    assert "18:00–18:10 Was here all along" in shown
    alice.post(page(session), {"was_here": _ids(session)[0]})
    (row,) = alice.get(page(session)).context["came"]
    assert row.minutes == 40


def test_links_are_shown_once_to_print_and_sent_to_who_is_not_here(group, signed_in):
    session, (maria, will, _grace) = group
    ask(session, maria, 4)
    alice = signed_in("alice")
    shown = alice.post(page(session), {"links": ""})
    links = re.findall(r'value="http://testserver(/join/[\w-]+/)"', shown.content.decode())
    assert (shown.status_code, len(links)) == (200, 2)
    assert [Client().get(link).context["state"] for link in links] == ["ask", "ask"]
    with as_job("messaging.contact.write") as permit:
        mine = add_contact(permit, record=will, clinic=NORTH, name="", relationship="self")
        add_contact_point(permit, contact=mine, kind="phone", value="+13125550171",
                          safe_to_text=True)  # fmt: skip
    alice.post(page(session), {"send": ""})
    assert "1 links are on their way, 1 to call." in text_of(alice.get(page(session)))
    with as_job("messaging.outbox.send"):
        assert [row.record_id for row in OutboxMessage.objects.all()] == [will]


def test_odd_presses_and_joins_of_other_sessions_are_not_there(group, signed_in):
    session, (maria, *_) = group
    other = sessions_of(make_track(mode="virtual", name="B", staff=((2, "lead"),)))[0]
    asked, alice = ask(session, maria, 4), signed_in("alice")
    for verb in ("let_in", "take_out", "was_here", "risk", "no_risk", "help", "reached"):
        assert alice.post(page(other), {verb: asked}).status_code == 404
        assert alice.post(page(session), {verb: "x"}).status_code == 404
    assert alice.post(page(session), {"dance": "1"}).status_code == 404
    assert places(session) == [Place.WAITING]


def test_who_may_not_let_people_in_is_told_and_another_clinic_finds_nothing(group, signed_in):
    session, _ = group
    assert signed_in("paula").get(page(session)).status_code == 403
    assert signed_in("charlie").get(page(session)).status_code == 404
    assert signed_in("riva").get(page(session)).status_code == 404


def test_a_session_in_a_room_says_that_it_has_no_virtual_one(network, clock, signed_in):
    here = sessions_of(make_track())[0]
    assert "There is no virtual room" in text_of(signed_in("alice").get(page(here)))


def test_a_one_to_one_has_its_room_too(visit, clock, signed_in):
    number, record = visit
    with opened_for(2, joining.WRITE, now=after(0)) as permit:
        token = join_links(permit, visit_room(permit, number), [record])[record]
    link, browser = reverse("schedule:join_visit", args=[token]), Client()
    browser.post(link, ANSWERS)
    bob, room = signed_in("bob"), reverse("schedule:virtual_visit", args=[number])
    assert "1 waiting" in text_of(bob.get(room))
    bob.post(room, {"let_all_in": ""})
    assert browser.get(link).context["state"] == "in"
    bob.post(room, {"confirm": ""})
    assert "Recorded as held." in text_of(bob.get(room))


def test_the_room_takes_as_many_statements_for_one_as_for_three(group, signed_in):
    session, (maria, *others) = group
    alice = signed_in("alice")
    ask(session, maria, 4)
    one = counted(alice, session)
    for each in others:
        ask(session, each, 4)
    assert (one, counted(alice, session)) == (18, 18)


def counted(client, session: int) -> int:
    client.get(page(session))
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(page(session))
    return len(found)


def test_names_are_hidden_on_a_shared_screen(group, signed_in):
    session, (maria, *_) = group
    ask(session, maria, 4)
    alice = signed_in("alice")
    with as_job("schedule.read") as permit:
        one = person(permit, maria)
    assert one.name in text_of(alice.get(page(session)))
    kept = alice.session
    kept["shared_screen"] = True
    kept.save()
    shown = text_of(alice.get(page(session)))
    assert (one.name in shown, one.number in shown) == (False, True)


def test_the_session_and_its_attendance_lead_to_the_room(group, signed_in):
    session, (maria, *_) = group
    alice = signed_in("alice")
    for name in ("schedule:session", "schedule:attendance"):
        body = alice.get(reverse(name, args=[session])).content.decode()
        assert f'href="{page(session)}"' in body
    assert sign(session, maria, 5) is None
