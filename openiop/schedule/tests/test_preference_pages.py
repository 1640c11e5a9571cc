"""Cards of topics taken up one to one and of hours somebody cannot come."""

import pytest
from django.urls import reverse

from openiop.patients.queries import person
from openiop.schedule.models import Commitment, TopicOptOut
from openiop.schedule.tests.test_preferences import busy, opted, work
from openiop.schedule.tests.world import NOW, as_job, make_person

SLEEP = {"topic": "iop-30:sleep", "reason": "Nightmares"}
WORK = {
    "kind": "work", "weekdays": ["1", "3"], "starts": "09:00", "ends": "17:00",
    "from_on": "2026-11-23", "last_on": "",
}  # fmt: skip


@pytest.fixture
def maria(network, clock):
    """A person of North, and her number; it is Monday noon."""
    clock(NOW)
    record = make_person()
    with as_job("schedule.read") as permit:
        return record, person(permit, record).number


def url(name: str, *args: object) -> str:
    return reverse(f"schedule:{name}", args=args)


def test_a_topic_is_kept_out_of_groups_and_an_extra_time_is_suggested(maria, signed_in):
    client, (_record, number) = signed_in("alice"), maria
    answer = client.post(url("opt_out", number), SLEEP, follow=True)
    page = answer.content.decode()
    assert [row.title for row in answer.context["opt_outs"]] == ["Sleep: getting rest back"]
    assert "Nightmares" in page
    assert "Groups keep this topic from them. Find a time for it." in page
    assert f'<a class="button" href="{url("find_time", number)}">Extra one-to-one…' in page
    row = answer.context["opt_outs"][0].id
    answer = client.post(url("end_opt_out", number, row), follow=True)
    assert answer.context["opt_outs"] == []
    assert "None: groups may take up every topic with this person." in answer.content.decode()


def test_what_cannot_be_kept_stays_typed_with_its_sentence(maria, signed_in):
    client, (record, number) = signed_in("alice"), maria
    opted(record, "sleep")
    answer = client.post(url("opt_out", number), SLEEP)
    assert (answer.status_code, answer.context["topic_form"].errors["topic"]) == (
        422, ["This topic is taken up one to one already. Choose another topic."],
    )  # fmt: skip
    assert 'value="Nightmares"' in answer.content.decode()
    answer = client.post(url("opt_out", number), {"topic": "iop-30:nothing"})
    assert answer.status_code == 422
    answer = client.post(url("add_commitment", number), WORK | {"ends": "08:00"})
    assert (answer.status_code, answer.context["hours_form"].errors["ends"]) == (
        422, ["It ends after it begins. Give a later time."],
    )  # fmt: skip
    answer = client.post(url("add_commitment", number), WORK | {"weekdays": []})
    assert answer.context["hours_form"].errors["weekdays"] == ["Choose one."]


def test_hours_are_added_shown_in_words_and_ended(maria, signed_in):
    client, (record, number) = signed_in("fred"), maria
    answer = client.post(url("add_commitment", number), WORK, follow=True)
    (row,) = answer.context["busy"]
    assert (str(row["kind"]), row["days"]) == ("Work", "Tuesday, Thursday")
    assert "Tuesday, Thursday, 09:00–17:00" in answer.content.decode()
    client.post(url("end_commitment", number, row["id"]))
    assert busy(record) == []


def test_rows_of_another_person_are_not_found_under_this_one(maria, signed_in):
    client, (_record, number) = signed_in("alice"), maria
    other = make_person()
    topic, hours = opted(other, "sleep"), work(other)
    assert client.post(url("end_opt_out", number, topic)).status_code == 404
    assert client.post(url("end_commitment", number, hours)).status_code == 404
    with as_job("schedule.read"):
        assert (TopicOptOut.objects.filter(ended_at=None).count(), Commitment.objects.count()) == (
            1, 1,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["opt_out", "add_commitment"])
def test_nobody_of_another_clinic_or_without_the_act_writes_here(maria, signed_in, name):
    _record, number = maria
    assert signed_in("charlie").post(url(name, number), SLEEP | WORK).status_code == 404
    assert signed_in("paula").post(url(name, number), SLEEP | WORK).status_code == 403
    assert signed_in("alice").get(url(name, number)).status_code == 405


def test_the_page_costs_the_same_for_one_row_and_for_four(
    maria, signed_in, django_assert_num_queries
):
    client, (record, number) = signed_in("alice"), maria
    opted(record, "sleep")
    work(record)
    page = url("one_to_ones", number)
    client.get(page)
    with django_assert_num_queries(COST):
        client.get(page)
    for topic in ("motivation", "family", "triggers"):
        opted(record, topic)
        work(record, kind="court")
    with django_assert_num_queries(COST):
        assert len(client.get(page).context["opt_outs"]) == 4


COST = 21
