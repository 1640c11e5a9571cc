"""What the tests of this room share: a moment, a person at North, pages."""

from datetime import UTC, datetime
from itertools import count

import pytest
from django.urls import reverse
from django.utils import timezone

from openiop.access import door
from openiop.access.models import Record
from openiop.assessments.actions import Taken, record_response
from openiop.catalog.instrument import find_instrument
from openiop.patients.actions import register

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # a Monday, noon in Chicago
NORTH, GULF = 1, 3
ALICE, BOB = 1, 2

_serial = count(1)


def as_job(act, now=NOW):
    """A job's open door at `NOW`, all clinics of the test organization."""
    return door.opened_for_job(act, 1, now=now)


def make_person(clinic=NORTH):
    """A registered person; the record's id."""
    with as_job("patients.patient.write") as permit:
        names = {"legal_first": f"Person{next(_serial)}", "legal_last": "Test", "birth_on": None}
        return register(permit, clinic=clinic, **names).record


@pytest.fixture
def at_noon(monkeypatch):
    """Pages run at `NOW`."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def given(*values):
    """Answers in the order of the items."""
    return {str(number): value for number, value in enumerate(values, start=1)}


def taken(title, *values, **facts):
    """Answers to a questionnaire, taken at `NOW`."""
    return Taken(find_instrument(title), given(*values), **{"taken_at": NOW, **facts})


@pytest.fixture
def person(network):
    """A person at North; the record's id."""
    return make_person(NORTH)


@pytest.fixture
def number(person):
    """The record number of that person."""
    with as_job("access.audit.verify"):
        return Record.objects.get(pk=person).number


@pytest.fixture
def answer(person):
    """`answer("PHQ-9", 0, 0, …)`: kept by a job; the row's id."""

    def keep(title, *values, **facts):
        with as_job("assessments.response.write", facts.pop("now", NOW)) as permit:
            return record_response(
                permit, record=person, clinic=NORTH, taken=taken(title, *values, **facts)
            )

    return keep


@pytest.fixture
def page(signed_in):
    """`page("alice", "record", number)`: a page's status and text."""

    def get(who, name, /, *args, query=""):
        answered = signed_in(who).get(reverse(f"assessments:{name}", args=args) + query)
        return answered.status_code, answered.content.decode()

    return get


@pytest.fixture
def press(signed_in):
    """`press("alice", "take", number, "phq-9", i1=0)`: post, and the page it leads to."""

    def post(who, name, /, *args, query="", **data):
        url = reverse(f"assessments:{name}", args=args) + query
        answered = signed_in(who).post(url, data, follow=True)
        return answered.status_code, answered.content.decode()

    return post
