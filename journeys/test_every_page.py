"""Every page the house has, found by its addresses: none breaks, each can be used by everybody.

Each is looked at by axe on a phone, and fits 320, 390 and 1440 pixels without sideways scroll; the
main ones are looked at by axe on a desk's screen too.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from journeys.conftest import PHONE
from journeys.given import Group, a_group, clinic_where_it_is, somebody
from openiop.access import door
from openiop.access.backend.base import writing
from openiop.access.models import RoleAssignment, User
from openiop.chart.actions import Typed, save_part, save_shared, sign
from openiop.chart.rules.parts import Part, Shared
from openiop.config.network_for_tests import IDS, NORTH
from openiop.intake.actions.inquiries import open_inquiry
from openiop.intake.actions.partners import add_partner
from openiop.kernel.acts import Role
from openiop.messaging.actions import add_shift, report_incident
from openiop.publishing.actions.questions import Asked, ask
from openiop.publishing.tests.world import make_published
from openiop.schedule.actions.appointments import book
from openiop.schedule.actions.attendance import arrive, close_attendance
from openiop.schedule.actions.waiting import join

TYPED = Typed(0, "a-page", True)
ROOMS = ("access", "assessments", "chart", "desk", "intake", "messaging", "patients", "programs",
         "publishing", "schedule")  # fmt: skip
MAIN = {
    "desk:today", "desk:patient", "desk:frontdesk", "desk:director", "chart:notes", "chart:chart",
    "schedule:attendance", "schedule:board", "schedule:weeks", "patients:search", "messaging:tasks",
    "intake:inquiries", "intake:inquiry",
}  # fmt: skip


@pytest.fixture
def house(own_database: str, network: Any) -> tuple[Group, dict[str, Any]]:
    """An evening that is over, with notes, a visit, an incident, somebody in line; and what the
    addresses ask for."""
    group = a_group(clinic_where_it_is(21), 3)
    first = group.people[0]
    with door.opened_for(IDS.users["alice"], "chart.note.sign") as permit:
        for one in group.people[:2]:
            arrive(permit, group.session, one.record, from_start=True)
        close_attendance(permit, group.session)
        save_shared(permit, group.session, Shared("Skills", "Role play", "They practiced."), TYPED)
        words = Part("active", response="Practiced leaving early.", risk="none", next_step="Call.")
        save_part(permit, group.session, first.record, words, TYPED)
        sign(permit, group.session)
    waiting = somebody(group.program, group.at(0, 1), 7)
    with door.opened_for_job("schedule.enroll", 1) as permit:
        entry = join(permit, record=waiting.record, track_id=group.track)
    tomorrow = group.at(11, 0) + timedelta(days=1)
    with door.opened_for_job("schedule.appointment.write", 1) as permit:
        visit = book(
            permit, record=first.record, clinic=NORTH, kind="individual", staff=IDS.staff["bob"],
            starts_at=tomorrow, minutes=50,
        )  # fmt: skip
    with door.opened_for(IDS.users["sam"], "messaging.oncall.write") as permit:
        shift = add_shift(
            permit, clinic=NORTH, staff=IDS.staff["sam"], rank=1, start=permit.now,
            end=permit.now + timedelta(hours=12),
        )  # fmt: skip
    with door.opened_for(IDS.users["alice"], "messaging.incident.write") as permit:
        incident = report_incident(permit, clinic=NORTH, kind="weapon", happened_at=permit.now)
    with door.opened_for(IDS.users["fred"], "intake.partner.write") as permit:
        partner = add_partner(permit, name="County Detox", kind="detox", takes_people=True)
    with door.opened_for(IDS.users["fred"], "intake.inquiry.write") as permit:
        inquiry = open_inquiry(
            permit, clinic=NORTH, channel="provider", name="Jo Rivera", partner_id=partner,
            phone="312 555 0199", safe_to_call=True, asks="Evening groups?",
        )  # fmt: skip
    article = make_published(now=timezone.now())
    with door.opened_for_public("publishing.ask") as permit:
        question = ask(permit, "what-is-an-iop", Asked("I am Jo Rivera. How long?", "Sky")).question
    return group, {
        "article_id": article, "question_id": question, "inquiry": inquiry, "partner": partner,
        "number": first.number,
        "session": group.session, "track": group.track, "entry": entry,
        "visit": visit, "incident": incident, "shift": shift,
    }  # fmt: skip


def dana_does_everything() -> None:
    """One person with every role at the clinic, so that every page opens for her."""
    with door.opened_for_job("access.staff.write", 1), writing():
        for role in Role:
            RoleAssignment.objects.get_or_create(
                staff_id=IDS.staff["dana"], clinic_id=NORTH, role=role.value,
                defaults={"during": DateRange(date(2020, 1, 1), None)},
            )  # fmt: skip
        RoleAssignment.objects.filter(staff_id=IDS.staff["dana"]).exclude(clinic_id=NORTH).delete()


# The same page in another state, which shows other parts.
ALSO = {
    "access:audit": ("outcome=refused",), "access:glass_reviews": ("show=reviewed",),
    "access:staff_may": ("state=IL&on=2026-11-23",), "messaging:incidents": ("state=closed",),
    "messaging:outbox": ("state=failed",), "messaging:tasks": ("show=snoozed", "show=clinic"),
    "schedule:attendance_add": ("q=Lee",),
}  # fmt: skip
# Objects this house has none of, so that their pages are not walked here.
NOT_HERE = {
    "assessments:concern", "assessments:need_cosign", "assessments:phone",
    "assessments:response", "assessments:withdraw",
    "access:block_lift", "access:closure", "access:closure_remove", "access:glass_review",
    "access:invitation", "access:known_answer", "access:policy_remove", "access:staff_credential",
    "access:staff_role_end", "chart:review", "chart:send_back", "messaging:alert_answer",
    "messaging:help_called", "patients:apart_end",
    "intake:authorization", "intake:card", "intake:card_change", "intake:referral_outcome",
    "intake:undo",
    "patients:coverage_edit", "patients:coverage_end", "patients:end_contact", "patients:unmerge",
    "schedule:arrive", "schedule:join", "schedule:join_visit", "schedule:undo",
    "schedule:topic_pin", "schedule:topic_replace", "schedule:topic_swap", "schedule:worksheet",
    "messaging:text_receive", "publishing:answer_remove", "schedule:accept_earlier",
    "schedule:apply_timetable",
    "schedule:away", "schedule:book_need", "schedule:calendar_undo", "schedule:cancel_need",
    "schedule:change_feed", "schedule:decline_earlier", "schedule:discard_timetable",
    "schedule:end_away", "schedule:end_commitment", "schedule:end_opt_out", "schedule:end_series",
    "schedule:feed", "schedule:give_up_timetable", "schedule:retire_provider",
    "schedule:retire_type", "schedule:rotation_undo", "schedule:stop_timetable",
    "schedule:timetable", "schedule:type", "schedule:undo_earlier", "schedule:undo_rehoming",
    "schedule:undo_timetable", "schedule:undo_visits", "schedule:withdraw_earlier",
    "intake:consent", "intake:consent_copy", "intake:consent_revoke", "intake:sign",
    "intake:plan_cosign",
}  # fmt: skip


def test_every_address_answers(house: tuple[Group, dict[str, Any]]) -> None:
    # Given somebody with every role
    dana_does_everything()
    client = Client()
    client.force_login(User.objects.get(pk=IDS.users["dana"]))

    # Then each address is a page, a file, a way on, or asks to be posted to
    answers = {
        name: client.get(reverse(name, kwargs=values)).status_code
        for name, wanted in routes()
        if name not in NOT_HERE and (values := kwargs(wanted, house[1], name)) is not None
    }
    assert {name: status for name, status in answers.items() if status not in (200, 302, 405)} == {}
    assert {name for name, _wanted in routes()} - set(answers) == NOT_HERE
    assert sum(status == 200 for status in answers.values()) > 100


@pytest.mark.parametrize("room", ROOMS)
def test_every_page_can_be_used_on_every_screen(
    room: str, house: tuple[Group, dict[str, Any]], phone: Any, sign_in: Any, accessible: Any
) -> None:
    # Given somebody with every role and a phone
    dana_does_everything()
    page, wide = phone, []
    sign_in(page, "dana")

    # Then each page of the room has no violation, and none scrolls sideways at any width
    for name, address in pages(room, house[1]):
        page.set_viewport_size(PHONE)
        page.goto(address)
        accessible(page)
        for width in (320, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            wide += [f"{name} by {over} px at {width}"] if over > 0 else []
        if name in MAIN:
            accessible(page)
    assert wide == []


def pages(room: str, known: dict[str, Any]) -> list[tuple[str, str]]:
    """The room's pages as somebody with every role sees them, with their addresses."""
    client = Client()
    client.force_login(User.objects.get(pk=IDS.users["dana"]))
    found = []
    for name, wanted in routes():
        values = kwargs(wanted, known, name)
        if not name.startswith(f"{room}:") or name in NOT_HERE or values is None:
            continue
        address = reverse(name, kwargs=values)
        answer = client.get(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            found += [
                (name, address),
                *((name, f"{address}?{each}") for each in ALSO.get(name, ())),
            ]
    return found


def routes(patterns: Any = None, room: str = "", wanted: tuple[str, ...] = ()) -> Any:
    """(name, what its address asks for) of every route of the rooms."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        parts = (*wanted, *each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, each.namespace or room, parts)
        elif room in ROOMS:
            yield f"{room}:{each.name}", parts


def kwargs(wanted: tuple[str, ...], known: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Values for an address; None where nothing of that kind is in the house."""
    fixed = {
        "staff": IDS.staff["alice"], "code": "NORTH", "year": 2027, "room": IDS.rooms["maple"],
        "key": "group.counseling.max", "what": "role", "note_id": 1, "enrollment_id": 1,
        "author": IDS.staff["alice"], "point": 1, "edition": "4",
    } | known  # fmt: skip
    if name in ("assessments:take", "assessments:ask"):
        fixed["key"] = "phq-9"
    if name == "publishing:page":
        fixed["key"] = "faq"
    if name.startswith("messaging:incident"):
        fixed["number"] = known["incident"]
    return {part: fixed[part] for part in wanted} if set(wanted) <= set(fixed) else None
