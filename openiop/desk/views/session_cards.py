"""The sessions of a day with their people, as HTML: a template would spend ten times as long on
hundreds of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.desk.frame import may
from openiop.desk.queries import today as queries
from openiop.desk.queries.today import Expected, TodaySession
from openiop.kernel.permits import Permit
from openiop.schedule.queries.sessions import SessionFacts
from openiop.ui.links import link_to
from openiop.ui.markup import markup, markup_join
from openiop.ui.templatetags.ui import button, region, tag

CARD = """<section class="card" id="session-{}">
<header><h2>{} <a href="{}">{}</a></h2>{}</header>
<ul class="line">{}</ul>
{}{}</section>
"""
PEOPLE = """<details class="more"{}><summary>{}</summary>
{}</details>
"""
TABLE = (
    '<table data-rows><caption class="hide">{} {}</caption><thead class="hide"><tr>'
    '<th scope="col">{}</th><th scope="col">{}</th></tr></thead><tbody>\n{}</tbody></table>'
)
ROW = (
    '<tr><th scope="row"><a class="person" href="{}">{}</a> <span class="soft">{}</span></th>'
    "<td>{} {}</td></tr>\n"
)


def cards(
    permit: Permit, found: Iterable[TodaySession], *, clinic: int, hidden: bool, everyone: bool
) -> list[SafeString]:
    """A card for each session, opened where it is one's own or runs now; `hidden` shows record
    numbers for names. Words and addresses are looked up once for all of them."""
    drawn = _Cards(permit, clinic, hidden, everyone, may(permit, "schedule.attendance.write"),
                   moments(), _tags(), _words())  # fmt: skip
    return list(map(drawn.card, found))


@dataclass(frozen=True)
class _Cards:
    permit: Permit
    clinic: int
    hidden: bool
    everyone: bool
    attends: bool
    moments: dict[str, tuple[str, str]]
    tags: dict[str, SafeString]
    words: dict[str, str]

    def card(self, each: TodaySession) -> SafeString:
        session, url = each.session, link_to("schedule:session")(each.session.id)
        return markup(
            CARD, session.id, hours_text(session), url, session.track_name,
            tag(*self.moments[each.moment]), self.facts(each), self.buttons(each),
            self.people(each),
        )  # fmt: skip

    def facts(self, each: TodaySession) -> SafeString:
        """Where, who leads, about what, and "8 expected, 2 here"; zeros are left out."""
        session, words = each.session, self.words
        place = words["virtual"] if session.mode == "virtual" else session.room_name
        counted = {"expected": each.expected, "here": each.here, "absent": each.absent,
                   "new": each.new}  # fmt: skip
        counts = ", ".join(f"{n} {words[word]}" for word, n in counted.items() if n)
        facts = [place or words["no room"], ", ".join(holder.name for holder in session.staff)]
        if session.clinic != self.clinic:
            facts[0] += f", {session.clinic_name}"
        facts += [session.topic] if session.topic else []
        return markup_join("<li>{}</li>", ((fact,) for fact in [*facts, counts or words["nobody"]]))

    def buttons(self, each: TodaySession) -> SafeString:
        """To attendance first; to the notes first when it is closed."""
        number, closed = each.session.id, each.session.attendance_closed_at is not None
        shown = []
        if self.attends and each.session.held:
            label = self.words["attendance" if closed else "record"]
            url = link_to("schedule:attendance")(number)
            shown.append(button(label, url, "" if closed else "primary", "check"))
        if each.moment in ("now", "over") and queries.holds(self.permit, each.session):
            label = self.words["write" if closed else "notes"]
            url = link_to("chart:notes")(number)
            notes = button(label, url, "primary" if closed else "", "note")
            shown.insert(0 if closed else 1, notes)
        return markup('<div class="buttons">{}{}</div>\n', *shown, *[""] * (2 - len(shown))) if (
            shown) else SafeString("")  # fmt: skip

    def people(self, each: TodaySession) -> SafeString:
        words, name = self.words, each.session.track_name
        if not each.people:
            return markup('<p class="soft">{}</p>\n', words["not enrolled"])
        rows = markup_join(ROW, map(self.row, each.people))
        table = markup(
            TABLE, hours_text(each.session), name, words["person"], words["to know"], rows
        )
        unfolded = SafeString("" if self.everyone and each.moment != "now" else " open")
        return markup(PEOPLE, unfolded, words["people"], region(table, name))

    def row(self, one: Expected) -> tuple[str, ...]:
        name, aside = (one.number, "") if self.hidden else (one.name, one.pronouns)
        told = {"new": one.new, "missed": one.missed_last, "makeup": one.makeup,
                "virtual": one.virtual}  # fmt: skip
        flags = [self.tags[flag] for flag, so in told.items() if so]
        if one.late:
            flags.append(tag(_("%(n)d min late") % {"n": one.late}))
        url = link_to("desk:patient")(one.number)
        return url, name, aside, self.tags[one.status], SafeString(" ".join(flags))


def _words() -> dict[str, str]:
    return {
        "virtual": _("virtual"), "no room": _("no room yet"), "nobody": _("nobody yet"),
        "expected": _("expected"), "here": _("here"), "absent": _("absent"), "new": _("new"),
        "attendance": _("Attendance"), "record": _("Record attendance"), "notes": _("Notes"),
        "write": _("Write notes"), "people": _("People"), "person": _("Person"),
        "to know": _("Attendance, to know"),
        "not enrolled": _("Nobody is enrolled in this track yet."),
    }  # fmt: skip


def hours_text(session: SessionFacts) -> str:
    """ "18:00–21:20" on the session's own clock."""
    zone = ZoneInfo(session.timezone)
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    return f"{start:%H:%M}–{end:%H:%M}"


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
    """The same as HTML."""
    quiet = '<span class="soft">{}</span>'
    return {
        status: tag(word, tone) if tone else markup(quiet, word)
        for status, (word, tone) in status_words().items()
    }
