"""Limits of a session: the strictest block's law, the house's own number, the room."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.catalog import HouseValue
from openiop.schedule.rules.capacity import Caps, caps, one_more

DAY = date(2026, 11, 23)
KINDS = ["counseling", "education", "family", "skills", "break"]


def house(key: str, value: int) -> dict[str, HouseValue]:
    return {key: HouseValue(value, date(2026, 1, 1), "small rooms", "Dana Diaz")}


@pytest.mark.parametrize(
    ("kinds", "state", "legal"),
    [
        (["counseling"], "TX", 16),
        (["education"], "TX", 35),
        (["skills", "break"], "TX", 35),
        (["education", "counseling"], "TX", 16),
        (["family", "education"], "TX", 16),
        (["counseling"], "IL", 15),
        (["education"], "IL", 24),
        (["break"], "TX", None),
    ],
)
def test_the_strictest_block_of_the_day_governs(
    kinds: list[str], state: str, legal: int | None
) -> None:
    assert caps(kinds, state=state, on=DAY).legal == legal


def test_the_law_is_quoted_with_whether_it_was_reviewed() -> None:
    texas, illinois = (caps(["counseling"], state=state, on=DAY) for state in ("TX", "IL"))
    assert (texas.citation, texas.reviewed) == ("26 TAC 564.901(b)", True)
    assert illinois.reviewed is False


def test_the_house_has_its_own_number_below_the_law() -> None:
    found = caps(["counseling"], state="TX", on=DAY)
    assert (found.house, found.usual, found.limit) == (11, 11, 16)


def test_a_clinic_may_set_its_house_number() -> None:
    found = caps(["counseling"], state="TX", on=DAY, house=house("group.house.max", 8))
    assert (found.house, found.usual, found.limit) == (8, 8, 16)


def test_a_clinic_may_tighten_the_law_but_not_loosen_it() -> None:
    tighter = caps(["counseling"], state="TX", on=DAY, house=house("group.counseling.max", 9))
    looser = caps(["counseling"], state="TX", on=DAY, house=house("group.counseling.max", 20))
    assert (tighter.legal, looser.legal) == (9, 16)


def test_a_small_room_limits_more_than_the_law() -> None:
    found = caps(["counseling"], state="TX", on=DAY, room=8)
    assert (found.limit, found.usual) == (8, 8)
    assert one_more(8, found).sentence == "8 people sit here, and the room holds 8."


def test_an_event_the_law_exempts_has_no_group_limit_and_says_so() -> None:
    found = caps(["education"], state="TX", on=DAY, event="seminar", room=60)
    assert (found.legal, found.house, found.exempt, found.limit) == (None, None, True, 60)


def test_an_event_is_not_exempt_where_no_rule_says_so() -> None:
    found = caps(["education"], state="IL", on=DAY, event="seminar")
    assert (found.legal, found.exempt) == (24, False)


def test_no_recorded_rule_is_shown_as_not_reviewed_and_stops_nobody() -> None:
    found = caps(["counseling"], state="IL", on=date(2025, 6, 30))
    assert (found.legal, found.reviewed) == (None, False)
    assert one_more(40, Caps(None, None, None, False, False, (), "")).answer == "free"


def test_one_more_is_free_then_needs_a_reason_then_is_refused_with_the_rule() -> None:
    texas = caps(["counseling"], state="TX", on=DAY)
    assert [one_more(taken, texas).answer for taken in (10, 11, 15, 16)] == [
        "free", "reason", "reason", "full"
    ]  # fmt: skip
    assert one_more(11, texas).sentence == ("11 people sit here, and the house's own limit is 11.")
    assert one_more(16, texas).sentence == (
        "16 people sit here, and 16 is the most (26 TAC 564.901(b))."
    )


def test_a_rule_nobody_reviewed_is_quoted_as_such() -> None:
    illinois = caps(["counseling"], state="IL", on=DAY)
    assert one_more(15, illinois).sentence.endswith("This figure has not been reviewed: verify it.")


@given(st.lists(st.sampled_from(KINDS), min_size=1), st.lists(st.sampled_from(KINDS)),
       st.sampled_from(["TX", "IL"]))  # fmt: skip
def test_a_further_block_never_lets_more_people_in(
    kinds: list[str], more: list[str], state: str
) -> None:
    one, both = (caps(each, state=state, on=DAY) for each in (kinds, kinds + more))
    assert (both.legal or 99) <= (one.legal or 99)


@given(st.lists(st.sampled_from(KINDS)), st.integers(0, 60), st.integers(1, 40))
def test_nobody_is_ever_planned_past_law_or_room(kinds: list[str], taken: int, room: int) -> None:
    found = caps(kinds, state="TX", on=DAY, room=room)
    passed = taken >= room or (found.legal is not None and taken >= found.legal)
    assert (one_more(taken, found).answer == "full") == passed
