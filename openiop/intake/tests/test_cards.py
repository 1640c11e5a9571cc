"""Pictures of insurance cards: made anew, encrypted, served only behind the door."""

from dataclasses import replace
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse
from PIL import Image

from openiop.access.models import AuditEvent
from openiop.intake import vault
from openiop.intake.actions.cards import keep_card, remove_card
from openiop.intake.models import CardPhoto
from openiop.intake.pictures import LONGEST, prepared
from openiop.intake.queries.cards import card_picture, cards_of
from openiop.intake.tests.conftest import NOW
from openiop.kernel.permits import Refused
from openiop.ui.pictures import MOST_BYTES


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """A data folder of the test's own, with the installation's key."""
    here = replace(settings.ENV, data_dir=tmp_path)
    monkeypatch.setattr(settings, "ENV", here)
    return tmp_path / "kept"


@pytest.fixture
def fred(opened):
    with opened("fred", "intake.inquiry.write", now=NOW) as permit:
        yield permit


def photo(width=400, height=250, kind="JPEG", **how) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, kind, **how)
    return out.getvalue()


def with_exif(turned: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "A phone", turned
    exif[0x8825] = {1: "N", 2: (41.0, 52.0, 0.0)}
    return photo(exif=exif)


# --- the picture -------------------------------------------------------------------------------


def test_what_the_camera_wrote_is_gone():
    data = with_exif()
    assert b"A phone" in data
    made = prepared(data)
    assert b"A phone" not in made.data
    assert dict(Image.open(BytesIO(made.data)).getexif()) == {}


def test_it_stands_upright():
    made = prepared(with_exif(turned=6))  # taken with the phone turned
    assert (made.width, made.height) == (250, 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_usual_kind_becomes_a_jpeg_of_a_fitting_size(kind):
    made = prepared(photo(3200, 2000, kind))
    assert (made.width, made.height, Image.open(BytesIO(made.data)).format) == (
        LONGEST, 1000, "JPEG"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_picture"),
        (b"%PDF-1.7 a file", "no_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_picture"),
        (photo(kind="GIF"), "no_picture"),
        (photo()[:300], "no_picture"),
        (b"\xff\xd8" + b"0" * MOST_BYTES, "too_large"),
        (photo(8000, 6400, "PNG"), "too_many_pixels"),
    ],
    ids=["empty", "pdf", "svg", "gif", "cut off", "too large", "too many pixels"],
)
def test_what_is_no_fitting_picture_is_refused(data, code):
    with pytest.raises(Refused) as no:
        prepared(data)
    assert no.value.code == code


# --- the folder --------------------------------------------------------------------------------


def test_what_lies_in_the_folder_is_encrypted_and_readable_by_its_owner_only(own_folder):
    name, _digest = vault.keep(b"a plain sentence")
    file = own_folder / name
    assert b"plain" not in file.read_bytes()
    assert (file.stat().st_mode & 0o777, own_folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert vault.opened(name) == b"a plain sentence"


def test_a_file_that_was_changed_exchanged_or_lost_is_refused(own_folder):
    one, two = vault.keep(b"one")[0], vault.keep(b"two")[0]
    kept = (own_folder / one).read_bytes()
    (own_folder / one).write_bytes((own_folder / two).read_bytes())
    with pytest.raises(Refused):
        vault.opened(one)
    (own_folder / one).write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(Refused):
        vault.opened(one)
    (own_folder / two).unlink()
    with pytest.raises(Refused):
        vault.opened(two)


# --- kept --------------------------------------------------------------------------------------


def test_a_card_is_kept_looked_at_removed_and_put_back(fred, asked, own_folder):
    one = asked()
    card = keep_card(fred, one, side="front", data=photo())
    row = CardPhoto.objects.get(pk=card)
    assert (row.side, row.width, row.height, len(list(own_folder.iterdir()))) == (
        "front", 400, 250, 1
    )  # fmt: skip
    assert Image.open(BytesIO(card_picture(fred, one, card))).size == (400, 250)
    remove_card(fred, one, card)
    with pytest.raises(Http404):
        card_picture(fred, one, card)
    remove_card(fred, one, card, undo=True)
    assert [each.removed_at for each in cards_of(fred, one)] == [None]


def test_a_picture_is_reached_only_through_its_own_inquiry_and_clinic(fred, asked, opened):
    one, other = asked(), asked("Somebody Else")
    card = keep_card(fred, one, side="front", data=photo())
    with pytest.raises(Http404):
        card_picture(fred, other, card)
    with pytest.raises(Http404):
        remove_card(fred, other, card)
    with opened("charlie", "intake.inquiry.write", now=NOW) as charlie:
        assert cards_of(charlie, one) == []
        with pytest.raises(Http404):
            card_picture(charlie, one, card)


# --- the page ----------------------------------------------------------------------------------


def upload(press, one: int, data: bytes, name: str = "card.jpg"):
    return press("fred", "cards", one, side="back", photo=SimpleUploadedFile(name, data))


def test_a_picture_is_uploaded_and_shown_by_an_address_behind_the_door(
    press, signed_in, client, asked, at_noon, system
):
    one = asked()
    text = upload(press, one, photo())[1]
    with system("intake.inquiry.read") as permit:
        (card,) = cards_of(permit, one)
    url = reverse("intake:card", args=[one, card.id])
    assert url in text
    answer = signed_in("alice").get(url)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200, "image/jpeg", "private, no-store"
    )  # fmt: skip
    assert signed_in("charlie").get(url).status_code == 404
    assert client.get(url).status_code == 302
    with system("access.home"):
        looks = AuditEvent.objects.filter(table="intake_cardphoto", fields=["picture"])
        assert looks.count() == 1


def test_what_is_no_picture_is_said_at_the_field(press, asked, at_noon):
    status, text = upload(press, asked(), b"MZ a program", "card.jpg")
    assert (status, "This is no JPEG, PNG or WebP picture." in text) == (422, True)


def test_a_picture_is_removed_and_put_back_on_the_page(press, asked, at_noon, system):
    one = asked()
    upload(press, one, photo())
    with system("intake.inquiry.read") as permit:
        (card,) = cards_of(permit, one)
    assert "Put it back" in press("fred", "card_change", one, card.id, remove="1")[1]
    assert "Put it back" not in press("fred", "card_change", one, card.id, back="1")[1]
    assert press("charlie", "card_change", one, card.id, remove="1")[0] == 404
