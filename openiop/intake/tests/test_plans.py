"""The initial plan: at least one objective, signed by who may, never changed."""

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from openiop.access.backend.base import writing
from openiop.intake.actions.admission import Place, admit_person
from openiop.intake.actions.plans import cosign_plan, sign_plan
from openiop.intake.models import InitialPlan
from openiop.intake.queries.plans import plans
from openiop.intake.tests.conftest import NOW
from openiop.intake.tests.test_admission import SIGNED, TODAY, ready
from openiop.kernel.permits import Refused
from openiop.messaging.queries import open_tasks
from openiop.schedule.tests.world import make_track

WRITE = "intake.plan.write"


@pytest.fixture
def admitted(opened, asked) -> int:
    track, one = make_track(), asked()
    with opened("fred", "intake.admit", now=NOW) as permit:
        ready(permit, one)
        admit_person(permit, one, Place(track, TODAY), SIGNED)
    return one


def kinds(permit) -> set[str]:
    return {each.kind for each in open_tasks(permit)}


def test_a_counselor_signs_and_the_task_is_done(opened, admitted):
    with opened("alice", WRITE, now=NOW) as permit:
        assert "initial_plan" in kinds(permit)
        sign_plan(permit, admitted, [" Come on Tuesday ", ""], "Call before.")
        (plan,) = plans(permit, admitted)
        assert (plan.objectives, plan.steps, plan.waits) == (
            ("Come on Tuesday",), "Call before.", False,
        )  # fmt: skip
        assert plan.by.startswith("Alice Adams")
        assert "initial_plan" not in kinds(permit)


def test_without_an_objective_nothing_is_signed(opened, admitted):
    with opened("alice", WRITE, now=NOW) as permit:
        with pytest.raises(Refused) as no:
            sign_plan(permit, admitted, ["", " "])
        assert (no.value.field, plans(permit, admitted)) == ("objective_1", [])


def test_the_newest_stands_first_and_none_is_changed(opened, admitted, system):
    with opened("alice", WRITE, now=NOW) as permit:
        sign_plan(permit, admitted, ["One"])
        sign_plan(permit, admitted, ["Two"])
        assert [each.objectives for each in plans(permit, admitted)] == [("Two",), ("One",)]
    for change in (lambda: InitialPlan.objects.update(steps="x"),
                   lambda: InitialPlan.objects.all().delete()):  # fmt: skip
        with (
            system(WRITE, now=NOW), writing(), pytest.raises(IntegrityError, match="only grows"),
            transaction.atomic(),
        ):  # fmt: skip
            change()


def test_nobody_co_signs_their_own_nor_what_needs_no_second_signature(opened, admitted):
    with opened("alice", "intake.plan.cosign", now=NOW) as permit:
        one = sign_plan(permit, admitted, ["One"])
        with pytest.raises(Http404):
            cosign_plan(permit, admitted, one)


def test_an_inquiry_without_an_admission_has_no_plan(opened, asked):
    with opened("alice", WRITE, now=NOW) as permit, pytest.raises(Http404):
        sign_plan(permit, asked("Al Stone"), ["One"])


@pytest.mark.usefixtures("at_noon")
def test_the_page_signs_and_keeps_what_was_typed(page, press, admitted):
    assert page("alice", "plan", admitted)[0] == 200
    assert page("fred", "plan", admitted)[0] == 403
    assert page("charlie", "plan", admitted)[0] == 404
    status, text = press("alice", "plan", admitted, objective_1="", steps="Call first")
    assert (status, "Write at least one objective." in text, "Call first" in text) == (
        422, True, True,
    )  # fmt: skip
    text = press("alice", "plan", admitted, objective_1="Come on Tuesday")[1]
    assert "The initial plan is signed." in text
    assert "Alice Adams" in text
