"""Consents at the desk: read, signed on the screen, copied, taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openiop.access import door
from openiop.access.models import Consent
from openiop.access.queries.consents import may_tell
from openiop.intake.actions.benefits import check_by_phone
from openiop.intake.actions.consent_ends import ask_about_endings
from openiop.intake.queries.admission import Paper, with_signed
from openiop.intake.queries.inquiries import inquiry
from openiop.intake.tests.conftest import ALICE, NOW
from openiop.intake.views.consents import picture
from openiop.kernel.permits import Refused
from openiop.messaging.models import Task
from openiop.patients.actions import register

pytestmark = pytest.mark.usefixtures("at_noon")
TYPED = {"language": "en", "signer": "self", "signer_name": "Ana Diaz", "signature": "Ana Diaz",
         "identity": "photo"}  # fmt: skip
SHARE = TYPED | {"recipient": "Aetna", "what": ["presence", "payment"], "purpose": "benefits",
                 "expires_on": "2027-05-01"}  # fmt: skip


@pytest.fixture
def ana(network):
    with door.opened_for_job("patients.patient.write", 1, now=NOW) as permit:
        return register(permit, clinic=1, legal_first="Ana", legal_last="Diaz", birth_on=None)


@pytest.fixture
def child(network):
    from datetime import date

    with door.opened_for_job("patients.patient.write", 1, now=NOW) as permit:
        return register(
            permit, clinic=1, legal_first="Bo", legal_last="Diaz", birth_on=date(2011, 5, 1),
            languages=["es"],
        )  # fmt: skip


def rows() -> list[Consent]:
    with door.opened_for_job("access.consent.read", 1, now=NOW):
        return list(Consent.objects.order_by("id"))


def signed(press, person, form: str = "disclosure", **facts) -> str:
    given = (SHARE if form == "disclosure" else TYPED) | {"sign": "1"} | facts
    return press("fred", "sign", person.number, form, **given)[1]


def test_what_is_not_signed_yet_is_shown(page, ana):
    status, text = page("fred", "consents", ana.number)
    assert status == 200
    assert text.count("Not signed") == 3
    assert "Nothing yet." in text


def test_the_text_is_read_before_it_is_signed(page, press, ana):
    assert 'name="sign"' not in page("fred", "sign", ana.number, "disclosure")[1]
    _, text = press("fred", "sign", ana.number, "disclosure", preview="1", **SHARE)
    assert "<p>I, Ana Diaz, allow Lakeside Recovery, North to tell Aetna: that I am in" in text
    assert 'name="sign"' in text
    assert rows() == []


def test_one_press_signs_and_a_copy_is_offered(press, ana, signed_in):
    text = signed(press, ana)
    assert "Signed. Offer a copy." in text
    (row,) = rows()
    assert (row.recipient, row.signature, row.witness_id) == ("Aetna", "Ana Diaz", 9)
    url = reverse("intake:consent_copy", args=[ana.number, row.id])
    assert signed_in("fred").get(url).content[:5] == b"%PDF-"


def test_a_drawn_signature_is_a_path_and_nothing_else(press, ana, signed_in):
    signed(press, ana, "treatment", signature="", drawn="M 10 20 L 30 40")
    (row,) = rows()
    assert (row.way, row.signature) == ("drawn", "M 10 20 L 30 40")
    url = reverse("intake:consent_copy", args=[ana.number, row.id])
    assert signed_in("fred").get(url).content[:5] == b"%PDF-"
    assert 'd="M 1 2 L"' in picture('M 1 2 L "/><script> 99999')


def test_what_is_missing_is_said_and_everything_typed_is_kept(press, ana):
    status, text = press(
        "fred", "sign", ana.number, "disclosure", sign="1", **SHARE | {"purpose": ""}
    )
    assert status == 422
    assert "Say what it is for." in text
    assert 'value="Aetna"' in text
    assert rows() == []


def test_taken_back_is_told_at_once(press, ana):
    signed(press, ana)
    (row,) = rows()
    status, text = press("fred", "consent_revoke", ana.number, row.id, how="")
    assert (status, "Say how it was taken back" in text) == (422, True)
    text = press("fred", "consent_revoke", ana.number, row.id, how="By phone")[1]
    assert "Taken back. Nothing more is told from now on." in text
    with door.opened_for_job("access.consent.read", 1, now=NOW) as permit:
        assert not may_tell(permit, ana.record, "Aetna", ["presence"], permit.today("UTC"))


def test_a_minor_signs_in_their_language_and_it_is_marked(page, press, child):
    text = page("fred", "sign", child.number, "treatment")[1]
    assert 'value="es" selected' in text
    assert "A representative" not in text
    assert "The person and a parent or guardian" in text
    shown = press(
        "fred", "sign", child.number, "treatment", sign="1", **TYPED | {"language": "es"}
    )[1]
    assert "Minor alone" in shown
    assert "Yo, " in shown


def test_other_clinics_and_roles(page, press, ana):
    assert page("charlie", "consents", ana.number)[0] == 404
    assert page("adam", "consents", ana.number)[0] == 403
    assert page("paula", "consents", ana.number)[0] == 200
    assert page("fred", "sign", ana.number, "nothing")[0] == 404
    assert page("fred", "consent", ana.number, 999)[0] == 404
    assert press("paula", "sign", ana.number, "treatment", **TYPED)[0] == 403


def test_the_statements_are_as_many_for_one_as_for_many(press, ana, signed_in):
    def counted() -> int:
        client, url = signed_in("fred"), reverse("intake:consents", args=[ana.number])
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    signed(press, ana)
    first = counted()
    for name in ("Cigna", "Humana", "A court"):
        signed(press, ana, recipient=name)
    assert counted() == first


def test_what_was_signed_here_counts_at_the_admission_without_a_day_typed(
    press, ana, asked, system
):
    one = asked("Ana Diaz", record_id=ana.record)
    signed(press, ana, "treatment")
    signed(press, ana, "agreement")
    with system("intake.inquiry.read", now=NOW) as permit:
        paper = with_signed(permit, inquiry(permit, one), Paper())
    assert (paper.treatment_consent_on, paper.agreement_on) == (NOW.date(), NOW.date())


def test_once_taken_back_no_typed_day_lets_a_payer_be_asked(press, ana, asked, system):
    """Nor does it help that somebody else may still be told."""
    one = asked("Ana Diaz", record_id=ana.record)
    signed(press, ana)
    signed(press, ana, recipient="Maria Diaz")
    facts = {"consent_on": NOW.date(), "spoke_with": "Kim", "payer": "Aetna"}
    with door.opened_for(ALICE, "intake.inquiry.write", now=NOW) as permit:
        assert check_by_phone(permit, one, **facts) > 0
    press("fred", "consent_revoke", ana.number, rows()[0].id, how="By phone")
    with (
        door.opened_for(ALICE, "intake.inquiry.write", now=NOW) as permit,
        pytest.raises(Refused) as no,
    ):
        check_by_phone(permit, one, **facts)
    assert no.value.code == "taken_back"


def test_a_month_and_a_week_before_its_end_somebody_is_asked(press, ana):
    signed(press, ana, expires_on="2026-12-23")
    for now, count in (
        (NOW, 1),
        (NOW, 1),
        (NOW + timedelta(days=1), 0),
        (NOW + timedelta(days=23), 1),
    ):
        with door.opened_for_job("intake.consent.remind", 1, now=now) as permit:
            assert ask_about_endings(permit) == count
    with door.opened_for_job("messaging.task.write", 1, now=NOW):
        assert Task.objects.filter(kind="consent_ends", record=ana.record).count() == 1
