"""Questionnaires taken: scored once, never edited, corrected by a new row."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from openiop.access.backend.base import writing
from openiop.assessments.actions import record_response
from openiop.assessments.models import Response, SafetyConcern
from openiop.assessments.queries import response, responses_of
from openiop.assessments.rules import is_danger, result
from openiop.assessments.tests.conftest import NORTH, NOW, given, make_person, taken
from openiop.catalog.instrument import find_instrument
from openiop.kernel.permits import NotPermitted, Refused

WRITE = "assessments.response.write"
WELL = (1, 1, 1, 1, 1, 1, 1, 1, 0)


@pytest.fixture
def alice(opened):
    with opened("alice", WRITE, now=NOW) as permit:
        yield permit


def keep(permit, record, *args, **facts):
    return record_response(permit, record=record, clinic=NORTH, taken=taken(*args, **facts))


def test_answers_are_scored_and_kept_with_the_version_and_who_entered_them(alice, person):
    row = keep(alice, person, "PHQ-9", *WELL)
    (found,) = responses_of(alice, person)
    assert (found.id, found.title, found.version) == (row, "PHQ-9", "1999")
    assert (found.score, found.band, found.alerts, found.danger) == (8, "mild", (), False)
    assert (found.by, found.mode, found.taken_at) == ("Alice Adams", "paper", NOW)
    assert response(alice, person, row).answers == given(*WELL)


def test_a_row_is_never_edited_nor_removed(alice, person):
    row = keep(alice, person, "PHQ-9", *WELL)
    for change in (lambda rows: rows.update(score=0), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), writing():
            change(Response.objects.filter(pk=row))


def test_a_correction_is_a_new_row_with_a_reason_and_both_stay(alice, person):
    first = keep(alice, person, "GAD-7", 1, 1, 1, 1, 1, 1, 1)
    with pytest.raises(Refused, match="Say what was wrong"):
        keep(alice, person, "GAD-7", 2, 1, 1, 1, 1, 1, 1, supersedes=first)
    keep(alice, person, "GAD-7", 2, 1, 1, 1, 1, 1, 1, supersedes=first, reason="Read wrongly")
    found = responses_of(alice, person)
    assert [(each.score, each.replaced, each.reason) for each in found] == [
        (8, False, "Read wrongly"), (7, True, "")
    ]  # fmt: skip
    with pytest.raises(Refused, match="has corrected these answers"):
        keep(alice, person, "GAD-7", 3, 1, 1, 1, 1, 1, 1, supersedes=first, reason="Again")


def test_a_correction_is_of_the_same_person_and_questionnaire(alice, person):
    first = keep(alice, person, "GAD-7", 1, 1, 1, 1, 1, 1, 1)
    with pytest.raises(Http404):
        keep(alice, person, "PHQ-9", *WELL, supersedes=first, reason="Read wrongly")
    with pytest.raises(Http404):
        keep(alice, make_person(), "GAD-7", 1, 1, 1, 1, 1, 1, 1, supersedes=first, reason="No")


def test_too_many_gaps_are_kept_without_a_score(alice, person):
    keep(alice, person, "PHQ-9", 1, 1, None, None, None, 1, 1, 1, 0)
    (found,) = responses_of(alice, person)
    assert (found.score, found.band) == (None, "")
    assert found.unscored == "No answer to item 3, 4, 5; 2 may stay open."


def test_nothing_answered_and_a_time_to_come_are_refused(alice, person):
    with pytest.raises(Refused, match="No question is answered"):
        keep(alice, person, "GAD-7", None, None)
    with pytest.raises(Refused, match="This time has not come yet"):
        keep(alice, person, "GAD-7", 1, taken_at=NOW + timedelta(minutes=1))


def test_the_front_desk_sees_no_questionnaire(opened):
    with pytest.raises(NotPermitted), opened("fred", WRITE, now=NOW):
        pass


def test_the_other_clinic_sees_nothing(alice, person, opened):
    keep(alice, person, "PHQ-9", *WELL)
    with opened("charlie", WRITE, now=NOW) as charlie:
        assert responses_of(charlie, person) == []


# --- danger ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "values", "wanted"),
    [
        ("PHQ-9", (3, 3, 3, 3, 3, 3, 3, 3, 0), False),
        ("PHQ-9", (0, 0, 0, 0, 0, 0, 0, 0, 1), True),
        ("PHQ-9", (None,) * 8 + (1,), True),
        ("C-SSRS", (1, 1, 0, 0, 0, 0), False),
        ("C-SSRS", (0, 0, None, None, None, 0), False),
        ("C-SSRS", (0, 0, None, None, None, 1), True),
        ("C-SSRS", (1, 1, 1, 0, 0, 0), True),
        ("C-SSRS", (1, 1, None, 0, 0, 0), True),
        ("GAD-7", (3, 3, 3, 3, 3, 3, 3), False),
    ],
)
def test_some_answers_ask_for_a_clinician_with_or_without_a_score(title, values, wanted):
    assert is_danger(find_instrument(title), given(*values)) is wanted


def test_a_gap_hides_no_danger_and_no_reason():
    found = result(find_instrument("PHQ-9"), given(*(None,) * 8, 2), {})
    assert (found.score, found.danger) == (None, True)
    assert found.unscored.startswith("No answer to item 1, 2")


def test_every_moderate_or_high_answer_of_the_screener_is_a_danger():
    screener = find_instrument("C-SSRS")
    for third in (0, 1):
        for sixth in (0, 1):
            for recent in (0, 1):
                found = result(screener, given(1, 1, third, 0, 0, sixth), {"recent": recent})
                assert found.danger is (found.band in ("moderate", "high"))


def test_a_harmless_answer_opens_no_concern(alice, person):
    keep(alice, person, "PHQ-9", *WELL)
    assert SafetyConcern.objects.count() == 0
