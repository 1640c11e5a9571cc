"""The rows of the attendance list as HTML, for the page and for the one row a press changes: a
template would take most of the time of a mark."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.kernel.permits import Permit
from openiop.schedule.queries.sessions import SessionFacts
from openiop.schedule.queries.sheet import Sheet, SheetRow
from openiop.schedule.rules.attendance import may_remark
from openiop.schedule.views.asking import person_url
from openiop.schedule.views.lines import Line, line_of
from openiop.ui.markup import markup
from openiop.ui.templatetags.ui import button, named, tag

ROW = (
    '<tr{}{}>\n<th scope="row">{}</th>\n<td data-label="{}"><span>{}{}</span></td>\n'
    '<td class="nowrap">{}</td></tr>\n'
)
FORM = (
    '<form method="post" action="{0}" data-hx-post="{0}" data-hx-target="closest tr"'
    ' data-hx-swap="outerHTML"><input type="hidden" name="csrfmiddlewaretoken" value="{1}">'
    "{2}</form>"
)


@dataclass(frozen=True)
class Moment:
    """What the session's hour allows: the page is of `today`, the group has `begun`, marks are
    still `open`."""

    today: bool
    begun: bool
    open: bool


def moment(permit: Permit, session: SessionFacts) -> Moment:
    """Where the clock stands beside a session."""
    today = permit.today(session.timezone)
    return Moment(
        today == session.on, permit.now >= session.starts_at, may_remark(session.on, today)
    )


@dataclass(frozen=True)
class Rows:
    """Draws rows of one session for one reader; `hidden`: others see the screen."""

    request: HttpRequest
    session: SessionFacts
    now: Moment
    hidden: bool

    def draw(self, rows: Iterable[SheetRow], focus: str = "", *, beside: str = "") -> SafeString:
        """Rows in their order. The one with the number `focus` takes the focus; all but the one
        with the number `beside` say that they replace themselves wherever they stand."""
        zone, token = ZoneInfo(self.session.timezone), get_token(self.request)
        drawn = []
        for row in rows:
            line = line_of(row, zone, focus=bool(focus) and row.number == focus)
            drawn.append(self._row(line, token, swaps=bool(beside) and row.number != beside))
        return SafeString("".join(drawn))

    def _row(self, line: Line, token: str, *, swaps: bool) -> SafeString:
        row = line.row
        facts = markup(' <span class="soft">{}</span>', " · ".join(line.facts))
        return markup(
            ROW, markup(' id="person-{}"', row.number) if row.number else "",
            SafeString(' data-hx-swap-oob="true"') if swaps else "", self._who(row), _("State"),
            tag(line.state, line.tone), facts if line.facts else "", self._form(line, token),
        )  # fmt: skip

    def _who(self, row: SheetRow) -> SafeString:
        one = row.person
        if one is None:
            words = _("Closed to you: a colleague marks this person")
            return markup('<span class="soft">{}</span>', words)
        url = person_url(row.number)
        if self.hidden:
            return named(row.number, url)
        return named(one.name, url, one.pronouns, row.number)

    def _form(self, line: Line, token: str) -> SafeString:
        if line.row.person is None:
            return SafeString("")
        url = reverse("schedule:mark", args=[self.session.id, line.row.number])
        shown = self._to_mark(line, url) if line.row.marked is None else self._marked(line, url)
        return markup(FORM, url, token, SafeString(" ".join(shown if self.now.open else [
            button(_("Correct…"), f"{url}correct/", "quiet")])))  # fmt: skip

    def _to_mark(self, line: Line, url: str) -> list[SafeString]:
        shown = []
        if self.now.today:
            shown.append(button(_("Present"), name="verb", value="present", data_focus=line.focus,
                                aria_label=line.present))  # fmt: skip
        if self.now.begun:
            shown.append(button(_("Absent"), name="verb", value="absent", aria_label=line.absent))
        if self.now.today:
            return [*shown, button(_("Other…"), url, "quiet", aria_label=line.other)]
        return [*shown, button(_("Excuse…"), url, "quiet")]

    def _marked(self, line: Line, url: str) -> list[SafeString]:
        shown = [button(_("Undo"), tone="quiet", name="verb", value="undo")]
        if line.row.marked and line.row.marked.came:
            shown.insert(0, button(_("Left early…"), url, "quiet"))
        elif self.now.today:
            came = button(_("Came after all"), tone="quiet", name="verb", value="came")
            shown.insert(0, came)
        return shown


def next_after(found: Sheet, marked: str) -> str:
    """After a number was marked, the number of the next one left, around the list; "" for none."""
    numbers = [row.number for row in found.rows]
    place = numbers.index(marked) if marked in numbers else -1
    turned = [*found.rows[place + 1 :], *found.rows[: place + 1]]
    return next((row.number for row in turned if row.marked is None and row.person), "")
