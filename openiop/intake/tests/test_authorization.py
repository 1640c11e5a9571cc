"""A payer's authorization, step by step."""

from datetime import date

import pytest
from django.http import Http404
from django.urls import reverse

from openiop.intake.actions.admission import Place, admit_person
from openiop.intake.actions.authorization import set_authorization
from openiop.intake.queries.authorization import authorization
from openiop.intake.tests.conftest import NOW
from openiop.intake.tests.test_admission import SIGNED, TODAY, ready
from openiop.kernel.permits import Refused
from openiop.messaging.queries import open_tasks
from openiop.schedule.tests.world import make_track

LAST = date(2026, 12, 20)


@pytest.fixture
def admitted(opened, asked) -> int:
    """An inquiry that led to an admission; the payer wants an authorization."""
    track, one = make_track(), asked()
    with opened("fred", "intake.admit", now=NOW) as permit:
        ready(permit, one)
        admit_person(permit, one, Place(track, TODAY), SIGNED)
    return one


@pytest.fixture
def nora(opened):
    with opened("nora", "intake.authorization.write", now=NOW) as permit:
        yield permit


def task_days(permit) -> list[str]:
    return [
        f"{each.due_at:%m-%d} {each.title}" for each in open_tasks(permit)
        if each.kind == "authorization_request"
    ]  # fmt: skip


def test_it_begins_as_the_payers_answer_left_it(nora, admitted):
    held = authorization(nora, admitted, TODAY)
    assert (held.state, held.next, [each.by for each in held.steps]) == (
        "needed", ("requested", "not_needed"), ["Fred Frost"]
    )  # fmt: skip


def test_requested_and_granted_with_who_said_so(nora, admitted):
    set_authorization(nora, admitted, state="requested", reference="R-1")
    assert task_days(nora) == ["11-25 Authorization: look again (Requested)"]
    set_authorization(nora, admitted, state="granted", accepted_by="Kim", reference="A-9",
                      until_on=LAST, days=12)  # fmt: skip
    assert task_days(nora) == ["12-13 Authorization: look again (Granted)"]
    held = authorization(nora, admitted, TODAY)
    newest = held.steps[0]
    assert (newest.state, newest.accepted_by, newest.until_on, newest.days, newest.by) == (
        "granted", "Kim", LAST, 12, "Nora Nash"
    )  # fmt: skip
    assert [each.state for each in held.steps] == ["granted", "requested", "needed"]
    assert authorization(nora, admitted, date(2026, 12, 14)).shown == "at_risk"


def test_a_denial_asks_for_a_talk_the_same_day(nora, admitted):
    set_authorization(nora, admitted, state="requested")
    set_authorization(nora, admitted, state="denied", note="Not medically necessary, they say.")
    assert task_days(nora) == ["11-23 Authorization denied: talk about options today"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"state": "granted", "accepted_by": "Kim"}, "state"), ({"state": "needed"}, "state")],
)
def test_a_state_follows_only_where_it_can(nora, admitted, facts, field):
    with pytest.raises(Refused) as no:
        set_authorization(nora, admitted, **facts)
    assert (no.value.field, authorization(nora, admitted, TODAY).state) == (field, "needed")


def test_a_grant_by_nobody_is_refused(nora, admitted):
    set_authorization(nora, admitted, state="requested")
    with pytest.raises(Refused, match="Who at the payer"):
        set_authorization(nora, admitted, state="granted", until_on=LAST)


def test_another_clinics_is_not_there(opened, admitted):
    with opened("charlie", "intake.authorization.write", now=NOW) as charlie:
        for look in (
            lambda: authorization(charlie, admitted, TODAY),
            lambda: set_authorization(charlie, admitted, state="requested"),
        ):
            with pytest.raises(Http404):
                look()


def test_the_page_takes_the_next_step_and_stands_on_the_admission(
    press, page, admitted, asked, at_noon
):
    url = reverse("intake:authorization", args=[admitted])
    assert url in page("fred", "admit", admitted)[1]
    text = press("nora", "authorization", admitted, state="requested", reference="R-1")[1]
    assert "R-1" in text
    status, text = press("nora", "authorization", admitted, state="granted")
    assert (status, "Who at the payer said yes?" in text) == (422, True)
    assert page("charlie", "authorization", admitted)[0] == 404
    assert page("fred", "authorization", asked())[0] == 404
