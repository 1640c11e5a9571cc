"""Need profiles: rated one by one, signed, co-signed, never added up nor edited."""

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from openiop.access.backend.base import writing
from openiop.access.models import Record
from openiop.assessments.actions.needs import COSIGN, WRITE, Needs, cosign_needs, sign_needs
from openiop.assessments.models import NeedProfile
from openiop.assessments.queries.needs import profiles_of
from openiop.assessments.tests.conftest import GULF, NORTH, NOW, as_job, make_person
from openiop.catalog.needs import editions
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging.queries import open_tasks

THIRD = editions()["3"]
LOW = dict.fromkeys(THIRD.rated, 1)
pytestmark = pytest.mark.usefixtures("at_noon")


def told(**change):
    facts = {"edition": THIRD, "risks": LOW, "notes": {"home": " Lives alone. ", "mind": " "},
             "recommended": "2.1", "actual": "2.1"}  # fmt: skip
    return Needs(**{**facts, **change})


@pytest.fixture
def alice(opened):
    with opened("alice", WRITE, now=NOW) as permit:
        yield permit


def sign(permit, record, **change):
    return sign_needs(permit, record=record, clinic=NORTH, needs=told(**change))


def test_a_profile_is_kept_with_its_edition_and_who_signed_as_what(alice, person):
    row = sign(alice, person)
    (found,) = profiles_of(alice, person)
    assert (found.id, found.edition.id, found.risks, found.notes) == (
        row, "3", LOW, {"home": "Lives alone."},
    )  # fmt: skip
    assert found.by.startswith("Alice Adams, ")
    assert (found.signed_at, found.waits, found.cosigned) == (NOW, False, "")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"risks": {"home": 1}}, "Something is not rated yet"),
        ({"risks": {**LOW, "home": 5}}, "A risk is from 0 to 4"),
        ({"actual": "1.7"}, "This edition has no such level"),
        ({"actual": "1"}, "Say why the level given is another one"),
        ({"differs": "wish"}, "Say why the level given is another one"),
    ],
)
def test_what_is_not_whole_is_refused(alice, person, change, sentence):
    with pytest.raises(Refused, match=sentence):
        sign(alice, person, **change)


def test_another_level_stands_with_its_reason(alice, person):
    sign(alice, person, recommended="2.5", actual="2.1", differs="waiting")
    (found,) = profiles_of(alice, person)
    assert (found.recommended, found.actual, found.differs) == ("2.5", "2.1", "waiting")


def test_the_database_keeps_a_profile_as_it_was_signed(alice, person):
    row = sign(alice, person)
    for change in (lambda rows: rows.update(actual="1"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), writing():
            change(NeedProfile.objects.filter(pk=row))


def test_both_editions_stand_side_by_side(alice, person):
    sign(alice, person)
    fourth = editions()["4"]
    sign(alice, person, edition=fourth, risks=dict.fromkeys(fourth.rated, 0), notes={})
    assert [each.edition.id for each in profiles_of(alice, person)] == ["4", "3"]


def test_what_needs_no_second_signature_takes_none(alice, person, opened):
    row = sign(alice, person)
    with opened("bob", COSIGN, now=NOW) as bob, pytest.raises(Http404):
        cosign_needs(bob, person, row)


def test_only_clinicians_sign(opened, person):
    with pytest.raises(NotPermitted), opened("fred", WRITE, now=NOW) as fred:
        sign(fred, person)


def test_the_page_rates_signs_and_shows(page, press, number):
    typed = {f"risk_{key}": "1" for key in THIRD.rated} | {"note_home": "Lives alone."}
    assert "No need profile yet" in page("alice", "needs", number)[1]
    status, text = press("alice", "rate", number, "3", **typed, recommended="2.1", actual="1")
    assert (status, "Say why the level given is another one" in text) == (422, True)
    status, text = press("alice", "rate", number, "3", **typed, recommended="2.1", actual="2.1")
    assert (status, "2.1 Intensive outpatient" in text, "Lives alone." in text) == (200, True, True)


def test_the_page_asks_for_each_rating_and_knows_its_editions(page, press, number):
    status, text = press("alice", "rate", number, "4", recommended="2.1", actual="2.1")
    assert (status, text.count("Choose one.") >= 17) == (422, True)
    assert page("alice", "rate", number, "5")[0] == 404
    assert page("charlie", "needs", number)[0] == 404
    assert page("fred", "rate", number, "3")[0] == 403


def test_an_intern_s_profile_waits_until_a_supervisor_has_co_signed(opened, press, page):
    record = make_person(GULF)
    with as_job("access.audit.verify"):
        number = Record.objects.get(pk=record).number
    with opened("iris", WRITE, now=NOW) as iris:
        row = sign_needs(iris, record=record, clinic=GULF, needs=told())
        (found,) = profiles_of(iris, record)
    assert (found.waits, "Waits for a co-signature" in page("sam", "needs", number)[1]) == (
        True, True,
    )  # fmt: skip
    assert press("iris", "need_cosign", number, row)[0] == 422
    assert press("alice", "need_cosign", number, row)[0] == 404
    assert "Co-signed by Sam Stone" in press("sam", "need_cosign", number, row)[1]
    status, text = press("sam", "need_cosign", number, row)
    assert (status, "A colleague has co-signed this already." in text) == (422, True)
    with opened("sam", COSIGN, now=NOW) as sam:
        assert open_tasks(sam, kinds=["need.cosign"]) == []
