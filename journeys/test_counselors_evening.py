"""A counselor's evening: open today, take attendance, write and sign everybody's note."""

import sys
from typing import Any

import pytest

from journeys.given import Group, a_group, clinic_where_it_is

SHARED = (
    ("Topic", "Refusal skills"), ("What was done", "Role play in pairs, then review"),
    ("How the session went", "The group practiced three ways to say no and named their own."),
    ("Next step for everyone", "Use one of the three ways before the next session."),
)  # fmt: skip
RESPONSES = (
    "Named work parties as the hardest moment and practiced leaving early.",
    "Chose to call a sponsor first; wrote the number on a card.",
    "Asked how to answer family at dinner and tried two answers.",
    "Said that saying no to old friends hurts; found one sentence that fits.",
    "Practiced with a partner and gave feedback about tone.",
    "Described a refusal that worked on Saturday and what helped.",
    "Stayed with the exercise although tired after a night shift.",
    "Found the role play hard and asked for a second turn.",
    "Listed three places to avoid this week and one to go to instead.",
    "Spoke about payday and planned the evening with a brother.",
    "Linked the skill to sleep and decided to leave the phone outside.",
)  # fmt: skip


class Hands:
    """Counts every click and key beside the clinical text itself, choices apart from the rest."""

    def __init__(self, page: Any) -> None:
        self.page, self.choices, self.others = page, 0, 0

    def click(self, target: Any) -> None:
        self.others += 1
        target.click()

    def press(self, key: str) -> None:
        self.others += 1
        self.page.keyboard.press(key)

    def choose(self, key: str) -> None:
        """A choice that is part of the note: how somebody took part, the risk statement."""
        self.choices += 1
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Clinical text, typed where the cursor stands."""
        self.page.keyboard.insert_text(text)


@pytest.fixture
def evening(own_database: str, network: Any) -> Group:
    """Twelve people in a group that was over some minutes ago; nothing is recorded yet."""
    return a_group(clinic_where_it_is(21), 12)


def test_eleven_attendees_one_late_one_absent_notes_for_all(
    evening: Group, desktop: Any, sign_in: Any, accessible: Any, capsys: Any
) -> None:
    # Given a counselor with a group of twelve this evening
    page, hands = desktop, Hands(desktop)
    sign_in(page, "alice")
    assert page.url.endswith("/desk/today/")
    accessible(page)

    # When they mark one absent, one late, and everyone else as here
    hands.click(page.get_by_role("link", name="Record attendance"))
    accessible(page)
    absent, late = evening.people[5], evening.people[8]
    hands.click(_row(page, absent.number).get_by_role("button", name="absent"))
    page.wait_for_function(
        f"document.querySelector('#person-{absent.number}').innerText.includes('Absent')"
    )
    hands.click(_row(page, late.number).get_by_role("link", name="Late"))
    page.get_by_label("Came at").fill("18:05")
    hands.click(page.get_by_role("button", name="Record the time").first)
    hands.click(page.get_by_role("button", name="Everyone is here since the start"))
    page.get_by_text("Everybody is marked").wait_for()
    assert "35 min late" in _row(page, late.number).inner_text()

    # And write the session once
    page.goto(f"/desk/sessions/{evening.session}/notes/")
    hands.others += 1  # the way there is one click from today
    accessible(page)
    for place, (_label, text) in enumerate(SHARED):
        if place:
            hands.press("Tab")
        hands.write(text)
    hands.click(page.get_by_role("button", name="Save the session"))

    # Then each person's part takes a choice, a choice, their own words, and Enter
    for left, text in zip(range(11, 0, -1), RESPONSES, strict=True):
        page.get_by_text(f"{left} of 11 left to write").wait_for()
        before = hands.others + hands.choices
        hands.choose("1")
        hands.choose("1")
        hands.write(text)
        hands.press("Enter")
        assert hands.others + hands.choices - before == 3
    page.get_by_role("heading", name="All notes are written").wait_for()
    accessible(page)

    # And all eleven notes are signed at once
    hands.click(page.get_by_role("button", name="Sign 11 notes").first)
    page.get_by_text("Signed 11 notes.").wait_for()
    assert page.get_by_role("heading", name="All notes are signed").is_visible()
    accessible(page)

    # And today owes nothing any more
    page.goto("/desk/today/")
    assert page.get_by_text("All notes are signed.").is_visible()
    with capsys.disabled():
        sys.stdout.write(f"\nA counselor's evening, 11 notes: {_told(hands, 11)}\n")
    assert hands.others / 11 <= 3


def _row(page: Any, number: str) -> Any:
    return page.locator(f"#person-{number}")


def _told(hands: Hands, people: int) -> str:
    both = hands.others + hands.choices
    return (
        f"{both} clicks and keystrokes, {both / people:.1f} a person; without the {hands.choices}"
        f" choices that are the note's own content {hands.others}, {hands.others / people:.1f} a"
        " person"
    )
