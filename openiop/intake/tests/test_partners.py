"""The directory of places outside."""

from datetime import date

import pytest
from django.http import Http404

from openiop.intake.actions.partners import add_partner, change_partner
from openiop.intake.queries.partners import partner, partners
from openiop.kernel.permits import Refused

WRITE = "intake.partner.write"


@pytest.fixture
def fred(opened):
    with opened("fred", WRITE) as permit:
        yield permit


def test_a_place_is_kept_with_how_to_reach_it(fred):
    one = add_partner(fred, name="County Detox", kind="detox", phone="312 555 0100",
                      takes_people=True)  # fmt: skip
    found = partner(fred, one)
    assert (found.name, found.kind, found.phone, found.takes_people) == (
        "County Detox", "detox", "312 555 0100", True
    )  # fmt: skip


def test_the_directory_stands_by_name_and_can_show_only_who_takes_people(fred):
    add_partner(fred, name="Zoe Clinic", kind="hospital", takes_people=True)
    add_partner(fred, name="Drug Court", kind="court")
    assert [each.name for each in partners(fred)] == ["Drug Court", "Zoe Clinic"]
    assert [each.name for each in partners(fred, taking=True)] == ["Zoe Clinic"]


def test_the_same_place_is_not_kept_twice(fred):
    add_partner(fred, name="Drug Court", kind="court")
    with pytest.raises(Refused, match="already"):
        add_partner(fred, name="Drug Court", kind="court")


def test_a_place_that_closed_leaves_the_lists_and_stays_in_the_book(fred):
    one = add_partner(fred, name="Drug Court", kind="court")
    change_partner(fred, one, retired_on=date(2026, 11, 1), phone="1")
    assert partners(fred) == []
    assert [each.phone for each in partners(fred, retired=True)] == ["1"]


def test_another_organization_has_a_directory_of_its_own(fred, opened):
    one = add_partner(fred, name="Drug Court", kind="court")
    with opened("riva", WRITE) as riva:
        assert partners(riva) == []
        with pytest.raises(Http404):
            partner(riva, one)
        with pytest.raises(Http404):
            change_partner(riva, one, phone="1")
