"""All inquiries on one board: by stage, with clock, owner and next step."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.access.door import admit, opens
from openiop.access.queries.places import current_clinic, my_clinics
from openiop.intake.forms.inquiries import BoardFilter
from openiop.intake.queries.inquiries import MOST, Row, board, stage_counts
from openiop.intake.rules.inquiries import CLOSED, OPEN, STAGES
from openiop.intake.views.asking import is_shared, person_url
from openiop.intake.words import CHANNELS, LOST
from openiop.intake.words import STAGES as STAGE_WORDS
from openiop.kernel.permits import Permit
from openiop.ui.links import address, link_to
from openiop.ui.markup import markup, markup_join
from openiop.ui.templatetags.ui import count, tag, when


@opens("intake.inquiry.read")
def inquiries(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The board: open inquiries of all channels, or one stage."""
    current_clinic(request, permit)
    here = [each for each in my_clinics(request, permit) if each.id in permit.clinics]
    form = BoardFilter(
        request.GET or None, permit=permit, places=[(each.code, each.name) for each in here]
    )
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    stage = request.GET.get("stage", "")
    stages = [stage] if stage in STAGES else list(OPEN)
    rows = board(permit, stages=stages, **asked)
    return render(request, "intake/board.html", {
        "title": _("Inquiries"), "form": form, "stage": stage if stage in STAGES else "",
        "chips": _chips(request, stage_counts(permit), stage),
        "rows": SafeString("".join(_by_stage(rows, permit.now, is_shared(request)))),
        "full": len(rows) == MOST, "narrowed": any(asked.values()) or stage in STAGES,
        "primary": {"label": _("New inquiry"), "url": address("intake:new"), "icon": "plus"},
        "secondary": [
            {"label": _("Is it covered?"), "url": address("intake:covered")},
            {"label": _("Places outside"), "url": address("intake:partners")},
        ],
    })  # fmt: skip


@opens("intake.inquiry.read")
def of_record(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """How a person came to us, each time: the inquiries of a record."""
    record = admit(permit, number)
    current_clinic(request, permit)
    rows = board(permit, stages=STAGES, record=record.id)
    return render(request, "intake/of_record.html", {
        "title": _("How they came"), "facts": [number],
        "rows": SafeString("".join(_by_stage(rows, permit.now, is_shared(request)))),
        "crumbs": [{"label": number, "url": person_url(number)}, {"label": _("Inquiries")}],
    })  # fmt: skip


def _chips(request: HttpRequest, counts: dict[str, int], stage: str) -> list[dict[str, Any]]:
    """One for all that are open, one for each stage; other filters stay."""
    total = sum(counts[each] for each in OPEN)
    named = [("", _("Open"), total)]
    named += [(each, str(STAGE_WORDS[each]), counts[each]) for each in (*OPEN, *CLOSED)]
    query = request.GET.copy()
    chips = []
    for key, label, number in named:
        query["stage"] = key
        chips.append({"label": label, "count": number, "current": key == stage,
                      "url": f"?{query.urlencode()}"})  # fmt: skip
    return chips


HEAD = '<tr class="group"><th colspan="5" scope="rowgroup">{} {}</th></tr>\n'
ROW = (
    '<tr><th scope="row"><div><a class="person" href="{}">{}</a>{}<br><span class="soft">{}</span>'
    '</div></th><td data-label="{}">{}</td><td data-label="{}">{}</td>'
    '<td data-label="{}">{}</td><td data-label="{}" class="nowrap">{}</td></tr>\n'
)


def _by_stage(rows: list[Row], now: datetime, hidden: bool) -> Iterator[SafeString]:
    link = link_to("intake:inquiry")
    clock, owner, following, came = _("Screening"), _("With"), _("Next step"), _("Came")
    nobody = markup('<span class="soft">{}</span>', _("Nobody yet"))
    for stage, group in groupby(rows, key=lambda row: row.stage):
        members = list(group)
        yield markup(HEAD, STAGE_WORDS[stage], count(len(members)))
        yield markup_join(ROW, (
            (link(row.id), f"#{row.id}" if hidden or not row.name else row.name, _flags(row),
             _origin(row), clock, _clock(row, now), owner, row.owner_name or nobody,
             following, _next(row, now), came, when(row.came_at))
            for row in members
        ))  # fmt: skip


def _origin(row: Row) -> str:
    return " · ".join(filter(None, (str(CHANNELS[row.channel]), row.partner, row.clinic_code)))


def _flags(row: Row) -> SafeString:
    if row.reachable or row.closed_at:
        return SafeString("")
    return markup(" {}", tag(_("No safe contact"), "watch"))


def _clock(row: Row, now: datetime) -> Any:
    """Screened, by when, or late; of a closed one the reason."""
    if row.lost_reason:
        return LOST[row.lost_reason]
    if row.closed_at:
        return ""
    if row.screened_at:
        return tag(_("Screened"), "good")
    if row.screen_due_at is None:
        return _("No hours on file")
    if row.screen_due_at < now:
        return markup("<div>{} {}</div>", tag(_("Late"), "act"), when(row.screen_due_at))
    return markup("<div>{} {}</div>", _("by"), when(row.screen_due_at))


def _next(row: Row, now: datetime) -> Any:
    if not row.next_step or row.closed_at:
        return ""
    due = when(row.next_due_at)
    if row.next_due_at and row.next_due_at < now:
        due = markup("{} {}", tag(_("Overdue"), "act"), due)
    return markup('<div>{}<br><span class="soft">{}</span></div>', row.next_step, due)
