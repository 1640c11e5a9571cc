"""What a course may cost: twenty worked cases, and what is true of every case."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.intake.rules.cost import Plan, Price, Prices, costs

D = Decimal

# One price for all cases unless a case says otherwise: plans allow 300 a day and 100 a talk.
EVEN = Prices(Price(D(500), D(300), D(300), D(300)), Price(D(150), D(100), D(100), D(100)))
# Plans allow 200, 300 or 400 a day; 80, 100 or 120 a talk.
RANGE = Prices(Price(D(500), D(200), D(300), D(400)), Price(D(150), D(80), D(100), D(120)))
SIX, EIGHT, TEN = 6, 8, 10  # weeks; a week is three days and one talk: 1,000 where prices are even


def three(plan, weeks: int = SIX, prices: Prices = EVEN) -> tuple:
    found = costs(plan, prices).courses[weeks]
    return found.best, found.likely, found.worst


def same(amount) -> tuple:
    return D(amount), D(amount), D(amount)


def test_1_the_deductible_is_met_and_the_plan_shares():
    # 6 weeks x 1,000 allowed = 6,000; 20 % = 1,200
    assert three(Plan(D(0), share=D("0.2"), left=D(9000))) == same(1200)


def test_2_eight_and_ten_weeks_cost_more_in_proportion():
    plan = Plan(D(0), share=D("0.2"), left=D(9000))
    assert three(plan, EIGHT) == same(1600)
    assert three(plan, TEN) == same(2000)


def test_3_the_deductible_is_met_midway():
    # 1,500 deductible, then 20 % of the 4,500 that remain of 6,000 = 900; together 2,400
    assert three(Plan(D(1500), share=D("0.2"), left=D(9000))) == same(2400)


def test_4_the_deductible_is_met_in_the_middle_of_one_day():
    # first day 300: 250 deductible + 20 % of 50 = 260; the rest 5,700 x 20 % = 1,140; 1,400
    found = costs(Plan(D(250), share=D("0.2"), left=D(9000)), EVEN)
    assert found.day.likely == D(260)
    assert found.courses[SIX].likely == D(1400)


def test_5_the_deductible_is_never_met():
    # 7,000 deductible, 6,000 allowed: all of it is the person's
    assert three(Plan(D(7000), share=D("0.2"), left=D(9000))) == same(6000)


def test_6_the_out_of_pocket_maximum_is_reached():
    # 1,500 + 20 % of 4,500 = 2,400, but only 2,000 are left of the maximum
    found = costs(Plan(D(1500), share=D("0.2"), left=D(2000)), EVEN)
    assert (found.courses[SIX].likely, found.capped) == (D(2000), True)
    assert found.courses[TEN].likely == D(2000)


def test_7_the_maximum_was_reached_before_the_course():
    assert three(Plan(D(0), share=D("0.2"), left=D(0))) == same(0)


def test_8_a_copay_for_each_visit():
    # 18 days + 6 talks = 24 visits x 40
    assert three(Plan(D(0), copay=D(40), left=D(9000))) == same(960)


def test_9_a_copay_is_never_more_than_the_visit():
    # 18 days x 120 + 6 talks x 100
    assert three(Plan(D(0), copay=D(120), left=D(9000))) == same(2760)


def test_10_a_copay_without_the_deductible():
    assert three(Plan(D(1500), copay=D(40), left=D(9000), waived=True)) == same(960)


def test_11_a_copay_after_the_deductible():
    # 1,500 is five visits' worth: days 300 x 3, talk 100, day 300, then 200 of the next day and a
    # copay of 40 on its other 100; the 24 visits less five = 19 copays: 1,500 + 19 x 40 - 0
    found = costs(Plan(D(1500), copay=D(40), left=D(9000), waived=False), EVEN)
    # visits: 300,300,300,100,300 = 1,300; sixth: 200 + min(40, 100) = 240; then 18 x 40 = 720
    assert found.courses[SIX].likely == D(1300) + D(240) + D(720)


def test_12_whether_the_deductible_counts_for_the_copay_is_not_known():
    # best and likely 24 x 40 = 960; worst as in case 11 = 2,260
    assert three(Plan(D(1500), copay=D(40), left=D(9000))) == (D(960), D(960), D(2260))


def test_13_two_tiers():
    # tier one 10 % of 6,000 = 600; tier two 30 % = 1,800
    plan = Plan(D(0), share=D("0.1"), tier_share=D("0.3"), left=D(9000))
    assert three(plan) == (D(600), D(600), D(1800))


def test_14_two_tiers_and_the_maximum():
    plan = Plan(D(0), share=D("0.1"), tier_share=D("0.3"), left=D(1000))
    assert three(plan) == (D(600), D(600), D(1000))


def test_15_without_coverage_the_printed_prices_hold():
    # 18 x 500 + 6 x 150
    assert three(None) == same(9900)
    assert costs(None, EVEN).week.worst == D(1650)


def test_16_what_plans_allow_is_a_range():
    # 20 % of 18 x 200 + 6 x 80 = 4,080; of 6,000; of 18 x 400 + 6 x 120 = 7,920
    plan = Plan(D(0), share=D("0.2"), left=D(9000))
    assert three(plan, prices=RANGE) == (D(816), D(1200), D(1584))


def test_17_nothing_is_known_but_the_maximum():
    # best: the plan pays all; worst: everything up to the maximum; likely: nobody can say
    found = costs(Plan(left=D(3000)), EVEN)
    assert three(Plan(left=D(3000))) == (D(0), None, D(3000))
    assert found.unknown == ("deductible", "share")
    assert found.capped


def test_18_nothing_is_known_at_all():
    assert three(Plan()) == (D(0), None, D(6000))
    assert costs(Plan(), EVEN).unknown == ("deductible", "share", "maximum")


def test_19_out_of_network_the_worst_is_the_printed_price_without_a_cap():
    # best 40 % of 6,000 = 2,400; worst 9,900: the plan's maximum need not hold
    plan = Plan(D(0), share=D("0.4"), left=D(3000), network="out")
    assert three(plan) == (D(2400), None, D(9900))
    assert not costs(plan, EVEN).capped


def test_20_cents_are_rounded_once_at_the_end():
    # 33.33 % of 6,000 = 1,999.80; of one day 99.99
    found = costs(Plan(D(0), share=D("0.3333"), left=D(9000)), EVEN)
    assert (found.courses[SIX].likely, found.day.likely) == (D("1999.80"), D("99.99"))


def test_21_a_plan_without_any_share_costs_the_deductible_only():
    assert three(Plan(D(800), share=D(0), left=D(9000))) == same(800)


def test_22_a_family_s_figures_may_be_reached_by_the_others():
    # likely 1,500 + 20 % of 4,500 = 2,400; at best the others have reached the maximum
    plan = Plan(D(1500), share=D("0.2"), left=D(9000), family=True)
    assert three(plan) == (D(0), D(2400), D(2400))
    assert "family" in costs(plan, EVEN).assumed


def test_23_a_plan_with_copay_and_coinsurance():
    # copay 24 x 40 = 960; 20 % of 6,000 = 1,200: nobody says which holds, likely is the copay
    plan = Plan(D(0), copay=D(40), share=D("0.2"), left=D(9000))
    # best: 18 days x min(40, 60) + 6 talks x min(40, 20) = 840; worst: 18 x 60 + 6 x 40 = 1,320
    assert three(plan) == (D(840), D(960), D(1320))
    assert "copay_or_share" in costs(plan, EVEN).assumed


def test_24_the_deductible_does_not_count_for_a_share_either():
    assert three(Plan(D(1500), share=D("0.2"), left=D(9000), waived=True)) == same(1200)


def test_by_week_is_the_first_week_with_its_deductible():
    # 1,000 allowed, 500 deductible, 20 % of 500
    assert costs(Plan(D(500), share=D("0.2"), left=D(9000)), EVEN).week.likely == D(600)


def test_what_was_taken_for_granted_is_named():
    assert costs(Plan(D(1), copay=D(1), left=D(1)), EVEN).assumed == (
        "three_days", "one_talk", "allowed", "one_year", "copay_deductible",
    )  # fmt: skip
    assert costs(None, EVEN).assumed == ("three_days", "one_talk", "printed")


money = st.none() | st.decimals(0, 20_000, places=2)
shares = st.none() | st.decimals(0, 1, places=2)
plans = st.builds(
    Plan, deductible_left=money, copay=money, share=shares, tier_share=shares, left=money,
    waived=st.sampled_from([None, True, False]), network=st.sampled_from(["in", "out"]),
    family=st.booleans(),
)  # fmt: skip


@given(plans)
def test_best_is_never_above_likely_nor_likely_above_worst(plan):
    for each in costs(plan, RANGE).courses.values():
        assert D(0) <= each.best <= each.worst
        if each.likely is not None:
            assert each.best <= each.likely <= each.worst


@given(plans)
def test_more_weeks_never_cost_less(plan):
    found = costs(plan, RANGE).courses
    for part in ("best", "worst"):
        amounts = [getattr(found[weeks], part) for weeks in (SIX, EIGHT, TEN)]
        assert amounts == sorted(amounts)


@given(plans)
def test_in_network_nobody_pays_more_than_is_left_of_the_maximum(plan):
    if plan.left is not None and plan.network == "in":
        assert all(each.worst <= plan.left for each in costs(plan, RANGE).courses.values())


@given(plans, st.integers(1, 5))
def test_a_smaller_deductible_never_costs_more(plan, part):
    if plan.deductible_left:
        less = Plan(**{**vars(plan), "deductible_left": plan.deductible_left / (part + 1)})
        assert costs(less, RANGE).courses[SIX].worst <= costs(plan, RANGE).courses[SIX].worst


@pytest.mark.parametrize("weeks", [1, 6, 52])
def test_any_number_of_weeks_can_be_asked(weeks):
    assert costs(None, EVEN, [weeks]).courses[weeks].worst == weeks * D(1650)
