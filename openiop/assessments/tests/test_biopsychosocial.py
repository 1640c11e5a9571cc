"""The biopsychosocial assessment: kept as one types, signed once, never changed after."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction
from django.urls import reverse

from openiop.access import door
from openiop.access.backend.base import writing
from openiop.access.models import Record
from openiop.assessments.actions.biopsychosocial import (
    WRITE,
    Typed,
    save_draft,
    sign_assessment,
)
from openiop.assessments.models import Biopsychosocial
from openiop.assessments.queries.biopsychosocial import assessments_of, draft_of
from openiop.assessments.tests.conftest import ALICE, NORTH, NOW, as_job, make_person
from openiop.catalog.biopsychosocial import topics
from openiop.kernel.permits import Refused
from openiop.messaging.models import Alert

ALL = {key: f"About {title}" for key, title, _ask in topics().topics}
CALM = {key: "no" for key, _ask in topics().screen}
pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def alice(opened):
    with opened("alice", WRITE, now=NOW) as permit:
        yield permit


def test_a_draft_is_kept_and_counted(alice, person):
    assert save_draft(alice, person, NORTH, Typed({"use": " Beer. "}, {"low": "yes"}, 0)) == 1
    assert (
        save_draft(alice, person, NORTH, Typed({"use": "Beer, daily."}, {"low": "unsure"}, 1)) == 2
    )
    draft = draft_of(alice, person)
    assert (draft.texts, draft.screen, draft.saved) == (
        {"use": "Beer, daily."}, {"low": "unsure"}, 2,
    )  # fmt: skip


def test_what_somebody_else_kept_since_is_not_overwritten(alice, person):
    save_draft(alice, person, NORTH, Typed({"use": "Theirs"}, {}, 0))
    with pytest.raises(Refused) as no:
        save_draft(alice, person, NORTH, Typed({"use": "Mine"}, {}, 0))
    assert (no.value.code, draft_of(alice, person).texts) == ("stale", {"use": "Theirs"})


def test_it_is_signed_when_every_topic_and_question_is_answered(alice, person):
    for typed, code in (
        (Typed({**ALL, "work": " "}, CALM, 0), "topics"), (Typed(ALL, {"low": "no"}, 0), "screen"),
    ):  # fmt: skip
        with pytest.raises(Refused) as no:
            sign_assessment(alice, person, NORTH, typed)
        assert no.value.code == code
    sign_assessment(alice, person, NORTH, Typed(ALL, CALM, 0))
    (signed,) = assessments_of(alice, person)
    assert signed.by.startswith("Alice Adams")
    assert signed.texts["legal"] == "About Law"
    assert draft_of(alice, person) is None


def test_a_yes_about_suicide_calls_somebody(alice, person):
    sign_assessment(alice, person, NORTH, Typed(ALL, {**CALM, "dying": "yes"}, 0))
    assert [each.kind for each in Alert.objects.filter(record=person)] == ["assessment_danger"]


def test_what_was_signed_stays(alice, person):
    sign_assessment(alice, person, NORTH, Typed(ALL, CALM, 0))
    for change in (lambda: Biopsychosocial.objects.update(texts={}),
                   lambda: Biopsychosocial.objects.all().delete()):  # fmt: skip
        with writing(), pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            change()


def test_two_windows_begin_at_once_and_one_draft_is_there(own_database, network):
    record = make_person()

    def run(number: int) -> str:
        try:
            with door.opened_for(ALICE, WRITE, now=NOW) as permit:
                save_draft(permit, record, NORTH, Typed({"use": str(number)}, {}, 0))
            return "done"
        except Refused as no:
            return no.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        came = list(threads.map(run, range(8)))
    assert (came.count("done"), came.count("stale")) == (1, 7)
    with as_job(WRITE):
        assert Biopsychosocial.objects.count() == 1


# --- pages -------------------------------------------------------------------------------------


def fields(**facts) -> dict[str, str]:
    return {**{f"t_{k}": t for k, t in ALL.items()}, **{f"s_{k}": a for k, a in CALM.items()},
            "version": "0", **facts}  # fmt: skip


@pytest.fixture
def number(person) -> str:
    with as_job(WRITE):
        return Record.objects.get(pk=person).number


def url(name: str, number: str) -> str:
    return reverse(f"assessments:{name}", args=[number])


def test_the_page_keeps_signs_and_shows(number, signed_in):
    alice = signed_in("alice")
    answer = alice.post(url("bio_autosave", number), fields(t_use="Wine"))
    assert answer.json()["version"] == 1
    assert b"Wine" in alice.get(url("bio", number)).content
    assert alice.post(url("bio_autosave", number), fields()).status_code == 409
    missing = alice.post(url("bio", number), fields(version="1", t_work="", sign="1"))
    assert missing.status_code == 422
    assert b"Nothing is written about: Work and money." in missing.content
    assert alice.post(url("bio", number), fields(version="1", sign="1")).status_code == 302
    assert b"Alice Adams" in alice.get(url("bio_list", number)).content


def test_other_roles_and_clinics(number, signed_in):
    assert signed_in("fred").get(url("bio", number)).status_code == 403
    assert signed_in("charlie").get(url("bio_list", number)).status_code == 404
