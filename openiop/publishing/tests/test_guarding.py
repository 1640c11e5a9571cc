"""What must not stand in public is found, with its reason; what is harmless is left alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.publishing.rules.guarding import (
    CONFIRMS,
    OTHER_NAME,
    WORDS,
    confirmations,
    findings,
    in_danger,
    redacted,
)


@pytest.mark.parametrize(
    ("text", "kind", "stretch"),
    [
        ("Write me at jo.k+x@mail.example.org please", "email", "jo.k+x@mail.example.org"),
        ("call (312) 555-0199 tonight", "phone", "(312) 555-0199"),
        ("call 3125550199", "phone", "3125550199"),
        ("call +1 312.555.0199.", "phone", "+1 312.555.0199"),
        ("ssn 123-45-6789", "number", "123-45-6789"),
        ("my member ID is XQK1234567", "number", "member ID is XQK1234567"),
        ("born 4/12/1988 in Texas", "born", "born 4/12/1988"),
        ("DOB: Apr 12, 1988", "born", "DOB: Apr 12, 1988"),
        ("I live at 1200 N Main Street", "street", "1200 N Main Street"),
        ("My name is Maria Lopez and I drink", "name", "My name is Maria Lopez"),
        ("I'm Bo J. Ito", "name", "I'm Bo J. Ito"),
        ("Me llamo Óscar López", "name", "Me llamo Óscar López"),
        ("my son Jake drinks", "named", "my son Jake"),
        ("My counselor, Alice Adams, said", "named", "My counselor, Alice Adams"),
        ("I am a patient at your clinic", "care", "I am a patient at"),
        ("he is in your program now", "care", "he is in your program"),
        ("I go to your evening group", "care", "I go to your evening"),
        ("Your nurse Nora helped", "care", "Your nurse Nora"),
        ("My brother has been with you since May", "care", "My brother has been with you since"),
    ],
)
def test_who_somebody_is_and_that_they_are_here_is_found(text, kind, stretch):
    assert [(each.kind, each.text) for each in findings(text)] == [(kind, stretch)]


@pytest.mark.parametrize(
    "text",
    [
        "I use heroin every day. Can I come?", "What if I fail the drug test?",
        "Do you take Blue Cross? I make 40000 a year.", "I am 34 and I work 9 to 5.",
        "I am Very Tired of this.", "I'm from Fort Worth", "Is your program open on Monday?",
        "My husband drinks. How do I talk with him?", "My name is Sam",
        "Do patients meet a doctor at your clinic?", "Could my son come to your group?",
        "I was in another program in 2019", "It costs 1200 a week, is that right?",
    ],
)  # fmt: skip
def test_what_tells_nobody_is_left_alone(text):
    assert findings(text) == []


def test_what_was_found_is_taken_out_and_its_kind_said():
    text = "I am Maria Lopez, call 312-555-0199. My son Jake drinks."
    assert redacted(text, findings(text)) == (
        "[a full name], call [a phone number]. [a name of somebody else] drinks."
    )


@given(st.text(alphabet="abc MariaLopez 0123456789-@./'\n", max_size=80))
def test_findings_are_apart_in_order_and_gone_once_taken_out(text):
    found = findings(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert [each.text for each in found] == [text[each.start : each.end] for each in found]
    shown = redacted(text, found)
    assert all(f"[{WORDS[each.kind]}]" in shown for each in found)
    assert (shown == text) is (found == [])


@pytest.mark.parametrize(
    "text",
    [
        "I want to die", "thinking of killing myself", "I'm suicidal",
        "my son wants to end his life",
        "Everyone is better off without me", "I don't want to live anymore", "I took all my pills",
        "She is not breathing", "he wont wake up", "I cut myself", "I can't go on", "kms",
        "I don’t want to wake up", "no reason to live", "I will kill him", "I overdosed",
        "ya no quiero vivir", "quiero matarme", "mi hermano no respira",
    ],
)  # fmt: skip
def test_a_life_in_danger_is_heard(text):
    assert in_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "Does insurance pay?", "I am dying to know the cost", "The cost is killing me",
        "I want to live better", "How do I cut down?", "What does an evening group do?",
        "My friend died last year", "When does it end?",
    ],
)  # fmt: skip
def test_figures_of_speech_call_nobody(text):
    assert not in_danger(text)


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("Your counselor can tell you.", "Your counselor"),
        ("Ask at your next session.", "your next session"),
        ("As a patient you get a copy.", None),
        ("Since you are in our program, ask there.", "Since you are in our program"),
        ("You were discharged in May.", "You were discharged"),
        ("You are not a patient here.", "You are not a patient"),
        ("He is no longer with us.", "He is no longer with us"),
        ("Your son is not a patient of ours.", "Your son is not a patient"),
        ("We saw you on Monday.", "We saw you"),
        ("So good to see you!", "good to see you"),
        ("See you on Monday.", "See you on"),
        ("Thank you for coming last week.", "Thank you for coming"),
        ("Welcome back.", "Welcome back"),
        ("I looked up your chart.", "I looked up your chart"),
        ("Your test result was consistent.", "Your test result"),
        ("In your case it is covered.", "In your case"),
    ],
)
def test_an_answer_that_tells_who_is_a_patient_is_stopped(text, stretch):
    wanted = [(CONFIRMS, stretch)] if stretch else []
    assert [(each.kind, each.text) for each in confirmations(text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "People in our program meet three days a week.", "If you join, you get a counselor.",
        "Most plans pay for a part. Call us and we look with you.", "Evening groups begin at 6 PM.",
        "Hi there, thanks for asking. Nobody is sent away because of one test.",
        "A test is one more way to see how somebody is.", "You can start this week.",
        "We cannot say here whether somebody comes to us.", "Anybody can ask for a copy of a bill.",
    ],
)  # fmt: skip
def test_an_answer_about_the_program_goes_out(text):
    assert confirmations(text) == []


@pytest.mark.parametrize(
    ("text", "alias", "found"),
    [
        ("Hi River, thanks for asking.", "River", []),
        ("Hi river, thanks.", "River", []),
        ("Hello River Song!", "river song", []),
        ("Hi Maria, thanks for asking.", "River", [(OTHER_NAME, "Maria")]),
        ("Hello Maria,", "", [(OTHER_NAME, "Maria")]),
        ("Dear Friend, welcome.", "", []),
        ("Hi River, my colleague is Alice.", "River", []),
        ("Your counselor Alice knows.", "", [(CONFIRMS, "Your counselor")]),
    ],
)
def test_people_are_called_only_what_they_call_themselves(text, alias, found):
    assert [(each.kind, each.text) for each in confirmations(text, alias)] == found
