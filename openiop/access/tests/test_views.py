"""The pages of access: who gets in, who is refused, what other clinics see, how many statements."""

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from openiop.access import actions
from openiop.access.models import Closure, Credential, EmergencyAccess, HousePolicy, RecordBlock

OPENS = {
    "staff": {"adam", "dana", "sam", "paula"},
    "expiring": {"adam", "dana", "sam", "paula"},
    "staff_new": {"adam", "dana"},
    "network": {"adam", "dana", "sam", "paula", "alice", "fred"},
    "closure_new": {"adam", "dana"},
    "rules": {"adam", "dana", "sam", "paula", "alice", "fred"},
    "audit_record": {"paula"},
    "audit": {"paula"},
    "keep_out": {"adam", "paula"},
    "glass_reviews": {"paula"},
    "glass": {"dana", "sam", "alice", "fred"},
    "known": {"adam", "dana", "sam", "paula", "alice", "fred"},
}
FILE_PAGES = [
    "/desk/staff/1/", "/desk/staff/1/may/", "/desk/staff/1/may/?state=TX&on=2026-11-23",
    "/desk/staff/1/history/", "/desk/staff/1/edit/", "/desk/staff/1/add/role/",
    "/desk/staff/1/add/credential/", "/desk/staff/1/add/supervision/",
    "/desk/staff/1/add/training/", "/desk/staff/1/add/exclusion/", "/desk/staff/1/invite/",
    "/desk/staff/1/leave/", "/desk/staff/1/credentials/1/", "/desk/network/NORTH/",
    "/desk/network/NORTH/hours/", "/desk/network/NORTH/rooms/new/", "/desk/network/NORTH/rooms/1/",
    "/desk/network/NORTH/holidays/2027/", "/desk/network/NORTH/licenses/new/",
    "/desk/rules/group.counseling.max/", "/desk/rules/group.counseling.max/ours/",
]  # fmt: skip


@pytest.fixture
def number(system):
    with system("access.record.issue") as permit:
        return actions.issue_record(permit, 1).number


def words(response: Any) -> str:
    """What a reader sees in the main part, in one line."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", "<main" + main)).split())


@pytest.mark.parametrize("name", OPENS)
def test_each_page_opens_to_its_roles_and_refuses_the_others_with_whom_to_ask(signed_in, name):
    for who in ("adam", "dana", "sam", "paula", "alice", "fred"):
        answer = signed_in(who).get(reverse(f"access:{name}"))
        assert (who, answer.status_code) == (who, 200 if who in OPENS[name] else 403)
        if answer.status_code == 403:
            assert "Ask your administrator: it takes the role" in words(answer)


@pytest.mark.parametrize("path", FILE_PAGES)
def test_each_page_about_something_opens_and_is_not_there_for_another_organization(signed_in, path):
    assert signed_in("adam").get(path).status_code == 200
    answer = signed_in("riva").get(path)
    rules = path.startswith("/desk/rules/")
    assert answer.status_code == (200 if rules else 404)


@pytest.mark.parametrize("path", ["/desk/staff/3/", "/desk/staff/3/may/", "/desk/network/SOUTH/"])
def test_a_supervisor_of_other_clinics_does_not_find_it(signed_in, path):
    assert signed_in("sam").get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/desk/staff/999/", "/desk/network/NOWHERE/", "/desk/rules/no.such.rule/",
             "/desk/network/NORTH/holidays/1900/", "/desk/privacy/access/99999999/"],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(signed_in, path):
    assert signed_in("adam").get(path).status_code == 404


@pytest.mark.parametrize("name", ["staff", "expiring", "network", "rules"])
def test_a_list_takes_as_many_statements_for_one_clinic_as_for_three(
    signed_in, opened, name, django_assert_num_queries
):
    one, three = signed_in("riva"), signed_in("dana")
    for client in (one, three):  # the first request writes the session's clock
        client.get(reverse(f"access:{name}"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for client in (one, three):
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(reverse(f"access:{name}"))
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[0] <= 16


# --- staff -------------------------------------------------------------------------------------


def test_somebody_new_gets_a_file_a_role_and_an_invitation(signed_in):
    answer = signed_in("adam").post("/desk/staff/new/", {
        "first_name": "Ines", "last_name": "Vega", "phone": "", "joined_on": "2026-11-23",
        "clinic": "1", "role": "clinician", "email": "ines@example.org",
    })  # fmt: skip
    assert answer.status_code == 302
    page = words(signed_in("adam").get(answer["Location"]))
    assert "Ines Vega" in page
    assert "Invited: ines@example.org" in page
    assert "Clinician North" in page


def test_a_form_with_an_error_stays_and_says_what_to_do(signed_in):
    answer = signed_in("adam").post("/desk/staff/new/", {"first_name": "Ines"})
    assert answer.status_code == 422
    assert "Last name: Fill this in." in words(answer)


def test_a_refusal_stands_at_its_field(signed_in):
    answer = signed_in("adam").post("/desk/staff/1/add/role/", {
        "clinic": "1", "role": "clinician", "from_on": "2026-01-01",
    })  # fmt: skip
    assert answer.status_code == 422
    assert "This role is held at that clinic during these days already." in words(answer)


def test_a_credential_is_added_verified_and_shown(signed_in, opened):
    answer = signed_in("adam").post("/desk/staff/10/add/credential/", {
        "what": "IL:lcsw:0", "number": "149", "issued_on": "2024-01-01",
        "expires_on": "2035-01-01", "verified_on": "",
    })  # fmt: skip
    assert answer.status_code == 302, words(answer)
    page = words(signed_in("adam").get("/desk/staff/10/"))
    assert "149 (IL)" in page
    assert "Not verified" in page
    with opened("adam", "access.staff.read"):
        assert Credential.objects.get(number="149").level is None


def test_the_answer_page_says_may_and_why(signed_in):
    page = words(signed_in("sam").get("/desk/staff/6/may/", {"state": "TX", "on": "2026-11-23"}))
    assert "Group note Needs a co-signature" in page
    page = words(signed_in("sam").get("/desk/staff/6/may/", {"state": "IL", "on": "2026-11-23"}))
    assert "Group note May not" in page


# --- rules and network -------------------------------------------------------------------------


def test_the_rules_page_tells_value_source_and_what_is_not_reviewed(signed_in):
    page = words(signed_in("tess").get("/desk/rules/"))
    assert "group.counseling.max" in page
    assert "Texas" in page
    assert "Not reviewed yet" in page
    narrowed = words(
        signed_in("tess").get(
            "/desk/rules/", {"clinic": 3, "on": "2026-11-23", "q": "counseling max"}
        )
    )
    assert "group.counseling.max" in narrowed
    assert "cosign.due_hours" not in narrowed


def test_a_house_value_is_set_shown_and_taken_back(signed_in, opened):
    adam, path = signed_in("adam"), "/desk/rules/group.house.max/"
    answer = adam.post(path + "ours/", {
        "clinic": "3", "value": "10", "from_on": "2026-11-01", "reason": "Small rooms.",
    })  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, path)
    page = words(adam.get(path, {"clinic": 3, "on": "2026-11-23", "q": ""}))
    assert "10 people" in page
    assert "Small rooms. (Adam Abbott)" in page
    with opened("adam", "access.rules.read"):
        key = HousePolicy.objects.get().id
    assert adam.post(f"{path}ours/{key}/remove/").status_code == 302
    assert "taken back 10" in words(adam.get(path, {"clinic": 3, "on": "2026-11-23", "q": ""}))


def test_a_value_looser_than_the_law_is_refused_on_the_page_with_the_law(signed_in):
    answer = signed_in("adam").post("/desk/rules/group.counseling.max/ours/", {
        "clinic": "3", "value": "40", "from_on": "2026-11-01", "reason": "x",
    })  # fmt: skip
    assert answer.status_code == 422
    assert "and a clinic in TX may only be stricter." in words(answer)


def test_a_closure_is_added_changed_and_taken_back(signed_in, opened):
    adam = signed_in("adam")
    facts = {"clinic": "1", "start_on": "2026-12-24", "end_on": "2026-12-26", "name": "Holidays"}
    assert adam.post("/desk/network/closures/new/", facts).status_code == 302
    with opened("adam", "access.network.read"):
        key = Closure.objects.get().id
    assert "Holidays" in words(adam.get("/desk/network/NORTH/"))
    adam.post(f"/desk/network/closures/{key}/", facts | {"name": "Winter break"})
    assert "Winter break" in words(adam.get("/desk/network/"))
    assert adam.post(f"/desk/network/closures/{key}/remove/").status_code == 302
    assert "Winter break" not in words(adam.get("/desk/network/"))


def test_the_clinic_switch_keeps_to_ones_own_and_comes_back(signed_in):
    dana = signed_in("dana")
    answer = dana.post("/desk/clinic/", {"clinic": "SOUTH", "next": "/desk/rules/"})
    assert (answer["Location"], dana.session["clinic"]) == ("/desk/rules/", "SOUTH")
    dana.post("/desk/clinic/", {"clinic": "RIVAL"})
    assert dana.session["clinic"] == "SOUTH"
    for elsewhere in ("https://example.com/", "//example.com/", ""):
        assert dana.post("/desk/clinic/", {"next": elsewhere})["Location"] == "/desk/"


def test_a_shared_screen_is_switched_on_and_off(signed_in):
    alice = signed_in("alice")
    alice.post("/desk/shared-screen/", {"shared": "on"})
    assert "Names are hidden" in words(alice.get("/desk/known/"))
    alice.post("/desk/shared-screen/", {"shared": "off"})
    assert "Names are hidden" not in words(alice.get("/desk/known/"))


# --- privacy -----------------------------------------------------------------------------------


def test_who_opened_a_record_is_a_page_and_a_file(signed_in, number):
    paula = signed_in("paula")
    page = words(paula.get("/desk/privacy/records/", {"number": number}))
    assert "Issue a record number" in page
    answer = paula.get("/desk/privacy/records/", {"number": number, "csv": "1"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("when,who,role_and_clinic,act")
    assert "issue a record number" in lines[-1]
    assert answer["Content-Disposition"] == f'attachment; filename="record-{number}.csv"'


def test_an_unknown_number_says_so(signed_in):
    answer = signed_in("paula").get("/desk/privacy/records/", {"number": "99999999"})
    assert answer.status_code == 422
    assert "No record has this number." in words(answer)


def test_refusals_are_listed(own_database, signed_in, network):
    signed_in("alice").get("/desk/privacy/records/")
    page = words(signed_in("paula").get("/desk/privacy/events/", {"outcome": "refused"}))
    assert "Alice Adams" in page
    assert "Refused Read who opened a record" in page


def test_a_cell_is_never_a_formula():
    from openiop.access.views.privacy import _harmless

    assert [_harmless(cell) for cell in ("=1+1", "+1", "@x", "-1", None, 3, "ok")] == [
        "'=1+1", "'+1", "'@x", "'-1", "", "3", "ok",
    ]  # fmt: skip


def test_breaking_the_glass_opens_the_record_and_shows_a_banner_until_it_ends(signed_in, number):
    charlie = signed_in("charlie")
    page = reverse("desk:patient", args=[number])
    answer = charlie.post("/desk/emergency/", {"number": number, "reason": "collapsed"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert f"Record {number} is open to you until" in words(charlie.get("/desk/known/"))
    assert "open to you until" not in words(signed_in("alice").get("/desk/known/"))


def test_the_record_page_itself_stays_not_found_before(signed_in, number):
    assert signed_in("charlie").get(reverse("desk:patient", args=[number])).status_code == 404


def test_a_broken_glass_is_reviewed_on_its_page(signed_in, opened, number):
    with opened("charlie", "access.glass.break") as permit:
        glass = actions.break_glass(permit, number, "collapsed")
    paula, path = signed_in("paula"), f"/desk/privacy/emergency/{glass.id}/"
    assert "collapsed" in words(paula.get("/desk/privacy/emergency/"))
    assert paula.post(path, {"justified": "no", "note": ""}).status_code == 422
    assert paula.post(path, {"justified": "yes", "note": ""}).status_code == 302
    assert "Nothing to review" in words(paula.get("/desk/privacy/emergency/"))
    assert "Justified" in words(paula.get("/desk/privacy/emergency/", {"show": "reviewed"}))
    assert paula.get(path).status_code == 404
    with opened("paula", "access.audit.read"):
        assert EmergencyAccess.objects.get().justified is True


def test_somebody_is_kept_out_on_the_records_page_and_let_in_again(signed_in, opened, number):
    paula, path = signed_in("paula"), f"/desk/privacy/access/{number}/"
    assert paula.get("/desk/privacy/access/", {"number": number})["Location"] == path
    assert paula.post(path, {"user": "2", "reason": "neighbor"}).status_code == 302
    assert "Bob Brown neighbor" in words(paula.get(path))
    with opened("paula", "access.record.block"):
        block = RecordBlock.objects.get().id
    assert paula.post(f"{path}blocks/{block}/lift/").status_code == 302
    paula.post(f"{path}restrict/", {"users": ["1"]})
    assert "Restricted" in words(paula.get(path))


def test_a_wish_to_be_kept_out_is_answered(signed_in, number):
    alice, paula = signed_in("alice"), signed_in("paula")
    facts = {"number": number, "relationship": "sister", "block_wanted": "on"}
    assert alice.post("/desk/known/", facts).status_code == 302
    page = paula.get("/desk/privacy/access/")
    assert "Alice Adams" in words(page)
    (wish,) = page.context["wishes"]
    paula.post(f"/desk/privacy/known/{wish.id}/", {"answer": "block"})
    assert "Nobody waits for an answer" in words(paula.get("/desk/privacy/access/"))
    assert paula.post(f"/desk/privacy/known/{wish.id}/").status_code == 404
    assert alice.get(reverse("desk:patient", args=[number])).status_code == 404


def test_pages_that_change_something_take_no_get(signed_in):
    adam = signed_in("adam")
    for path in ("/desk/clinic/", "/desk/shared-screen/", "/desk/staff/1/back/"):
        assert adam.get(path).status_code == 405
