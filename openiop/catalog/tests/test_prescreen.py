"""The safety questions: what stops, and what is said then."""

import pytest

from openiop.catalog.checks import problems
from openiop.catalog.prescreen import prescreen, stops

ALL_WELL = {each.id: 34 if each.kind == "age" else "no" for each in prescreen().questions}


def stopped(**answers) -> list[str]:
    return [each.id for each in stops(prescreen(), {**ALL_WELL, **answers})]


def test_nothing_stops_an_adult_who_says_no_to_all():
    assert stopped() == []


@pytest.mark.parametrize("doubt", ["yes", "unsure"])
@pytest.mark.parametrize(
    "question", ["suicide", "withdrawal_now", "alcohol", "sedatives", "psychosis", "pregnancy"]
)
def test_yes_and_doubt_stop_alike(question, doubt):
    assert stopped(**{question: doubt}) == [question]


def test_seventeen_stops_and_eighteen_does_not():
    assert (stopped(age=17), stopped(age=18)) == (["age"], [])


def test_what_was_not_answered_is_no_stop_and_no_answer():
    assert stops(prescreen(), {}) == ()


def test_several_stops_stand_in_the_order_of_the_questions():
    assert stopped(pregnancy="yes", suicide="yes", age=16) == ["suicide", "pregnancy", "age"]


def test_an_emergency_calls_a_person_and_names_the_numbers_to_call():
    emergencies = [each for each in prescreen().questions if each.level == "emergency"]
    assert [each.id for each in emergencies] == ["suicide", "withdrawal_now"]
    assert all(each.alert for each in emergencies)
    assert all("911" in " ".join(each.now) for each in emergencies)
    assert "988" in " ".join(emergencies[0].now)


def test_a_file_whose_example_does_not_hold_is_refused_with_its_line(tmp_path):
    from openiop.catalog.files import ROOT

    text = (ROOT / "prescreen" / "safety.yaml").read_text()
    (tmp_path / "prescreen").mkdir()
    broken = tmp_path / "prescreen" / "safety.yaml"
    broken.write_text(text.replace("stops: [alcohol, age]", "stops: [alcohol]"))
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "age: 17" in each)
    assert [(error.line, error.message) for error in problems(tmp_path)] == [
        (line, "the example says ['alcohol'], the questions say ['alcohol', 'age']")
    ]
