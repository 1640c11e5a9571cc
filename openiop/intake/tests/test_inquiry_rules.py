"""How an inquiry goes from stage to stage."""

import pytest

from openiop.intake.rules.inquiries import (
    CLOSED,
    OPEN,
    STAGES,
    Move,
    after_contact,
    move,
    refusal,
)


@pytest.mark.parametrize("stage", OPEN)
def test_an_open_inquiry_moves_to_every_other_open_stage_and_back(stage):
    assert {to: refusal(stage, to) for to in OPEN} == {
        to: "same" if to == stage else "" for to in OPEN
    }


@pytest.mark.parametrize("stage", CLOSED)
def test_a_closed_one_is_opened_again_first(stage):
    assert {refusal(stage, to) for to in STAGES} == {"closed"}


def test_an_end_is_never_chosen_from_a_list():
    assert refusal("screened", "admitted") == "by_admission"
    assert refusal("new", "lost") == "by_loss"
    assert refusal("new", "referred_out") == "by_loss"


def test_the_clock_stops_with_the_screening():
    assert {stage: move(stage) for stage in STAGES} == {
        "new": Move(False, False), "contacted": Move(False, False),
        "benefits": Move(False, False), "screened": Move(True, False),
        "scheduled": Move(True, False), "admitted": Move(True, True),
        "lost": Move(False, True), "referred_out": Move(False, True),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "outcome", "after"),
    [("new", "reached", "contacted"), ("new", "called_us", "contacted"),
     ("new", "no_answer", "new"), ("new", "message", "new"), ("benefits", "reached", "benefits")],
)  # fmt: skip
def test_whoever_was_reached_is_no_longer_new(stage, outcome, after):
    assert after_contact(stage, outcome) == after
