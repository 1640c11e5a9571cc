"""A stranger on a phone at night: looks, finds, books a visit for today; nothing is kept before."""

import re
import time as clocks
from datetime import datetime, time, timedelta

import pytest
from django.db import connection

from journeys.given import clinic_where_it_is
from openiop.access.backend.base import writing
from openiop.access.models import AuditEvent, Clinic, Organization
from openiop.config.network_for_tests import NORTH, SOUTH
from openiop.intake.actions.contracts import set_contract, set_prices
from openiop.intake.tests.test_contracts import AMOUNTS
from openiop.messaging.models import OutboxMessage
from openiop.schedule.actions.reminders import queue_reminders
from openiop.schedule.actions.working import Week, set_hours
from openiop.schedule.models import Appointment, Hold
from openiop.schedule.tests.world import as_job, make_track, make_type

PAGES = (
    "/", "/guide/what-is-an-iop/", "/guide/which-level/", "/guide/groups/", "/guide/one-to-one/",
    "/guide/medication/", "/guide/testing/", "/guide/rules/", "/faq/", "/right-for-me/",
    "/elsewhere/", "/clinics/", "/clinics/?zip=60657&time=evening", "/clinics/?zip=10001",
    "/clinics/north/", "/areas/area/", "/start/", "/start/times/", "/insurance/", "/cost/",
    "/articles/", "/call-back/",
)  # fmt: skip


@pytest.fixture
def site(own_database, network):
    """It is eight in the morning at every clinic; Alice sees people from nine to twelve."""
    zone = clinic_where_it_is(8)
    now = datetime.now(zone)
    with as_job("access.network.write", now), writing():
        Organization.objects.filter(pk=1).update(timezone=str(zone))
        Clinic.objects.filter(organization_id=1).update(timezone=str(zone))
        Clinic.objects.filter(pk=NORTH).update(zip_code="60657")
        Clinic.objects.filter(pk=SOUTH).update(zip_code="60605")
    with as_job("schedule.hours.write", now) as permit:
        weeks = [Week(NORTH, day, time(9), time(12)) for day in range(7)]
        set_hours(permit, 1, weeks, now.date() - timedelta(days=1))
    make_type(code="assessment", name="First visit", minutes=60, public=True,
              modes=["in_person", "virtual"])  # fmt: skip
    with as_job("intake.contract.write", now) as permit:
        day = now.date() - timedelta(days=30)
        set_contract(permit, clinic=NORTH, company="aetna", services=["iop"], status="in",
                     from_on=day)  # fmt: skip
        set_prices(permit, from_on=day, **AMOUNTS)
    make_track(name="Evening", starts=time(18), now=now, start_on=now.date())
    return now


def recorded(page) -> list[str]:
    """What the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def kept_in_the_browser(page) -> tuple[list, int, int]:
    sizes = page.evaluate("[localStorage.length, sessionStorage.length]")
    return page.context.cookies(), *sizes


def written() -> int:
    """Rows about strangers anywhere in the house."""
    with as_job("access.home"):
        return AuditEvent.objects.exclude(actor__startswith="job:").filter(user=None).count()


def test_a_whole_visit_asks_nobody_else_and_leaves_nothing_behind(
    browser, site, server, phone, accessible
):
    asked, before = recorded(phone), written()
    for path in PAGES:
        asked.clear()
        answer = phone.goto(path)
        phone.wait_for_load_state("networkidle")
        assert answer.status == 200, path
        assert [url for url in asked if not url.startswith(server)] == []
        assert len(asked) <= 4, (path, asked)
        assert len(answer.body()) < 50_000
        accessible(phone)
    phone.set_viewport_size({"width": 320, "height": 640})
    for path in PAGES:
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 320, path
    assert kept_in_the_browser(phone) == ([], 0, 0)
    assert written() == before


def test_from_the_first_page_by_insurance_and_cost_to_a_visit_today(
    browser, site, phone, accessible
):
    began, presses = clocks.monotonic(), 0
    phone.goto("/")
    phone.get_by_role("link", name="Look up your plan").click()
    phone.get_by_label("Name of your plan").fill("aetna")
    phone.get_by_role("button", name="Look it up").click()
    phone.get_by_text("In network").first.wait_for()
    accessible(phone)
    phone.get_by_role("main").get_by_role("link", name="What will it cost?").click()
    phone.get_by_label("Deductible left, in dollars").fill("1500")
    phone.get_by_label("Coinsurance, in percent").fill("20")
    phone.get_by_label("Out-of-pocket maximum, in dollars").fill("4000")
    phone.get_by_role("button", name="Work it out").click()
    phone.get_by_text("Most likely $").wait_for()
    accessible(phone)
    assert kept_in_the_browser(phone) == ([], 0, 0)
    for link in ("See free times", "None of these: show me free times"):
        phone.get_by_role("link", name=link).click()
    presses += 6
    accessible(phone)
    assert phone.get_by_role("heading", name=re.compile("^Today, ")).is_visible()
    phone.locator("button[name=time]").first.click()
    presses += 1
    phone.get_by_text("We keep this time for you until").wait_for()
    accessible(phone)
    assert kept_in_the_browser(phone) == ([], 0, 0)
    phone.get_by_label("First name").fill("Rosa")
    phone.get_by_label("Last name").fill("Quill")
    phone.get_by_label("Phone").fill("312 555 0177")
    phone.get_by_label("You may text me").check()
    phone.get_by_role("button", name="Book this visit").click()
    presses += 2
    phone.get_by_role("heading", name="Your visit").wait_for()
    accessible(phone)
    assert kept_in_the_browser(phone) == ([], 0, 0)
    print(f"stranger to visit: {presses} presses, {clocks.monotonic() - began:.1f} s")

    with as_job("schedule.read", site):
        (visit,) = Appointment.objects.all()
        assert visit.starts_at.astimezone(site.tzinfo).date() == site.date()
        (word,) = OutboxMessage.objects.all()
    assert (word.channel, word.to) == ("text", "+13125550177")
    with as_job("schedule.remind", visit.starts_at - timedelta(hours=2)) as permit:
        queue_reminders(permit)
    with as_job("schedule.read", site):
        assert OutboxMessage.objects.filter(key__startswith="remind:", to=word.to).count() == 1
    connection.close()


def test_who_is_in_danger_is_told_what_to_do_and_led_no_further(browser, site, phone):
    phone.goto("/start/")
    assert phone.get_by_role("link", name="None of these").is_visible()
    phone.get_by_label("I think about ending my life").check()
    assert phone.get_by_text("This should not wait for a visit.").is_visible()
    assert phone.get_by_role("link", name="Call 988").is_visible()
    assert not phone.get_by_role("link", name="None of these").is_visible()


def test_without_javascript_everything_works(browser, site, server):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=server, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/clinics/")
    page.get_by_label("ZIP code").fill("60657")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_text("miles away").first.is_visible()
    page.goto("/right-for-me/")
    page.get_by_label("I am afraid of groups").check()
    assert page.get_by_text("Most people are.").is_visible()
    page.goto("/start/times/")
    page.locator("button[name=time]").first.click()
    page.get_by_label("First name").fill("Al")
    page.get_by_label("Last name").fill("Fox")
    page.get_by_role("button", name="Book this visit").click()
    assert page.get_by_role("heading", name="Your visit").is_visible()
    page.get_by_text("Cancel the visit").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    assert page.get_by_role("heading", name="Your visit is cancelled").is_visible()
    context.close()


def test_two_browsers_want_one_time_and_the_second_sees_what_is_left(browser, site, server, phone):
    other = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server).new_page()
    for page in (phone, other):
        page.goto("/start/times/")
    phone.locator("button[name=time]").first.click()
    phone.get_by_text("We keep this time for you until").wait_for()
    other.locator("button[name=time]").first.click()
    assert other.get_by_text("Somebody just took this time.").is_visible()
    assert other.locator("button[name=time]").count() > 0
    with as_job("schedule.read", site):
        assert Hold.objects.count() == 1
    connection.close()
    other.context.close()
