"""What stands against a track as planned."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.access.credential_rules import CredentialFact
from openiop.programs.rules import Leader, Plan, counted_minutes, expected_end, track_warnings

DAY = date(2026, 11, 23)
USUAL = (
    ("counseling", 60), ("break", 10), ("education", 60), ("break", 10), ("counseling", 60),
)  # fmt: skip


def leader(kind: str = "cadc", state: str = "IL", name: str = "Alice Adams") -> Leader:
    fact = CredentialFact(kind, state, "1", date(2020, 1, 1), date(2035, 1, 1), None, True)
    return Leader(name, (fact,))


def plan(**facts: object) -> Plan:
    usual: dict[str, object] = {
        "state": "IL", "on": DAY, "program_kind": "substance_use", "weekdays": (0, 2, 4),
        "blocks": USUAL, "leaders": (leader(),), "cap": 11, "room_name": "Maple",
        "room_capacity": 18,
    }  # fmt: skip
    return Plan(**(usual | facts))  # type: ignore[arg-type]


def codes(**facts: object) -> list[str]:
    return [caution.code for caution in track_warnings(plan(**facts))]


def test_three_hours_and_breaks_three_times_a_week_have_nothing_against_them() -> None:
    assert track_warnings(plan()) == ()


def test_breaks_never_count_toward_the_payers_day_and_week() -> None:
    with_breaks = (("counseling", 160), ("break", 40))
    found = track_warnings(plan(blocks=with_breaks))
    assert [caution.sentence for caution in found] == [
        "160 countable minutes a day; 180 are asked for. Breaks never count.",
        "480 countable minutes a week; 540 are asked for. Breaks never count.",
    ]
    assert all(caution.citation for caution in found)


def test_two_long_days_meet_the_week_in_minutes_but_not_in_days() -> None:
    assert codes(weekdays=(0, 2), blocks=(("counseling", 270),)) == ["iop.week.min_days"]


@pytest.mark.parametrize("minutes", [179, 180])
def test_the_payers_day_begins_at_180_minutes(minutes: int) -> None:
    short = codes(blocks=(("counseling", minutes),), weekdays=(0, 1, 2, 3))
    assert short == (["iop.day.min_minutes"] if minutes == 179 else [])


def test_a_leader_without_a_credential_for_a_block_is_named_with_the_reason() -> None:
    nobody = Leader("Fred Frost", ())
    found = track_warnings(plan(leaders=(nobody,)))
    assert [caution.sentence for caution in found] == [
        "Fred Frost may not lead counseling. No credential is recorded for this person.",
        "Fred Frost may not lead education. No credential is recorded for this person.",
    ]


def test_a_credential_of_another_state_does_not_carry_a_block() -> None:
    assert codes(leaders=(leader("lcdc", "TX"),)) == ["leader.credential"] * 2


def test_a_track_nobody_holds_says_so() -> None:
    assert codes(leaders=()) == ["leader.none"]


def test_a_room_smaller_than_the_rules_allow_is_said() -> None:
    found = track_warnings(plan(room_capacity=8))
    assert [caution.sentence for caution in found] == ["Maple holds 8; the rules would allow 11."]
    assert codes(room_capacity=8, cap=None) == []
    assert codes(room_capacity=None) == []


@given(st.lists(st.tuples(st.sampled_from(["counseling", "education", "break"]),
                          st.integers(5, 200)), min_size=1))  # fmt: skip
def test_more_breaks_change_nothing(blocks: list[tuple[str, int]]) -> None:
    rested = [*blocks, ("break", 30)]
    assert counted_minutes(rested) == counted_minutes(blocks)
    assert codes(blocks=tuple(rested)) == codes(blocks=tuple(blocks))


def test_a_course_of_eight_weeks_ends_56_days_later() -> None:
    assert expected_end(date(2028, 2, 1), 8) == date(2028, 3, 28)
