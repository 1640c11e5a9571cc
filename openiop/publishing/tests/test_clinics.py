"""What a clinic's public page says beside the schedule; looks that are counted and nothing more."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from openiop.access import door
from openiop.kernel.permits import Refused
from openiop.publishing.actions.clinics import (
    MOST,
    add_photo,
    count_looks,
    describe_clinic,
    remove_photo,
)
from openiop.publishing.models import ClinicPhoto
from openiop.publishing.pictures import BYTES, for_the_web
from openiop.publishing.queries.clinics import clinic_facts, looks, photo_data

NORTH, GULF = 1, 3
TODAY = date(2026, 11, 24)
WRITE = "publishing.page.write"


def a_picture(width: int = 1200, height: int = 900, kind: str = "JPEG", noise: bool = False):
    image = Image.effect_noise((width, height), 90) if noise else Image.new("L", (width, height))
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    image.convert("RGB").save(out, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return out.getvalue()


@pytest.fixture
def house(network, system):
    def act(do, *args, **facts):
        with system(WRITE) as permit:
            return do(permit, *args, **facts)

    return act


def test_what_is_said_and_checked_is_shown(house, signed_in):
    house(describe_clinic, NORTH, about="Bright rooms.", getting_here="Ring.", verified_on=TODAY)
    facts = house(clinic_facts, NORTH)
    assert (facts.about, facts.getting_here, facts.verified_on) == ("Bright rooms.", "Ring.", TODAY)
    assert house(clinic_facts, GULF).verified_on is None


def test_changing_the_words_is_not_checking_the_page(house):
    house(describe_clinic, NORTH, about="A", getting_here="", verified_on=TODAY)
    house(describe_clinic, NORTH, about="B", getting_here="", verified_on=None)
    assert house(clinic_facts, NORTH).verified_on == TODAY


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_small_and_says_nothing_of_its_camera(kind):
    picture = for_the_web(a_picture(kind=kind))
    assert len(picture.data) <= BYTES
    assert (picture.width, picture.height) == (640, 480)
    assert b"Camera" not in picture.data
    assert Image.open(BytesIO(picture.data)).format == "WEBP"


def test_a_busy_picture_gets_smaller_until_it_fits():
    picture = for_the_web(a_picture(noise=True))
    assert len(picture.data) <= BYTES


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", b"\x00" * 100])
def test_what_is_no_picture_is_refused_at_its_field(data):
    with pytest.raises(Refused) as no:
        for_the_web(data)
    assert no.value.field == "picture"


def test_a_picture_is_shown_until_it_is_removed(house):
    one = house(add_photo, NORTH, data=a_picture(), alt=" Ten chairs ")
    assert [each.alt for each in house(clinic_facts, NORTH).photos] == ["Ten chairs"]
    with door.opened_for_public("website.look") as permit:
        assert photo_data(permit, one)[:4] == b"RIFF"
    house(remove_photo, one)
    assert house(clinic_facts, NORTH).photos == ()
    house(remove_photo, one, undo=True)
    assert len(house(clinic_facts, NORTH).photos) == 1


def test_a_picture_without_words_and_a_ninth_are_refused(house):
    with pytest.raises(Refused) as no:
        house(add_photo, NORTH, data=a_picture(), alt=" ")
    assert no.value.field == "alt"
    for number in range(MOST):
        house(add_photo, NORTH, data=a_picture(64, 48), alt=f"Room {number}")
    with pytest.raises(Refused, match="eight pictures"):
        house(add_photo, NORTH, data=a_picture(64, 48), alt="One more")
    with door.opened_for_job(WRITE, 1):
        assert ClinicPhoto.objects.count() == MOST


def test_looks_are_added_up_by_day_and_page(network, system):
    with system("publishing.count") as permit:
        count_looks(permit, TODAY, {"home": 2, "cost": 1})
        count_looks(permit, TODAY, {"home": 3})
        count_looks(permit, date(2026, 11, 23), {"home": 1})
        found = looks(permit, TODAY, days=3)
    assert [(each.page, each.total, each.by_day) for each in found] == [
        ("home", 6, (0, 1, 5)), ("cost", 1, (0, 0, 1)),
    ]  # fmt: skip


# --- pages -------------------------------------------------------------------------------------


def test_a_leader_describes_checks_and_adds_a_picture(network, signed_in):
    dana = signed_in("dana")
    url = reverse("publishing:clinic", args=["NORTH"])
    assert b"Nobody has checked this page yet." in dana.get(url).content
    typed = {"about": "Bright.", "getting_here": "Bus 9.", "checked": "on"}
    assert dana.post(url, typed).status_code == 302
    picture = BytesIO(a_picture())
    picture.name = "room.jpg"
    sent = dana.post(url + "photo/", {"picture": picture, "alt": "Ten chairs"})
    assert sent.status_code == 302
    text = signed_in("alice").get("/clinics/north/").content.decode()
    for words in ("Bright.", "Bus 9.", "Verified on", 'alt="Ten chairs"'):
        assert words in text


def test_a_bad_picture_is_said_and_the_words_are_kept(network, signed_in):
    text = BytesIO(b"no picture")
    text.name = "room.jpg"
    url = reverse("publishing:clinic_photo", args=["NORTH"])
    answer = signed_in("dana").post(url, {"picture": text, "alt": "Ten chairs"})
    assert answer.status_code == 422
    assert b"This is no JPEG, PNG or WebP picture." in answer.content
    assert b"Ten chairs" in answer.content


@pytest.mark.parametrize("name", ["clinics", "looks"])
def test_others_may_not(network, signed_in, name):
    assert signed_in("fred").get(reverse(f"publishing:{name}")).status_code == 403


def test_looks_show_a_page_without_any(network, signed_in):
    assert b"Nobody has looked yet" in signed_in("dana").get(reverse("publishing:looks")).content


def test_a_clinic_of_others_is_not_there(network, signed_in):
    assert signed_in("dana").get("/desk/site/clinics/RIVAL/").status_code == 404
    assert signed_in("riva").get("/desk/site/clinics/NORTH/").status_code == 404
