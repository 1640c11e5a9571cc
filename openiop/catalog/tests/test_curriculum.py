"""The curriculum that ships can be held and read by anyone; a broken one is reported by line."""

import re
from dataclasses import FrozenInstanceError
from itertools import accumulate
from pathlib import Path

import pytest
import yaml

from openiop.catalog import CatalogError
from openiop.catalog.checks import problems
from openiop.catalog.curriculum import (
    Curriculum,
    Prompt,
    RequiredBy,
    Step,
    Topic,
    Worksheet,
    curricula,
    curriculum,
    curriculum_in,
)
from openiop.catalog.files import ROOT, read

SHIPPED = curriculum("iop-30", 1)
EVERY_TOPIC = pytest.mark.parametrize("topic", SHIPPED.topics, ids=lambda topic: topic.code)
HEAVY = ("overdose", "grief", "trauma")
# Counted minutes before each break, in the day patterns a track may have.
PATTERNS = ([90], [60, 120], [90, 150])

SOUND = """\
id: short
version: 1
title: Two evenings
license: Apache-2.0
source: written for this test
reviewed: false
note: Nobody has read it.
sessions: 3
session_minutes: 60
topics:
  - code: sleep
    title: Sleep
    kind: education
    phase: any
    parts: 1
    required: true
    required_by:
      - {state: TX, within_days: 30, days_by: law, citation: A}
    objectives: [Names one habit., Picks a time to get up.]
    plan:
      - - {minutes: 10, title: Check-in, text: Greet each person.}
        - {minutes: 40, title: Teaching, text: Explain how sleep works.}
        - {minutes: 10, title: Closing, text: Say thanks.}
    worksheet: &page
      title: My sleep
      intro: Write what helps.
      listening: Listening is taking part.
      prompts:
        - {text: "When do I get up?", lines: 1}
        - {text: "What keeps me awake?", choices: [Noise, Worry]}
        - {text: "What helps?", lines: 2}
        - {text: "What will I try?", lines: 2}
        - {text: "Whom will I tell?", lines: 1}
  - code: plan
    title: A plan
    kind: counseling
    phase: late
    parts: 2
    required: false
    prerequisites: [sleep]
    objectives: [Writes a plan., Names a helper.]
    safety: Anyone may talk one-to-one instead.
    plan:
      - &hour
        - {minutes: 20, title: Check-in, text: Greet each person.}
        - {minutes: 20, title: Writing, text: Give quiet time.}
        - {minutes: 20, title: Closing, text: Say thanks.}
      - *hour
    worksheet: *page
examples:
  - {ask: sessions, value: 3}
  - {ask: minutes, of: plan, value: 120}
  - {ask: required_in, of: TX, value: [sleep]}
  - {ask: needed_before, of: plan, value: [sleep]}
  - {ask: with_safety_note, value: [plan]}
"""


def written(root: Path, text: str, name: str = "short") -> Path:
    file = root / "curricula" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def reported(root: Path) -> list[tuple[str, int, str]]:
    return [(error.file.name, error.line, error.message) for error in problems(root)]


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?…][”\"]?(?=\s|$)", text)) or 1


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end. An estimate, good enough on average."""
    bare = re.sub(r"(?<=[^aeiouyl])e[sd]?$|(?<=[aeiouy]l)e[sd]?$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", bare)))


def grade(text: str) -> float:
    """The school grade of a text by the formula of Flesch and Kincaid."""
    words = re.findall(r"[A-Za-z]+(?:[’'][a-z]+)?", text)
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / sentences(text) + 11.8 * per_word - 15.59


def prose(sheet: Worksheet) -> str:
    """What is read on a sheet, without the short choices; a prompt without a mark is a sentence."""
    lines = [sheet.intro, sheet.listening, *(prompt.text for prompt in sheet.prompts)]
    return " ".join(line if line[-1] in ".?!…" else f"{line.rstrip(':')}." for line in lines)


def average(grades: list[float]) -> float:
    return sum(grades) / len(grades)


# The curriculum that ships


def test_twenty_eight_topics_fill_thirty_sessions() -> None:
    assert (len(SHIPPED.topics), SHIPPED.sessions) == (28, 30)
    assert [topic.code for topic in SHIPPED.topics if topic.parts == 2] == [
        "communication",
        "relapse-prevention",
    ]


def test_the_topics_are_the_ones_the_program_needs() -> None:
    assert sorted(topic.code for topic in SHIPPED.topics) == [
        "anger", "body-chemistry", "co-occurring", "communication", "cravings", "early-signs",
        "emotions", "family", "goal-setting", "grief", "infections", "leisure", "medication",
        "motivation", "overdose", "planning-for-after", "relapse-prevention", "relationships",
        "self-care", "sleep", "stress", "support", "thinking", "tobacco", "trauma", "triggers",
        "values", "work-money",
    ]  # fmt: skip


def test_it_says_who_wrote_it_and_that_nobody_has_reviewed_it() -> None:
    assert (SHIPPED.id, SHIPPED.version, SHIPPED.title) == (
        "iop-30",
        1,
        "Thirty sessions for intensive outpatient groups",
    )
    assert (SHIPPED.license, SHIPPED.source) == ("Apache-2.0", "written for this project")
    assert (SHIPPED.reviewed, SHIPPED.note) == (
        False,
        "No clinician has reviewed these texts yet; "
        "have your clinical director read a topic before it is used.",
    )


def test_texas_requires_tobacco_and_infections_and_the_days_are_our_own() -> None:
    by_texas = (RequiredBy("TX", 70, "26 TAC 564.901(c)-(f)", "house"),)
    assert {t.code: t.required_by for t in SHIPPED.topics if t.required_by} == {
        "tobacco": by_texas,
        "infections": by_texas,
    }
    assert all(topic.required for topic in SHIPPED.required_in("TX"))


def test_ten_weeks_of_three_sessions_reach_every_topic_within_the_days_of_a_state() -> None:
    days = {by.within_days for topic in SHIPPED.topics for by in topic.required_by}
    assert days == {SHIPPED.sessions // 3 * 7}


def test_whoever_joins_on_monday_can_have_any_topic_and_all_before_it_that_week() -> None:
    """Else a group that takes in people every week could never hold it."""
    needed = {
        topic.code: topic.parts
        + sum(SHIPPED.topic(code).parts for code in SHIPPED.needed_before(topic.code))
        for topic in SHIPPED.topics
    }
    assert {code: sessions for code, sessions in needed.items() if sessions > 1} == {
        "cravings": 2,
        "communication": 2,
        "relapse-prevention": 3,
        "planning-for-after": 2,
    }


@EVERY_TOPIC
def test_a_session_counts_180_minutes_and_ends_at_12_20_after_two_breaks(topic: Topic) -> None:
    ends = [list(accumulate(step.minutes for step in part))[-1] for part in topic.plan]
    assert ends == [180] * topic.parts
    nine, noon_twenty, breaks = 9 * 60, 12 * 60 + 20, 2 * 10
    assert {nine + end + breaks for end in ends} == {noon_twenty}


@EVERY_TOPIC
def test_breaks_fall_between_two_steps_whatever_the_pattern_of_the_day(topic: Topic) -> None:
    for part in topic.plan:
        ends = set(accumulate(step.minutes for step in part))
        assert [sorted(set(pattern) - ends) for pattern in PATTERNS] == [[], [], []]


@EVERY_TOPIC
def test_a_step_is_told_in_three_to_six_sentences(topic: Topic) -> None:
    told = {step.title: sentences(step.text) for part in topic.plan for step in part}
    assert {title: count for title, count in told.items() if not 3 <= count <= 6} == {}


@EVERY_TOPIC
def test_every_worksheet_says_that_listening_is_taking_part(topic: Topic) -> None:
    assert topic.worksheet.listening.startswith("Listening is taking part")


@EVERY_TOPIC
def test_a_prompt_gives_space_to_write_or_choices_to_tick(topic: Topic) -> None:
    assert 5 <= len(topic.worksheet.prompts) <= 8
    assert {bool(each.lines) != bool(each.choices) for each in topic.worksheet.prompts} == {True}


@EVERY_TOPIC
def test_a_worksheet_fits_on_two_printed_pages(topic: Topic) -> None:
    """A line to write on is 8 mm, a prompt or three choices 6 mm, two letter pages hold 460 mm."""
    height = 60 + sum(
        6 + 8 * prompt.lines + 6 * -(-len(prompt.choices) // 3)
        for prompt in topic.worksheet.prompts
    )
    assert height <= 460


def test_topics_that_can_hurt_have_a_way_out_and_a_talk_alone() -> None:
    noted = {topic.code for topic in SHIPPED.topics if topic.safety}
    assert noted >= set(HEAVY)
    assert [code for code in noted if "one-to-one" not in SHIPPED.topic(code).safety] == []


@pytest.mark.parametrize("code", HEAVY)
def test_the_way_out_of_a_heavy_topic_is_told_at_the_start(code: str) -> None:
    topic = SHIPPED.topic(code)
    for text in (topic.safety, topic.plan[0][0].text):
        assert [words for words in ("anyone may", "one-to-one") if words not in text.lower()] == []


def test_trauma_is_about_now_and_asks_for_no_story() -> None:
    assert SHIPPED.topic("trauma").plan[0][0].text.count("We will not tell what happened") == 1
    assert SHIPPED.topic("trauma").worksheet.intro == (
        "This page is about now and about what helps. You do not need to write down what happened."
    )


def test_nobody_with_thoughts_of_death_is_left_without_988() -> None:
    told = {t.code: str(t.plan) + str(t.worksheet) + t.safety for t in SHIPPED.topics}
    assert sorted(code for code, text in told.items() if "988" in text) == [
        "co-occurring",
        "trauma",
    ]


# Reading level


def test_the_estimate_of_the_grade_knows_easy_from_hard() -> None:
    hard = "Psychotherapeutic interventions necessitate comprehensive multidisciplinary evaluation."
    assert (round(grade("The cat sat on the mat."), 2), grade(hard) > 20) == (-1.45, True)


@pytest.mark.parametrize(
    ("word", "count"),
    [("use", 1), ("people", 2), ("table", 2), ("named", 1), ("medication", 4), ("I", 1)],
)
def test_the_estimate_counts_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_worksheets_read_at_grade_nine_or_below_on_average() -> None:
    assert average([grade(prose(topic.worksheet)) for topic in SHIPPED.topics]) <= 9


@EVERY_TOPIC
def test_no_single_worksheet_reads_above_grade_eight(topic: Topic) -> None:
    assert grade(prose(topic.worksheet)) <= 8


@EVERY_TOPIC
def test_no_choice_to_tick_is_longer_than_a_line(topic: Topic) -> None:
    choices = [choice for prompt in topic.worksheet.prompts for choice in prompt.choices]
    assert [choice for choice in choices if len(choice) > 40] == []


@EVERY_TOPIC
def test_a_facilitator_reads_the_plan_with_ease(topic: Topic) -> None:
    assert average([grade(step.text) for part in topic.plan for step in part]) <= 9


# The reader


def test_a_curriculum_reads_whole(tmp_path: Path) -> None:
    sheet = Worksheet(
        title="My sleep",
        intro="Write what helps.",
        listening="Listening is taking part.",
        prompts=(
            Prompt("When do I get up?", 1, ()),
            Prompt("What keeps me awake?", 0, ("Noise", "Worry")),
            Prompt("What helps?", 2, ()),
            Prompt("What will I try?", 2, ()),
            Prompt("Whom will I tell?", 1, ()),
        ),
    )
    sleep = Topic(
        code="sleep",
        title="Sleep",
        kind="education",
        phase="any",
        parts=1,
        required=True,
        required_by=(RequiredBy("TX", 30, "A", "law"),),
        prerequisites=(),
        objectives=("Names one habit.", "Picks a time to get up."),
        plan=(
            (
                Step(10, "Check-in", "Greet each person."),
                Step(40, "Teaching", "Explain how sleep works."),
                Step(10, "Closing", "Say thanks."),
            ),
        ),
        worksheet=sheet,
        safety="",
    )
    held = curriculum_in(written(tmp_path, SOUND))
    assert held == Curriculum(
        id="short",
        version=1,
        title="Two evenings",
        topics=(sleep, held.topic("plan")),
        license="Apache-2.0",
        source="written for this test",
        reviewed=False,
        note="Nobody has read it.",
    )
    assert (held.topic("plan").prerequisites, held.topic("plan").minutes) == (("sleep",), 120)
    assert held.topic("plan").safety == "Anyone may talk one-to-one instead."


def test_what_was_read_is_kept_and_cannot_be_changed() -> None:
    assert curriculum("iop-30", 1) is SHIPPED
    assert SHIPPED in curricula()
    with pytest.raises(FrozenInstanceError):
        SHIPPED.title = "Another"  # type: ignore[misc]


def test_a_plain_reader_of_yaml_reads_the_same() -> None:
    """Readers differ in what they accept within braces; the file keeps to what all do."""
    file = ROOT / "curricula" / "iop-30.yaml"
    assert yaml.safe_load(file.read_text(encoding="utf-8")) == read(file)


def test_curricula_are_listed_by_id_and_version() -> None:
    listed = [(one.id, one.version) for one in curricula()]
    assert listed == sorted(set(listed))


@pytest.mark.parametrize(("id", "version"), [("iop-30", 2), ("iop-31", 1)])
def test_an_unknown_curriculum_is_refused_by_name(id: str, version: int) -> None:
    with pytest.raises(CatalogError) as refused:
        curriculum(id, version)
    assert refused.value.message == f"no curriculum “{id}” in version {version}"


def test_an_unknown_topic_is_refused_by_name() -> None:
    with pytest.raises(CatalogError) as refused:
        SHIPPED.topic("dancing")
    assert refused.value.message == "iop-30 1 has no topic “dancing”"


def test_what_comes_before_a_topic_is_found_however_far_back(tmp_path: Path) -> None:
    third = SOUND[SOUND.index("  - code: plan") : SOUND.index("examples:")]
    third = third.replace("&hour", "&again").replace("*hour", "*again")
    third = third.replace("code: plan", "code: party").replace("[sleep]", "[plan]")
    held = curriculum_in(written(tmp_path, SOUND.replace("examples:", third + "examples:")))
    assert held.needed_before("party") == {"plan", "sleep"}
    assert held.needed_before("sleep") == frozenset()


# The checks


def test_the_shipped_files_are_sound() -> None:
    assert [str(error) for error in problems() if error.file.parent.name == "curricula"] == []


def test_a_sound_curriculum_has_no_problem(tmp_path: Path) -> None:
    written(tmp_path, SOUND)
    assert reported(tmp_path) == []


FAULTS = {
    "a field nobody knows": (
        ("source: written", "sauce: x\nsource: written"),
        (1, "Additional properties are not allowed ('sauce' was unexpected)"),
    ),
    "no license": (("license: Apache-2.0\n", ""), (1, "'license' is a required property")),
    "a version that is no number": (("version: 1", "version: one"), (2, "'one' is not of type")),
    "reviewed by nobody": (
        ("reviewed: false", "reviewed: true"),
        (1, "'reviewed_by' is a required property"),
    ),
    "a kind nobody knows": (
        ("kind: education", "kind: party"),
        (13, "'party' is not one of ['counseling', 'education', 'skills', 'family']"),
    ),
    "a phase nobody knows": (
        ("phase: any", "phase: soon"),
        (14, "'soon' is not one of ['early', 'middle', 'late', 'any']"),
    ),
    "a state without days": (("within_days: 30, ", ""), (18, "'within_days' is a required")),
    "one objective": (
        ("[Writes a plan., Names a helper.]", "[Writes a plan.]"),
        (41, "['Writes a plan.'] is too short"),
    ),
    "an endless step": (
        ("minutes: 40", "minutes: 70"),
        (22, "70 is greater than the maximum of 60"),
    ),
    "a prompt with lines and choices": (
        ("choices: [Noise, Worry]", "choices: [Noise, Worry], lines: 1"),
        (30, "is valid under each of {'required': ['choices']}"),
    ),
    "a prompt without either": ((", lines: 1}", "}"), (29, "is not valid under any")),
    "too few prompts": (
        ('        - {text: "What helps?", lines: 2}\n', ""),
        (28, "is too short"),
    ),
    "a question nobody can ask": (
        ("ask: sessions", "ask: weather"),
        (51, "is not valid under any of the given schemas"),
    ),
    "a field twice": (("    phase: any", "    phase: any\n    phase: any"), (15, "“phase” is")),
    "a code twice": (("code: plan", "code: sleep"), (34, "“sleep” stands in this file twice")),
    "a state twice": (
        (
            "required_by:",
            "required_by:\n      - {state: TX, within_days: 9, days_by: law, citation: B}",
        ),
        (19, "sleep is required by TX twice"),
    ),
    "a prerequisite that is no topic": (
        ("prerequisites: [sleep]", "prerequisites: [rest]"),
        (40, "“rest” is no topic of this file"),
    ),
    "topics that wait for each other": (
        ("    phase: any", "    phase: any\n    prerequisites: [plan]"),
        (15, "topics wait for each other: sleep, plan, sleep"),
    ),
    "a topic that waits for itself": (
        ("prerequisites: [sleep]", "prerequisites: [plan]"),
        (40, "topics wait for each other: plan, plan"),
    ),
    "fewer minutes than a session": (
        ("minutes: 40", "minutes: 35"),
        (21, "part 1 of sleep takes 55 minutes, not 60"),
    ),
    "fewer plans than parts": (
        ("      - *hour\n", ""),
        (43, "plan has 2 parts and 1 plans"),
    ),
    "sessions that do not add up": (
        ("sessions: 3", "sessions: 4"),
        (8, "the topics fill 3 sessions, not 4"),
    ),
    "a wrong example": (
        ("value: [sleep]}", "value: [plan]}"),
        (53, "required_in TX: the example says ['plan'], the topics say ['sleep']"),
    ),
    "an example about no topic": (
        ("of: plan, value: 120", "of: nap, value: 120"),
        (52, "short 1 has no topic “nap”"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_curriculum_is_reported_with_its_line(tmp_path: Path, fault: str) -> None:
    (old, new), (line, message) = FAULTS[fault]
    assert old in SOUND
    written(tmp_path, SOUND.replace(old, new, 1))
    found = {(name, at) for name, at, text in reported(tmp_path) if message in text}
    assert found == {("short.yaml", line)}


@pytest.mark.parametrize(
    "words",
    ["Pass the test.", "He failed.", "A clean week.", "A dirty word.", "Drug abuse.", "An abuser.",
     "Addicts come.", "Noncompliance.", "She is non-compliant.", "Alcoholics come.",
     "He relapsed.", "Ask the client."],
)  # fmt: skip
def test_a_word_that_judges_is_reported_with_its_line(tmp_path: Path, words: str) -> None:
    written(tmp_path, SOUND.replace("text: Explain how sleep works.", f"text: {words}"))
    assert [(line, text[:6]) for _, line, text in reported(tmp_path)] == [(22, "says “")]


@pytest.mark.parametrize(
    "words",
    ["Use a compass.", "Recovery from addiction.", "Alcoholics Anonymous meets here.",
     "In the past.", "Relapse prevention."],
)  # fmt: skip
def test_other_words_are_left_alone(tmp_path: Path, words: str) -> None:
    written(tmp_path, SOUND.replace("text: Explain how sleep works.", f"text: {words}"))
    assert reported(tmp_path) == []


def test_one_version_of_a_curriculum_stands_in_one_file(tmp_path: Path) -> None:
    written(tmp_path, SOUND)
    written(tmp_path, SOUND, "twin")
    written(tmp_path, SOUND.replace("version: 1", "version: 2"), "second")
    assert reported(tmp_path) == [("twin.yaml", 2, "version 1 of short stands in short.yaml too")]
