"""How a typed line is read and how names are compared."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.kernel.ids import record_number
from openiop.patients.rules import search
from openiop.patients.rules.search import Sought

TODAY = date(2026, 11, 23)
BORN = frozenset({date(1988, 3, 4)})
latin = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzáéíóúñçšøł'-"), min_size=1, max_size=15)
anything = st.text(max_size=60)
birth_days = st.dates(date(1900, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("María", "maria"), ("O’Brien-Núñez", "obrien-nunez"), ("D'Angelo", "dangelo"),
        ("STRAßE", "strasse"), ("Łukasz Sørensen", "lukasz sorensen"), ("İpek", "ipek"),
        ("Ａｎｎａ", "anna"), ("李", "李"),
    ],
)  # fmt: skip
def test_folding_takes_case_accents_and_apostrophes_away(typed, folded):
    assert search.fold(typed) == folded


@pytest.mark.parametrize(
    ("line", "sought"),
    [
        ("garcia maria", Sought(("garcia", "maria"))),
        ("  María   GARCÍA ", Sought(("maria", "garcia"))),
        ("312-555-0123", Sought(phone="3125550123")),
        ("+1 (312) 555 0123", Sought(phone="3125550123")),
        ("1 312 555 0123", Sought(phone="3125550123")),
        ("555-0123 Maria", Sought(("maria",), phone="5550123")),
        ("03/04/1988", Sought(births=BORN)),
        ("3/4/88", Sought(births=BORN)),
        ("1988-03-04", Sought(births=BORN)),
        ("19880304", Sought(births=BORN)),
        ("03041988", Sought(births=BORN)),
        ("Mar 4, 1988", Sought(births=BORN)),
        ("4th March 1988", Sought(births=BORN)),
        ("garcia 3.4.1988", Sought(("garcia",), BORN)),
        ("31/12/1988", Sought(births=frozenset({date(1988, 12, 31)}))),
        ("1/2/26", Sought(births=frozenset({date(2026, 1, 2)}))),
        ("1/2/27", Sought(births=frozenset({date(1927, 1, 2)}))),
        ("smith 2/30/1990", Sought(("smith",))),
        ("00001230", Sought(number="00001230")),
        ("Chet123 Thompson4567", Sought(("chet123", "thompson4567"))),
        ("maria(312)555-0123", Sought(("maria",), phone="3125550123")),
        ("garcia-1988-03-04", Sought(("garcia",), BORN)),
        ("1230", Sought(number="00001230", phone="1230")),
        ("0123", Sought(phone="0123")),
        ("12", Sought()),
        ("", Sought()),
        ("  ... !!", Sought()),
    ],
)
def test_a_typed_line_is_read(line, sought):
    assert search.read(line, TODAY) == sought


def test_a_name_of_another_script_is_kept_and_sounds_like_itself():
    assert search.keys(["李 明"]) == {"n:李", "n:明", "s:李", "s:明", "t:李 明", "t:明 李"}


@given(anything)
def test_any_line_can_be_read_and_looked_for(line):
    sought = search.read(line, TODAY)
    assert bool(sought) == bool(search.probes(sought) if sought else [])
    for low, high in search.probes(sought) if sought else []:
        assert low < high
    for low, high in search.near_probes(sought):
        assert low < high


@given(anything)
def test_folding_twice_is_folding_once(text):
    assert search.fold(search.fold(text)) == search.fold(text)


@given(st.lists(latin, min_size=1, max_size=6), birth_days)
def test_no_key_is_longer_than_its_column(names, born):
    keys = search.keys([name * 5 for name in names], phones=["9" * 40], birth_on=born)
    assert max(map(len, keys)) <= 60


def covered(keys: frozenset[str], spans: list[search.Span]) -> bool:
    return any(low <= key < high for key in keys for low, high in spans)


@given(latin, latin)
def test_a_person_is_found_by_both_names_in_any_order(first, last):
    keys = search.keys([first, last])
    for line in (f"{first} {last}", f"{last} {first}", f"{last.upper()}, {first}"):
        sought = search.read(line, TODAY)
        if sought.words:
            assert covered(keys, search.probes(sought))
            assert search.fit(sought.words, search.words(first, last)) == 1.0


@given(birth_days)
def test_a_birth_date_is_read_in_the_ways_people_write_it(born):
    for form in ("%m/%d/%Y", "%Y-%m-%d", "%m-%d-%Y", "%b %d %Y", "%d %B %Y", "%B %d, %Y"):
        assert search.read(born.strftime(form), TODAY).births == {born}


@given(st.integers(1, 9_999_999))
def test_a_record_number_is_found_with_and_without_its_zeros(serial):
    number = record_number(serial)
    assert search.read(number, TODAY).number == number
    assert search.read(number.lstrip("0"), TODAY).number == number


@given(st.integers(2_000_000_000, 9_999_999_999))
def test_a_phone_number_is_found_by_its_last_seven_digits(number):
    digits = str(number)
    keys = search.keys([], phones=[f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"])
    sought = search.read(f"{digits[3:6]}-{digits[6:]}", TODAY)
    assert covered(keys, search.probes(sought))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("garsia", "García"), ("gacia", "García"), ("hernandes", "Hernández"),
        ("smyth", "Smith"), ("cathrine", "Katherine"), ("nguyn", "Nguyen"),
        ("rodrigez", "Rodríguez"), ("gacria", "García"), ("jonson", "Johnson"),
        ("tomson", "Thompson"), ("willams", "Williams"), ("marja", "Maria"),
    ],
)  # fmt: skip
def test_a_slip_in_a_name_still_finds_it(typed, name):
    keys, sought = search.keys([name]), search.read(typed, TODAY)
    assert covered(keys, search.probes(sought) + search.near_probes(sought))
    assert search.fit(sought.words, search.words(name)) >= search.FITS


@pytest.mark.parametrize(
    ("typed", "name"), [("garcia", "Gonzalez"), ("smith", "Schultz"), ("ana", "Maria")]
)
def test_another_name_does_not_fit(typed, name):
    assert search.fit(search.words(typed), search.words(name)) < search.FITS


def test_what_is_written_fits_better_than_its_beginning_its_sound_and_a_slip():
    fits = [search.fit(["john"], [name]) for name in ("john", "johnny", "joan", "jhon")]
    assert fits == sorted(fits, reverse=True)
    assert fits[0] == 1.0


@given(st.text(st.sampled_from(search.SOUNDS), min_size=2, max_size=8), st.data())
def test_a_lost_a_wrong_and_a_swapped_sound_are_near(code, data):
    at = data.draw(st.integers(0, len(code) - 2))
    letter = data.draw(st.sampled_from(search.SOUNDS))
    lost, wrong = code[:at] + code[at + 1 :], code[:at] + letter + code[at + 1 :]
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    for slip in (lost, wrong, swapped):
        assert code in search.near_codes(slip)
        assert slip in search.near_codes(code)


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=3, max_size=12), st.data())
def test_two_letters_swapped_are_found_again(name, data):
    at = data.draw(st.integers(0, len(name) - 2))
    typed = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    assert search.sound(name) in search.near_sounds(typed)


def test_days_before_anybody_lived_are_no_birth_dates():
    assert search.read("01/01/1066", TODAY).births == frozenset()
    assert search.read((TODAY - timedelta(days=1)).isoformat(), TODAY).births == {
        date(2026, 11, 22)
    }
