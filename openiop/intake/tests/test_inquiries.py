"""Inquiries: taken by any channel, worked on together, never deleted, every change undone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from openiop.access.actions import issue_record
from openiop.access.backend.base import writing
from openiop.access.models import RecordBlock
from openiop.intake.actions.inquiries import (
    assign_inquiry,
    change_inquiry,
    lose_inquiry,
    move_inquiry,
    note_contact,
    open_inquiry,
    plan_next,
    reopen_inquiry,
    undo_step,
)
from openiop.intake.models import Inquiry, InquiryStep
from openiop.intake.queries.inquiries import (
    NOBODY,
    alike_inquiries,
    board,
    inquiry,
    open_inquiries,
    stage_counts,
)
from openiop.kernel.permits import Refused
from openiop.messaging.queries import open_tasks

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # a Monday, noon in Chicago
WRITE = "intake.inquiry.write"
NORTH, SOUTH = 1, 2
ALICE, FRED = 1, 9


@pytest.fixture
def fred(opened):
    with opened("fred", WRITE, now=NOW) as permit:
        yield permit


def take(permit, name="Jo Rivera", clinic=NORTH, channel="phone", **facts) -> int:
    return open_inquiry(permit, clinic=clinic, channel=channel, name=name, **facts)


def tasks(permit) -> list[tuple[str, datetime]]:
    return [(each.kind, each.due_at) for each in open_tasks(permit)]


def test_an_inquiry_is_to_be_screened_within_four_open_hours(fred):
    one = inquiry(fred, take(fred))
    assert (one.stage, one.came_at, one.screen_due_at) == ("new", NOW, NOW + timedelta(hours=4))
    assert tasks(fred) == [("inquiry_screen", NOW + timedelta(hours=4))]


def test_at_night_the_clock_waits_for_the_morning(opened):
    eleven = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 23:00, the clinic closes at 21:00
    with opened("fred", WRITE, now=eleven) as permit:
        one = inquiry(permit, take(permit))
    assert one.screen_due_at == datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # 08:00 and 4 hours


def test_its_first_line_says_how_it_came(fred):
    steps = inquiry(fred, take(fred, channel="hospital")).steps
    assert [(each.kind, each.text, each.by) for each in steps] == [
        ("opened", "Came by: Hospital or detox", "Fred Frost")
    ]


def test_who_was_reached_is_no_longer_new_and_every_try_stays(fred):
    one = take(fred)
    note_contact(fred, one, way="call", outcome="no_answer")
    assert inquiry(fred, one).stage == "new"
    note_contact(fred, one, way="call", outcome="reached", text="Wants evenings.")
    found = inquiry(fred, one)
    assert found.stage == "contacted"
    assert [(each.way, each.outcome, each.text) for each in found.steps[:2]] == [
        ("call", "reached", "Wants evenings."), ("call", "no_answer", "")
    ]  # fmt: skip


def test_screening_stops_the_clock_and_closes_the_task(fred):
    one = take(fred)
    move_inquiry(fred, one, "screened")
    assert inquiry(fred, one).screened_at == NOW
    assert tasks(fred) == []


def test_going_back_does_not_start_the_clock_again(fred):
    one = take(fred)
    move_inquiry(fred, one, "screened")
    move_inquiry(fred, one, "benefits")
    assert inquiry(fred, one).screened_at == NOW


def test_the_next_step_is_a_task_of_the_owner(fred):
    one = take(fred)
    move_inquiry(fred, one, "screened")
    assign_inquiry(fred, one, ALICE)
    plan_next(fred, one, "Call about the hours", NOW + timedelta(days=1))
    (task,) = open_tasks(fred)
    assert (task.kind, task.staff, task.title) == (
        "inquiry_next", ALICE, f"Inquiry {one}: next step"
    )  # fmt: skip
    plan_next(fred, one, "", None)
    assert tasks(fred) == []


def test_lost_needs_a_reason_and_can_be_opened_again(fred):
    one = take(fred)
    lose_inquiry(fred, one, "cost", "Will call after New Year.")
    found = inquiry(fred, one)
    assert (found.stage, found.lost_reason, found.closed_at) == ("lost", "cost", NOW)
    assert found.steps[0].text == "Cost. Will call after New Year."
    assert tasks(fred) == []
    with pytest.raises(Refused, match="closed"):
        move_inquiry(fred, one, "screened")
    reopen_inquiry(fred, one)
    assert (inquiry(fred, one).stage, inquiry(fred, one).lost_reason) == ("contacted", "")
    assert [kind for kind, _ in tasks(fred)] == ["inquiry_screen"]


@pytest.mark.parametrize("end", ["lost", "referred_out", "admitted"])
def test_an_end_is_never_chosen_from_a_list(fred, end):
    one = take(fred)
    with pytest.raises(Refused):
        move_inquiry(fred, one, end)
    assert inquiry(fred, one).stage == "new"


@pytest.mark.parametrize(
    "change",
    [
        lambda p, one: move_inquiry(p, one, "screened"),
        lambda p, one: lose_inquiry(p, one, "hours"),
        lambda p, one: assign_inquiry(p, one, ALICE),
        lambda p, one: plan_next(p, one, "Call", NOW + timedelta(hours=3)),
        lambda p, one: note_contact(p, one, way="call", outcome="reached"),
        lambda p, one: change_inquiry(p, one, name="Joan Rivera", phone="312 555 0177"),
    ],
    ids=["stage", "lost", "owner", "next", "contact", "facts"],
)
def test_each_change_is_taken_back_exactly(fred, change):
    one = take(fred, phone="312 555 0100", birth_on=NOW.date())
    was, waiting = Inquiry.objects.filter(pk=one).values().get(), tasks(fred)
    change(fred, one)
    assert Inquiry.objects.filter(pk=one).values().get() != was
    undo_step(fred, one, inquiry(fred, one).steps[0].id)
    assert Inquiry.objects.filter(pk=one).values().get() == was
    assert tasks(fred) == waiting
    assert inquiry(fred, one).steps[0].kind == "undone"


def test_only_the_newest_change_can_be_taken_back_and_only_once(fred):
    one = take(fred)
    move_inquiry(fred, one, "benefits")
    first = inquiry(fred, one).steps[0].id
    assign_inquiry(fred, one, ALICE)
    second = inquiry(fred, one).steps[0].id
    with pytest.raises(Refused, match="after"):
        undo_step(fred, one, first)
    undo_step(fred, one, second)
    with pytest.raises(Refused, match="after"):
        undo_step(fred, one, second)
    assert [each.undoable for each in inquiry(fred, one).steps] == [False] * 4


def test_a_try_that_changed_nothing_does_not_stand_in_the_way_of_undo(fred):
    one = take(fred)
    move_inquiry(fred, one, "benefits")
    step = inquiry(fred, one).steps[0].id
    note_contact(fred, one, way="call", outcome="no_answer")
    assert [each.undoable for each in inquiry(fred, one).steps] == [False, True, False]
    undo_step(fred, one, step)
    assert inquiry(fred, one).stage == "new"


def test_the_story_only_grows(fred):
    one = take(fred)
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), writing():
        InquiryStep.objects.filter(inquiry_id=one).update(text="else")


# --- the board ---------------------------------------------------------------------------------


def names(rows) -> list[str]:
    return [row.name for row in rows]


def test_the_board_stands_by_stage_and_the_most_urgent_first(fred, opened):
    take(fred, "Late One")
    with opened("fred", WRITE, now=NOW + timedelta(hours=1)) as later:
        take(later, "Young One")
        done = take(later, "Done One")
        move_inquiry(later, done, "screened")
        assert names(board(later)) == ["Late One", "Young One", "Done One"]
    with opened("fred", WRITE, now=NOW + timedelta(hours=4, minutes=1)) as evening:
        rows = board(evening)
        assert [(row.name, row.late(evening.now)) for row in rows] == [
            ("Late One", True), ("Young One", False), ("Done One", False)
        ]  # fmt: skip
        assert names(board(evening, late=True)) == ["Late One"]


def test_it_is_narrowed_by_words_number_owner_and_channel(fred):
    mine = take(fred, "José Álvarez", phone="(312) 555-0177", channel="web")
    take(fred, "Ann Lee", phone="312 555 0188")
    assign_inquiry(fred, mine, FRED)
    assert names(board(fred, q="alvarez jose")) == ["José Álvarez"]
    assert names(board(fred, q="555-0188")) == ["Ann Lee"]
    assert names(board(fred, owner=FRED)) == ["José Álvarez"]
    assert names(board(fred, owner=NOBODY)) == ["Ann Lee"]
    assert names(board(fred, channel="web")) == ["José Álvarez"]
    assert names(board(fred, q="100%_")) == []


def test_stages_are_counted_and_closed_ones_looked_at_apart(fred):
    take(fred, "Open One")
    lose_inquiry(fred, take(fred, "Lost One"), "distance")
    counts = stage_counts(fred)
    assert (counts["new"], counts["lost"], counts["admitted"]) == (1, 1, 0)
    assert open_inquiries(fred) == 1
    assert names(board(fred)) == ["Open One"]
    assert names(board(fred, stages=["lost"])) == ["Lost One"]


def test_another_clinic_sees_nothing_of_it(fred, opened):
    one = take(fred)
    with opened("charlie", WRITE, now=NOW) as charlie:
        assert board(charlie) == []
        assert alike_inquiries(charlie, name="Jo Rivera") == []
        for look in (inquiry, reopen_inquiry):
            with pytest.raises(Http404):
                look(charlie, one)
        with pytest.raises(Http404):
            take(charlie, clinic=NORTH)


def test_who_is_kept_out_of_a_record_sees_no_inquiry_of_it(fred, system, opened):
    one = take(fred)
    with system("access.record.block") as permit, writing():
        record = issue_record.__wrapped__(permit, NORTH).id
        Inquiry.objects.filter(pk=one).update(record_id=record)
        RecordBlock.objects.create(
            organization_id=1, record_id=record, user_id=1, reason="Ex-partner", set_by_id=4,
            set_at=NOW,
        )  # fmt: skip
    with opened("alice", WRITE, now=NOW) as alice:
        assert board(alice) == []
        assert stage_counts(alice)["new"] == 0
        with pytest.raises(Http404):
            inquiry(alice, one)
    with opened("bob", WRITE, now=NOW) as bob:
        assert names(board(bob)) == ["Jo Rivera"]


# --- the same person twice ---------------------------------------------------------------------


def test_the_same_phone_mail_or_name_is_found_whatever_its_form(fred):
    one = take(fred, "Mary-Ann O'Neil", phone="+1 (312) 555-0123", email="Ma@example.org")
    assert [(e.id, e.reason) for e in alike_inquiries(fred, phone="312.555.0123")] == [
        (one, "phone")
    ]
    assert [e.reason for e in alike_inquiries(fred, email="ma@EXAMPLE.org")] == ["email"]
    assert [e.reason for e in alike_inquiries(fred, name="oneil mary ann")] == ["name"]
    assert alike_inquiries(fred, name="Mary") == []
    assert alike_inquiries(fred, name="Mary-Ann O'Neil", besides=one) == []
    assert alike_inquiries(fred, phone="555") == []
