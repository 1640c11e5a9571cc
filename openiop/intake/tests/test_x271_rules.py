"""What a payer answers about benefits: facts, or the segment that is wrong."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from openiop.intake.rules.x271 import Person, answers
from openiop.kernel.x12 import X12Error, transactions

HEADER = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*261123*1830*^*00501*000000042*0*T*:~GS*HB*PAYER*CLINIC*20261123*1830*7*X*005010X279A1~"
)
WHO = (
    "HL*1**20*1~", "NM1*PR*2*PRAIRIE HEALTH*****PI*PH1~",
    "HL*2*1*21*1~", "NM1*1P*2*LAKE CLINIC*****XX*1234567893~",
    "HL*3*2*22*0~", "TRN*2*Q-77*9CLINIC~", "NM1*IL*1*RIVERA*ANA****MI*W123~",
    "DMG*D8*19900228*F~", "DTP*346*D8*20260101~",
)  # fmt: skip


def file(*lines: str, kind: str = "271") -> str:
    inside = [f"ST*{kind}*0001~", "BHT*0022*11*A1*20261123*1830~", *lines]
    return f"{HEADER}{''.join(inside)}SE*{len(inside) + 1}*0001~GE*1*7~IEA*1*000000042~"


def benefits(*lines: str):
    (answer,) = answers(file(*WHO, *lines))
    return answer.benefits


def told(*lines: str, kind: str = "271") -> tuple[int, str, str]:
    with pytest.raises(X12Error) as error:
        answers(file(*lines, kind=kind))
    return error.value.number, error.value.segment, error.value.reason


def test_an_answer_says_who_answers_whom_about_whom() -> None:
    (answer,) = answers(file(*WHO, "EB*1**30**SILVER PPO~"))
    assert (answer.payer, answer.payer_id, answer.provider) == (
        "PRAIRIE HEALTH", "PH1", "LAKE CLINIC",
    )  # fmt: skip
    assert answer.subscriber == Person("RIVERA", "ANA", "W123", date(1990, 2, 28))
    assert answer.dependent is None
    assert (answer.trace, answer.dates) == (("Q-77",), (("346", "2026-01-01"),))
    assert (answer.active, answer.benefits[0].plan) == (True, "SILVER PPO")


def test_a_dependent_is_named_beside_the_one_who_holds_the_plan() -> None:
    lines = [line.replace("HL*3*2*22*0", "HL*3*2*22*1") for line in WHO]
    (answer,) = answers(
        file(*lines, "HL*4*3*23*0~", "NM1*03*1*RIVERA*LEO~", "DMG*D8*20080101*M~", "EB*6~")
    )
    assert answer.subscriber.first_name == "ANA"
    assert answer.dependent == Person("RIVERA", "LEO", "", date(2008, 1, 1))
    assert answer.active is False


def test_two_people_of_one_file_share_nothing_but_payer_and_provider() -> None:
    second = ("HL*4*2*22*0~", "TRN*2*Q-78~", "NM1*IL*1*OKAFOR*SAM****MI*W9~", "EB*6**30~")
    one, two = answers(file(*WHO, "EB*1**30~", *second))
    assert (one.subscriber.last_name, one.trace, one.active) == ("RIVERA", ("Q-77",), True)
    assert (two.subscriber.last_name, two.trace, two.active) == ("OKAFOR", ("Q-78",), False)
    assert (two.payer, two.dates) == ("PRAIRIE HEALTH", ())


def test_deductible_copay_share_and_maximum_keep_their_period_and_network() -> None:
    found = benefits(
        "EB*C*IND*30***29*350.5*****Y~",
        "EB*B*IND*MH^CF***27*25*****Y~",
        "EB*A*IND*A7*****.2***Y*N~",
        "EB*G*FAM*30***23*8000~",
    )
    assert [
        (each.kind, each.level, each.services, each.period, each.amount, each.share,
         each.authorization, each.in_network)
        for each in found
    ] == [
        ("deductible", "individual", ("30",), "remaining", Decimal("350.5"), None, None, True),
        ("copay", "individual", ("MH", "CF"), "visit", Decimal(25), None, None, True),
        ("coinsurance", "individual", ("A7",), "", None, Decimal("0.2"), True, False),
        ("out_of_pocket", "family", ("30",), "calendar_year", Decimal(8000), None, None, None),
    ]  # fmt: skip


def test_a_benefit_keeps_what_is_said_after_it() -> None:
    (only,) = benefits(
        "EB*CB**AI~", "MSG*CARVED OUT TO PRAIRIE BEHAVIORAL~", "MSG*CALL FIRST~",
        "DTP*292*RD8*20260101-20261231~", "LS*2120~", "NM1*VN*2*PRAIRIE BEHAVIORAL~", "LE*2120~",
    )  # fmt: skip
    assert only.messages == ("CARVED OUT TO PRAIRIE BEHAVIORAL", "CALL FIRST")
    assert only.dates == (("292", "2026-01-01/2026-12-31"),)
    assert only.entity == "PRAIRIE BEHAVIORAL"


@pytest.mark.parametrize(
    ("line", "active"),
    [
        ("EB*1**30~", True),
        ("EB*1**MH^AI~", True),
        ("EB*6~", False),
        ("EB*1**35~", None),  # teeth
        ("EB*V~", None),
    ],
)
def test_active_is_yes_no_or_not_said(line: str, active: bool | None) -> None:
    (answer,) = answers(file(*WHO, line))
    assert answer.active is active


def test_a_payer_that_cannot_answer_says_why_and_what_to_do() -> None:
    (answer,) = answers(file(*WHO[:7], "AAA*N**75*C~"))
    (only,) = answer.rejections
    assert (only.about, only.reason, only.follow_up, only.segment) == ("subscriber", "75", "C", 12)
    assert answer.active is None


def test_a_payer_that_is_down_answers_for_nobody() -> None:
    (answer,) = answers(file("HL*1**20*0~", "AAA*Y**42*R~", "NM1*PR*2*PRAIRIE HEALTH~"))
    assert (answer.payer, answer.rejections[0].reason) == ("PRAIRIE HEALTH", "42")


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ((), (5, "SE", "the answer names nobody: there is no level (HL).")),
        (("EB*1~", *WHO), (5, "EB", "it stands before the first level (HL).")),
        (("HL*1**19*1~",), (5, "HL", "level 19 is unknown.")),
        (("HL*1**20*1~", "HL*1*1*21*1~"), (6, "HL", "number 1 is given before.")),
        (("HL*1**20*1~", "HL*2*1*22*0~"),
         (6, "HL", "the subscriber stands below the wrong level.")),
        (("HL*1*9*20*1~", "HL*2*9*21*1~"),
         (6, "HL", "the provider stands below the wrong level.")),
        ((*WHO, "EB*ZZ~"), (14, "EB", "benefit ZZ is unknown.")),
        ((*WHO, "EB~"), (14, "EB", "benefit nothing is unknown.")),
        ((*WHO, "EB*B*****27*ten~"), (14, "EB", "element 7, ten, is no amount.")),
        ((*WHO, "EB*B*****27*-10~"), (14, "EB", "element 7, -10, is no amount.")),
        ((*WHO, "EB*B*****27*NaN~"), (14, "EB", "element 7, NaN, is no amount.")),
        ((*WHO, "EB*A******" + "*20~"), (14, "EB", "a share of 20 is not between 0 and 1.")),
        ((*WHO[:7], "DMG*D8*19900230~"), (12, "DMG", "19900230 is no day.")),
        ((*WHO, "DTP*346*D8*~"), (14, "DTP", "nothing is no day.")),
    ],
)  # fmt: skip
def test_a_broken_answer_is_told_by_its_segment(
    lines: tuple[str, ...], answer: tuple[int, str, str]
) -> None:
    assert told(*lines) == answer


def test_another_transaction_is_no_answer() -> None:
    assert told(*WHO, kind="270") == (3, "ST", "this is a 270, not a 271.")


@pytest.mark.external
def test_an_answer_of_anothers_making_is_read_to_its_counts(shared_data: Path) -> None:
    folder = shared_data / "x12"
    wanted = {row["file"]: row for row in csv.DictReader((folder / "expected-27x.csv").open())}
    name = next(each for each in wanted if each.endswith(".271"))
    (answer,) = answers((folder / name).read_text())
    kinds = [each.kind for each in answer.benefits]
    assert len(kinds) == int(wanted[name]["EB_segments"])
    assert kinds.count("active") == int(wanted[name]["EB_active(1)"])
    assert kinds.count("inactive") == int(wanted[name]["EB_inactive(6)"])
    assert len(answer.rejections) == int(wanted[name]["AAA_rejects"] or 0)


@pytest.mark.external
def test_every_file_of_anothers_making_is_read_to_its_segments(shared_data: Path) -> None:
    for file in sorted((shared_data / "x12" / "linuxforhealth-x12").rglob("*.*")):
        if file.suffix[1:4] in ("270", "271", "276", "277", "835", "837"):
            text = file.read_text()
            inside = sum(len(each.segments) for each in transactions(text))
            assert inside == text.count("~") - 4  # ISA, GS, GE and IEA stand around
