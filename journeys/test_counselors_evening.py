"""A counselor's evening: open today, take attendance, write and sign everybody's note."""

import sys
from typing import Any

import pytest

from journeys.given import Group, a_group, clinic_where_it_is
from openiop.chart.models import Note
from openiop.chart.tests.world import as_staff

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


IN_REACH = """each => {
  const at = (each.closest("label") || each).getBoundingClientRect();
  const top = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
  return top !== null && (top.closest("label") || top).contains(each) || each.contains(top);
}"""


class Hands:
    """Counts every click, scroll and key but the clinical text itself."""

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def click(self, target: Any) -> None:
        """A click, and a turn of the wheel before it where the target is out of sight."""
        self.count += 1 if target.evaluate(IN_REACH) else 2
        target.click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.count += 1
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

    # When they mark one absent, one half an hour late, and everyone else as here
    _attendance(page, hands, evening, accessible)

    # And write the session once
    hands.click(page.get_by_role("link", name="Write the notes"))
    accessible(page)
    _session(hands)

    # Then each part takes how they took part, their own words, and the risk statement, which
    # leads to the next person
    for left, text in zip(range(11, 0, -1), RESPONSES, strict=True):
        page.get_by_text(f"{left} of 11 left to write").wait_for()
        hands.click(page.get_by_label("Took an active part"))
        hands.write(text)
        hands.click(page.get_by_label("No risk voiced or seen"))
    page.get_by_role("heading", name="All notes are written").wait_for()
    accessible(page)

    # And all eleven notes are signed at once, each with its own words and choices
    hands.click(page.get_by_role("button", name="Sign 11 notes").first)
    page.get_by_text("Signed 11 notes.").wait_for()
    assert page.get_by_role("heading", name="All notes are signed").is_visible()
    accessible(page)
    assert _signed() == {(text, "active", "none", SHARED[0][1]) for text in RESPONSES}

    # And today owes nothing any more
    page.goto("/desk/today/")
    assert page.get_by_text("All notes are signed.").is_visible()
    _tell(capsys, "by mouse", hands)
    assert hands.count / 11 <= 3


def test_the_same_notes_by_the_keys_alone(
    evening: Group, desktop: Any, sign_in: Any, capsys: Any
) -> None:
    # Given the same evening, its attendance recorded
    page, hands = desktop, Hands(desktop)
    sign_in(page, "alice")
    _attendance(page, Hands(page), evening, None)
    hands.click(page.get_by_role("link", name="Write the notes"))

    # When the counselor's hands stay on the keys
    _session(hands)
    hands.press("Tab", "Enter")
    for left, text in zip(range(11, 0, -1), RESPONSES, strict=True):
        page.get_by_text(f"{left} of 11 left to write").wait_for()
        page.locator("[name=participation]:focus").wait_for()
        hands.press("1")
        hands.write(text)
        hands.press("Enter", "1")
    page.get_by_role("heading", name="All notes are written").wait_for()

    # Then a part takes three keys, and the whole of writing and signing little more
    hands.click(page.get_by_role("button", name="Sign 11 notes").first)
    page.get_by_text("Signed 11 notes.").wait_for()
    assert _signed() == {(text, "active", "none", SHARED[0][1]) for text in RESPONSES}
    _tell(capsys, "by keys, attendance aside", hands)
    assert hands.count == 1 + 3 + 2 + 3 * 11 + 1


def _attendance(page: Any, hands: Hands, evening: Group, accessible: Any) -> None:
    hands.click(page.get_by_role("link", name="Record attendance"))
    absent, late = evening.people[5], evening.people[8]
    hands.click(_row(page, absent.number).get_by_role("button", name="absent"))
    page.wait_for_function(
        f"document.querySelector('#person-{absent.number}').innerText.includes('Absent')"
    )
    hands.click(_row(page, late.number).get_by_role("link", name="Late"))
    if accessible:
        accessible(page)
    hands.click(page.get_by_role("button", name="35 minutes late"))
    hands.click(page.get_by_role("button", name="Everyone is here since the start"))
    page.get_by_text("Everybody is marked").wait_for()
    assert "35 min late" in _row(page, late.number).inner_text()
    if accessible:
        accessible(page)


def _session(hands: Hands) -> None:
    """The shared part, from field to field; the cursor stands in the first one."""
    hands.page.locator("[name=topic]:focus").wait_for()
    for place, (_label, text) in enumerate(SHARED):
        if place:
            hands.press("Tab")
        hands.write(text)


def _row(page: Any, number: str) -> Any:
    return page.locator(f"#person-{number}")


def _signed() -> set[tuple[str, ...]]:
    """What the charts hold: response, participation, risk, topic."""
    with as_staff("alice"):
        rows = Note.objects.filter(signed_at__isnull=False)
        return set(rows.values_list("response", "participation", "risk", "shared__topic"))


def _tell(capsys: Any, how: str, hands: Hands) -> None:
    with capsys.disabled():
        sys.stdout.write(
            f"\nA counselor's evening {how}, 11 notes: {hands.count} clicks and keystrokes,"
            f" {hands.count / 11:.2f} a person\n"
        )
