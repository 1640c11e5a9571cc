"""The calendar as a table: rows and columns as they suit what is asked, a cell a drop of a move."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openiop.schedule.queries.calendar import Calendar, Item
from openiop.ui.links import link_to
from openiop.ui.markup import markup

FIRST_HOUR, LAST_HOUR = 7, 21
# A letter and a word beside each color.
KINDS = {
    "individual": ("O", gettext_lazy("One-to-one")), "nurse": ("N", gettext_lazy("Nurse visit")),
    "test": ("T", gettext_lazy("Drug or alcohol test")),
    "psychiatry": ("P", gettext_lazy("Psychiatry")),
    "family": ("F", gettext_lazy("Family meeting")),
    "medication": ("M", gettext_lazy("Medication visit")),
    "case": ("C", gettext_lazy("Case management")), "group": ("G", gettext_lazy("Group session")),
    "leave": ("A", gettext_lazy("On leave")), "sick": ("A", gettext_lazy("Out sick")),
    "training": ("A", gettext_lazy("At a training")),
    "busy": ("B", gettext_lazy("Busy elsewhere")),
}  # fmt: skip
LEGEND = ("individual", "nurse", "test", "psychiatry", "family", "medication", "case", "group",
          "leave", "busy")  # fmt: skip

VISIT = (
    '<a class="item k-{}" href="{}" data-visit="{}" data-at="{}" data-staff="{}" data-room="{}"'
    ' draggable="true" aria-label="{}"><b>{}</b> {} {}{}</a>'
)
FIXED = '<a class="item k-{}" href="{}" aria-label="{}"><b>{}</b> {} {}{}</a>'
APART = '<span class="item k-{}"><b>{}</b> {} {}</span>'
CELL = "<td{}>{}</td>"
VIDEO = " ▸"

Clocks = dict[tuple[int, date], list[tuple[time, time]]]


@dataclass(frozen=True)
class Head:
    """A row or a column: what it is of, and what stands in its header."""

    key: int | date
    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """Draws one calendar; `hide` shows record numbers in place of names."""

    found: Calendar
    link: str
    hide: bool = False
    drags: bool = True

    def rows(self) -> SafeString:
        """The body of the table."""
        cells: dict[tuple[int | date, int | date], list[Item]] = defaultdict(list)
        known = {key for key, _name in self.found.rows}
        for item in self.found.items:
            cells[self._place(item, known)].append(item)
        across, clocks, drawn = self.across(), self._clocks(), []
        for row in self.down():
            inside = "".join(
                CELL.format(self._data(row, column) + self._shade(row, column, clocks), self._cell(
                    cells.get((row.key, column.key), []), clocks, row, column))
                for column in across
            )  # fmt: skip
            head = markup('<a href="{}">{}</a>', row.url, row.text) if row.url else row.text
            drawn.append(markup('<tr><th scope="row">{}</th>{}</tr>\n', head, SafeString(inside)))
        return SafeString("".join(drawn))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The clinic's."""
        return ZoneInfo(self.found.asked.timezone)

    @property
    def hourly(self) -> bool:
        """Cells are hours: items say when they end."""
        return self.single or self.found.asked.days == 1

    @property
    def single(self) -> bool:
        """One colleague, room or clinic: hours go down the page."""
        return self.found.asked.one is not None

    def down(self) -> list[Head]:
        """The rows."""
        if self.single:
            return [Head(hour, f"{hour:02}:00") for hour in self._hours()]
        rows = self.found.rows
        return [
            Head(key, name or _("Without a place here"), f"{self.link}&one={key}" if key else "")
            for key, name in rows
        ]

    def across(self) -> list[Head]:
        """The columns: hours of a day of several, else days."""
        asked = self.found.asked
        if asked.days == 1 and not self.single:
            return [Head(hour, f"{hour:02}:00") for hour in self._hours()]
        days = [asked.start + timedelta(days=n) for n in range(asked.days)]
        return [
            Head(day, date_format(day, "D j M"), f"{self.link}&view=day&on={day}",
                 self.found.closed.get(day, ""))
            for day in days
        ]  # fmt: skip

    def _hours(self) -> range:
        hours = [item.hour for item in self.found.items if item.what != "away"]
        return range(min([FIRST_HOUR, *hours]), max([LAST_HOUR, *hours]) + 1)

    def _place(self, item: Item, known: set[int]) -> tuple[int | date, int | date]:
        row = item.row if item.row in known else 0
        hour = item.hour
        if item.what == "away":
            hour = max(hour, FIRST_HOUR)
        if self.single:
            return hour, item.on
        return row, hour if self.found.asked.days == 1 else item.on

    def _data(self, row: Head, column: Head) -> str:
        """What a visit dropped here becomes: its day, its hour, its colleague or room."""
        asked, said = self.found.asked, []
        for head in (row, column):
            if isinstance(head.key, date):
                said.append(f' data-on="{head.key}"')
            elif head is row and not self.single:
                said.append(f' data-{asked.by}="{head.key}"' if asked.by != "clinic" else "")
            else:
                said.append(f' data-hour="{head.key}"')
        return "".join(said)

    def _clocks(self) -> Clocks:
        """Hours of work by colleague and day; those that touch are one."""
        said: Clocks = defaultdict(list)
        for each in self.found.hours:
            stretches = said[each.staff, each.on]
            if stretches and stretches[-1][1] >= each.starts:
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], each.ends))
            else:
                stretches.append((each.starts, each.ends))
        return said

    def _shade(self, row: Head, column: Head, clocks: Clocks) -> str:
        """How the ground of a cell looks: a day that is closed, an hour nobody works."""
        on = next((h.key for h in (row, column) if isinstance(h.key, date)), self.found.asked.start)
        if on in self.found.closed:
            return ' class="closed"'
        hours = [head.key for head in (row, column) if isinstance(head.key, int)]
        if self.found.asked.by != "staff" or not (self.hourly and clocks):
            return ""
        who, hour = (self.found.asked.one or 0, hours[0]) if self.single else hours
        held = clocks.get((who, on), ())
        works = any(starts.hour <= hour and time(hour) < ends for starts, ends in held)
        return "" if works else ' class="closed"'

    def _cell(self, items: list[Item], clocks: Clocks, row: Head, column: Head) -> str:
        working = ""
        if isinstance(column.key, date) and isinstance(row.key, int) and not self.single:
            held = clocks.get((row.key, column.key), ())
            words = ", ".join(f"{starts:%H:%M}-{ends:%H:%M}" for starts, ends in held)
            working = f'<small class="soft">{words}</small>' if words else ""
        shown = sum(item.what == "visit" for item in items)
        among = max((item.among for item in items), default=0)
        more = ""
        if among > shown:
            said = ngettext("%(n)d more", "%(n)d more", among - shown) % {"n": among - shown}
            url = f"{self.link}&view=day&on={items[0].on}" + (f"&one={row.key}" if row.key else "")
            more = markup('<a class="more" href="{}">{}</a>', url, said)
        return f"{working}{''.join(map(self._drawn, items))}{more}"

    def _drawn(self, item: Item) -> str:
        letter, word = KINDS[item.kind]
        begins, ends = item.starts_at.astimezone(self.zone), item.ends_at.astimezone(self.zone)
        clock, until = f"{begins:%H:%M}", f"{ends:%H:%M}"
        told = f"{clock}-{until}" if self.hourly else clock
        if item.what == "away":
            return markup(APART, item.kind, letter, f"{clock}-{until}", word)
        name = item.number if self.hide else item.name or item.number
        words = (f"{word}, {clock}-{until}, {name}", letter, told, name,
                 VIDEO if item.mode == "virtual" else "")  # fmt: skip
        if item.what == "group":
            return markup(FIXED, item.kind, link_to("schedule:session")(item.id), *words)
        url = link_to("schedule:calendar_visit")(item.id)
        if item.outcome or not self.drags:
            return markup(FIXED, item.kind, url, *words)
        return markup(VISIT, item.kind, url, item.id, f"{begins:%Y-%m-%dT%H:%M}", item.staff,
                      item.room or "", *words)  # fmt: skip
