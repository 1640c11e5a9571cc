"""The pages: who may open them, what they show, how many statements they take."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openiop.messaging import queries as reach
from openiop.patients import actions, queries

BORN = "1988-03-04"
OBJECT_PAGES = ["edit", "history", "contacts", "coverage", "apart", "merge"]


def text(response: Any) -> str:
    """What a reader sees, in one line."""
    bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(bare).split())


def rows(response: Any) -> list[str]:
    """The names in a page's table of people."""
    return re.findall(r'<a class="person" href="[^"]*">([^<]*)</a>', response.content.decode())


@pytest.fixture
def maria(enter):
    return enter("Maria Garcia", BORN, phones=["3125550123"], pronouns="she/her")


# --- search ------------------------------------------------------------------------------------


def test_the_search_page_finds_people_and_says_where_else_to_look(signed_in, maria):
    page = signed_in("fred").get("/desk/patients/", {"q": "garcia maria"})
    assert rows(page) == ["Maria Garcia"]
    assert "she/her" in text(page)
    assert f"03/04/1988 {maria.number} NORTH" in text(page)
    assert "Look at other clinics" in text(page)


def test_without_a_line_the_people_registered_last_are_shown(signed_in, enter):
    enter("First One"), enter("Second Two")
    assert rows(signed_in("fred").get("/desk/patients/")) == ["Second Two", "First One"]


def test_an_empty_search_teaches(signed_in, network):
    page = signed_in("fred").get("/desk/patients/", {"q": "nobody"})
    assert "Nobody found at your clinics Check the spelling" in text(page)
    assert "No patients yet" in text(signed_in("fred").get("/desk/patients/"))


def test_a_shared_screen_shows_no_names(signed_in, maria):
    client = signed_in("fred")
    session = client.session
    session["shared_screen"] = True
    session.save()
    page = client.get("/desk/patients/", {"q": "garcia"})
    assert rows(page) == [maria.number]
    assert "Maria" not in text(page)


def test_many_finds_say_how_to_narrow(signed_in, enter):
    for n in range(21):
        enter(f"Maria Garcia{n}")
    page = signed_in("fred").get("/desk/patients/", {"q": "maria"})
    assert len(rows(page)) == 20
    assert "More people fit. Add a first name" in text(page)


def test_the_search_page_takes_as_many_statements_for_three_as_for_one(signed_in, enter):
    client, counts = signed_in("fred"), []
    client.get("/desk/patients/")  # the session is touched once a minute
    for made in (1, 2):
        for _ in range(made):
            enter("Maria Garcia", BORN)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert len(rows(client.get("/desk/patients/", {"q": "garcia maria"}))) == made * 2 - 1
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 14


@pytest.mark.parametrize(
    "page", ["duplicates", "imported", "contacts", "coverage", "apart", "history", "merge"]
)
def test_each_list_takes_as_many_statements_for_three_rows_as_for_one(
    signed_in, opened, enter, page
):
    client, counts = signed_in("dana"), []
    person = enter("Maria Garcia", BORN)
    args = [] if page in ("duplicates", "imported") else [person.number]
    url = reverse(f"patients:{page}", args=args)
    client.get(url)
    for rows in (1, 2):
        for _ in range(rows):
            _one_more(opened, enter, person)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 20  # 8 of them are the door's and the frame's


def _one_more(opened: Any, enter: Any, person: Any) -> None:
    """One more row for each list about a person."""
    twin = enter("Maria Garcia", BORN, queue="imported")
    other = enter("Bo Other")
    with opened("dana", "patients.coverage.write") as permit:
        actions.add_coverage(permit, record=person.record, payer_name="Blue Plan")
    with opened("dana", "patients.apart.write") as permit:
        actions.keep_apart(permit, person.record, other.record, "kin")
    with opened("dana", "patients.merge") as permit:
        actions.merge(permit, kept=person.record, merged=twin.record, reason="same")
    enter("Marya Garcia", BORN, queue="imported")
    with opened("dana", "patients.patient.write") as permit:
        actions.update_identity(permit, person.record, gender=twin.number)
        actions.reach_self(
            permit, record=person.record, clinic=1, point={"kind": "phone", "value": "1"}
        )
        actions.reach_other(
            permit, record=person.record, clinic=1, phone="2",
            contact={"name": "Rosa", "relationship": "mother"},
        )  # fmt: skip


# --- other people's pages ----------------------------------------------------------------------


@pytest.mark.parametrize("page", OBJECT_PAGES)
def test_a_persons_pages_open_to_the_team_and_are_not_there_for_others(signed_in, maria, page):
    url = reverse(f"patients:{page}", args=[maria.number])
    assert signed_in("dana").get(url).status_code == 200
    assert signed_in("riva").get(url).status_code in {403, 404}
    outsider = signed_in("charlie").get(url)
    assert outsider.status_code == (403 if page == "merge" else 404)
    assert signed_in("dana").get(url.replace(maria.number, "00000018")).status_code == 404


@pytest.mark.parametrize("page", OBJECT_PAGES)
def test_without_a_session_the_sign_in_page_comes(client, maria, page):
    answer = client.get(reverse(f"patients:{page}", args=[maria.number]))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize(
    ("person", "page", "status"),
    [
        ("fred", "apart", 403), ("alice", "apart", 200), ("alice", "apart_new", 403),
        ("alice", "merge", 403), ("fred", "merge", 200), ("nora", "edit", 200),
        ("adam", "edit", 403), ("paula", "history", 200),
    ],
)  # fmt: skip
def test_who_may_open_which_page(signed_in, maria, person, page, status):
    url = reverse(f"patients:{page}", args=[maria.number])
    assert signed_in(person).get(url).status_code == status


# --- registering -------------------------------------------------------------------------------


def new_person(**changes: str) -> dict[str, str]:
    return {"legal_first": "Maria", "legal_last": "Garcia", "birth_on": BORN, "clinic": "1",
            "living": "unknown", **changes}  # fmt: skip


def test_a_person_is_registered_and_one_goes_on_to_the_contacts(signed_in, opened, network):
    facts = new_person(
        preferred_name="Mari", phone="312-555-0123", safe_to_text="on", languages="es",
        other_names="Maria Lopez\n\n Mia ", living="sober_living",
    )  # fmt: skip
    answer = signed_in("fred").post("/desk/patients/new/", facts)
    with opened("fred", "patients.patient.write") as permit:
        found = queries.search(permit, "5550123")[0]
        assert answer.url == f"/desk/patients/{found.number}/contacts/"
        kept = queries.identity(permit, found.record)
        choice = reach.contact_choices(permit, [found.record])[found.record]
    assert (kept["preferred_name"], kept["other_names"], kept["languages"], kept["living"]) == (
        "Mari", ["Maria Lopez", "Mia"], ["es"], "sober_living",
    )  # fmt: skip
    assert (choice.text, choice.call) == ("312-555-0123", None)


def test_who_may_be_the_same_person_is_shown_before_anybody_is_registered(
    signed_in, opened, maria, enter
):
    there = enter("Maria Garcia", BORN, clinic=2)
    client = signed_in("fred")
    page = client.post("/desk/patients/new/", new_person())
    assert rows(page) == ["Maria Garcia"]
    assert "Same name, Same birth date" in text(page)
    assert f"Record {there.number} at South, phone +13125550101." in text(page)
    seen = re.findall(r'name="seen" value="(\d+)"', page.content.decode())
    assert seen == [maria.number, there.number]
    answer = client.post("/desk/patients/new/", {**new_person(), "seen": seen})
    assert answer.status_code == 302
    with opened("fred", "patients.search") as permit:
        assert len(queries.search(permit, "maria garcia")) == 2


def test_who_may_be_the_same_person_shows_while_typing(signed_in, maria):
    client = signed_in("fred")
    page = client.post("/desk/patients/alike/", {"legal_first": "Marya", "legal_last": "Garsia",
                                                 "birth_on": BORN})  # fmt: skip
    assert rows(page) == ["Maria Garcia"]
    assert "Like name, Same birth date" in text(page)
    assert text(client.post("/desk/patients/alike/", {"legal_first": "M"})) == ""
    assert text(client.post("/desk/patients/alike/", {"legal_last": "Other"})) == ""


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"legal_last": ""}, "legal_last", "Fill this in."),
        ({"birth_on": "2090-01-01"}, "birth_on", "This day cannot be right: check the year."),
        ({"birth_on": "1066-01-01"}, "birth_on", "This day cannot be right: check the year."),
        ({"legal_last": "x" * 81}, "legal_last",
         "Ensure this value has at most 80 characters (it has 81)."),
        ({"clinic": "2"}, "clinic",
         "Select a valid choice. 2 is not one of the available choices."),
    ],
)  # fmt: skip
def test_what_cannot_be_registered(signed_in, network, changes, field, sentence):
    page = signed_in("fred").post("/desk/patients/new/", new_person(**changes))
    assert page.context["form"].errors == {field: [sentence]}


def test_looking_elsewhere_tells_number_and_clinic_and_why_no_more(signed_in, enter):
    there = enter("Tina Turner", BORN, clinic=2)
    client = signed_in("fred")
    asked = {"first": "Tina", "last": "Turner", "birth_on": BORN}
    page = client.post("/desk/patients/elsewhere/", asked)
    assert f"Record {there.number} at South" in text(page)
    assert "because you do not work there" in text(page)
    assert client.get(f"/desk/patients/{there.number}/edit/").status_code == 404
    page = client.post("/desk/patients/elsewhere/", {**asked, "birth_on": "1988-03-05"})
    assert "Nobody found" in text(page)
    page = client.post("/desk/patients/elsewhere/", {**asked, "first": ""})
    assert page.context["form"].errors == {"first": ["Fill this in."]}


# --- changing ----------------------------------------------------------------------------------


def test_a_change_shows_in_the_earlier_versions_in_words(signed_in, maria):
    client = signed_in("alice")
    page = client.get(f"/desk/patients/{maria.number}/edit/")
    facts = {k: v for k, v in page.context["form"].initial.items() if v}
    answer = client.post(
        f"/desk/patients/{maria.number}/edit/", {**facts, "legal_last": "Lopez", "living": "home"}
    )
    assert answer.status_code == 302
    told = text(client.get(f"/desk/patients/{maria.number}/history/"))
    assert "Alice Adams Legal last name Garcia became Lopez" in told
    assert "Living situation Not asked yet became At home" in told


def test_languages_a_file_brought_stay_when_the_form_is_saved(signed_in, opened, enter):
    made = enter("Ana Lima", languages=["pt-BR", "es"], interpreter="pt-BR")
    client, url = signed_in("alice"), f"/desk/patients/{made.number}/edit/"
    facts = {k: v for k, v in client.get(url).context["form"].initial.items() if v}
    client.post(url, facts)
    with opened("alice", "patients.patient.read") as permit:
        kept = queries.identity(permit, made.record)
    assert (kept["languages"], kept["interpreter"]) == (["pt-BR", "es"], "pt-BR")


def test_contacts_are_added_changed_ended_and_taken_back(signed_in, opened, maria):
    client, url = signed_in("fred"), f"/desk/patients/{maria.number}/contacts/"
    client.post(url, {"form": "own", "own-kind": "phone", "own-value": "773-555-0100",
                      "own-safe_to_call": "on"})  # fmt: skip
    client.post(url, {"form": "close", "close-name": "Rosa", "close-relationship": "mother",
                      "close-phone": "773-555-0142", "close-emergency": "on"})  # fmt: skip
    page = text(client.get(url))
    assert "773-555-0100 Safe to call Change" in page
    assert "mother Emergency contact Must not know about treatment" in page
    with opened("fred", "messaging.contact.read") as permit:
        own, rosa = reach.contacts_of(permit, maria.record)
    point = own.points[0].id
    client.post(f"{url}{point}/", {"value": "773-555-0111", "safe_to_text": "on"})
    assert "773-555-0111 Safe to text" in text(client.get(url))
    ended = client.post(f"{url}{point}/end/")
    assert "No longer in use. Undo" in text(ended)
    assert "773-555-0111" not in text(client.get(url))
    client.post(f"{url}{point}/end/?undo=1")
    assert "773-555-0111" in text(client.get(url))
    gone = client.post(f"/desk/patients/{maria.number}/people/{rosa.id}/end/")
    assert "Rosa" not in text(gone)
    client.post(f"/desk/patients/{maria.number}/people/{rosa.id}/end/?undo=1")
    assert "Rosa" in text(client.get(url))


def test_a_contact_of_another_record_is_not_there(signed_in, opened, maria, enter):
    other = enter("Other Person")
    with opened("fred", "patients.patient.write") as permit:
        point = actions.reach_self(
            permit, record=other.record, clinic=1, point={"kind": "phone", "value": "1"}
        )
    client = signed_in("fred")
    assert client.get(f"/desk/patients/{maria.number}/contacts/{point}/").status_code == 404
    assert client.post(f"/desk/patients/{maria.number}/contacts/{point}/end/").status_code == 404
    assert client.post(f"/desk/patients/{maria.number}/people/999/end/").status_code == 404


def test_coverage_is_added_changed_taken_out_and_brought_back(signed_in, opened, maria):
    client, url = signed_in("fred"), f"/desk/patients/{maria.number}/coverage/"
    facts = {"payer_name": "Blue Plan", "rule_pack": "medicare", "relationship": "self",
             "member_number": "A1", "start_on": "2026-01-01", "end_on": "2026-12-31"}  # fmt: skip
    assert client.post(url, facts).status_code == 302
    with opened("fred", "patients.patient.read") as permit:
        row = queries.coverages(permit, maria.record)[0].id
    page = client.get(f"{url}{row}/")
    assert page.context["form"].initial["end_on"] == date(2026, 12, 31)
    client.post(f"{url}{row}/", {**facts, "payer_name": "Green Plan"})
    assert "Green Plan" in text(client.get(url))
    wrong = client.post(url, {**facts, "end_on": "2025-01-01"})
    assert wrong.context["form"].errors == {"end_on": ["The coverage ends before it begins."]}
    assert "Taken out of the list. Undo" in text(client.post(f"{url}{row}/end/"))
    assert "No coverage on file" in text(client.get(url))
    client.post(f"{url}{row}/end/?undo=1")
    assert "Green Plan" in text(client.get(url))
    told = text(client.get(f"/desk/patients/{maria.number}/history/"))
    assert "Payer Blue Plan became Green Plan" in told


# --- pairs -------------------------------------------------------------------------------------


def test_people_are_kept_apart_by_number_and_it_ends_only_when_confirmed(signed_in, maria, enter):
    other, client = enter("Bo Two"), signed_in("sam")
    url = f"/desk/patients/{maria.number}/apart/"
    facts = {"number": other.number, "reason": "court_order", "detail": "until 2027"}
    assert client.post(f"{url}new/", facts).status_code == 302
    page = client.get(url)
    assert f"Bo Two {other.number} Court order until 2027" in text(page)
    pair = page.context["rows"][0].id
    asked = client.post(f"{url}{pair}/end/")
    assert "Let these two meet again?" in text(asked)
    assert "Ended" not in text(client.get(url))
    client.post(f"{url}{pair}/end/", {"confirmed": "1"})
    assert "Ended" in text(client.get(url))
    again = client.post(f"{url}new/", {**facts, "number": "00000018"})
    assert again.context["form"].errors == {
        "number": ["No record of your clinics has this number."]
    }
    own = client.post(f"{url}new/", {**facts, "number": maria.number})
    assert own.context["form"].errors == {"number": ["This is one and the same person."]}


def test_two_records_are_compared_merged_and_the_merge_is_undone(signed_in, opened, maria, enter):
    twin, client = enter("Marya Garsia", BORN), signed_in("fred")
    url = f"/desk/patients/{maria.number}/merge/"
    assert rows(client.get(url)) == ["Marya Garsia"]
    page = client.get(url, {"with": twin.number})
    assert "Legal first name Maria Marya Differs" in text(page)
    missing = client.post(f"{url}?with={twin.number}", {"keep": maria.number, "reason": ""})
    assert missing.context["form"].errors == {"reason": ["Fill this in."]}
    facts = {"keep": maria.number, "reason": "same ID card"}
    assert client.post(f"{url}?with={twin.number}", facts).url == url
    page = client.get(url)
    assert f"Marya Garsia {twin.number} same ID card Fred Frost" in text(page)
    assert "Found as Marya Garsia, a merged record" in text(
        client.get("/desk/patients/", {"q": "marya garsia"})
    )
    done = page.context["here"][0].id
    assert "It leads to Maria Garcia" in text(client.get(f"/desk/patients/{twin.number}/merge/"))
    assert client.post(f"{url}999/undo/").status_code == 404
    client.post(f"{url}{done}/undo/")
    with opened("fred", "patients.merge") as permit:
        assert queries.merged_into(permit, twin.record) is None


def test_a_number_that_is_not_there_is_said_in_the_field(signed_in, maria):
    page = signed_in("fred").get(f"/desk/patients/{maria.number}/merge/", {"with": "00000018"})
    assert page.context["form"].errors == {"with": ["No record of your clinics has this number."]}


def test_a_refused_merge_says_why(signed_in, opened, maria, enter):
    other = enter("Bo Two")
    with opened("sam", "patients.apart.write") as permit:
        actions.keep_apart(permit, maria.record, other.record, "violence")
    page = signed_in("fred").post(
        f"/desk/patients/{maria.number}/merge/?with={other.number}",
        {"keep": maria.number, "reason": "looks like it"},
    )
    assert page.context["form"].non_field_errors() == [
        "These are two people. Ask a supervisor if you doubt it."
    ]


def test_possible_duplicates_are_listed_until_told_apart(signed_in, maria, enter):
    twin, client = enter("Marya Garsia", BORN), signed_in("fred")
    page = client.get("/desk/patients/duplicates/")
    assert rows(page) == ["Maria Garcia", "Marya Garsia"]
    client.post("/desk/patients/two-people/", {"one": maria.number, "other": twin.number})
    assert "No possible duplicates" in text(client.get("/desk/patients/duplicates/"))


def test_imported_people_are_given_a_clinic_and_move_there(signed_in, opened, enter):
    made = enter("Ana Import", queue="imported", identifiers=[("urn:x", "1")])
    enter("Not Imported")
    with opened("dana", "patients.coverage.write") as permit:
        actions.add_coverage(permit, record=made.record, payer_name="Blue Plan")
    client = signed_in("dana")
    assert rows(client.get("/desk/patients/imported/")) == ["Ana Import"]
    client.post("/desk/patients/imported/", {"number": [made.number], "clinic": "2"})
    assert "Nobody waits for a clinic" in text(client.get("/desk/patients/imported/"))
    with opened("charlie", "patients.search") as permit:
        assert [each.clinic for each in queries.search(permit, "ana import")] == [2]
        assert [each.payer_name for each in queries.coverages(permit, made.record)] == ["Blue Plan"]
    with opened("fred", "patients.search") as permit:
        assert queries.search(permit, "ana import") == []
    assert signed_in("fred").get("/desk/patients/imported/").status_code == 403
