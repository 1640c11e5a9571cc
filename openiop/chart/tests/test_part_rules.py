"""What a note still lacks, and who comes next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.chart.rules.parts import (
    PART_FIELDS,
    NoteKind,
    Part,
    Participation,
    Risk,
    Shared,
    missing_in_part,
    missing_in_shared,
    next_to_write,
)

FULL = Part("active", "", "Named two triggers.", "", "", "Call the sponsor.", "none", "")
NOTHING = Shared()


def lacking(part: Part, kind: str = NoteKind.GROUP, shared: Shared = NOTHING) -> list[str]:
    return [each.field for each in missing_in_part(kind, part, shared)]


def but(**changes: str) -> Part:
    return Part(**{name: getattr(FULL, name) for name in PART_FIELDS} | changes)


def test_a_full_part_lacks_nothing():
    assert lacking(FULL) == []


def test_an_empty_part_lacks_what_the_law_and_the_house_ask_in_the_order_of_the_screen():
    assert lacking(Part()) == ["participation", "risk", "response", "next_step"]


@pytest.mark.parametrize("name", ["participation", "risk", "response", "next_step"])
def test_each_of_them_is_asked_for_alone(name):
    assert lacking(but(**{name: ""})) == [name]


def test_blanks_are_no_text():
    assert lacking(but(response=" \n")) == ["response"]


def test_listened_needs_what_was_seen_and_that_is_the_response():
    assert lacking(but(participation="listened", response="")) == ["observation"]
    seen = but(participation="listened", response="", observation="Nodded, kept eye contact.")
    assert lacking(seen) == []


def test_an_objective_needs_its_progress_and_none_needs_none():
    assert lacking(but(objective="Sober through May")) == ["progress"]
    assert lacking(but(progress="Made a plan")) == []


@pytest.mark.parametrize("risk", [Risk.PRESENT, Risk.NOT_ASSESSED])
def test_any_risk_but_none_needs_words(risk):
    assert lacking(but(risk=risk)) == ["risk_detail"]
    assert lacking(but(risk=risk, risk_detail="Passive thoughts, no plan; plan reviewed.")) == []


def test_a_next_step_for_everyone_serves_whoever_has_none_of_their_own():
    assert lacking(but(next_step=""), shared=Shared(next_step="Bring the trigger list.")) == []


def test_an_outreach_note_asks_for_risk_and_what_was_done():
    assert lacking(Part(), NoteKind.OUTREACH) == ["risk", "response"]
    done = Part(response="Came unwell, rested, sister drove home.", risk="none")
    assert lacking(done, NoteKind.OUTREACH) == []


def test_a_closing_statement_claims_nothing_that_was_seen():
    assert lacking(Part(), NoteKind.CLOSING) == ["response"]
    assert lacking(Part(response="Attended by record."), NoteKind.CLOSING) == []


def test_who_did_not_take_part_gets_no_group_note():
    assert [each.field for each in missing_in_part("group", FULL, NOTHING, came=False)] == [
        "attendance"
    ]
    done = Part(response="Came unwell, rested.", risk="none")
    assert missing_in_part("outreach", done, NOTHING, came=False) == ()


def test_the_shared_part_needs_topic_interventions_and_narrative():
    assert [each.field for each in missing_in_shared(Shared())] == [
        "topic", "interventions", "narrative",
    ]  # fmt: skip
    assert missing_in_shared(Shared("Triggers", "CBT", "Worked in pairs.")) == ()


def test_every_missing_field_says_what_to_do():
    sentences = [each.sentence for each in missing_in_part("group", Part(), NOTHING)]
    assert sentences == [
        "Choose how this person took part.", "Choose a risk statement.",
        "Write how this person responded.", "Write the next step here, or one for everyone.",
    ]  # fmt: skip


def test_the_next_one_stands_behind_on_the_roster_and_then_from_the_top():
    assert next_to_write([5, 6, 7, 8], {5, 8}, after=6) == 8
    assert next_to_write([5, 6, 7, 8], {5, 6}, after=6) == 5
    assert next_to_write([5, 6], {6}, after=6) == 6
    assert next_to_write([5, 6], set(), after=6) is None
    assert next_to_write([5, 6], {6}, after=None) == 6


parts = st.builds(
    Part, participation=st.sampled_from(["", *Participation]), risk=st.sampled_from(["", *Risk]),
    **{name: st.sampled_from(["", " ", "text"]) for name in PART_FIELDS
       if name not in ("participation", "risk")},
)  # fmt: skip


@given(parts, st.sampled_from([NoteKind.GROUP, NoteKind.OUTREACH, NoteKind.CLOSING]))
def test_filling_what_is_missing_leaves_nothing_missing(part, kind):
    filled = {
        each: {"participation": "active", "risk": "none"}.get(each, "text")
        for each in lacking(part, kind)
    }
    assert lacking(Part(**{n: getattr(part, n) for n in PART_FIELDS} | filled), kind) == []


@given(parts)
def test_without_participation_and_risk_nothing_is_ever_complete(part):
    if not part.participation or not part.risk:
        assert lacking(part) != []
