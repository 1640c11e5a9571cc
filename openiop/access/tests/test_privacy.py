"""Broken glass, blocks, restricted records, people one knows: what the database then shows."""

from datetime import timedelta

import pytest
from django.http import Http404

from openiop.access import actions, door
from openiop.access.backend.base import writing
from openiop.access.models import EmergencyAccess, KnownPerson
from openiop.access.queries import open_emergencies, records
from openiop.kernel.permits import NotPermitted, Refused


@pytest.fixture
def number(system):
    """A record at North."""
    with system("access.record.issue") as permit:
        return actions.issue_record(permit, 1).number


def found_by(permit, number: str) -> records.Sought:
    found = records.sought(permit, number)
    assert found is not None
    return found


def sees(opened, who: str, number: str, **options) -> bool:
    with opened(who, "access.home", **options) as permit:
        try:
            door.admit(permit, number)
        except Http404:
            return False
        return True


def broken(opened, who: str, number: str, reason: str = "collapsed in the lobby"):
    with opened(who, "access.glass.break") as permit:
        return actions.break_glass(permit, number, reason)


# --- breaking the glass ------------------------------------------------------------------------


def test_a_broken_glass_opens_the_record_for_an_hour_wherever_it_is(opened, number):
    assert not sees(opened, "charlie", number)
    glass = broken(opened, "charlie", number)
    assert glass.ends_at - glass.started_at == timedelta(hours=1)
    assert sees(opened, "charlie", number, now=glass.ends_at - timedelta(seconds=1))
    assert not sees(opened, "charlie", number, now=glass.ends_at)


def test_the_house_says_for_how_long(opened, number):
    with opened("adam", "access.house.write") as permit:
        actions.set_policy(
            permit, clinic=1, key="emergency.access.minutes", value="20",
            from_on=permit.today("America/Chicago"), reason="One visit is enough.",
        )  # fmt: skip
    glass = broken(opened, "charlie", number)
    assert glass.ends_at - glass.started_at == timedelta(minutes=20)


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_opens(opened, number, reason):
    with pytest.raises(Refused) as no:
        broken(opened, "charlie", number, reason)
    assert no.value.field == "reason"
    assert not sees(opened, "charlie", number)


def test_an_unknown_number_and_another_organizations_look_alike(opened, number):
    for who, sought in (("charlie", "99999999"), ("riva", number)):
        with pytest.raises(Refused) as no:
            broken(opened, who, sought)
        assert no.value.sentence == "No record has this number."


def test_a_restricted_record_opens_in_an_emergency_and_a_block_holds(opened, number):
    with opened("paula", "access.record.restrict") as permit:
        actions.restrict(permit, number, [1])
    assert not sees(opened, "bob", number)
    broken(opened, "bob", number)
    assert sees(opened, "bob", number)
    with opened("paula", "access.record.block") as permit:
        actions.block_user(permit, number, user=3, reason="former partner")
    with pytest.raises(Refused, match="No record has this number"):
        broken(opened, "charlie", number)


def test_a_biller_or_privacy_officer_breaks_no_glass(opened, number):
    with pytest.raises(NotPermitted):
        broken(opened, "paula", number)


def test_what_is_open_to_oneself_is_listed_with_its_end(opened, number):
    glass = broken(opened, "charlie", number)
    with opened("charlie", "access.glass.break") as permit:
        assert [(one.number, one.ends_at) for one in open_emergencies(permit)] == [
            (number, glass.ends_at)
        ]
    with opened("alice", "access.glass.break") as permit:
        assert open_emergencies(permit) == []


# --- the review --------------------------------------------------------------------------------


def test_each_broken_glass_waits_for_a_review_and_says_when_it_is_late(opened, number):
    glass = broken(opened, "charlie", number)
    with opened("paula", "access.glass.review") as permit:
        (one,) = records.emergencies(permit)
        assert (one.name, one.number, one.reason, one.overdue) == (
            "Charlie Clark", number, "collapsed in the lobby", False,
        )  # fmt: skip
        assert one.review_due_at - one.started_at == timedelta(hours=72)
    late = glass.started_at + timedelta(hours=72, seconds=1)
    with opened("paula", "access.glass.review", now=late) as permit:
        assert [one.overdue for one in records.emergencies(permit)] == [True]


def test_an_answer_stands_with_its_note_and_leaves_the_queue(opened, number):
    glass = broken(opened, "charlie", number)
    with opened("paula", "access.glass.review") as permit:
        with pytest.raises(Refused) as no:
            actions.review_glass(permit, glass.id, justified=False, note=" ")
        assert no.value.field == "note"
        actions.review_glass(permit, glass.id, justified=False, note="Curiosity.")
        assert records.emergencies(permit) == []
        (one,) = records.emergencies(permit, reviewed=True)
        assert (one.justified, one.review, one.reviewed_by) == (False, "Curiosity.", "Paula Park")
        with pytest.raises(Refused, match="reviewed already"):
            actions.review_glass(permit, glass.id, justified=True, note="")


def test_nobody_reviews_their_own_access(opened, system, network, number):
    glass = broken(opened, "charlie", number)
    with system("access.glass.review"), writing():
        EmergencyAccess.objects.filter(pk=glass.id).update(user=network.users["paula"])
    with opened("paula", "access.glass.review") as permit, pytest.raises(Refused) as no:
        actions.review_glass(permit, glass.id, justified=True, note="")
    assert no.value.sentence == "Nobody reviews their own access."


def test_another_organizations_officer_sees_and_answers_nothing(opened, number):
    glass = broken(opened, "charlie", number)
    with opened("riva", "access.glass.review") as permit:
        assert records.emergencies(permit) == []
        with pytest.raises(Http404):
            actions.review_glass(permit, glass.id, justified=True, note="")


# --- blocks and restriction --------------------------------------------------------------------


def test_one_person_is_kept_out_of_one_record_until_the_block_is_lifted(opened, number):
    with opened("paula", "access.record.block") as permit:
        block = actions.block_user(permit, number, user=2, reason="neighbor")
        assert actions.block_user(permit, number, user=2, reason="again") == block
    assert (sees(opened, "bob", number), sees(opened, "alice", number)) == (False, True)
    with opened("paula", "access.record.block") as permit:
        actions.lift_block(permit, block)
        found = found_by(permit, number)
        assert [
            (b.user.staff.name, b.lifted_at is not None) for b in records.blocks(permit, found.id)
        ] == [("Bob Brown", True)]
        with pytest.raises(Http404):
            actions.lift_block(permit, block)
    assert sees(opened, "bob", number)


def test_a_restricted_record_opens_to_those_chosen_and_again_to_all(opened, number):
    with opened("paula", "access.record.restrict") as permit:
        actions.restrict(permit, number, [1])
    assert (sees(opened, "alice", number), sees(opened, "bob", number)) == (True, False)
    with opened("paula", "access.record.restrict") as permit:
        assert found_by(permit, number).restricted
        actions.restrict(permit, number, [2])
    assert (sees(opened, "alice", number), sees(opened, "bob", number)) == (False, True)
    with opened("paula", "access.record.restrict") as permit:
        actions.restrict(permit, number, [])
    assert (sees(opened, "alice", number), sees(opened, "bob", number)) == (True, True)


def test_nobody_of_another_organization_is_let_in(opened, network, number):
    with opened("paula", "access.record.restrict") as permit:
        actions.restrict(permit, number, [1, network.users["riva"]])
        found = found_by(permit, number)
        assert [grant.user_id for grant in records.grants(permit, found.id)] == [1]


def test_a_clinician_finds_no_record_by_number_that_is_not_theirs(opened, number):
    with opened("alice", "access.home") as permit, pytest.raises(NotPermitted):
        records.sought(permit, number)


# --- people one knows --------------------------------------------------------------------------


def test_who_knows_somebody_says_so_and_may_ask_to_be_kept_out(opened, number):
    with opened("alice", "access.known.declare") as permit:
        actions.declare_known(permit, number, relationship="sister", block_wanted=True)
        actions.declare_known(permit, number, relationship="half-sister", block_wanted=True)
        assert [(one.number, one.relationship) for one in records.declared(permit)] == [
            (number, "half-sister")
        ]
    with opened("paula", "access.record.block") as permit:
        (wish,) = records.wishes(permit)
        assert (wish.staff, wish.user, wish.number) == ("Alice Adams", 1, number)
        actions.block_user(permit, number, user=1, reason="asked")
        assert records.wishes(permit) == []
    assert not sees(opened, "alice", number)


def test_a_wish_can_be_answered_without_a_block(opened, number):
    with opened("alice", "access.known.declare") as permit:
        known = actions.declare_known(permit, number, relationship="neighbor", block_wanted=True)
    with opened("paula", "access.record.block") as permit:
        actions.decline_block(permit, known)
        assert records.wishes(permit) == []
        with pytest.raises(Http404):
            actions.decline_block(permit, known)
    assert sees(opened, "alice", number)


def test_one_declares_only_people_of_the_own_clinics(opened, number):
    with opened("charlie", "access.known.declare") as permit:
        with pytest.raises(Refused) as no:
            actions.declare_known(permit, number, relationship="cousin", block_wanted=False)
        assert no.value.field == "number"
        assert KnownPerson.objects.count() == 0
