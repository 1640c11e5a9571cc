"""The director's board: the network at a glance, with its tables and a file."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.access.door import opens, stream
from openiop.access.queries.places import my_clinics
from openiop.access.queries.staff_list import expiring
from openiop.chart.rules.deadlines import AgeBucket
from openiop.desk.asked import clinic_here, layout_of
from openiop.desk.queries import director as queries
from openiop.desk.queries.director import ClinicLine, Place, TrackLine
from openiop.kernel.permits import Permit
from openiop.ui.bands import span_words
from openiop.ui.charts import Part, seat_strip
from openiop.ui.links import address, link_to
from openiop.ui.markup import markup, markup_join

ACT = "desk.director"
COLUMNS = ("area", "clinic", "track", "starts", "enrolled", "held", "seats", "free", "waiting",
           "completing_in_4_weeks", "average_group", "largest_group", "free_in_4_weeks",
           "free_in_4_weeks_low", "free_in_4_weeks_high")  # fmt: skip
MOST = 12
TONES = ("", "info", "watch", "act")


@opens(ACT)
def board(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Census, seats, group sizes, notes and incidents of the clinics chosen."""
    places = places_of(request, permit)
    day = permit.today(clinic_here(request, permit).timezone)
    lines = queries.board(permit, _chosen(request, places), day)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return render(request, "desk/director.html", {
        "title": _("Director's board"), "chips": _chips(request, places), "lines": lines,
        "stats": _stats(lines), "ages": _parts(queries.ages(lines)), "sizes": _sizes(lines),
        "rows": _rows(lines),
        "age_labels": [label for label, _from, _to in _ages()], "weeks": queries.WEEKS,
        "file_url": f"{address('desk:director_file')}{query}",
        "hours": _hours(request),
        "running_url": f"{address('desk:director_running')}{query}",
    })  # fmt: skip


def _hours(request: HttpRequest) -> list[str]:
    """Addresses of the weekly hours, this week's and last week's."""
    query = request.GET.copy()
    found = []
    for back in ("0", "1"):
        query["back"] = back
        found.append(f"{address('desk:director_hours')}?{query.urlencode()}")
    return found


def places_of(request: HttpRequest, permit: Permit) -> list[Place]:
    """The clinics of the permit with their areas."""
    return [
        Place(each.id, each.code, each.name, each.area, each.area_code)
        for each in my_clinics(request, permit)
        if each.id in permit.clinics
    ]


def chosen_places(request: HttpRequest, permit: Permit) -> list[Place]:
    """The clinics that the address asks for."""
    return _chosen(request, places_of(request, permit))


def _chosen(request: HttpRequest, places: Sequence[Place]) -> list[Place]:
    return narrowed(places, request.GET.get("area", ""), request.GET.get("clinic", ""))


def narrowed(places: Sequence[Place], area: str, clinic: str) -> list[Place]:
    """The clinics of an area, or one of them; all where neither is known."""
    found = [p for p in places if area in ("", p.area_code) and clinic in ("", p.code)]
    return found or list(places)


def _chips(request: HttpRequest, places: Sequence[Place]) -> list[dict[str, Any]]:
    area, clinic = request.GET.get("area", ""), request.GET.get("clinic", "")
    chips = [{"label": _("All clinics"), "url": "?", "current": not area and not clinic}]
    areas = {p.area_code: p.area for p in places}
    chips += [
        {"label": name, "url": f"?area={code}", "current": area == code and not clinic}
        for code, name in areas.items()
        if len(areas) > 1
    ]
    shown = [p for p in places if area in ("", p.area_code)] if area or len(places) < 8 else []
    chips += [
        {"label": p.name, "url": f"?area={area}&clinic={p.code}" if area else f"?clinic={p.code}",
         "current": clinic == p.code}
        for p in shown
    ]  # fmt: skip
    return chips


def _stats(lines: Iterable[ClinicLine]) -> list[dict[str, Any]]:
    each = list(lines)

    def total(name: str) -> float:
        return sum(line.total(name) for line in each)

    late = sum(b.count for line in each for b in line.unsigned if b.from_hours >= 24)
    incidents = sum(line.incidents for line in each)
    return [
        {"label": _("Enrolled"), "number": total("enrolled"),
         "note": _("%(n)d complete in four weeks") % {"n": total("leaving")}},
        {"label": _("Seats free"), "number": total("free"), "url": address("schedule:waiting"),
         "note": _("%(waiting)d waiting, %(held)d held for an offer")
         % {"waiting": total("waiting"), "held": total("held")}},
        {"label": _("Free in four weeks"), "number": round(total("expected")),
         "url": address("schedule:forecast"), "note": _("expected, if nobody else is enrolled")},
        {"label": _("Unsigned over a day"), "number": late, "tone": "watch" if late else ""},
        {"label": _("Incidents open"), "number": incidents, "url": address("messaging:incidents")},
    ]  # fmt: skip


def _ages() -> list[tuple[str, int, int | None]]:
    return [
        (_("Under a day"), 0, 24), (_("1 day"), 24, 48), (_("2 days"), 48, 72),
        (_("3 days and more"), 72, None),
    ]  # fmt: skip


def _parts(ages: Sequence[AgeBucket]) -> list[Part]:
    labels = {
        start: (label, tone) for (label, start, _end), tone in zip(_ages(), TONES, strict=True)
    }
    return [Part(labels[b.from_hours][0], b.count, labels[b.from_hours][1]) for b in ages]


def _sizes(lines: Iterable[ClinicLine]) -> dict[str, Any]:
    """Average group sizes by track beside the house's cap, the largest first."""
    sized = [
        (f"{track.track.name}, {line.name}", round(track.size.average, 1))
        for line in lines
        for track in line.tracks
        if track.size
    ]
    caps = [t.caps.house for line in lines for t in line.tracks if t.caps.house]
    rows = sorted(sized, key=lambda row: -row[1])[:20]
    return {"rows": rows, "cap": min(caps, default=None)}


GROUP = '<tr class="group"><th colspan="6" scope="rowgroup">{}</th></tr>\n'
ROW = (
    '<tr><th scope="row"><a href="{}">{}</a></th><td data-label="{}">{}</td>'
    '<td class="num" data-label="{}">{}</td><td class="num" data-label="{}">{}</td>'
    '<td class="num" data-label="{}">{}</td><td class="num" data-label="{}">{}</td></tr>\n'
)


def _rows(lines: Iterable[ClinicLine]) -> SafeString:
    """A line a track under its clinic, as HTML: a network has hundreds of them."""
    seats, free, waiting, then = _("Seats"), _("Free"), _("Waiting"), _("Free in four weeks")
    average, link = _("Average group"), link_to("schedule:track")
    return markup_join("{}{}", (
        (markup(GROUP, line.name), markup_join(ROW, (
            (link(each.track.id), each.track.name, seats, _strip(each),
             free, "—" if each.free is None else each.free,
             then, span_words(each.ahead.low, each.ahead.high) if each.ahead else "—",
             waiting, each.waiting,
             average, round(each.size.average, 1) if each.size else "—")
            for each in line.tracks
        )))
        for line in lines if line.tracks
    ))  # fmt: skip


def _strip(each: TrackLine) -> SafeString:
    cap = each.caps.usual or each.taken
    return seat_strip(each.taken, cap, each.leaving, each.waiting, each.track.name)


@opens("desk.director.staff")
def running(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What of the staff's credentials, trainings and checks runs out within 90 days."""
    places = chosen_places(request, permit)
    day = permit.today(clinic_here(request, permit).timezone)
    found = expiring(permit, [place.id for place in places], day)
    return render(request, "desk/director_running.html", {
        "layout": layout_of(request),
        "title": _("Credentials that run out"), "running": found[:MOST], "count": len(found),
        "to_staff": address("access:expiring"),
    })  # fmt: skip


@opens(ACT)
def census_file(request: HttpRequest, permit: Permit) -> StreamingHttpResponse:
    """The board's table as a file, a line a track."""
    places = chosen_places(request, permit)
    day = permit.today(clinic_here(request, permit).timezone)

    def rows(inner: Permit) -> Iterator[bytes]:
        yield _csv(COLUMNS)
        for line in queries.board(inner, places, day):
            yield from (_csv(_cells(line, track)) for track in line.tracks)

    return stream(
        request, ACT, rows, content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="census-{day.isoformat()}.csv"'},
    )  # fmt: skip


def _cells(line: ClinicLine, track: TrackLine) -> tuple[object, ...]:
    size, ahead = track.size, track.ahead
    return (
        line.area, line.code, track.track.name, f"{track.track.starts:%H:%M}", track.enrolled,
        track.held, track.caps.usual, track.free, track.waiting, track.leaving,
        round(size.average, 1) if size else "", size.largest if size else "",
        *((ahead.expected, ahead.low, ahead.high) if ahead else ("", "", "")),
    )  # fmt: skip


def _csv(cells: Iterable[object]) -> bytes:
    """One line; a cell that a spreadsheet would run as a formula gets a quote before it."""
    line = StringIO()
    text = ["" if cell is None else str(cell) for cell in cells]
    csv.writer(line).writerow([f"'{t}" if t[:1] in ("=", "+", "-", "@") else t for t in text])
    return line.getvalue().encode()
