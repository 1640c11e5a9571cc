"""Sending somebody on, and closing the loop both ways."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from openiop.intake.actions.inquiries import undo_step
from openiop.intake.actions.partners import add_partner, change_partner
from openiop.intake.actions.referrals import refer_out, tell_outcome, tell_referrer
from openiop.intake.queries.inquiries import inquiry
from openiop.intake.queries.referrals import referrals_of
from openiop.intake.rules.referrals import ask_at, telling_refusal
from openiop.intake.tests.conftest import NOW
from openiop.kernel.permits import Refused
from openiop.messaging.queries import open_tasks

SIGNED, TODAY = date(2026, 11, 20), date(2026, 11, 23)


@pytest.fixture
def fred(opened):
    with opened("fred", "intake.inquiry.write", now=NOW) as permit:
        yield permit


@pytest.fixture
def detox(system):
    with system("intake.partner.write", now=NOW) as permit:
        return add_partner(
            permit, name="County Detox", kind="detox", phone="312 555 0100", takes_people=True
        )


def send(permit, one, detox, **facts) -> int:
    given = {"reason": "Shakes since morning", "way": "together"} | facts
    return refer_out(permit, one, partner=detox, **given)


# --- rules -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "signed", "no"),
    [
        ("together", None, ""), ("paper", None, ""), ("call", None, "no_consent"),
        ("send", None, "no_consent"), ("call", SIGNED, ""), ("send", TODAY, ""),
        ("call", date(2026, 11, 24), "not_signed_yet"),
    ],
)  # fmt: skip
def test_a_place_is_told_by_us_only_with_a_signature(way, signed, no):
    assert telling_refusal(way, signed, TODAY) == no


def test_what_came_of_it_is_asked_after_two_days_or_when_chosen():
    assert ask_at(NOW, None) == NOW + timedelta(days=2)
    assert ask_at(NOW, NOW + timedelta(hours=3)) == NOW + timedelta(hours=3)
    assert ask_at(NOW, NOW - timedelta(hours=3)) == NOW


# --- out ---------------------------------------------------------------------------------------


def test_who_is_sent_on_rests_and_a_task_asks_what_came_of_it(fred, asked, detox):
    one = asked()
    send(fred, one, detox)
    found = inquiry(fred, one)
    assert (found.stage, found.closed_at, found.steps[0].text) == (
        "referred_out", NOW, "County Detox. Shakes since morning"
    )  # fmt: skip
    assert [(each.kind, each.due_at) for each in open_tasks(fred)] == [
        ("referral_follow", NOW + timedelta(days=2))
    ]
    (row,) = referrals_of(fred, one)
    assert (row.partner, row.phone, row.way, row.by, row.outcome) == (
        "County Detox", "312 555 0100", "together", "Fred Frost", ""
    )  # fmt: skip


def test_an_inquiry_may_go_on_meanwhile(fred, asked, detox):
    one = asked()
    send(fred, one, detox, closes=False)
    assert inquiry(fred, one).stage == "new"


def test_our_own_call_takes_a_signed_consent(fred, asked, detox):
    one = asked()
    with pytest.raises(Refused) as no:
        send(fred, one, detox, way="call")
    assert (no.value.field, referrals_of(fred, one)) == ("consent_on", [])
    send(fred, one, detox, way="call", consent_on=SIGNED)
    assert referrals_of(fred, one)[0].consent_on == SIGNED


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [("arrived", "referred_out"), ("not_arrived", "referred_out"), ("declined", "referred_out"),
     ("came_back", "contacted"), ("withdrawn", "contacted")],
)  # fmt: skip
def test_what_came_of_it_closes_the_task_and_who_came_back_goes_on(
    fred, asked, detox, outcome, stage
):
    one = asked()
    made = send(fred, one, detox)
    tell_outcome(fred, one, made, outcome=outcome, text="Told by the nurse.")
    assert inquiry(fred, one).stage == stage
    assert "referral_follow" not in [each.kind for each in open_tasks(fred)]
    (row,) = referrals_of(fred, one)
    assert (row.outcome, row.outcome_text, row.outcome_at) == (outcome, "Told by the nurse.", NOW)


def test_sending_on_can_be_taken_back(fred, asked, detox):
    one = asked()
    send(fred, one, detox)
    undo_step(fred, one, inquiry(fred, one).steps[0].id)
    assert inquiry(fred, one).stage == "new"


def test_only_places_that_take_people_and_are_in_use_are_sent_to(fred, asked, detox, system):
    one = asked()
    with system("intake.partner.write", now=NOW) as permit:
        court = add_partner(permit, name="Drug Court", kind="court")
        change_partner(permit, detox, retired_on=TODAY)
    for place in (court, detox, 999):
        with pytest.raises(Http404):
            send(fred, one, place)


# --- back --------------------------------------------------------------------------------------


def test_the_referrer_is_told_only_with_a_signature(fred, asked, detox):
    one = asked(partner_id=detox)
    with pytest.raises(Refused):
        tell_referrer(fred, one, text="Started on Monday", way="call", consent_on=None)
    tell_referrer(fred, one, text="Started on Monday", way="call", consent_on=SIGNED)
    step = inquiry(fred, one).steps[0]
    assert (step.kind, step.text) == ("told", "Started on Monday")


def test_where_nobody_sent_them_nobody_is_told(fred, asked):
    with pytest.raises(Refused, match="Nobody of the directory"):
        tell_referrer(fred, asked(), text="x", way="call", consent_on=SIGNED)


# --- the page ----------------------------------------------------------------------------------


def test_the_page_sends_on_and_takes_the_outcome(press, page, asked, detox, at_noon, system):
    one = asked()
    text = press("fred", "referrals", one, refer="1", partner=detox, reason="Shakes",
                 way="together", closes="on", follow_up_at="2026-11-24T09:00")[1]  # fmt: skip
    assert "Not known yet" in text
    with system("intake.inquiry.read") as permit:
        (row,) = referrals_of(permit, one)
    assert row.follow_up_at == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    assert reverse("intake:referral_outcome", args=[one, row.id]) in text
    text = press("fred", "referral_outcome", one, row.id, outcome="arrived", text="Bed 4")[1]
    assert "Arrived there" in text
    assert page("charlie", "referrals", one)[0] == 404
    assert press("charlie", "referral_outcome", one, row.id, outcome="arrived")[0] == 404


def test_a_call_without_consent_is_refused_at_the_field(press, asked, detox, at_noon):
    status, text = press("fred", "referrals", asked(), refer="1", partner=detox, reason="Shakes",
                         way="call")  # fmt: skip
    assert (status, "without a signed consent" in text, "Shakes" in text) == (422, True, True)


def test_word_back_is_offered_where_somebody_sent_them(press, page, asked, detox, at_noon):
    one = asked(partner_id=detox)
    assert "Not told yet" in page("fred", "referrals", one)[1]
    text = press("fred", "referrals", one, told="1", text="Came to the first group", way="call",
                 consent_on="2026-11-20")[1]  # fmt: skip
    assert "Came to the first group" in text
    assert "Word to whoever sent them" not in page("fred", "referrals", asked())[1]


def test_an_outcome_that_is_none_is_refused(press, asked, detox, at_noon, system):
    one = asked()
    press("fred", "referrals", one, refer="1", partner=detox, reason="Shakes", way="paper")
    with system("intake.inquiry.read") as permit:
        (row,) = referrals_of(permit, one)
    assert press("fred", "referral_outcome", one, row.id, outcome="")[0] == 422
