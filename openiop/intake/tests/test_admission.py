"""From an inquiry to a seat in a group: all of it, or nothing."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from openiop.assessments.actions import record_response
from openiop.assessments.tests.conftest import taken
from openiop.intake.actions.admission import Place, admit_person, link_person, register_person
from openiop.intake.actions.benefits import check_by_phone
from openiop.intake.actions.inquiries import reopen_inquiry, undo_step
from openiop.intake.actions.partners import add_partner
from openiop.intake.actions.referrals import refer_out
from openiop.intake.actions.screening import answer_safety
from openiop.intake.models import Admission
from openiop.intake.queries.admission import Paper, admission_of, counselors
from openiop.intake.queries.inquiries import inquiry
from openiop.intake.queries.referrals import referrals_of
from openiop.intake.rules.admission import Waiver
from openiop.intake.tests.conftest import ALICE, NORTH, NOW
from openiop.intake.tests.test_screening import WELL
from openiop.kernel.permits import Refused
from openiop.messaging.queries import contacts_of, open_tasks
from openiop.patients.queries import coverages, person
from openiop.programs.queries import enrollments_of, episodes, waiting_lists
from openiop.schedule.actions.waiting import join
from openiop.schedule.queries.sessions import roster, session
from openiop.schedule.tests.world import make_enrolled, make_person, make_track

TODAY = date(2026, 11, 23)
SIGNED = Paper(treatment_consent_on=TODAY, agreement_on=TODAY)
BORN = date(1990, 2, 28)


@pytest.fixture
def fred(opened):
    with opened("fred", "intake.admit", now=NOW) as permit:
        yield permit


def ready(permit, one: int, last: str = "Rivera") -> None:
    """Everything but the papers."""
    born = BORN if last == "Rivera" else BORN.replace(year=1950 + ord(last[0]) % 50)
    register_person(permit, one, legal_first="Jo", legal_last=last, birth_on=born)
    answer_safety(permit, one, WELL)
    check_by_phone(permit, one, consent_on=TODAY, payer="Aetna", spoke_with="Kim", active=True,
                   member="W1", authorization=True)  # fmt: skip


def test_the_record_takes_along_what_is_safe_and_what_pays(fred, asked):
    one = asked(phone="312 555 0100", safe_to_call=True, language="es", payer_said="Aetna")
    number = register_person(fred, one, legal_first="Jo", legal_last="Rivera", birth_on=BORN)
    found = inquiry(fred, one)
    assert (found.number, found.steps[0].text) == (number, f"Record {number}")
    known = person(fred, found.record)
    assert (known.name, known.birth_on, known.languages) == ("Jo Rivera", BORN, ("es",))
    (contact,) = contacts_of(fred, found.record)
    (point,) = contact.points
    assert (point.value, point.safe_to_call, point.safe_to_leave_message) == (
        "312 555 0100", True, False
    )  # fmt: skip
    assert [each.payer_name for each in coverages(fred, found.record)] == ["Aetna"]


def test_the_payers_own_answer_goes_before_what_was_said(fred, asked):
    one = asked(payer_said="Blue Cross")
    check_by_phone(fred, one, consent_on=TODAY, payer="Aetna", spoke_with="Kim", member="W1",
                   begins_on=date(2026, 1, 1))  # fmt: skip
    register_person(fred, one, legal_first="Jo", legal_last="Rivera", birth_on=BORN)
    (kept,) = coverages(fred, inquiry(fred, one).record or 0)
    assert (kept.payer_name, kept.member_number, kept.start_on) == (
        "Aetna", "W1", date(2026, 1, 1)
    )  # fmt: skip


def test_somebody_who_may_be_here_already_is_asked_about(fred, asked):
    known = make_person(legal_first="Jo", legal_last="Rivera", birth_on=BORN)
    one = asked()
    with pytest.raises(Refused) as no:
        register_person(fred, one, legal_first="Jo", legal_last="Rivera", birth_on=BORN)
    assert [each.found.record for each in no.value.choices] == [known]
    assert inquiry(fred, one).record is None
    link_person(fred, one, known, "x")
    assert inquiry(fred, one).record == known
    with pytest.raises(Refused, match="its record already"):
        link_person(fred, one, known, "x")


def test_admission_opens_the_episode_seats_the_person_and_closes_the_inquiry(fred, asked):
    track, one = make_track(), asked()
    ready(fred, one)
    seat = admit_person(fred, one, Place(track, TODAY, counselor=ALICE), SIGNED)
    found = inquiry(fred, one)
    assert (found.stage, found.closed_at) == ("admitted", NOW)
    record = found.record or 0
    episode = episodes(fred, [record], TODAY)[record]
    assert (episode.level, episode.days_a_week, episode.counselor, episode.opened_on) == (
        "2.1", 3, ALICE, TODAY
    )  # fmt: skip
    assert seat.first_session is not None
    assert [each.record for each in roster(fred, seat.first_session)] == [found.record]
    assert session(fred, seat.first_session).on == TODAY  # tonight's roster
    done = admission_of(fred, one)
    assert (done.by, done.level, done.authorization, done.waived) == (
        "Fred Frost", "2.1", "needed", []
    )  # fmt: skip


def test_the_first_days_ask_for_a_plan_and_an_authorization(fred, asked):
    track, one = make_track(), asked()
    ready(fred, one)
    admit_person(fred, one, Place(track, TODAY, counselor=ALICE), SIGNED)
    tasks = {each.kind: (each.staff, each.role) for each in open_tasks(fred)}
    assert tasks["initial_plan"] == (ALICE, "clinician")
    assert tasks["authorization_request"] == (None, "reviewer")
    assert "benefits_recheck" in tasks  # eligibility is checked again each month
    assert {"inquiry_screen", "inquiry_next", "referrer_word"} & tasks.keys() == set()


def test_what_is_missing_is_told_in_sentences_and_nothing_is_done(fred, asked):
    track, one = make_track(), asked()
    register_person(fred, one, legal_first="Jo", legal_last="Rivera", birth_on=BORN)
    with pytest.raises(Refused) as no:
        admit_person(fred, one, Place(track, TODAY), Paper())
    assert no.value.sentence == (
        "The safety questions have not been asked. The payer has not said whether they are covered,"
        " and they do not pay themselves. The consent to treatment is not signed."
        " The program agreement is not signed."
    )
    record = inquiry(fred, one).record or 0
    assert (inquiry(fred, one).stage, episodes(fred, [record], TODAY)) == ("new", {})
    assert Admission.objects.count() == 0


def waive(key: str, days: int = 7) -> dict[str, Waiver]:
    return {key: Waiver(key, "Comes back with it on Monday", TODAY + timedelta(days=days))}


def test_a_director_lets_the_agreement_wait_and_a_task_keeps_it(opened, asked, fred):
    track, one = make_track(), asked()
    ready(fred, one)
    unsigned = Paper(treatment_consent_on=TODAY)
    with pytest.raises(Refused, match="agreement"):
        admit_person(fred, one, Place(track, TODAY), unsigned, waive("agreement"))
    with opened("dana", "intake.admit", now=NOW) as dana:
        admit_person(dana, one, Place(track, TODAY), unsigned, waive("agreement"))
        assert admission_of(dana, one).waived == [
            {"key": "agreement", "reason": "Comes back with it on Monday", "due_on": "2026-11-30"}
        ]
        assert "waived_agreement" in [each.kind for each in open_tasks(dana)]


def test_an_open_safety_concern_is_evaluated_first(fred, asked, system):
    track, one = make_track(), asked()
    ready(fred, one)
    with system("assessments.response.write", now=NOW) as permit:
        record = inquiry(fred, one).record or 0
        answers = taken("PHQ-9", 0, 0, 0, 0, 0, 0, 0, 0, 1, taken_at=NOW)
        record_response(permit, record=record, clinic=NORTH, taken=answers)
    with pytest.raises(Refused, match="waits for a clinician's evaluation"):
        admit_person(fred, one, Place(track, TODAY), SIGNED)


def test_nobody_lets_the_consent_to_treatment_wait(opened, asked, fred):
    track, one = make_track(), asked()
    ready(fred, one)
    with opened("dana", "intake.admit", now=NOW) as dana, pytest.raises(Refused, match="consent"):
        admit_person(dana, one, Place(track, TODAY), Paper(agreement_on=TODAY), waive("consent"))


def test_a_full_group_leaves_everything_as_it_was(fred, asked):
    track, one = make_track(), asked()
    make_enrolled(track, 11)
    ready(fred, one)
    with pytest.raises(Refused):
        admit_person(fred, one, Place(track, TODAY), SIGNED)
    found = inquiry(fred, one)
    assert (found.stage, episodes(fred, [found.record or 0], TODAY)) == ("screened", {})


def test_the_place_in_line_and_the_referral_close_with_it(fred, asked, system):
    track = make_track()
    with system("intake.partner.write", now=NOW) as permit:
        detox = add_partner(permit, name="County Detox", kind="detox", takes_people=True)
    one = asked(partner_id=detox)
    ready(fred, one)
    record = inquiry(fred, one).record or 0
    refer_out(fred, one, partner=detox, reason="Shakes", way="together", closes=False)
    with system("schedule.enroll", now=NOW) as permit:
        join(permit, record=record, track_id=track)
    admit_person(fred, one, Place(track, TODAY), SIGNED)
    assert waiting_lists(fred, [track]) == {track: []}
    assert [each.outcome for each in referrals_of(fred, one)] == ["came_back"]
    assert "referrer_word" in [each.kind for each in open_tasks(fred)]
    assert [each.track for each in enrollments_of(fred, record)] == [track]


def test_an_admission_is_not_taken_back_by_undo_nor_opened_again(fred, asked):
    track, one = make_track(), asked()
    ready(fred, one)
    admit_person(fred, one, Place(track, TODAY), SIGNED)
    step = inquiry(fred, one).steps[0]
    assert step.undoable is False
    for again in (lambda: undo_step(fred, one, step.id), lambda: reopen_inquiry(fred, one)):
        with pytest.raises(Refused, match="led to an admission"):
            again()


def test_the_next_person_goes_to_the_counselor_with_the_fewest(fred, asked):
    track, one = make_track(), asked()
    ready(fred, one)
    found, first = counselors(fred, NORTH, TODAY)
    assert ([each.name for each in found], first) == (
        ["Alice Adams", "Bob Brown", "Sam Stone"], ALICE
    )  # fmt: skip
    admit_person(fred, one, Place(track, TODAY, counselor=ALICE), SIGNED)
    assert counselors(fred, NORTH, TODAY)[1] == 2  # Bob


# --- the page ----------------------------------------------------------------------------------


def test_the_page_first_asks_who_it_is_and_then_shows_the_checklist(press, page, asked, at_noon):
    one = asked("Jo Rivera")
    assert 'value="Rivera"' in page("fred", "admit", one)[1]
    text = press("fred", "admit", one, legal_first="Jo", legal_last="Rivera",
                 birth_on="1990-02-28")[1]  # fmt: skip
    for said in ("The safety questions have not been asked.", "Must be there"):
        assert said in text
    assert page("charlie", "admit", one)[0] == 404


def test_a_wrong_record_number_is_said_at_the_field(press, asked, at_noon):
    status, text = press("fred", "admit", asked(), number="12345")
    assert (status, "There is no record 12345 here." in text) == (422, True)


def test_the_page_admits_and_tells_the_first_session(press, asked, at_noon, fred, signed_in):
    track, one = make_track(), asked()
    ready(fred, one)
    facts = {"track": track, "start_on": "2026-11-23", "level": "2.1", "expected_weeks": 8,
             "counselor": ALICE}  # fmt: skip
    status, text = press("fred", "admit", one, **facts)
    assert (status, "The consent to treatment is not signed." in text) == (422, True)
    answer = signed_in("fred").post(
        reverse("intake:admit", args=[one]),
        {**facts, "treatment_consent_on": "2026-11-23", "agreement_on": "2026-11-20"},
    )
    assert answer["Location"] == reverse("desk:patient", args=[inquiry(fred, one).number])
    assert inquiry(fred, one).stage == "admitted"


def test_from_the_person_a_link_leads_to_how_they_came(page, asked, at_noon, fred, signed_in):
    one = asked()
    number = register_person(fred, one, legal_first="Jo", legal_last="Rivera", birth_on=BORN)
    url = reverse("intake:of_record", args=[number])
    assert url in signed_in("fred").get(reverse("desk:patient", args=[number])).content.decode()
    assert reverse("intake:inquiry", args=[one]) in page("fred", "of_record", number)[1]
    assert page("charlie", "of_record", number)[0] == 404


def test_somebody_registered_without_an_inquiry_has_none(page, at_noon, fred):
    number = person(fred, make_person()).number
    assert "registered without one" in page("fred", "of_record", number)[1]


def test_only_a_supervisor_or_director_is_offered_to_let_something_wait(page, asked, at_noon, fred):
    one = asked()
    register_person(fred, one, legal_first="Jo", legal_last="Rivera", birth_on=BORN)
    assert "Let something wait" not in page("fred", "admit", one)[1]
    assert "Let something wait" in page("dana", "admit", one)[1]
