"""Today: what a counselor, or a whole clinic, does on one day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openiop.access.door import opens
from openiop.chart.rules.deadlines import Urgency
from openiop.desk.asked import clinic_here, day_asked, names_hidden
from openiop.desk.frame import may
from openiop.desk.queries import today as queries
from openiop.desk.queries.today import Expected, TodaySession
from openiop.kernel.acts import COUNSELING
from openiop.kernel.permits import Permit
from openiop.schedule.queries.sessions import SessionFacts
from openiop.ui.links import address, link_to
from openiop.ui.markup import markup, markup_join
from openiop.ui.moments import day_text
from openiop.ui.templatetags.ui import tag

A_DAY = timedelta(days=1)
TASKS = 8


class Row(NamedTuple):
    """A person's line: plain values only, there may be hundreds on the page."""

    url: str
    name: str
    aside: str
    state: SafeString
    flags: SafeString


ROW = (
    '<tr><th scope="row"><a class="person" href="{}">{}</a> <span class="soft">{}</span></th>'
    "<td>{} {}</td></tr>\n"
)


@dataclass(frozen=True)
class Card:
    """One session on the page, its times in its own clinic's zone."""

    session: SessionFacts
    moment: tuple[str, str]
    hours: str
    place: str
    leads: str
    counts: str
    rows: list[Row]
    open: bool
    url: str
    attendance_url: str
    notes_url: str

    @property
    def lines(self) -> SafeString:
        """The rows as HTML: a template would spend ten times as long on hundreds of them."""
        return markup_join(ROW, self.rows)


@opens("desk.today")
def today(request: HttpRequest, permit: Permit) -> HttpResponse:
    """My sessions of a day, or a whole clinic's; notes owed, tasks and short weeks beside them."""
    clinic = clinic_here(request, permit)
    now_on = permit.today(clinic.timezone)
    day = day_asked(request, now_on)
    everyone = _everyone(request, permit)
    found = queries.clinics(permit, clinic.id, day) if everyone else queries.mine(permit, day)
    return render(request, "desk/today.html", {
        "title": _("Today") if day == now_on else day_text(day),
        "facts": _facts(found, day, clinic.name if everyone else ""),
        "cards": _cards(permit, found, clinic.id, names_hidden(request), everyone),
        "days": _days(request, day, now_on), "whose": _whose(request, everyone),
        "everyone": everyone, **_upcoming(request, permit, found, clinic.id, day, everyone),
        "danger_url": address("desk:hours_danger") + _asking(request, all=str(int(everyone))),
        "owed": _owed(permit), "owed_url": address("chart:owed"),
        "tasks": queries.my_tasks(permit, TASKS), "tasks_url": address("messaging:tasks"),
    })  # fmt: skip


def _upcoming(
    request: HttpRequest, permit: Permit, found: list[TodaySession], clinic: int, day: date,
    everyone: bool,
) -> dict[str, Any]:  # fmt: skip
    """On an empty day: the next session, and the way to its day."""
    if found:
        return {}
    after = queries.next_session(permit, clinic, day, everyone=everyone)
    return {"next": after, "next_url": _asking(request, on=after.on.isoformat())} if after else {}


def _everyone(request: HttpRequest, permit: Permit) -> bool:
    """The whole clinic? As asked; else counselors see their own day, all others the clinic's."""
    asked = request.GET.get("all", "")
    return asked == "1" if asked in ("0", "1") else not permit.holds(*COUNSELING)


def _facts(found: list[TodaySession], day: date, clinic: str) -> list[str]:
    held = [each for each in found if each.session.held]
    people = sum(len(each.people) for each in held)
    facts = [clinic, day_text(day)]
    if held:
        facts += [
            ngettext("%(n)d session", "%(n)d sessions", len(held)) % {"n": len(held)},
            ngettext("%(n)d person", "%(n)d people", people) % {"n": people},
        ]
    return [fact for fact in facts if fact]


def _days(request: HttpRequest, day: date, now_on: date) -> list[dict[str, Any]]:
    """The day before, today and the day after, other choices in the address kept."""
    named = [(day_text(day - A_DAY), day - A_DAY), (_("Today"), now_on),
             (day_text(day + A_DAY), day + A_DAY)]  # fmt: skip
    return [
        {"label": label, "current": to == day,
         "url": _asking(request, on=None if to == now_on else to.isoformat())}
        for label, to in named
    ]  # fmt: skip


def _whose(request: HttpRequest, everyone: bool) -> list[dict[str, Any]]:
    return [
        {"label": _("Mine"), "current": not everyone, "url": _asking(request, all="0")},
        {"label": _("Whole clinic"), "current": everyone, "url": _asking(request, all="1")},
    ]


def _asking(request: HttpRequest, **changes: str | None) -> str:
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = value
    return f"?{query.urlencode()}"


def _owed(permit: Permit) -> list[dict[str, Any]] | None:
    """Sessions with notes of mine to sign; None for those who write none."""
    if not may(permit, "chart.note.write"):
        return None
    tones = {
        Urgency.LATE: (_("Late"), "act"), Urgency.SOON: (_("Soon due"), "watch"),
        Urgency.TIME: ("", ""),
    }  # fmt: skip
    link = link_to("chart:notes")
    return [
        {"session": each, "url": link(each.session), "word": tones[each.urgency]}
        for each in queries.owed(permit)
    ]


# --- cards -------------------------------------------------------------------------------------


def _cards(
    permit: Permit, found: Iterable[TodaySession], clinic: int, hidden: bool, everyone: bool
) -> list[Card]:
    to_session, to_person = link_to("schedule:session"), link_to("desk:patient")
    to_attendance, to_notes = link_to("schedule:attendance"), link_to("chart:notes")
    tags, when, attends = _tags(), moments(), may(permit, "schedule.attendance.write")
    return [
        Card(
            session=each.session, moment=when[each.moment], hours=hours_text(each.session),
            place=_place(each.session, clinic), leads=", ".join(h.name for h in each.session.staff),
            counts=_counts(each), rows=[_row(one, to_person, tags, hidden) for one in each.people],
            open=not everyone or each.moment == "now",
            url=to_session(each.session.id),
            attendance_url=to_attendance(each.session.id) if attends and each.session.held else "",
            notes_url=to_notes(each.session.id) if _writes(permit, each) else "",
        )
        for each in found
    ]  # fmt: skip


def _writes(permit: Permit, each: TodaySession) -> bool:
    return each.moment in ("now", "over") and queries.holds(permit, each.session)


def hours_text(session: SessionFacts) -> str:
    """ "18:00–21:20" on the session's own clock."""
    zone = ZoneInfo(session.timezone)
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    return f"{start:%H:%M}–{end:%H:%M}"


def _place(session: SessionFacts, clinic: int) -> str:
    room = session.room_name or _("no room yet")
    place = _("virtual") if session.mode == "virtual" else room
    return place if session.clinic == clinic else f"{place}, {session.clinic_name}"


def _counts(found: TodaySession) -> str:
    """ "8 expected, 2 here, 1 absent"; what is zero is left out."""
    known = [
        (found.expected, _("expected")), (found.here, _("here")), (found.absent, _("absent")),
        (found.new, _("new")),
    ]  # fmt: skip
    return ", ".join(f"{number} {word}" for number, word in known if number) or _("nobody yet")


def moments() -> dict[str, tuple[str, str]]:
    """What the time of a session is called, and its tone."""
    return {
        "before": (_("To come"), ""), "now": (_("Now"), "good"), "over": (_("Over"), ""),
        "cancelled": (_("Cancelled"), "watch"),
    }  # fmt: skip


def status_words() -> dict[str, tuple[str, str]]:
    """What a status is called here, and its tone."""
    return {
        "": (_("expected"), ""), "present": (_("Here"), "good"),
        "unable": (_("Came, could not take part"), "info"), "absent": (_("Absent"), "watch"),
        "excused": (_("Absent, excused"), ""), "new": (_("New"), "info"),
        "missed": (_("Missed last time"), "watch"), "makeup": (_("Make-up"), "info"),
        "virtual": (_("Virtual"), ""),
    }  # fmt: skip


def _tags() -> dict[str, SafeString]:
    """The same as HTML, made once a page."""
    quiet = '<span class="soft">{}</span>'
    return {
        status: tag(word, tone) if tone else markup(quiet, word)
        for status, (word, tone) in status_words().items()
    }


def _row(one: Expected, link: Any, tags: dict[str, SafeString], hidden: bool) -> Row:
    name, aside = (one.number, "") if hidden else (one.name, one.pronouns)
    told = {
        "new": one.new, "missed": one.missed_last, "makeup": one.makeup, "virtual": one.virtual,
    }  # fmt: skip
    flags = [tags[flag] for flag, so in told.items() if so]
    if one.late:
        flags.append(tag(_("%(n)d min late") % {"n": one.late}))
    return Row(link(one.number), name, aside, tags[one.status], SafeString(" ".join(flags)))
