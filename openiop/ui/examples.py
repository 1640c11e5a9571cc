"""What each component looks like empty, usual and full; every person here is invented."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator

from openiop.ui.bands import Chance, Step
from openiop.ui.charts import Part, Week
from openiop.ui.forms import DeskForm

Contexts = list[dict[str, Any]]
LONG = "Maximiliana Guadalupe Etxeberria-Wolfeschlegelsteinhausen"
EVENING = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
RISK = [
    ("none", "Nothing new said"),
    ("watch", "Talked about it, safe tonight"),
    ("act", "Act now"),
]


class Sample(DeskForm):
    """One field of each kind."""

    name = forms.CharField(label="Preferred name", help_text="As it should be said in the group.")
    narrative = forms.CharField(label="What the group worked on", widget=forms.Textarea)
    kind = forms.ChoiceField(
        label="Kind of session", choices=[("c", "Counseling"), ("e", "Education")]
    )
    risk = forms.ChoiceField(label="Risk statement", choices=RISK, widget=forms.RadioSelect)
    days = forms.MultipleChoiceField(
        label="Days that work",
        choices=[("mon", "Monday"), ("wed", "Wednesday"), ("fri", "Friday")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    text_ok = forms.BooleanField(label="Safe to text", required=False)
    born = forms.DateField(label="Birth date", help_text="Month, day and year.")
    starts = forms.TimeField(label="Starts at")
    at = forms.DateTimeField(label="Moved to", required=False)
    find = forms.CharField(label="Find", widget=forms.TextInput({"type": "search"}), required=False)
    card = forms.FileField(label="Photo of the card", required=False)


def sample(data: dict[str, Any] | None = None, prefix: str = "sample") -> Sample:
    """The sample form; with data it is bound and shows its errors."""
    return Sample(data, prefix=prefix)


class Short(DeskForm):
    """Two fields, as in a filter."""

    q = forms.CharField(label="Name", required=False)
    on = forms.DateField(label="Day", required=False)


def weeks(count: int) -> list[Week]:
    """Weeks of three sessions, one of them short and the last one still to come."""
    usual = [("attended", "attended", "attended"), ("attended", "part", "absent")]
    past = [
        Week(f"{n + 1}", "9 h 00" if n % 2 == 0 else "5 h 30", usual[n % 2], n % 2 == 1)
        for n in range(count - 1)
    ]
    return [*past, Week(str(count), "0 min", ("closed", "excused", "expected"))]


PERSON = {
    "name": "Maria Gutiérrez",
    "pronouns": "she/her",
    "age": 34,
    "record": "HOU-004182",
    "track": "Evening A, Mon Wed Thu",
    "next": "Tue 24 Nov, 18:00",
    "alerts": [
        {"text": "Allergy: penicillin", "tone": "act"},
        {"text": "Short week: 2 h 30 missing", "tone": "watch"},
        {"text": "Text messages only", "tone": "info"},
    ],
}
ACTIONS = [
    {"label": "Move the session", "url": "#move"},
    {"label": "Print the sign-in sheet", "url": "#print"},
    {"label": "Cancel the session", "url": "#cancel", "post": True, "danger": True},
]
COLUMNS = [
    {"label": "Person", "sort": "name"},
    {"label": "Track", "sort": "track"},
    {"label": "Next session"},
    {"label": "Hours this week", "sort": "hours", "numeric": True},
]
ROWS = [
    {"url": "#1", "cells": ["Maria Gutiérrez", "Evening A", "Tue 24 Nov, 18:00", "6 h 00"]},
    {"url": "#2", "cells": ["Will Okafor", "Morning B", "Wed 25 Nov, 09:00", "9 h 00"]},
    {"url": "#3", "cells": [LONG, "Virtual evening", "", "45 min"]},
]
SEATS = {"cap": 11, "label": "Seats of Evening A"}

EXAMPLES: dict[str, tuple[str, Contexts]] = {
    "button": (
        "Does one thing, named by a verb and its object. One primary button a page.",
        [
            {"label": "Sign 11 notes", "tone": "primary", "icon": "check"},
            {"label": "Open the calendar", "url": "#calendar"},
            {"label": "Cancel the session", "tone": "danger"},
            {"label": "Cancel", "tone": "quiet", "url": "#"},
        ],
    ),
    "notice": (
        "Tells what happened or what to know. Red only for what needs action now.",
        [
            {"tone": "info", "text": "The clinic is closed on Thu 26 Nov."},
            {"tone": "good", "text": "Moved to Thu 26 Nov, 18:00.", "dismiss": True},
            {
                "tone": "watch", "title": "2 notes are due today",
                "text": "Evening A of Mon 23 Nov.", "link": "Open them", "url": "#due",
            },
            {"tone": "act", "title": "Not done", "text": "Room 2 is taken then by Morning B."},
        ],
    ),
    "undo": (
        "Says what was done and offers to take it back.",
        [{"text": "Seat of Maria Gutiérrez moved to Morning B.", "url": "#undo"}],
    ),
    "field": (
        "A label, its hint, the control, and its error at the field.",
        [
            *({"field": field} for field in sample(prefix="plain")),
            *({"field": field} for field in sample({"wrong-kind": "x"}, prefix="wrong")),
        ],
    ),
    "error_summary": (
        "Stands on top of a form that was not accepted; each line jumps to its field.",
        [{"form": sample({"summary-kind": "c"}, prefix="summary")}],
    ),
    "form": (
        "A whole form with its buttons; add autosave where text is long.",
        [
            {
                "form": Short(prefix="form"), "submit": "Save the plan", "cancel_url": "#cancel",
                "action": "#form",
            }
        ],
    ),
    "filter_form": (
        "Narrows a list; its values stay in the address.",
        [{"form": Short(prefix="filter"), "label": "Filter the roster"}],
    ),
    "table": (
        "Rows to compare. Sort by the header, move with the arrow keys, open with Enter.",
        [
            {"caption": "People in Evening A", "columns": COLUMNS, "rows": ROWS},
            {"caption": "The same, as cards on a phone", "columns": COLUMNS, "rows": ROWS,
             "fold": True},
            {
                "caption": "People waiting", "columns": COLUMNS, "rows": [],
                "empty_title": "Nobody is waiting",
                "empty_text": "When a track is full, people you place wait here in order.",
                "empty_action": "Open the track board", "empty_url": "#boards",
            },
        ],
    ),
    "chips": (
        "Filters of a list as links, so that the address keeps them.",
        [
            {
                "label": "Filter by track",
                "chips": [
                    {"label": "All", "url": "?", "count": 214, "current": True},
                    {"label": "Evening", "url": "?track=evening", "count": 96},
                    {"label": "Virtual", "url": "?track=virtual"},
                ],
            }
        ],
    ),
    "pagination": (
        "From one part of a long list to the next.",
        [
            {"page": Paginator(range(120), 50).page(2), "label": "Pages of people"},
            {"page": Paginator(range(3), 50).page(1), "label": "One page only"},
        ],
    ),
    "tabs": (
        "Between truly different jobs on one record.",
        [
            {
                "label": "Parts of the record",
                "tabs": [
                    {"label": "Now", "url": "#now", "current": True},
                    {"label": "Notes", "url": "#notes", "count": 3},
                    {"label": "Hours", "url": "#hours"},
                    {"label": "Contacts and coverage", "url": "#contacts"},
                ],
            }
        ],
    ),
    "breadcrumb": (
        "Names of the places above this page.",
        [
            {
                "crumbs": [
                    {"label": "Groups", "url": "#groups"},
                    {"label": "Evening A", "url": "#evening-a"},
                    {"label": "Mon 23 Nov"},
                ]
            }
        ],
    ),
    "card": (
        "Holds what belongs together.",
        [
            {"title": "Next session", "text": "Evening A, Tue 24 Nov, 18:00, room 2.",
             "link": "Open", "url": "#session", "level": 3},
            {"text": "A card without a heading."},
        ],
    ),
    "facts": (
        "Names and values of one thing.",
        [
            {"facts": [("Legal name", LONG), ("Languages", "Spanish, English"),
                       ("Lives in", "Sober living, since Mon 5 Oct")]},
            {"facts": [("Room", "2"), ("Cap", "11"), ("Filled", "9")], "across": True},
        ],
    ),
    "page_header": (
        "What this page is, the facts to know first, and its one action.",
        [
            {
                "title": "Evening A, Tue 24 Nov", "facts": ["18:00 to 21:20", "Room 2", "9 of 11"],
                "primary": {"label": "Record attendance", "url": "#record", "icon": "check"},
                "secondary": ACTIONS,
            },
            {"title": "Patients"},
        ],
    ),
    "person_header": (
        "Who this is, on every page of a record.",
        [
            {"person": PERSON, "primary": {"label": "Write a note", "url": "#note"},
             "secondary": ACTIONS},
            {"person": {"name": LONG, "pronouns": "", "age": None, "record": "CHI-000007"}},
        ],
    ),
    "tag": (
        "A state in one or two words; shape and word carry it, never the color alone.",
        [
            {"text": "Draft", "tone": ""}, {"text": "Signed", "tone": "good"},
            {"text": "Due today", "tone": "watch"}, {"text": "Overdue", "tone": "act"},
            {"text": "New", "tone": "info"},
        ],
    ),
    "person": (
        "A person's name in a list.",
        [
            {"name": "Will Okafor", "url": "#will", "pronouns": "he/him", "record": "FTW-000311"},
            {"name": LONG},
        ],
    ),
    "when": (
        "A moment in the clinic's zone; the zone is named when it is not the page's.",
        [
            {"value": EVENING, "zone": None},
            {"value": EVENING, "zone": ZoneInfo("America/Chicago")},
            {"value": None, "zone": None},
        ],
    ),
    "menu": ("Actions that are not the page's main one.", [{"items": ACTIONS}]),
    "empty": (
        "Says why nothing is here and what brings something.",
        [
            {
                "title": "No session today", "icon": "calendar",
                "text": "Your next one is Evening A on Mon 30 Nov.",
                "action": "Open the calendar", "url": "#calendar",
            }
        ],
    ),
    "progress": (
        "What is done of what there is to do.",
        [
            {"label": "Notes written", "value": 7, "max": 11, "text": "7 of 11"},
            {"label": "Hours this week", "value": 9, "max": 9, "text": "9 h of 9 h"},
        ],
    ),
    "stat": (
        "One number to know, what it counts, and beside it what it is measured by.",
        [
            {"label": "Enrolled", "number": 214, "note": "6 more than a week ago"},
            {"label": "Short weeks", "number": 17, "note": "3 can still be made up", "url": "#s",
             "tone": "watch"},
            {"label": "Unsigned notes", "number": 0},
        ],
    ),
    "seat_strip": (
        "The seats of a session or track: filled, expected free, open, and who waits.",
        [
            {**SEATS, "filled": 9, "leaving": 2, "waiting": 3},
            {**SEATS, "filled": 0},
            {**SEATS, "filled": 12},
        ],
    ),
    "week_strip": (
        "Attendance over the weeks as a picture, with its table.",
        [
            {"weeks": weeks(8), "label": "Attendance by week"},
            {"weeks": [], "label": "Attendance by week"},
        ],
    ),
    "sparkline": (
        "How a number moved, with its last value.",
        [
            {"values": [4, 6, 5, 9, 8, 11], "label": "Group size"},
            {"values": [9, None, 7.5], "label": "Hours", "unit": "h"},
            {"values": [], "label": "Hours"},
        ],
    ),
    "band": (
        "What is expected over weeks, and how sure that is; one week is written out.",
        [
            {"steps": tuple(Step(f"Week {n}", n // 2, n * 0.7, n) for n in range(1, 9)),
             "label": "Free seats", "top": 11, "shown": 4},
            {"steps": (), "label": "Free seats", "top": 11, "shown": 4},
        ],
    ),
    "chances": (
        "What was given a chance, against how often it came true.",
        [
            {"points": [Chance(0.1, 0.12, 400), Chance(0.5, 0.4, 60), Chance(0.9, 0.93, 220)],
             "label": "Seats that came free", "said": "Chance given", "happened": "Came free"},
            {"points": [], "label": "Seats that came free", "said": "Chance given",
             "happened": "Came free"},
        ],
    ),
    "bars": (
        "Compares amounts; the line is what they should reach.",
        [
            {
                "rows": [("Houston Heights", 92), ("Fort Worth", 78), ("Evanston", 100)],
                "label": "Weeks that met their hours", "target": 90, "unit": "%", "limit": 100,
            },
            {"rows": [], "label": "Nothing yet"},
        ],
    ),
    "stacked": (
        "Parts of a whole.",
        [
            {
                "label": "Unsigned notes by age",
                "parts": [
                    Part("Today", 21), Part("1 day", 8, "watch"), Part("2 days and more", 3, "act"),
                ],
            },
            {"label": "Nothing unsigned", "parts": [Part("Today", 0)]},
        ],
    ),
    "timeline": (
        "What happened, newest first.",
        [
            {
                "items": [
                    {"at": EVENING, "title": "Attended Evening A", "text": "3 h 00", "url": "#a"},
                    {"on": date(2026, 11, 20), "title": "Enrolled in Evening A"},
                ]
            }
        ],
    ),
    "steps": (
        "Where one is in a flow; going back always works.",
        [
            {
                "steps": [
                    {"label": "Attendance", "url": "#attendance", "state": "done"},
                    {"label": "Notes", "state": "current", "note": "7 of 11"},
                    {"label": "Sign", "state": "todo"},
                ]
            }
        ],
    ),
    "confirm": (
        "Asks once before something that others will feel, and shows whom.",
        [
            {
                "title": "Cancel Evening A on Tue 24 Nov?", "level": 3, "danger": True,
                "lines": ["9 people are expected. Those safe to text are texted now."],
                "affected": ["Maria Gutiérrez, seat 4", "Will Okafor, seat 5"],
                "submit": "Cancel the session", "cancel_url": "#back", "action": "#confirm",
            }
        ],
    ),
}  # fmt: skip
