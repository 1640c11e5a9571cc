"""How the note screen says things: states, findings, facts of the session."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openiop.chart.forms import DraftForm, PartForm, SharedForm
from openiop.chart.queries.sheet import Line, Sheet
from openiop.chart.rules.clones import Piece, difference
from openiop.chart.rules.deadlines import Urgency, urgency
from openiop.chart.rules.guards import Finding, Guard
from openiop.chart.rules.parts import Part, Shared
from openiop.ui.moments import day_text

AROUND = 60


@dataclass(frozen=True)
class Stop:
    """A person on the roster, and how far their note is."""

    name: str
    url: str
    current: bool
    state: str
    word: str
    tone: str


@dataclass(frozen=True)
class Shown:
    """A finding as the page shows it: a name within its sentence, or two texts side by side."""

    key: str
    sentence: str
    field: Any
    before: str
    word: str
    after: str
    pieces: tuple[Piece, ...]
    there: str


def label_of(form: type[DraftForm], name: str) -> Any:
    """What a field is called on the screen."""
    return form.base_fields[name].label


def said(form: type[DraftForm], name: str, text: str) -> str:
    """A stored value as the screen says it."""
    field = form.base_fields[name]
    choices = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}
    return str(choices.get(text, text))


def words_of(text: Part | Shared) -> list[tuple[Any, str]]:
    """What is written, as (label, text)."""
    form = PartForm if isinstance(text, Part) else SharedForm
    return [
        (label_of(form, name), said(form, name, value))
        for name, value in asdict(text).items()
        if value
    ]


def shown_name(line: Line | None, hidden: bool) -> str:
    """A name, or on a shared screen the record number."""
    return "" if line is None else line.number if hidden else line.name


def held_of(page: Sheet, hidden: bool) -> list[tuple[str, str, Line]]:
    """My notes that cannot be signed yet, as (address, name, line)."""
    return [
        (reverse("chart:part", args=[page.session.id, line.number]), shown_name(line, hidden), line)
        for line in page.held
    ]


def due_of(page: Sheet, now: datetime) -> tuple[datetime, str, str] | None:
    """The nearest clock of what is not signed, with its word and tone once it is near."""
    clocks = [line.due_at for line in page.lines if line.due_at and not line.signed_at]
    if not clocks:
        return None
    stands = urgency(min(clocks), now)
    word, tone = {Urgency.LATE: (_("Late"), "act"), Urgency.SOON: (_("Soon"), "watch")}.get(
        stands, ("", "")
    )
    return min(clocks), word, tone


def roster_of(page: Sheet, current: Line | None, hidden: bool) -> list[Stop]:
    """Everybody of the session in the order of their names."""
    return [
        Stop(
            shown_name(line, hidden),
            reverse("chart:part", args=[page.session.id, line.number]),
            current is not None and line.record == current.record, line.state, *state_word(line),
        )
        for line in page.lines
    ]  # fmt: skip


def state_word(line: Line) -> tuple[str, str]:
    """How far a note is, in words, with the tone that goes with them."""
    if line.state == "signed":
        return _("Signed"), "good"
    if not line.mine and line.version:
        return _("With %(author)s") % {"author": line.author_name}, ""
    if line.state == "started":
        count = len(line.missing)
        return ngettext("%(n)d missing", "%(n)d missing", count) % {"n": count}, "watch"
    if line.state == "empty":
        return (_("To write"), "") if line.came else (_("No note needed"), "")
    return (_("Look once more"), "watch") if line.state == "look" else (_("Ready"), "info")


def facts_of(page: Sheet) -> list[str]:
    """When, where, how many: the line under the heading."""
    session, zone = page.session, ZoneInfo(page.session.timezone)
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    place = _("Virtual") if session.mode == "virtual" else session.room_name
    count = page.head_count
    came = ngettext("%(n)d person took part", "%(n)d people took part", count) % {"n": count}
    return [f"{day_text(session.on)}, {start:%H:%M}–{end:%H:%M}", place, came]


def findings_shown(page: Sheet, line: Line | None, hidden: bool) -> list[Shown]:
    """What to look at in one person's part, or without one in the shared part."""
    if line is not None and (not line.mine or line.signed_at):
        return []
    names = {each.record: each.number if hidden else each.name for each in page.lines}
    form = SharedForm if line is None else PartForm
    found = page.shared.findings if line is None else line.findings
    return [_shown(each, form.base_fields[each.field].label, names) for each in found]


def _shown(found: Finding, label: Any, names: dict[int, str]) -> Shown:
    text, start, end = found.text, found.start, found.end
    named = found.guard == Guard.NAME
    return Shown(
        key=found.key, sentence=_sentence(found, names), field=label,
        before=_end_of(text[:start]) if named else "", word=text[start:end] if named else "",
        after=_start_of(text[end:]) if named else "",
        pieces=() if named else difference(text, found.other),
        there=_("The last note") if found.guard == Guard.LAST_NOTE
        else names.get(found.record or 0, ""),
    )  # fmt: skip


def _start_of(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND].rpartition(' ')[0]} …"


def _end_of(text: str) -> str:
    return text if len(text) <= AROUND else f"… {text[-AROUND:].partition(' ')[2]}"


def _sentence(found: Finding, names: dict[int, str]) -> str:
    if found.guard == Guard.NAME:
        return _("“%(word)s” may be somebody else in this group.") % {
            "word": found.text[found.start : found.end]
        }
    if found.guard == Guard.LAST_NOTE:
        return _("Most of this stood in this person's last note.")
    return _("Most of this stands in %(name)s's part too.") % {
        "name": names.get(found.record or 0, "")
    }
