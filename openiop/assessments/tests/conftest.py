"""What the tests of this room share: a moment, a person at North, pages."""

import pytest
from django.urls import reverse
from django.utils import timezone

from openiop.access.models import Record
from openiop.assessments.actions import Taken, record_response
from openiop.catalog.instrument import find_instrument
from openiop.schedule.tests.world import NOW, as_job, make_person

NORTH, GULF = 1, 3
ALICE, BOB = 1, 2


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
