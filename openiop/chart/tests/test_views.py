"""The pages: who may open them, what they show, how many statements they take."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openiop.chart import actions
from openiop.chart.actions import Typed
from openiop.chart.models import GroupNote, KeptText, Note, Signature
from openiop.chart.queries import notes_of, waiting_notes
from openiop.chart.tests.world import (
    GULF,
    NORTH,
    SHARED,
    SOUTH,
    STAFF,
    TEXTS,
    as_staff,
    make_session,
    make_signed,
    next_session,
    part,
    write_all,
)
from openiop.patients.queries import people
from openiop.schedule.tests.world import make_person

GROUP = [("Grace", "Kelly"), ("Omar", "Haddad"), ("Ana", "Diaz")]
OF_ROOMS = re.compile(r'FROM\s+"?(chart|schedule|patients)_')


def text(response: Any) -> str:
    """What a reader sees, in one line."""
    bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(bare).split())


def number_of(record: int) -> str:
    with as_staff("dana") as permit:
        return people(permit, [record])[record].number


def url(name: str, *args: Any) -> str:
    return reverse(f"chart:{name}", args=args)


def typed(version: int = 0, **fields: str) -> dict[str, Any]:
    return {"version": version, "page": "tab1", "next": ""} | fields


FULL = typed(participation="active", risk="none", response=TEXTS[0], next_step="Calls on Friday.")


@pytest.fixture
def held(network):
    return make_session(names=GROUP)


@pytest.fixture
def alice(signed_in):
    client = signed_in("alice")
    client.get("/desk/notes/")  # the session is touched once a minute
    return client


# --- the note screen ---------------------------------------------------------------------------


def test_the_screen_counts_what_is_left_and_opens_at_the_first_person(alice, held):
    page = alice.get(url("notes", held.id))
    assert "3 of 3 left to write" in text(page)
    assert re.findall(r'aria-current="page"><span class="person">([^<]*)', page.content.decode()) \
        == ["Ana Diaz"]  # fmt: skip
    assert "Save and next Grace Kelly" in text(page)


def test_nothing_on_it_is_chosen_or_written_beforehand(alice, held):
    page = alice.get(url("part", held.id, number_of(held.records[0]))).content.decode()
    assert "checked" not in page
    for name in ("response", "observation", "risk_detail", "progress"):
        (written,) = re.findall(rf'<textarea name="{name}"[^>]*>(.*?)</textarea>', page, re.S)
        assert written.strip() == ""


def test_save_and_next_goes_to_the_next_person(alice, held):
    first, second = number_of(held.records[0]), number_of(held.records[1])
    answer = alice.post(url("part", held.id, first), FULL | {"next": second})
    assert (answer.status_code, answer.url) == (
        302,
        f"{url('part', held.id, second)}?saved={first}",
    )
    after = alice.get(answer.url)
    assert f'data-draft-done="part-{held.id}-{first}"' in after.content.decode()
    assert "2 of 3 left to write" in text(after)


def test_the_last_one_leads_to_signing(alice, held):
    answer = alice.post(url("part", held.id, number_of(held.records[0])), FULL)
    assert answer.url.startswith(url("notes", held.id))


def test_an_incomplete_part_is_saved_and_says_what_it_lacks(alice, held):
    number = number_of(held.records[0])
    alice.post(url("part", held.id, number), typed(participation="listened"))
    page = text(alice.get(url("part", held.id, number)))
    assert (
        "Before signing: Choose a risk statement. Say what you saw that shows they listened."
        " Write the next step here, or one for everyone." in page
    )
    assert "3 missing" in page


def test_autosave_answers_with_the_version_and_the_time(alice, held):
    number = number_of(held.records[0])
    answer = alice.post(
        url("autosave_part", held.id, number), typed(response="Spoke"), headers={"X-Autosave": "1"}
    )
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert re.fullmatch(r"\d\d:\d\d", answer.json()["saved"])


def test_an_autosave_against_a_newer_text_gets_both_and_nothing_is_written_over(alice, held):
    number, record = number_of(held.records[0]), held.records[0]
    alice.post(url("part", held.id, number), FULL)
    answer = alice.post(
        url("autosave_part", held.id, number), typed(response="Other", page="tab2"),
        headers={"X-Autosave": "1"},
    )  # fmt: skip
    assert answer.status_code == 409
    assert answer.json()["theirs"]["response"] == TEXTS[0]
    assert answer.json()["yours"]["response"] == "Other"
    with as_staff("alice"):
        assert Note.objects.get().response == TEXTS[0]
        assert KeptText.objects.get().fields == {"response": "Other"}
    page = text(alice.get(url("part", held.id, number)))
    assert "A text of yours from another window" in page
    assert "Response Other" in page
    alice.post(url("drop_part", held.id, number))
    with as_staff("alice"):
        assert KeptText.objects.filter(record_id=record).count() == 0


def test_a_save_against_a_newer_text_shows_both_and_saves_again_from_there(alice, held):
    number = number_of(held.records[0])
    alice.post(url("part", held.id, number), FULL)
    page = alice.post(url("part", held.id, number), typed(response="Mine", page="tab2"))
    assert page.status_code == 409
    assert "A newer version was saved in another window" in text(page)
    assert TEXTS[0] in text(page)
    (mine,) = re.findall(r'<textarea name="response"[^>]*>(.*?)</textarea>', page.content.decode(),
                         re.S)  # fmt: skip
    assert mine.strip() == "Mine"
    assert 'data-version="1"' in page.content.decode()
    alice.post(url("part", held.id, number), typed(1, response="Mine", page="tab2"))
    with as_staff("alice"):
        assert Note.objects.get().response == "Mine"


def test_the_shared_part_is_saved_and_has_the_same_safety(alice, held):
    fields = typed(topic="Triggers", interventions="Role play", narrative="Pairs", next_step="")
    answer = alice.post(url("shared", held.id), fields)
    assert answer.url.startswith(url("part", held.id, number_of(held.records[2])))
    newer = alice.post(url("shared", held.id), fields | {"topic": "Mine", "page": "tab2"})
    assert (newer.status_code, "Topic Triggers" in text(newer)) == (409, True)
    auto = alice.post(url("autosave_shared", held.id), fields | {"topic": "M", "page": "tab3"},
                      headers={"X-Autosave": "1"})  # fmt: skip
    assert (auto.status_code, auto.json()["theirs"]["topic"]) == (409, "Triggers")
    with as_staff("alice"):
        assert GroupNote.objects.get().topic == "Triggers"


def test_a_field_that_is_too_long_or_no_choice_is_told_and_kept(alice, held):
    number = number_of(held.records[0])
    page = alice.post(url("part", held.id, number), typed(participation="great", objective="x"))
    assert (page.status_code, "Please check this form" in text(page)) == (422, True)
    auto = alice.post(url("autosave_part", held.id, number), typed(participation="great"))
    assert (auto.status_code, list(auto.json()["errors"])) == (422, ["participation"])


def test_one_click_signs_what_is_ready_and_tells_what_is_held(alice, held):
    write_all(held)
    with as_staff("alice") as permit:
        named = part(1, response="He sat with Grace.")
        actions.save_part(permit, held.id, held.records[1], named, Typed(1))
    assert "Sign 2 notes" in text(alice.get(url("notes", held.id)))
    done = alice.post(url("sign", held.id), follow=True)
    assert "Signed 2 notes." in text(done)
    assert "Omar Haddad : 1 place to look at" in text(done)
    with as_staff("alice"):
        assert Signature.objects.count() == 2


def test_a_name_is_shown_in_its_sentence_and_kept_with_a_reason(alice, held):
    write_all(held)
    number = number_of(held.records[1])
    with as_staff("alice") as permit:
        named = part(1, response="He sat with Grace.")
        actions.save_part(permit, held.id, held.records[1], named, Typed(1))
    page = alice.get(url("part", held.id, number))
    assert "Response: “Grace” may be somebody else in this group. He sat with Grace ." in text(page)
    (key,) = re.findall(r'name="key" value="(\w+)"', page.content.decode())
    assert "Say why" in text(
        alice.post(url("keep_part", held.id, number), {"key": key, "reason": ""}, follow=True)
    )
    alice.post(url("keep_part", held.id, number), {"key": key, "reason": "His sister"})
    assert "Sign 3 notes" in text(alice.get(url("part", held.id, number)))


def test_a_copied_text_is_shown_side_by_side(alice, held):
    write_all(held)
    with as_staff("alice") as permit:
        same = part(1, response=TEXTS[0].replace("two", "three"))
        actions.save_part(permit, held.id, held.records[1], same, Typed(1))
    page = alice.get(url("part", held.id, number_of(held.records[1]))).content.decode()
    assert "Most of this stands in Grace Kelly&#x27;s part too." in page
    assert re.findall(r"<mark>([^<]*)</mark>", page) == ["three", "two"]


def test_a_refused_signature_is_told_on_the_page(signed_in, network):
    from datetime import date

    from openiop.access.backend.base import writing
    from openiop.access.models import Credential

    held = make_session(1, staff=(("bob", "lead"),))
    write_all(held, "bob")
    with as_staff("bob"), writing():
        Credential.objects.filter(staff_id=STAFF["bob"]).update(expires_on=date(2026, 11, 1))
    page = signed_in("bob").post(url("sign", held.id))
    assert page.status_code == 422
    assert "You cannot sign today. CADC cadc-2 (IL) expired on 2026-11-01." in text(page)


def test_a_name_in_the_session_is_kept_with_a_reason_too(alice, held):
    write_all(held, shared=replace(SHARED, narrative="Omar Khayyam was read aloud."))
    page = alice.get(url("notes", held.id))
    assert "3 notes wait for the shared part" in text(page)
    assert "“Omar” may be somebody else in this group." in text(page)
    (key,) = re.findall(r'name="key" value="(\w+)"', page.content.decode())
    answer = alice.post(url("keep_shared", held.id), {"key": key, "reason": "The poet"})
    assert answer.url == url("notes", held.id)
    assert "Sign 3 notes" in text(alice.get(answer.url))


def test_a_text_about_somebody_who_was_not_there_is_set_aside_on_the_page(alice, held):
    from openiop.schedule.actions import attendance
    from openiop.schedule.actions.marking import Mark
    from openiop.schedule.rules.attendance import Status

    write_all(held)
    gone, number = held.records[0], number_of(held.records[0])
    with as_staff("alice", "schedule.attendance.correct") as permit:
        attendance.correct(permit, held.id, gone, Mark(Status.ABSENT, method=""), "Was not here")
    address = url("part", held.id, number)
    assert "Attendance says that this person did not take part" in text(alice.get(address))
    refused = alice.post(url("aside", held.id, number), {"reason": ""}, follow=True)
    assert "Say why it is set aside." in text(refused)
    alice.post(url("aside", held.id, number), {"reason": "Marked by mistake"})
    assert alice.get(address).status_code == 404
    assert "Draft that was never signed" in text(alice.get(url("chart", number)))


def test_who_came_unable_has_a_short_form_and_owes_none(alice, held):
    from openiop.chart.tests.world import START
    from openiop.schedule.actions import attendance

    with as_staff("alice", "schedule.attendance.write", START + timedelta(minutes=9)) as permit:
        attendance.mark_unable(permit, held.id, held.records[0], reason="Unwell")
    page = alice.get(url("part", held.id, number_of(held.records[0])))
    assert "came and could not take part: Unwell" in text(page)
    assert "What happened and what was done" in text(page)
    assert ("Took part" in text(page), "2 of 2 left to write" in text(page)) == (False, True)


def test_a_closing_statement_asks_for_nothing_that_was_seen(signed_in, held):
    with as_staff("alice") as permit:
        actions.open_notes(permit, [held.id])
    with as_staff("sam", "chart.note.reassign") as permit:
        actions.hand_over(permit, STAFF["alice"], STAFF["bob"], "Alice left")
    page = signed_in("bob").get(url("part", held.id, number_of(held.records[0])))
    assert "Claim nothing you did not see." in text(page)
    assert ("Closing statement" in text(page), "Risk" in text(page)) == (True, False)


def test_the_objective_of_the_last_note_stands_there_and_nothing_else_of_it(alice, network):
    first = make_signed(names=GROUP[:1])
    later = next_session(first)
    with as_staff("alice", "chart.note.amend") as permit:
        one = notes_of(permit, first.records[0]).notes[0].id
        actions.strike(permit, one, reason="To write anew with an objective")
    with as_staff("alice") as permit:
        with_objective = part(3, objective="Sober evenings", progress="Two of three")
        actions.save_part(permit, first.id, first.records[0], with_objective, Typed(0))
        actions.sign(permit, first.id)
    page = alice.get(url("part", later.id, number_of(first.records[0]))).content.decode()
    assert 'name="objective" value="Sober evenings"' in page
    assert page.count("Two of three") == 1  # in the last note beside the form, not in it
    assert "checked" not in page


def test_after_signing_the_screen_is_read_only(alice, held):
    write_all(held)
    alice.post(url("sign", held.id))
    page = alice.get(url("notes", held.id))
    assert "All notes are signed" in text(page)
    assert "Frozen with the first signature" in text(page)
    one = alice.get(url("part", held.id, number_of(held.records[0])))
    assert "data-autosave" not in one.content.decode()
    assert TEXTS[0] in text(one)


def test_a_colleague_reads_along_and_cannot_write(signed_in, held):
    write_all(held)
    page = signed_in("bob").get(url("part", held.id, number_of(held.records[0])))
    assert "Alice Adams writes this note." in text(page)
    assert "Save and next" not in text(page)


def test_a_shared_screen_shows_no_names(alice, held):
    session = alice.session
    session["shared_screen"] = True
    session.save()
    page = text(alice.get(url("notes", held.id)))
    assert [name for name, _ in GROUP if name in page] == []


def test_before_anybody_has_come_the_screen_teaches(alice, network):
    empty = make_session(2, arrive=False)
    assert "Nobody has arrived yet" in text(alice.get(url("notes", empty.id)))


def test_without_a_session_the_page_leads_to_sign_in_and_back(client, held):
    answer = client.get(url("notes", held.id))
    assert answer.url == f"/accounts/login/?next={url('notes', held.id)}"


def reads(client: Any, address: str) -> int:
    """How many statements a page takes from this room and those it asks; the frame left out."""
    client.get(address)  # the session is touched once a minute
    with CaptureQueriesContext(connection) as made:
        assert client.get(address).status_code == 200
    return sum(bool(OF_ROOMS.search(each["sql"])) for each in made)


@pytest.mark.parametrize("people", [1, 11])
def test_the_screen_takes_the_same_statements_for_one_and_eleven(signed_in, network, people):
    held = make_session(people)
    write_all(held)
    address = url("part", held.id, number_of(held.records[0]))
    assert reads(signed_in("alice"), address) == 6


EVERY_REQUEST = re.compile(
    r"django_session|FROM access_user|door\.|INSERT INTO access_auditevent|SAVEPOINT"
)


@pytest.mark.parametrize("people", [1, 12])
@pytest.mark.parametrize(
    ("person", "clinic", "statements"), [("alice", NORTH, 9), ("iris", GULF, 10)]
)
def test_signing_days_late_takes_ten_statements_at_most_for_one_and_twelve(
    signed_in, network, people, person, clinic, statements
):
    held = make_session(people, clinic=clinic, staff=((person, "lead"),))
    write_all(held, person)
    client = signed_in(person)
    client.get(url("notes", held.id))
    with CaptureQueriesContext(connection) as made:
        assert client.post(url("sign", held.id)).status_code == 302
    with as_staff(person):
        assert Signature.objects.count() == people
    assert sum(not EVERY_REQUEST.search(each["sql"]) for each in made) == statements


# --- the chart ---------------------------------------------------------------------------------


def test_the_chart_shows_shared_part_own_part_and_signature(signed_in, network):
    held = make_signed(names=GROUP)
    page = text(signed_in("bob").get(url("chart", number_of(held.records[1]))))
    assert "Omar Haddad" in page
    assert f"How the session went {SHARED.narrative}" in page
    assert f"Response {TEXTS[1]}" in page
    assert "Signed by Alice Adams , CADC, LCPC" in page
    assert "People in the group 3" in page
    assert "Held by Alice Adams, CADC, LCPC" in page


def test_the_chart_is_filtered_by_kind_and_printed(signed_in, network):
    held = make_signed(1)
    client, number = signed_in("alice"), number_of(held.records[0])
    assert TEXTS[0] in text(client.get(url("chart", number), {"kind": "group"}))
    assert "No notes here" in text(client.get(url("chart", number), {"kind": "closing"}))
    assert TEXTS[0] in text(client.get(url("chart", number), {"kind": "nonsense"}))
    paper = text(client.get(url("print", number)))
    assert (TEXTS[0] in paper, "42 CFR Part 2" in paper) == (True, True)


def test_an_unsigned_text_is_no_part_of_the_chart_yet(signed_in, held):
    write_all(held)
    number = number_of(held.records[0])
    page = text(signed_in("bob").get(url("chart", number)))
    assert (TEXTS[0] in page, "Not signed yet" in page) == (False, True)
    assert TEXTS[0] not in text(signed_in("bob").get(url("print", number)))


def test_an_addendum_is_added_from_the_notes_page(signed_in, network):
    held = make_signed(1)
    number, one = number_of(held.records[0]), note_of(held.records[0])
    client = signed_in("alice")
    bad = client.post(url("add", number, one), {"kind": "addendum", "text": "", "reason": "x"})
    assert (bad.status_code, "Fill this in." in text(bad)) == (422, True)
    done = client.post(
        url("add", number, one),
        {"kind": "late_entry", "text": "Left a number.", "reason": "Forgotten"}, follow=True,
    )  # fmt: skip
    assert "Late entry" in text(done)
    assert "Left a number. Why: Forgotten" in text(done)


def test_a_note_is_struck_from_its_page(signed_in, network):
    held = make_signed(2)
    first, second = (number_of(record) for record in held.records)
    client, one = signed_in("alice"), note_of(held.records[0])
    taken = client.post(url("strike", first, one), {"reason": "x", "belongs_to": second})
    assert (taken.status_code, "has a note of this session already" in text(taken)) == (422, True)
    done = client.post(
        url("strike", first, one), {"reason": "About another person", "wrong_person": "on"},
        follow=True,
    )  # fmt: skip
    assert "This note was about somebody else. Its text is kept out of this chart." in text(done)
    assert TEXTS[0] not in text(done)


def note_of(record: int) -> int:
    with as_staff("dana", "chart.note.read") as permit:
        return notes_of(permit, record).notes[-1].id


# --- lists -------------------------------------------------------------------------------------


def test_the_owed_list_shows_each_session_with_its_clock(alice, held):
    write_all(held)
    page = text(alice.get(url("owed")))
    assert "Evening A Mon 16 Nov 3 of 3 Tue 17 Nov, 21:20 Late" in page
    alice.post(url("sign", held.id))
    assert "You owe no notes" in text(alice.get(url("owed")))


def test_a_supervisor_reads_and_co_signs_a_sessions_notes(signed_in, network):
    held = make_signed(2, clinic=GULF, staff=(("iris", "lead"),))
    client = signed_in("sam")
    assert "Iris Ito Evening A Mon 16 Nov 2" in text(client.get(url("cosign")))
    page = client.get(url("review", held.id, STAFF["iris"]))
    assert (TEXTS[0] in text(page), "Co-sign 2 notes" in text(page)) == (True, True)
    with as_staff("sam", "chart.note.cosign") as permit:
        first = waiting_notes(permit, held.id, STAFF["iris"])[0]
    client.post(url("send_back", first), {"comment": "Say more."})
    assert "Say more." in text(signed_in("iris").get(url("owed")))
    done = client.post(url("review", held.id, STAFF["iris"]), follow=True)
    assert "Co-signed 1 note." in text(done)
    assert client.get(url("review", held.id, STAFF["iris"])).status_code == 404


def test_unsigned_notes_are_handed_over_from_a_page(signed_in, held):
    write_all(held)
    client = signed_in("sam")
    assert "Alice Adams 3" in text(client.get(url("hand_over")))
    fields = {"staff_from": STAFF["alice"], "to": STAFF["bob"], "reason": "Alice left"}
    assert client.post(url("hand_over"), fields | {"reason": ""}).status_code == 422
    done = client.post(url("hand_over"), fields, follow=True)
    assert "Handed over: 0 to write as a witness, 3 to close." in text(done)


def test_signatures_in_a_lapse_are_a_page(signed_in, network):
    assert "Nothing was signed in a lapse" in text(signed_in("sam").get(url("lapses")))


# --- who may -----------------------------------------------------------------------------------

PAGES = ["notes", "part", "chart", "print", "note"]


@pytest.fixture
def addresses(network):
    held = make_signed(1)
    number, one = number_of(held.records[0]), note_of(held.records[0])
    return {
        "notes": url("notes", held.id), "part": url("part", held.id, number),
        "chart": url("chart", number), "print": url("print", number),
        "note": url("note", number, one),
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_here_is_not_there_elsewhere_and_refused_to_other_roles(
    signed_in, addresses, page
):
    assert signed_in("alice").get(addresses[page]).status_code == 200
    assert signed_in("charlie").get(addresses[page]).status_code == 404
    assert signed_in("riva").get(addresses[page]).status_code == 404
    assert signed_in("fred").get(addresses[page]).status_code == 403


@pytest.mark.parametrize(
    ("name", "may", "may_not"),
    [
        ("owed", "alice", "fred"), ("cosign", "sam", "nora"), ("hand_over", "sam", "alice"),
        ("lapses", "dana", "alice"),
    ],
)  # fmt: skip
def test_a_list_opens_for_its_roles_only(signed_in, network, name, may, may_not):
    assert signed_in(may).get(url(name)).status_code == 200
    assert signed_in(may_not).get(url(name)).status_code == 403


OF_SESSION = {
    "shared": typed(topic="x"), "autosave_shared": typed(topic="x"), "sign": {},
    "keep_shared": {"key": "a", "reason": "b"}, "drop_shared": {},
}  # fmt: skip
OF_PERSON = {
    "part": FULL, "autosave_part": FULL, "keep_part": {"key": "a", "reason": "b"}, "drop_part": {},
    "aside": {"reason": "x"},
}  # fmt: skip
OF_NOTE = {
    "add": {"kind": "addendum", "text": "x", "reason": "y"}, "strike": {"reason": "y"},
}  # fmt: skip


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("name", [*OF_SESSION, *OF_PERSON, *OF_NOTE])
def test_every_write_from_another_clinic_is_not_there_whatever_is_typed(
    signed_in, network, name, whole
):
    held = make_signed(1)
    mine = make_person(SOUTH, legal_first="Zoe", legal_last="South")
    asked, one = (number_of(held.records[0]), number_of(mine)), note_of(held.records[0])
    addresses = (
        [url(name, held.id)] if name in OF_SESSION
        else [url(name, held.id, each) for each in asked] if name in OF_PERSON
        else [url(name, each, one) for each in asked]
    )  # fmt: skip
    data = (OF_SESSION | OF_PERSON | OF_NOTE)[name] if whole else {}
    charlie = signed_in("charlie")
    assert [charlie.post(each, data).status_code for each in addresses] == [404] * len(addresses)


@pytest.mark.parametrize("comment", ["Say more.", ""])
def test_another_clinics_co_signatures_are_not_there_whatever_is_typed(signed_in, network, comment):
    held = make_signed(1, clinic=GULF, staff=(("iris", "lead"),))
    charlie, one = signed_in("charlie"), note_of(held.records[0])
    assert charlie.post(url("review", held.id, STAFF["iris"])).status_code == 404
    assert charlie.post(url("send_back", one), {"comment": comment}).status_code == 404
    assert signed_in("sam").post(url("send_back", one), {"comment": comment}).status_code == 302


@pytest.mark.parametrize("sessions", [1, 3])
def test_the_owed_page_takes_the_same_statements_for_one_and_three(signed_in, network, sessions):
    held = make_session(1)
    ids = [held.id, *(next_session(held, days).id for days in (2, 4)[: sessions - 1])]
    with as_staff("alice") as permit:
        assert actions.open_notes(permit, ids) == sessions
    assert reads(signed_in("alice"), url("owed")) == 2
