"""Topics taken up one to one, and hours somebody cannot come."""

from datetime import date, time, timedelta

import pytest
from django.http import Http404

from openiop.config.network_for_tests import SOUTH
from openiop.kernel.permits import Refused
from openiop.schedule.actions.commitments import add_commitment, end_commitment
from openiop.schedule.actions.optouts import end_opt_out, opt_out
from openiop.schedule.models import Commitment, TopicOptOut
from openiop.schedule.queries.commitments import commitments_of, today_of
from openiop.schedule.queries.optouts import opt_outs_of, opted_out
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_person

WRITE, READ = "schedule.appointment.write", "schedule.read"
WORK = {"kind": "work", "weekdays": [3, 1], "starts": time(9), "ends": time(17)}


def opted(record: int, topic: str, **facts) -> int:
    with as_job(WRITE) as permit:
        return opt_out(permit, record, "iop-30", topic, **facts)


def work(record: int, now=NOW, **facts) -> int:
    with as_job(WRITE, now) as permit:
        return add_commitment(permit, record, **(WORK | {"from_on": TODAY} | facts))


def busy(record: int, now=NOW):
    with as_job(READ, now) as permit:
        return commitments_of(permit, record, today_of(permit, record))


def refused(action, *args, **facts) -> tuple[str | None, str]:
    with pytest.raises(Refused) as no:
        action(*args, **facts)
    return no.value.field, no.value.sentence


# --- topics ---


def test_topics_are_taken_up_one_to_one_until_that_ends(network):
    one, other, third = make_person(), make_person(), make_person()
    sleep = opted(one, "sleep", reason=" Had it with her therapist. ")
    opted(one, "motivation")
    opted(other, "sleep")
    with as_job(READ) as permit:
        assert opted_out(permit, [one, other, third]) == {
            one: frozenset({"sleep", "motivation"}), other: frozenset({"sleep"}),
        }  # fmt: skip
        assert opted_out(permit, [one], "iop-30") == {one: frozenset({"sleep", "motivation"})}
        assert opted_out(permit, [one], "another") == {}
        assert [(row.topic, row.title, row.reason) for row in opt_outs_of(permit, one)] == [
            ("motivation", "Motivation: your own reasons", ""),
            ("sleep", "Sleep: getting rest back", "Had it with her therapist."),
        ]  # fmt: skip
    with as_job(WRITE) as permit:
        end_opt_out(permit, one, sleep)
    with as_job(READ) as permit:
        assert opted_out(permit, [one])[one] == {"motivation"}
        assert TopicOptOut.objects.filter(record_id=one).count() == 2


def test_a_topic_is_opted_out_of_once_at_a_time_and_again_later(network):
    record = make_person()
    first = opted(record, "sleep")
    assert refused(opted, record, "sleep") == (
        "topic", "This topic is taken up one to one already.",
    )  # fmt: skip
    with as_job(WRITE) as permit:
        end_opt_out(permit, record, first)
        end_opt_out(permit, record, first)
    assert opted(record, "sleep") > first


@pytest.mark.parametrize("topic", ["", "no-such-topic"])
def test_a_topic_nobody_knows_is_refused(network, topic):
    assert refused(opted, make_person(), topic) == ("topic", "Choose a topic.")


def test_nobody_ends_what_is_another_persons(network):
    row = opted(make_person(), "sleep")
    with as_job(WRITE) as permit, pytest.raises(Http404):
        end_opt_out(permit, make_person(), row)


# --- hours ---


def test_hours_somebody_cannot_come_stand_in_order_of_the_week(network):
    record = make_person()
    work(record)
    work(record, kind="court", weekdays=[0, 0], starts=time(10), ends=time(11), last_on=TODAY)
    work(make_person(SOUTH))
    assert [each[1:] for each in busy(record)] == [
        ("court", (0,), time(10), time(11), TODAY, TODAY),
        ("work", (1, 3), time(9), time(17), TODAY, None),
    ]  # fmt: skip
    tomorrow = NOW + timedelta(days=1)
    assert [each.kind for each in busy(record, tomorrow)] == ["work"]


def test_hours_end_today_and_stay_in_the_book(network):
    record = make_person()
    row = work(record, from_on=date(2026, 9, 1))
    with as_job(WRITE) as permit:
        end_commitment(permit, record, row)
        end_commitment(permit, record, row)
    assert busy(record) == []
    with as_job(READ):
        kept = Commitment.objects.get(pk=row)
    assert (kept.during.lower, kept.during.upper) == (date(2026, 9, 1), TODAY)


def test_hours_that_have_not_begun_are_gone(network):
    record = make_person()
    row = work(record, from_on=TODAY + timedelta(days=7))
    assert [each.from_on for each in busy(record)] == [TODAY + timedelta(days=7)]
    with as_job(WRITE) as permit:
        end_commitment(permit, record, row)
    with as_job(READ):
        assert Commitment.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"kind": "fun"}, "kind", "Choose what it is."),
        ({"weekdays": []}, "weekdays", "Choose the days of the week."),
        ({"weekdays": [7]}, "weekdays", "Choose the days of the week."),
        ({"ends": time(9)}, "ends", "It ends after it begins."),
        ({"last_on": TODAY - timedelta(days=1)}, "last_on",
         "The last day is not before the first."),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused(network, wrong, field, sentence):
    assert refused(work, make_person(), **wrong) == (field, sentence)


def test_nobody_ends_the_hours_of_another_person(network):
    row = work(make_person())
    with as_job(WRITE) as permit, pytest.raises(Http404):
        end_commitment(permit, make_person(), row)
