"""One person's page, and the parts of it that are read when somebody looks at them."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from openiop.access.door import admit, opens
from openiop.catalog import resolve
from openiop.desk.asked import clinic_here, names_hidden
from openiop.desk.frame import may
from openiop.desk.queries import patient as queries
from openiop.desk.queries.patient import Overview
from openiop.kernel.days import age_on
from openiop.kernel.permits import Permit
from openiop.patients.queries.people import USUAL_PACK
from openiop.patients.queries.records import said
from openiop.ui.links import address, link_to
from openiop.ui.moments import day_text, minutes_text, when_text

A_DAY = timedelta(days=1)


@opens("desk.patient")
def patient(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """What matters now about a person, and the facts beside it."""
    record = admit(permit, number, act="patients.patient.read")
    clinic = clinic_here(request, permit)
    today = permit.today(clinic.timezone)
    until = _until(request, today)
    page = queries.overview(permit, record.id, today, until)
    needed = resolve("iop.week.min_minutes", state=clinic.state, on=today, payer=USUAL_PACK).winner
    return render(request, "desk/patient.html", {
        "page": page, "person": _header(page, number, names_hidden(request)), "number": number,
        "secondary": _menu(permit, number), "primary": _primary(permit, number),
        "merged": queries.merged_into(permit, record.id) if page.person.merged else None,
        "weeks": queries.weeks(page, int(str(needed.value)) if needed else None),
        "happenings": _happenings(page),
        "newest": until > today,
        "next_url": link_to("schedule:session")(page.next.id) if page.next else "",
        "older_url": f"?before={page.start.isoformat()}#timeline" if page.older else "",
        "facts": _facts(page), "care": _care(page),
        "moves": _moves(permit, page), "parts": _parts(permit, number),
    })  # fmt: skip


def _parts(permit: Permit, number: str) -> dict[str, str]:
    """Addresses of the parts that this person may see, read after the page is there."""
    acts = {"hours": "desk.hours", "notes": "chart.note.read", "reach": "desk.reach",
            "one_to_ones": "desk.one_to_ones", "topics": "desk.topics"}  # fmt: skip
    routes = {part: f"desk:patient_{part}" for part in acts}
    acts["questionnaires"] = "assessments.response.read"
    routes["questionnaires"] = "assessments:card"
    return {part: link_to(routes[part])(number) for part, act in acts.items() if may(permit, act)}


def _until(request: HttpRequest, today: date) -> date:
    """The first day after the timeline, from `?before=`; tomorrow without one."""
    try:
        return min(date.fromisoformat(request.GET.get("before", "")), today + A_DAY)
    except ValueError:
        return today + A_DAY


def _header(page: Overview, number: str, hidden: bool) -> dict[str, Any]:
    person, coming = page.person, page.next
    return {
        "name": number if hidden else person.name,
        "pronouns": "" if hidden else person.pronouns, "record": number,
        "age": age_on(person.birth_on, page.today) if person.birth_on else None,
        "track": page.enrollment.track_name if page.enrollment else _("none now"),
        "next": f"{coming.track_name}, {when_text(coming.starts_at)}" if coming else "",
        "alerts": _alerts(page),
    }  # fmt: skip


def _alerts(page: Overview) -> list[dict[str, str]]:
    """What nobody who opens the record may overlook, in words."""
    person, alerts = page.person, []
    if person.died_on:
        day = day_text(person.died_on)
        alerts.append({"text": _("Died on %(day)s") % {"day": day}, "tone": ""})
    if person.interpreter:
        said = _("Interpreter: %(language)s") % {"language": language(person.interpreter)}
        alerts.append({"text": said, "tone": "info"})
    if page.attended and page.attended[0].status == "absent":
        alerts.append({"text": _("Missed the last session"), "tone": "watch"})
    late = sum(task.overdue for task in page.tasks)
    if late:
        words = ngettext("%(n)d task overdue", "%(n)d tasks overdue", late) % {"n": late}
        alerts.append({"text": words, "tone": "act"})
    return alerts


def language(code: str) -> str:
    """A language by its own code, in the reader's words; an unknown code stays as it is."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _primary(permit: Permit, number: str) -> dict[str, Any] | None:
    if not may(permit, "chart.note.read"):
        return None
    return {"label": _("Open the chart"), "url": link_to("chart:chart")(number), "icon": "note"}


def _menu(permit: Permit, number: str) -> list[dict[str, Any]]:
    """What can be done with a record, as far as the person may."""
    wanted = [
        (_("Change name and facts"), "patients:edit", "patients.patient.write"),
        (_("Contacts and safe numbers"), "patients:contacts", "messaging.contact.write"),
        (_("Coverage"), "patients:coverage", "patients.coverage.write"),
        (_("Consents"), "intake:consents", "access.consent.read"),
        (_("How they came, benefits"), "intake:of_record", "intake.inquiry.read"),
        (_("Biopsychosocial assessment"), "assessments:bio_list", "assessments.response.read"),
        (_("Questionnaires"), "assessments:record", "assessments.response.read"),
        (_("One-to-ones"), "schedule:one_to_ones", "schedule.appointment.write"),
        (_("Visits"), "schedule:visits", "schedule.appointment.write"),
        (_("Keep apart from somebody"), "patients:apart", "patients.apart.read"),
        (_("Merge with another record"), "patients:merge", "patients.merge"),
        (_("What was changed"), "patients:history", "patients.patient.write"),
        (_("Emergency sheet"), "desk:emergency", "desk.reach"),
    ]
    items = [
        {"label": label, "url": link_to(route)(number)}
        for label, route, act in wanted
        if may(permit, act)
    ]
    if may(permit, "access.audit.read"):
        opened = f"{address('access:audit_record')}?number={number}"
        items.append({"label": _("Who opened this record"), "url": opened})
    return items


def _facts(page: Overview) -> list[tuple[str, str]]:
    person = page.person
    birth = date_format(person.birth_on, "j M Y") if person.birth_on else ""
    known = [
        (_("Birth date"), birth),
        (_("Languages"), ", ".join(language(code) for code in person.languages)),
        (_("Lives"), said("living", person.living)),
    ]
    return [(label, value or _("not known")) for label, value in known]


def _care(page: Overview) -> list[tuple[str, str]]:
    """The open course of care in a few facts."""
    episode = page.episode
    if episode is None:
        return []
    return [
        (_("Program"), episode.program_name),
        (_("Level of care"), episode.level or _("not set")),
        (_("Days a week"), str(episode.days_a_week or "")),
        (_("Since"), day_text(episode.opened_on)),
        (_("Expected end"), day_text(episode.expected_end_on)),
    ]


def _moves(permit: Permit, page: Overview) -> list[dict[str, str]]:
    """What can be done about the person's place in a track."""
    if not may(permit, "schedule.enroll"):
        return []
    if page.enrollment is None:
        return [{"label": _("Choose a track"), "url": address("schedule:board")}]
    here = page.enrollment.id
    return [
        {"label": _("Change track"), "url": link_to("schedule:change_track")(here)},
        {"label": _("Leave the track"), "url": link_to("schedule:leave")(here)},
    ]


def _happenings(page: Overview) -> list[dict[str, Any]]:
    """The timeline, each happening as a line."""
    sentences = {
        "present": _("Attended %(what)s"), "unable": _("Came to %(what)s, could not take part"),
        "absent": _("Absent from %(what)s"), "excused": _("Excused from %(what)s"),
        "enrolled": _("Enrolled in %(what)s"), "left": _("Left %(what)s"),
        "opened": _("Care began: %(what)s"), "closed": _("Care ended: %(what)s"),
    }  # fmt: skip
    link = link_to("schedule:session")
    return [
        {"on": each.on, "title": sentences[each.kind] % {"what": each.what},
         "text": minutes_text(each.minutes or 0) if each.kind == "present" else each.reason,
         "url": link(each.session) if each.session else ""}
        for each in queries.timeline(page)
    ]  # fmt: skip
