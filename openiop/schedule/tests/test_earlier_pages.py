"""Pages of earlier times: the wish beside a visit, the list, the answer, and back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from openiop.patients.queries import person
from openiop.schedule.actions import appointments
from openiop.schedule.models import Appointment, EarlierWish
from openiop.schedule.tests.test_attendance import after
from openiop.schedule.tests.test_earlier import A_DAY, BIRCH, BOB, in_line, states, visit
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_person

WRITE, LIST = "schedule.appointment.write", "/desk/earlier/"


@pytest.fixture
def offer(network, clock):
    """The wish of somebody to whom Tuesday at six is offered instead of Thursday; Monday noon."""
    clock(NOW)
    with as_job(WRITE) as permit:
        wish = in_line(permit)
        appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    return wish


def at(wish: int) -> tuple:
    with as_job(WRITE):
        found = Appointment.objects.get(wishes=wish)
        return found.starts_at, found.staff_id


def seen() -> list[str]:
    with as_job(WRITE):
        return states()


def test_a_wish_is_made_beside_the_visit_and_shown_there(network, clock, signed_in):
    clock(NOW)
    record, client = make_person(), signed_in("fred")
    with as_job(WRITE) as permit:
        late, number = visit(permit, 3 * A_DAY, record=record), person(permit, record).number
    mine = reverse("schedule:one_to_ones", args=[number])
    url = reverse("schedule:wish_earlier", args=[late])
    assert f'href="{url}"' in client.get(mine).content.decode()
    form = client.get(url)
    assert (form.status_code, form.context["form"].initial) == (200, {"from_on": TODAY})
    late_day = {"from_on": TODAY + timedelta(days=9)}
    refused = client.post(url, late_day)
    assert (refused.status_code, "No day before this visit is left." in refused.content.decode()
            ) == (422, True)  # fmt: skip
    answer = client.post(url, {"from_on": TODAY, "dayparts": ["evening"]})
    assert (answer.status_code, answer["Location"]) == (302, mine)
    page = client.get(mine).content.decode()
    assert (f'href="{url}"' in page, "for an earlier time</span>" in page) == (False, True)
    row = client.get(LIST).context["waiting"][0]
    assert (row.number, row.suits, row.from_on) == (number, "Evenings", TODAY)


def test_accepted_by_one_press_and_taken_back_by_another(offer, signed_in):
    client = signed_in("fred")
    page = client.get(LIST)
    assert [row.id for row in page.context["offers"]] == [offer]
    answer = client.post(reverse("schedule:accept_earlier", args=[offer]))
    assert (at(offer), seen()) == ((after(A_DAY), BOB), ["taken"])
    undo = reverse("schedule:undo_earlier", args=[client.get(answer["Location"]).context["undo"]])
    assert client.post(undo)["Location"] == LIST
    assert (at(offer), seen()) == ((after(3 * A_DAY), BOB), ["waiting"])


def test_declined_the_person_stays_in_line(offer, signed_in):
    client = signed_in("fred")
    client.post(reverse("schedule:decline_earlier", args=[offer]))
    page = client.get(LIST)
    assert (page.context["offers"], [row.id for row in page.context["waiting"]]) == ([], [offer])
    client.post(reverse("schedule:withdraw_earlier", args=[offer]))
    assert "Nobody waits for an earlier time" in client.get(LIST).content.decode()


def test_a_time_booked_meanwhile_is_told_and_the_person_stays_in_line(offer, signed_in):
    with as_job(WRITE) as permit:
        visit(permit, A_DAY, room=BIRCH)
    client = signed_in("fred")
    answer = client.post(reverse("schedule:accept_earlier", args=[offer]), follow=True)
    said = "Bob Brown has a visit on Tue 24 Nov, 18:00 to 18:50."
    assert said in answer.content.decode()
    assert (at(offer), seen()) == ((after(3 * A_DAY), BOB), ["waiting"])


def test_an_answer_that_came_too_late_is_refused_with_a_sentence(offer, signed_in):
    client = signed_in("fred")
    client.post(reverse("schedule:decline_earlier", args=[offer]))
    for name in ("accept_earlier", "decline_earlier"):
        answer = client.post(reverse(f"schedule:{name}", args=[offer]))
        assert "No time is offered to this person now." in answer.content.decode()


def test_nothing_of_it_is_there_for_another_clinic_or_by_a_link(offer, signed_in):
    charlie = signed_in("charlie")
    assert charlie.get(LIST).context["offers"] == []
    for name in ("accept_earlier", "decline_earlier", "withdraw_earlier"):
        url = reverse(f"schedule:{name}", args=[offer])
        assert (charlie.post(url).status_code, signed_in("fred").get(url).status_code) == (404, 405)
    with as_job(WRITE):
        late = EarlierWish.objects.get(pk=offer).appointment_id
    assert charlie.get(reverse("schedule:wish_earlier", args=[late])).status_code == 404
    assert signed_in("paula").get(LIST).status_code == 403


def test_a_line_of_five_costs_what_one_costs(offer, signed_in, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in("fred")
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    with as_job(WRITE) as permit:
        for day in range(4, 8):
            in_line(permit, day * A_DAY)
    with django_assert_num_queries(len(one)):
        assert len(client.get(LIST).context["waiting"]) == 4
