"""A payer's answer is kept as it was given, by whom, under which consent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404

from openiop.access.backend.base import writing
from openiop.intake.actions.benefits import check_by_file, check_by_phone
from openiop.intake.actions.inquiries import lose_inquiry
from openiop.intake.models import BenefitsCheck
from openiop.intake.queries.benefits import checks_of
from openiop.intake.queries.inquiries import inquiry
from openiop.intake.tests.conftest import NOW
from openiop.intake.tests.test_x271_rules import WHO, file
from openiop.kernel.permits import Refused
from openiop.messaging.queries import open_tasks

SIGNED = date(2026, 11, 20)
ANSWER = file(*WHO, "EB*1**30**SILVER PPO~", "EB*C*IND*30***23*1500~", "EB*B**MH****40~")


@pytest.fixture
def fred(opened):
    with opened("fred", "intake.inquiry.write", now=NOW) as permit:
        yield permit


def call(permit, one, consent_on=SIGNED, **facts):
    given = {"payer": "Aetna", "spoke_with": "Kim", "active": True} | facts
    return check_by_phone(permit, one, consent_on=consent_on, **given)


def test_a_call_is_kept_with_who_said_it_and_who_asked(fred, asked):
    one = asked(payer_said="Aetna")
    call(fred, one, deductible=Decimal("1500"), coinsurance=Decimal("0.2"), reference="R-7")
    (found,) = checks_of(fred, one)
    assert (found.source, found.by, found.spoke_with, found.reference, found.consent_on) == (
        "phone", "Fred Frost", "Kim", "R-7", SIGNED
    )  # fmt: skip
    assert (found.deductible, found.coinsurance, found.differs) == (
        Decimal("1500.00"), Decimal("0.2000"), []
    )  # fmt: skip
    assert (inquiry(fred, one).stage, inquiry(fred, one).steps[0].text) == (
        "benefits", "Aetna: covered"
    )  # fmt: skip


@pytest.mark.parametrize("consent_on", [None, date(2026, 11, 24)])
def test_without_a_signed_consent_nobody_asks_and_nothing_is_kept(fred, asked, consent_on):
    one = asked()
    with pytest.raises(Refused) as no:
        call(fred, one, consent_on)
    assert no.value.field == "consent_on"
    with pytest.raises(Refused):
        check_by_file(fred, one, consent_on=consent_on, text=ANSWER)
    assert checks_of(fred, one) == []


def test_a_file_is_kept_whole_beside_its_figures(fred, asked):
    one = asked("Ana Rivera", payer_said="Prairie", birth_on=date(1990, 2, 28))
    kept = check_by_file(fred, one, consent_on=SIGNED, text=ANSWER)
    (found,) = checks_of(fred, one)
    assert (found.payer, found.plan, found.member, found.deductible, found.copay) == (
        "PRAIRIE HEALTH", "SILVER PPO", "W123", Decimal("1500.00"), Decimal("40.00")
    )  # fmt: skip
    assert ([each["kind"] for each in found.lines], found.differs, found.reference) == (
        ["active", "deductible", "copay"], [], "Q-77"
    )  # fmt: skip
    assert BenefitsCheck.objects.get(pk=kept).original == ANSWER


def test_what_differs_from_what_they_said_is_kept_with_it(fred, asked):
    one = asked("Leo Rivera", payer_said="Cigna")
    check_by_file(fred, one, consent_on=SIGNED, text=ANSWER)
    (found,) = checks_of(fred, one)
    assert found.differs == ["payer", "name"]
    assert found.said == {"payer": "Cigna", "name": "Leo Rivera", "birth_on": ""}


def test_a_broken_file_is_refused_with_its_segment(fred, asked):
    one = asked()
    with pytest.raises(Refused, match=r"Segment \d+ \(EB\) of the file is wrong"):
        check_by_file(fred, one, consent_on=SIGNED, text=ANSWER.replace("*1500~", "*lots~"))
    assert checks_of(fred, one) == []


def test_a_payer_that_cannot_answer_is_told_with_its_reason(fred, asked):
    text = file(*WHO, "AAA*N**75*C~")
    with pytest.raises(Refused, match="AAA reason 75"):
        check_by_file(fred, asked(), consent_on=SIGNED, text=text)


def test_an_answer_never_changes(fred, asked):
    kept = call(fred, asked())
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), writing():
        BenefitsCheck.objects.filter(pk=kept).update(active=False)


def test_the_next_check_is_a_task_of_next_month_until_the_next_answer(fred, asked):
    one = asked()
    call(fred, one)
    due = {each.kind: each.due_at for each in open_tasks(fred)}
    assert f"{due['benefits_recheck']:%Y-%m-%d %H:%M}" == "2026-12-01 15:00"  # 09:00 in Chicago
    call(fred, one, ends_on=date(2026, 11, 27))
    due = {each.kind: each.due_at for each in open_tasks(fred)}
    assert f"{due['benefits_recheck']:%Y-%m-%d}" == "2026-11-27"


def test_a_lapse_asks_for_a_talk_the_same_day(fred, asked):
    one = asked()
    call(fred, one, active=False)
    assert {"benefits_lapse": NOW}.items() <= {e.kind: e.due_at for e in open_tasks(fred)}.items()
    call(fred, one)
    assert "benefits_lapse" not in [each.kind for each in open_tasks(fred)]


def test_a_lost_inquiry_is_not_checked_again(fred, asked):
    one = asked()
    call(fred, one)
    lose_inquiry(fred, one, "cost")
    assert open_tasks(fred) == []


def test_another_clinics_inquiry_is_not_there(asked, opened):
    one = asked()
    with opened("charlie", "intake.inquiry.write", now=NOW) as charlie:
        assert checks_of(charlie, one) == []
        with pytest.raises(Http404):
            call(charlie, one)


@pytest.mark.external
def test_a_271_of_anothers_making_becomes_a_snapshot(fred, asked, shared_data):
    folder = shared_data / "x12" / "linuxforhealth-x12" / "271_005010X279A1"
    text = next(folder.glob("*.271")).read_text()
    one = asked()
    check_by_file(fred, one, consent_on=SIGNED, text=text)
    (found,) = checks_of(fred, one)
    assert (found.active, len(found.lines), found.source) == (True, 5, "271")


# --- the page ----------------------------------------------------------------------------------

TYPED = {"phone": "1", "payer": "Aetna", "spoke_with": "Kim", "consent_on": "2026-11-20"}


def test_the_page_says_who_gets_the_plans_letters_and_offers_self_pay(page, asked, at_noon):
    text = page("fred", "benefits", asked())[1]
    assert "explanation of benefits to whoever holds the policy" in text
    assert "offer to pay without the plan" in text
    assert "Nobody has asked the payer yet" in text


def test_a_call_is_written_down_and_shown(press, asked, at_noon):
    one = asked(payer_said="Cigna")
    text = press("fred", "benefits", one, **TYPED, active="yes", deductible="1500",
                 deductible_left="250", coinsurance="20")[1]  # fmt: skip
    for said in ("$1,500.00, $250.00 left", "20 %", "They said Cigna, the answer comes from Aetna",
                 "Tue 1 Dec"):  # fmt: skip
        assert said in text


def test_without_the_date_of_the_consent_the_page_refuses_and_keeps_what_was_typed(
    press, asked, at_noon
):
    one = asked()
    status, text = press("fred", "benefits", one, **{**TYPED, "consent_on": ""}, plan="Gold 80")
    assert (status, "without a signed consent" in text, "Gold 80" in text) == (422, True, True)


def test_a_file_is_read_on_the_page_and_a_broken_one_names_its_segment(press, asked, at_noon):
    one = asked("Ana Rivera")

    def upload(text: str):
        given = SimpleUploadedFile("answer.271", text.encode())
        return press("fred", "benefits", one, upload="1", consent_on="2026-11-20", file=given)

    status, text = upload(ANSWER.replace("EB*1*", "EB*??*"))
    assert (status, "(EB) of the file is wrong" in text) == (422, True)
    assert "SILVER PPO" in upload(ANSWER)[1]


def test_a_lapse_says_what_the_options_are(press, asked, at_noon):
    text = press("fred", "benefits", asked(), **TYPED, active="no")[1]
    assert "Talk with them today" in text


def test_nothing_of_it_is_there_for_another_clinic(page, press, asked, at_noon):
    one = asked()
    assert page("charlie", "benefits", one)[0] == 404
    assert press("charlie", "benefits", one, **TYPED)[0] == 404


def test_rechecks_do_not_pile_up(fred, asked):
    one = asked()
    for _ in range(3):
        call(fred, one, begins_on=date(2026, 1, 1) + timedelta(days=1))
    assert [each.kind for each in open_tasks(fred)].count("benefits_recheck") == 1
