"""How the note screen says things: states, findings, facts of the session."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openiop.chart.forms import DraftForm, PartForm, ReasonForm, SharedForm
from openiop.chart.queries.charts import ChartNote, Origin
from openiop.chart.queries.sheet import Line, Sheet
from openiop.chart.rules.clones import Piece, difference
from openiop.chart.rules.deadlines import Urgency, urgency
from openiop.chart.rules.guards import Finding, Guard
from openiop.chart.rules.parts import NoteKind, Part, Shared
from openiop.ui.moments import day_text, minutes_text

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
    form: ReasonForm


def label_of(form: type[DraftForm], name: str) -> Any:
    """What a field is called on the screen."""
    return form.base_fields[name].label


def said(form: type[DraftForm], name: str, text: str) -> str:
    """A stored value as the screen says it."""
    field = form.base_fields[name]
    choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
    return str(dict(choices).get(text, text))


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
    return min(clocks), *clock_of(urgency(min(clocks), now))


def clock_of(stands: Urgency) -> tuple[str, str]:
    """A clock's word and tone; nothing while there is time."""
    words = {Urgency.LATE: (_("Late"), "act"), Urgency.SOON: (_("Soon"), "watch")}
    return words.get(stands, ("", ""))


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
        form=ReasonForm(initial={"key": found.key}, auto_id=f"{found.key}-%s"),
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


# --- a note in the chart -----------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """A note as the chart shows it: what it is, how it stands, its facts and its words."""

    note: ChartNote
    title: str
    tags: tuple[tuple[str, str], ...]
    facts: tuple[tuple[Any, str], ...]
    shared: tuple[tuple[Any, str], ...]
    words: tuple[tuple[Any, str], ...]


def card_of(note: ChartNote) -> Card:
    """A note, with what is hidden or not signed yet left out."""
    readable = note.signed_at is not None or note.history
    kept = note.shared if readable and not note.hidden else {}
    return Card(
        note=note, title=_title(note), tags=tuple(_tags(note)), facts=tuple(_facts(note)),
        shared=tuple((label_of(SharedForm, name), kept[name]) for name in
                     ("topic", "interventions", "narrative") if kept.get(name)),
        words=tuple(_words_in(note)) if readable and not note.hidden else (),
    )  # fmt: skip


def _title(note: ChartNote) -> str:
    if note.kind == NoteKind.GROUP:
        return str(note.shared.get("group") or _("Group note"))
    return {
        NoteKind.OUTREACH: _("Came and could not take part"),
        NoteKind.CLOSING: _("Administrative closing statement"),
        NoteKind.UNSIGNED_DRAFT: _("Draft that was never signed"),
    }[NoteKind(note.kind)]


def _tags(note: ChartNote) -> Iterator[tuple[str, str]]:
    if note.struck:
        yield _("Struck"), "watch"
    elif note.history:
        yield _("Not signed, kept as history"), ""
    elif note.signed_at is None:
        yield _("Not signed yet"), "watch"
    else:
        yield _("Signed"), "good"
    if note.late:
        yield _("Signed late"), "watch"
    waiting = {"waiting": _("Waits for a co-signature"), "returned": _("Returned to the author")}
    if note.cosign in waiting:
        yield waiting[note.cosign], "info"


def _facts(note: ChartNote) -> Iterator[tuple[Any, str]]:
    """When, how long, with whom: the session's own facts, never who else was there."""
    kept = note.shared
    if kept.get("starts_at"):
        zone = ZoneInfo(kept["timezone"])
        start, end = (datetime.fromisoformat(kept[name]).astimezone(zone)
                      for name in ("starts_at", "ends_at"))  # fmt: skip
        yield _("Session"), f"{start:%H:%M}–{end:%H:%M}"
        yield _("Took part"), _stay(kept, zone)
        place = _("Virtual") if kept["mode"] == "virtual" else kept["room"]
        yield _("Place"), f"{kept['clinic']}, {place}"
        yield (
            _("Held by"),
            "; ".join(
                f"{each['name']}, {each['credentials']}".rstrip(", ")
                for each in kept["facilitators"]
            ),
        )
        yield _("People in the group"), str(kept["head_count"])
    if note.origin:
        yield _ORIGINS[note.origin.kind], _told(note.origin)
    if note.successor:
        yield _("Written anew by"), note.successor


def _stay(kept: dict[str, Any], zone: ZoneInfo) -> str:
    text = minutes_text(kept["minutes"])
    if kept["arrived_at"] is None:
        return text
    arrived = datetime.fromisoformat(kept["arrived_at"]).astimezone(zone)
    left = datetime.fromisoformat(kept["left_at"] or kept["ends_at"]).astimezone(zone)
    return f"{text} ({arrived:%H:%M}–{left:%H:%M})"


_ORIGINS = {
    "handed_over": gettext_lazy("Handed over"), "struck": gettext_lazy("Written anew"),
    "moved": gettext_lazy("Moved here"), "aside": gettext_lazy("Set aside"),
}  # fmt: skip


def _told(origin: Origin) -> str:
    by = _("by %(name)s") % {"name": origin.by} if origin.by else ""
    return f"{origin.reason} ({by})" if by else origin.reason


def _words_in(note: ChartNote) -> Iterator[tuple[Any, str]]:
    labels = PartForm.LABELS.get(NoteKind(note.kind), {})
    step = note.shared.get("next_step")
    for name, value in asdict(note.part).items():
        if name == "next_step" and step:
            value = step
        if value:
            yield labels.get(name, label_of(PartForm, name)), said(PartForm, name, value)
