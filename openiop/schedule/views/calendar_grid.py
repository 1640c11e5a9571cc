"""The calendar as a table: rows and columns as they suit what is asked, a cell a drop of a move."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openiop.schedule.queries.calendar import Calendar, Item
from openiop.ui.links import link_to
from openiop.ui.markup import markup, markup_join

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
        across, zone = self.across(), ZoneInfo(self.found.asked.timezone)
        clocks = self._clocks(zone)
        drawn = []
        for row in self.down():
            inside = "".join(
                CELL.format(self._data(row, column), self._cell(
                    cells.get((row.key, column.key), []), clocks, row, column))
                for column in across
            )  # fmt: skip
            head = markup('<a href="{}">{}</a>', row.url, row.text) if row.url else row.text
            drawn.append(markup('<tr><th scope="row">{}</th>{}</tr>\n', head, SafeString(inside)))
        return SafeString("".join(drawn))

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

    def _clocks(self, zone: ZoneInfo) -> dict[tuple[int, date], str]:
        said: dict[tuple[int, date], str] = {}
        for each in self.found.hours:
            text = f"{each.starts:%H:%M}-{each.ends:%H:%M}"
            key = (each.staff, each.on)
            said[key] = f"{said[key]}, {text}" if key in said else text
        return said

    def _cell(
        self, items: list[Item], clocks: dict[tuple[int, date], str], row: Head, column: Head
    ) -> str:
        zone = ZoneInfo(self.found.asked.timezone)
        working = ""
        if isinstance(column.key, date) and isinstance(row.key, int) and not self.single:
            words = clocks.get((row.key, column.key))
            working = f'<small class="soft">{words}</small>' if words else ""
        drawn = self._drawn(items, zone)
        shown = sum(item.what == "visit" for item in items)
        among = max((item.among for item in items), default=0)
        more = ""
        if among > shown:
            said = ngettext("%(n)d more", "%(n)d more", among - shown) % {"n": among - shown}
            on = items[0].on
            url = f"{self.link}&view=day&on={on}" + (f"&one={row.key}" if row.key else "")
            more = markup('<a class="more" href="{}">{}</a>', url, said)
        return f"{working}{drawn}{more}"

    def _drawn(self, items: Iterable[Item], zone: ZoneInfo) -> str:
        visit, group = link_to("schedule:calendar_visit"), link_to("schedule:session")
        order: list[str] = []
        row: tuple[object, ...]
        for item in items:
            letter, word = KINDS[item.kind]
            at = item.starts_at.astimezone(zone)
            clock, name = f"{at:%H:%M}", item.number if self.hide else item.name or item.number
            video = " ▸" if item.mode == "virtual" else ""
            label = f"{word}, {clock}-{item.ends_at.astimezone(zone):%H:%M}, {name}"
            if item.what == "visit" and self.drags and not item.outcome:
                form, row = (
                    VISIT,
                    (
                        item.kind,
                        visit(item.id),
                        item.id,
                        f"{at:%Y-%m-%dT%H:%M}",
                        item.staff,
                        item.room or "",
                        label,
                        letter,
                        clock,
                        name,
                        video,
                    ),
                )
            elif item.what == "away":
                until = f"{clock}-{item.ends_at.astimezone(zone):%H:%M}"
                form, row = APART, (item.kind, letter, until, word)
            else:
                url = (visit if item.what == "visit" else group)(item.id)
                form, row = FIXED, (item.kind, url, label, letter, clock, name, video)
            order.append(markup_join(form, [row]))
        return "".join(order)
