"""Lines of the attendance page: the state of each person and what else is to be known, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openiop.schedule.forms.attendance import STEPS
from openiop.schedule.queries.sheet import SheetRow
from openiop.schedule.rules.attendance import Flag, Status


@dataclass(frozen=True)
class Line:
    """A person's line as the page shows it."""

    row: SheetRow
    state: str
    tone: str
    facts: tuple[str, ...]
    focus: bool = False

    @property
    def present(self) -> str:
        """What the button says to those who do not see whose line it is on."""
        return _("Mark %(name)s as present") % {"name": self.row.number}

    @property
    def other(self) -> str:
        return _("Other… late, excused or unable: %(name)s") % {"name": self.row.number}

    @property
    def absent(self) -> str:
        return _("Mark %(name)s as absent") % {"name": self.row.number}


def line_of(row: SheetRow, zone: ZoneInfo, *, focus: bool = False) -> Line:
    """One person's line."""
    return Line(row, *_state(row), _facts(row, zone), focus)


def _state(row: SheetRow) -> tuple[str, str]:
    word, tone = STATES[row.marked.status if row.marked else ""]
    return word(), tone


def _facts(row: SheetRow, zone: ZoneInfo) -> tuple[str, ...]:
    """What else is to be known: new, missed last time, visits, minutes, times, reasons, flags."""
    facts = []
    if row.makeup:
        facts.append(_("make-up"))
    elif row.new:
        facts.append(_("new here"))
    if row.missed_last:
        facts.append(_("missed last time"))
    facts += [f"{VISITS[visit.kind]()} {_clock(visit.starts_at, zone)}" for visit in row.visits]
    if row.guests:
        facts.append(ngettext("%(n)d guest", "%(n)d guests", row.guests) % {"n": row.guests})
    return (*facts, *_marked_facts(row, zone))


def _marked_facts(row: SheetRow, zone: ZoneInfo) -> list[str]:
    marked = row.marked
    if marked is None:
        return []
    facts = []
    if marked.came:
        facts.append(_("%(n)d min") % {"n": marked.minutes})
        facts += [_("%(n)d min %(visit)s") % {"n": n, "visit": VISITS[kind]()}
                  for kind, n in marked.visits.items()]  # fmt: skip
        if marked.late and marked.arrived_at:
            facts.append(_("%(n)d min late") % {"n": marked.late})
        if marked.left_at:
            facts.append(_("left %(at)s") % {"at": _clock(marked.left_at, zone)})
        if marked.virtual:
            facts.append(_("by video"))
    facts += [marked.reason] if marked.reason else []
    facts += [str(word) for step, word in STEPS if step in marked.steps]
    facts += [FLAGS[flag]() for flag in marked.flags]
    if marked.correction:
        facts.append(_("corrected: %(why)s") % {"why": marked.correction})
    return facts


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


STATES: dict[str, tuple[Callable[[], str], str]] = {
    "": (lambda: _("Expected"), ""),
    Status.PRESENT.value: (lambda: _("Here"), "good"),
    Status.UNABLE.value: (lambda: _("Could not take part"), "info"),
    Status.ABSENT.value: (lambda: _("Absent"), "watch"),
    Status.EXCUSED.value: (lambda: _("Excused"), ""),
}
VISITS: dict[str, Callable[[], str]] = {
    "individual": lambda: _("one-to-one"), "nurse": lambda: _("nurse visit"),
    "test": lambda: _("test"), "psychiatry": lambda: _("psychiatry"),
    "family": lambda: _("family meeting"),
}  # fmt: skip
FLAGS: dict[str, Callable[[], str]] = {
    Flag.OVER_CAP.value: lambda: _("over the legal size: not charged until reviewed"),
    Flag.NO_SEAT.value: lambda: _("without a seat: not charged until reviewed"),
}
