"""Many desks at one time: one inquiry is admitted once, one last seat goes to one person."""

from collections.abc import Callable

import pytest

from openiop.access import door
from openiop.config.network_for_tests import IDS
from openiop.intake.actions.admission import Place, admit_person, register_person
from openiop.intake.actions.inquiries import open_inquiry
from openiop.intake.models import Admission, Inquiry
from openiop.intake.tests.conftest import NORTH, NOW
from openiop.intake.tests.test_admission import SIGNED, TODAY, ready
from openiop.programs.models import Episode
from openiop.schedule.models import Seat
from openiop.schedule.tests.test_races import together
from openiop.schedule.tests.world import as_job, make_enrolled, make_track

pytestmark = pytest.mark.slow
LAST = ("Quill", "Okafor", "Baxter", "Zimmer", "Huang", "Novak", "Tuttle", "Mercado")


def at_the_desk():
    return door.opened_for(IDS.users["fred"], "intake.admit", now=NOW)


def an_inquiry(number: int = 0) -> int:
    with at_the_desk() as permit:
        return open_inquiry(permit, clinic=NORTH, channel="phone", name=f"Jo Rivera{number}")


def admitting(one: int, track: int) -> Callable[[], str]:
    def run() -> str:
        with at_the_desk() as permit:
            admit_person(permit, one, Place(track, TODAY), SIGNED)
        return "done"

    return run


def test_of_sixteen_desks_that_admit_one_person_one_does(own_database, network):
    track, one = make_track(), an_inquiry()
    with at_the_desk() as permit:
        ready(permit, one)
    came = together([admitting(one, track)] * 16, 16)
    assert came == {"done": 1, "inquiry_closed": 15}
    with as_job("schedule.read"):
        assert (Admission.objects.count(), Episode.objects.count()) == (1, 1)
        assert Seat.objects.filter(track_id=track).count() == 1


def test_the_last_seat_goes_to_one_and_the_others_keep_their_inquiry(own_database, network):
    track = make_track()
    make_enrolled(track, 10)  # one is left under the house's limit
    several = [an_inquiry(number) for number in range(8)]
    for number, one in enumerate(several):
        with at_the_desk() as permit:
            ready(permit, one, LAST[number])
    came = together([admitting(one, track) for one in several], 8)
    assert (came["done"], sum(came.values())) == (1, 8)
    with as_job("schedule.read"):
        assert Seat.objects.filter(track_id=track).count() == 11
        assert Episode.objects.count() == 11
        assert Inquiry.objects.filter(stage="admitted").count() == 1
        assert Inquiry.objects.filter(stage="screened").count() == 7


def test_two_desks_that_register_one_inquiry_make_one_record(own_database, network):
    one = an_inquiry()

    def registering() -> str:
        with at_the_desk() as permit:
            register_person(permit, one, legal_first="Jo", legal_last="Rivera", birth_on=None)
        return "done"

    came = together([registering] * 8, 8)
    assert came == {"done": 1, "registered": 7}
