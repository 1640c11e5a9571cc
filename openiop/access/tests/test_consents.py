"""Consents: signed once, never changed, taken back at once; the database keeps all of it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from openiop.access import door
from openiop.access.actions.consents import revoke_consent, sign_consent
from openiop.access.backend.base import writing
from openiop.access.consent_rules import Signing
from openiop.access.models import Consent, Record
from openiop.access.queries.consents import consents_of, ending, in_force, may_tell
from openiop.kernel.permits import Refused

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SIGN = "access.consent.sign"
TREATMENT = Signing("treatment", "Ana Diaz", "self", "Ana Diaz", "typed", "Ana Diaz", "photo")
SHARE = replace(
    TREATMENT, form="disclosure", recipient="Aetna", what=("presence", "payment"),
    purpose="to find out about benefits", expires_on=date(2027, 5, 1),
)  # fmt: skip


@pytest.fixture
def record(network) -> int:
    return a_record()


def a_record() -> int:
    with door.opened_for_job("access.record.issue", 1) as permit, writing():
        return Record.objects.create(
            organization_id=1, clinic_id=1, number="10000025", issued_at=permit.now
        ).pk


def sign(record: int, signing: Signing = SHARE, now: datetime = NOW) -> int:
    with door.opened_for_job(SIGN, 1, now=now) as permit:
        return sign_consent(permit, record, signing)


def revoke(record: int, consent: int, how: str = "By phone") -> None:
    with door.opened_for_job("access.consent.revoke", 1, now=NOW) as permit:
        revoke_consent(permit, record, consent, how)


def told(record: int, *what: str, to: str = "Aetna", on: date = TODAY) -> bool:
    with door.opened_for_job("access.consent.read", 1, now=NOW) as permit:
        return may_tell(permit, record, to, what, on)


def test_the_text_is_kept_as_it_was_read_with_every_field_in_it(record):
    sign(record)
    with door.opened_for_job("access.consent.read", 1) as permit:
        (row,) = consents_of(permit, record)
    assert row.text.startswith(
        "I, Ana Diaz, allow Lakeside Recovery, North to tell Aetna: that I am in treatment, what is"
        " needed to pay for my care. It is for this: to find out about benefits."
    )
    assert "This consent ends on May 1, 2027." in row.text
    assert (row.discloser, row.signer_name, row.signed_on) == (
        "Lakeside Recovery, North", "Ana Diaz", TODAY,
    )  # fmt: skip


def test_it_is_kept_in_the_person_s_language(record):
    sign(record, replace(SHARE, language="es"))
    with door.opened_for_job("access.consent.read", 1) as permit:
        (row,) = consents_of(permit, record)
    assert "que estoy en tratamiento" in row.text
    assert "1 de mayo de 2027" in row.text.lower() or "mayo 1, 2027" in row.text.lower()


def test_what_was_named_may_be_told_until_it_is_taken_back(record):
    consent = sign(record)
    assert told(record, "presence")
    assert not told(record, "tests")
    assert not told(record, "presence", to="Cigna")
    revoke(record, consent)
    assert not told(record, "presence")


def test_it_ends_by_itself(record):
    sign(record)
    assert told(record, "presence", on=date(2027, 4, 30))
    assert not told(record, "presence", on=date(2027, 5, 1))


def test_treatment_holds_for_its_months_and_the_newest_counts(record):
    first = sign(record, TREATMENT)
    second = sign(record, TREATMENT, NOW + timedelta(days=1))
    with door.opened_for_job("access.consent.read", 1) as permit:
        found = in_force(permit, record, "treatment", TODAY + timedelta(days=2))
        assert found is not None
        assert (found.id, first != second) == (second, True)
        assert in_force(permit, record, "treatment", TODAY + timedelta(days=400)) is None
        assert in_force(permit, record, "telehealth", TODAY) is None


def test_taking_back_twice_keeps_the_first_time(record):
    consent = sign(record)
    revoke(record, consent, "By phone")
    revoke(record, consent, "In person")
    with door.opened_for_job("access.consent.read", 1) as permit:
        assert consents_of(permit, record)[0].revoked_how == "By phone"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"recipient": " "}, "recipient"), ({"purpose": ""}, "purpose"), ({"what": ()}, "what"),
        ({"what": ("secrets",)}, "what"), ({"expires_on": None}, "expires_on"),
        ({"expires_on": TODAY}, "expires_on"), ({"signature": ""}, "signature"),
        ({"signer_name": ""}, "signer_name"), ({"signer": "representative"}, "relation"),
        ({"age": 16}, "signer"), ({"signer": "both", "age": 30, "relation": "mother"}, "signer"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_field(record, facts, field):
    with pytest.raises(Refused) as no:
        sign(record, replace(SHARE, **facts))
    assert no.value.field == field


def test_a_minor_may_sign_alone_where_the_state_says_so(record):
    sign(record, replace(TREATMENT, age=15, alone_from=12))
    with door.opened_for_job("access.consent.read", 1) as permit:
        assert consents_of(permit, record)[0].minor_alone


def test_an_event_may_end_it_instead_of_a_day(record):
    sign(record, replace(SHARE, expires_on=None, expires_event="when my care ends"))
    with door.opened_for_job("access.consent.read", 1) as permit:
        assert "This consent ends when my care ends." in consents_of(permit, record)[0].text


@contextmanager
def refused_by_the_database():
    with (
        door.opened_for_job(SIGN, 1), writing(), pytest.raises(IntegrityError, match="stays"),
        transaction.atomic(),
    ):  # fmt: skip
        yield


@pytest.mark.parametrize("change", [{"recipient": "Cigna"}, {"text": "x"}, {"what": ["tests"]}])
def test_nothing_of_a_signed_consent_can_be_changed(record, change):
    sign(record)
    with refused_by_the_database():
        Consent.objects.update(**change)


def test_a_consent_cannot_be_deleted_nor_come_back(record):
    consent = sign(record)
    revoke(record, consent)
    for again in (lambda: Consent.objects.all().delete(),
                  lambda: Consent.objects.update(revoked_at=None)):  # fmt: skip
        with refused_by_the_database():
            again()


def test_the_database_refuses_a_disclosure_without_an_element(record):
    consent = sign(record)
    with door.opened_for_job(SIGN, 1), writing():
        row = Consent.objects.get(pk=consent)
        names = [f.attname for f in Consent._meta.concrete_fields if f.attname != "id"]
        for lacking in ({"recipient": ""}, {"purpose": ""}, {"what": []}, {"discloser": ""},
                        {"expires_on": None}):  # fmt: skip
            with pytest.raises(IntegrityError, match="every_element"), transaction.atomic():
                bad = Consent(**{name: getattr(row, name) for name in names})
                for name, value in lacking.items():
                    setattr(bad, name, value)
                bad.save(force_insert=True)


def test_what_ends_soon_is_found_by_its_day(record):
    sign(record)
    with door.opened_for_job("access.consent.read", 1) as permit:
        assert [each.recipient for each in ending(permit, [date(2027, 5, 1)])] == ["Aetna"]
        assert ending(permit, [TODAY]) == []


def test_once_taken_back_no_other_reader_is_told(own_database, network):
    """Twenty ask while one takes it back: whoever asks after that is told no."""
    record = a_record()
    consent = sign(record)

    def ask(number: int) -> bool:
        try:
            if number == 0:
                revoke(record, consent)
            return told(record, "presence")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(ask, range(20)))
    assert answers[0] is False
    assert told(record, "presence") is False


def test_another_clinic_sees_none_of_it(record, opened):
    sign(record)
    with opened("alice", "access.consent.read") as permit:
        assert len(consents_of(permit, record)) == 1
    with opened("charlie", "access.consent.read") as permit:
        assert consents_of(permit, record) == []
