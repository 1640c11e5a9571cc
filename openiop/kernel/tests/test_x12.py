"""X12 envelopes: read whole, or refused with the segment that is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from openiop.kernel.x12 import X12Error, transactions

HEADER = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*261123*1830*^*00501*000000042*0*T*:~"
)
LINES = [
    "GS*HB*PAYER*CLINIC*20261123*1830*7*X*005010X279A1~",
    "ST*271*0001~",
    "BHT*0022*11*A1*20261123*1830~",
    "EB*1~",
    "SE*4*0001~",
    "GE*1*7~",
    "IEA*1*000000042~",
]
FILE = HEADER + "".join(LINES)


def told(text: str) -> tuple[int, str, str]:
    with pytest.raises(X12Error) as error:
        transactions(text)
    return error.value.number, error.value.segment, error.value.reason


def changed(old: str, new: str) -> str:
    assert FILE.count(old) == 1
    return FILE.replace(old, new)


def test_a_transaction_carries_its_kind_its_version_and_its_places() -> None:
    (only,) = transactions(FILE)
    assert (only.kind, only.version, only.repeats, only.parts) == ("271", "005010X279A1", "^", ":")
    assert [(each.number, each.name) for each in only.segments] == [
        (3, "ST"), (4, "BHT"), (5, "EB"), (6, "SE"),
    ]  # fmt: skip
    assert (only.segments[1].at(3), only.segments[1].at(40)) == ("A1", "")


def test_the_version_at_the_transaction_is_stronger_than_that_of_its_group() -> None:
    (only,) = transactions(changed("ST*271*0001~", "ST*271*0001*005010X279~"))
    assert only.version == "005010X279"


def test_a_file_in_lines_or_with_other_delimiters_reads_the_same() -> None:
    plain = transactions(FILE)
    assert transactions(HEADER + "\r\n" + "\r\n".join(LINES) + "\r\n") == plain
    assert transactions("\ufeff\n" + FILE) == plain
    assert transactions(FILE.replace("*", "|").replace("~", "\n")) == plain


def test_two_transactions_of_one_group_are_two() -> None:
    second = "ST*271*0002~BHT*0022~SE*3*0002~"
    text = changed("GE*1*7~", second + "GE*2*7~")
    assert [each.segments[0].at(2) for each in transactions(text)] == ["0001", "0002"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", (1, "ISA", "an interchange begins with ISA.")),
        ("%PDF-1.7", (1, "%PD", "an interchange begins with ISA.")),
        (HEADER[:90], (1, "ISA", "the header is not 106 characters in 16 elements.")),
        (FILE.replace("PAYER  ", "PAYER ", 1),
         (1, "ISA", "the header is not 106 characters in 16 elements.")),
        (HEADER, (1, "ISA", "it is opened here and never closed.")),
        (FILE[:-1], (8, "IEA", "the segment is cut off.")),
        (changed("IEA*1*000000042~", ""), (1, "ISA", "it is opened here and never closed.")),
        (changed("EB*1~", "EB*1~ST*271*0002~"), (6, "ST", "an envelope may not open here.")),
        (changed("GE*1*7~", "EB*1~GE*1*7~"),
         (7, "EB", "it stands outside a transaction (ST to SE).")),
        (changed("SE*4*0001~", "SE*5*0001~"), (6, "SE", "it counts 5, and there are 4.")),
        (changed("SE*4*0001~", "SE**0001~"), (6, "SE", "it counts nothing, and there are 4.")),
        (changed("SE*4*0001~", "SE*4*0002~"),
         (6, "SE", "its control number is 0002, and ST says 0001.")),
        (changed("SE*4*0001~", ""), (6, "GE", "it closes what is not open.")),
        (changed("GE*1*7~", "GE*2*7~"), (7, "GE", "it counts 2, and there are 1.")),
        (changed("GE*1*7~", "GE*1~"), (7, "GE", "its control number is missing, and GS says 7.")),
        (changed("IEA*1*000000042~", "IEA*1*000000043~"),
         (8, "IEA", "its control number is 000000043, and ISA says 000000042.")),
        (FILE + "EB*1~", (9, "EB", "the interchange has ended before.")),
        (changed("EB*1~", "hello~"), (5, "hel", "this is no segment.")),
        (changed("EB*1~", "~"), (5, "?", "this is no segment.")),
    ],
)  # fmt: skip
def test_a_broken_envelope_is_told_by_its_segment(text: str, answer: tuple[int, str, str]) -> None:
    assert told(text) == answer


def test_the_error_says_where_in_one_sentence() -> None:
    with pytest.raises(X12Error, match=r"^Segment 6 \(SE\): it counts 9, and there are 4\.$"):
        transactions(changed("SE*4*", "SE*9*"))


@given(some.integers(0, len(LINES) - 1))
def test_no_segment_can_be_lost_unseen(at: int) -> None:
    told(HEADER + "".join(LINES[:at] + LINES[at + 1 :]))


@given(some.integers(0, len(LINES) - 1))
def test_no_segment_can_be_doubled_unseen(at: int) -> None:
    told(HEADER + "".join(LINES[: at + 1] + LINES[at:]))


@given(some.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for each in (text, HEADER + text):
        try:
            transactions(each)
        except X12Error as error:
            assert error.number >= 1
