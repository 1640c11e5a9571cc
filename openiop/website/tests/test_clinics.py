"""Find a clinic: near, on the right evening, with a seat that is truly free."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openiop.access.backend.base import writing
from openiop.access.models import Clinic
from openiop.config.network_for_tests import SOUTH
from openiop.kernel.zips import spot
from openiop.schedule.tests.world import make_track
from openiop.website.tests.conftest import kept


@pytest.fixture
def placed(network, system):
    """The clinics where real ZIP codes are."""
    with system("access.network.write"), writing():
        for number, code in ((1, "60657"), (2, "60605"), (3, "77002")):
            Clinic.objects.filter(pk=number).update(zip_code=code)


def test_a_clinic_shows_when_somebody_could_start(stranger):
    make_track(name="Evening")
    text = kept(stranger.get("/clinics/north/"))
    assert "Evening" in text
    assert "Mon, Wed, Fri, 6:00 PM - 9:20 PM" in text
    assert "people in a group at most" in text


def test_the_nearest_clinic_comes_first(stranger, placed):
    make_track(SOUTH, name="Loop evening")
    make_track(name="Lake evening")
    text = kept(stranger.get("/clinics/?zip=60657"))
    assert text.index("Lake evening") < text.index("Loop evening")
    assert "miles away" in text


def test_an_unknown_zip_code_is_said_at_the_field_and_kept(stranger, placed):
    text = kept(stranger.get("/clinics/?zip=00000"))
    assert "We do not know this ZIP code. Check the five digits." in text
    assert 'value="00000"' in text


def test_from_another_state_there_is_help_elsewhere(stranger, placed):
    text = kept(stranger.get("/clinics/?zip=10001"))
    assert spot("10001").state == "NY"
    assert "We have no clinic in your state" in text
    assert 'href="/elsewhere/"' in text


def test_nothing_that_fits_is_an_answer_too(stranger, placed):
    make_track(name="Evening")
    assert "No clinic fits all of that." in kept(stranger.get("/clinics/?time=morning"))


@pytest.mark.parametrize("asked", ["area=atlantis", "time=night", "zip=%00", "service=x'--"])
def test_what_cannot_be_looked_for_shows_all(stranger, placed, asked):
    make_track(name="Evening")
    answer = stranger.get(f"/clinics/?{asked}")
    assert answer.status_code == 200
    assert "Evening" in kept(answer)


def test_the_statements_are_as_many_for_one_track_as_for_many(stranger, placed):
    make_track(name="One")
    with CaptureQueriesContext(connection) as first:
        stranger.get("/clinics/")
    for _ in range(3):
        make_track(SOUTH, name="More")
    with CaptureQueriesContext(connection) as then:
        stranger.get("/clinics/")
    assert len(then) == len(first)
