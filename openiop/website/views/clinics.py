"""Find a clinic, a clinic, an area: driven by the live schedule."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from openiop.access.door import everywhere
from openiop.access.queries import PublicClinic
from openiop.kernel.permits import Permit
from openiop.publishing.queries.clinics import clinic_facts, photo_data
from openiop.schedule.queries.starts import Start, next_starts
from openiop.website.drawing import area_map, state_map
from openiop.website.finding import Looked, found
from openiop.website.forms.finding import FindForm
from openiop.website.frame import Face, phone_text, public, show
from openiop.website.structured import clinic_data, script

STATES = {"IL": "Illinois", "TX": "Texas"}


def starts_of(permit: Permit, clinics: Iterable[PublicClinic]) -> list[Start]:
    """When one can begin in the tracks of these clinics."""
    with everywhere(permit, "website.look"):
        return next_starts(permit, [clinic.id for clinic in clinics])


@public()
def clinics(request: HttpRequest, permit: Permit) -> HttpResponse:
    face = Face(permit)
    form = FindForm(request.GET or None, site=face.site)
    looked = form.looked if form.is_valid() else Looked()
    away = looked.here is not None and looked.here.state not in face.site.states
    rows = found(face.site.clinics, starts_of(permit, face.site.clinics), looked)
    return show(request, face, "clinics", {
        "title": _("Find a clinic"), "form": form, "rows": rows, "looked": looked, "away": away,
        "here": looked.here, "maps": _maps(face),
    })  # fmt: skip


def _maps(face: Face) -> list[tuple[str, object]]:
    drawn = []
    for state in face.site.states:
        here = [each for each in face.site.clinics if each.state == state]
        areas = {each.area_code: (each.area, _area_url(each.area_code)) for each in here}
        drawn.append((STATES.get(state, state), state_map(state, areas, here)))
    return [(name, each) for name, each in drawn if each]


def _area_url(code: str) -> str:
    return reverse("website:area", args=[code])


@public()
def area(request: HttpRequest, permit: Permit, code: str) -> HttpResponse:
    face = Face(permit)
    here = [each for each in face.site.clinics if each.area_code == code]
    if not here:
        raise Http404("No such area.")
    linked = [(each, reverse("website:clinic", args=[each.code.lower()])) for each in here]
    return show(request, face, "area", {
        "title": _("Clinics in %(area)s") % {"area": here[0].area},
        "rows": found(here, starts_of(permit, here), Looked()), "drawing": area_map(linked),
    })  # fmt: skip


@public()
def clinic(request: HttpRequest, permit: Permit, code: str) -> HttpResponse:
    face = Face(permit)
    here = face.site.clinic(code)
    if here is None:
        raise Http404("No such clinic.")
    starts = starts_of(permit, [here])
    others = [each for each in face.site.clinics if each.area == here.area and each != here]
    url = request.build_absolute_uri(request.path)
    return show(request, face, "clinic", {
        "title": here.name, "clinic": here, "phone": phone_text(here.phone),
        "description": _("%(name)s in %(city)s: groups, next starts, hours and how to get there.")
        % {"name": here.name, "city": here.city},
        "starts": [(each, _days(each)) for each in starts], "hours": _hours(here),
        "facts": clinic_facts(permit, here.id), "others": others, "as_of": permit.now,
        "data": script(clinic_data(here, face.name, url)),
    })  # fmt: skip


def _days(start: Start) -> str:
    """ "Mon, Wed, Fri, 9:00 AM - 12:20 PM", by video or not."""
    track = start.track
    days = ", ".join(str(WEEKDAYS_ABBR[day]) for day in sorted(track.weekdays))
    opens = datetime.combine(date.min, track.starts)
    closes = opens + timedelta(minutes=track.minutes)
    hours = f"{date_format(opens, 'g:i A')} - {date_format(closes, 'g:i A')}"
    return f"{days}, {hours}" + (f", {_('by video')}" if track.mode == "virtual" else "")


def _hours(here: PublicClinic) -> list[tuple[str, str, str]]:
    """Weekdays that share their hours in one line: (first day, last day, hours)."""
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"),
             _("Saturday"), _("Sunday"))  # fmt: skip
    lines: list[tuple[str, str, str]] = []
    for number, name in enumerate(names):
        hours = here.hours.get(str(number))
        clock = [time_format(time.fromisoformat(each), "g:i A") for each in hours or ()]
        text = " - ".join(clock)
        if lines and lines[-1][2] == text:
            lines[-1] = (lines[-1][0], name, text)
        else:
            lines.append((name, "", text))
    return lines


@public()
def rooms(request: HttpRequest, permit: Permit, code: str) -> HttpResponse:
    """All pictures of a clinic, each when one comes to it."""
    face = Face(permit)
    here = face.site.clinic(code)
    if here is None:
        raise Http404("No such clinic.")
    return show(request, face, "rooms", {
        "title": _("Rooms of %(name)s") % {"name": here.name}, "clinic": here,
        "facts": clinic_facts(permit, here.id),
    })  # fmt: skip


@public()
def photo(request: HttpRequest, permit: Permit, photo: int) -> HttpResponse:
    """A picture of a room; it never changes under its number."""
    answer = HttpResponse(photo_data(permit, photo), content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=604800"
    return answer
