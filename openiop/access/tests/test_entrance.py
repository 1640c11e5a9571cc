"""Coming in: invitations, a second factor, sessions that end, limits on guessing."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from openiop.access import actions, hiring
from openiop.access.entrance import SecondFactor, has_second_factor, make_cache_table
from openiop.access.models import AuditEvent, Invitation, Staff
from openiop.kernel.acts import Role
from openiop.kernel.permits import Refused

PASSWORD = "a long test password"
CHOSEN = "seven green lanterns 41"


@pytest.fixture
def newcomer(opened):
    """Somebody with a role and no account."""
    with opened("adam", "access.staff.write") as permit:
        staff = hiring.hire(
            permit, first_name="Ines", last_name="Vega", joined_on=permit.today("America/Chicago")
        )
        hiring.give_role(permit, staff, clinic=1, role=Role.CLINICIAN,
                         from_on=permit.today("America/Chicago"))  # fmt: skip
    return staff


def link_in_mail(path: str) -> str:
    """The address in the newest mail that holds the path, without its host."""
    found = re.search(rf"({path}\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def invited(opened, callbacks, staff: int, email: str = "Ines@Example.org") -> str:
    """Invite and read the link in the mail."""
    with callbacks(execute=True), opened("adam", "access.staff.write") as permit:
        actions.invite(permit, staff, email=email)
    return link_in_mail("/invitation/")


# --- invitations -------------------------------------------------------------------------------


def test_an_invitation_goes_by_mail_and_opens_an_account(
    opened, newcomer, django_capture_on_commit_callbacks
):
    link = invited(opened, django_capture_on_commit_callbacks, newcomer)
    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == (
        ["ines@example.org"],
        "Your account at Lakeside Recovery",
    )
    page = Client().get(link)
    assert "You will sign in as ines@example.org." in page.content.decode()
    answer = Client().post(link, {"password": CHOSEN, "again": CHOSEN})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    desk = Client()
    answer = desk.post("/accounts/login/", {"login": "ines@example.org", "password": CHOSEN})
    assert answer.status_code == 302
    assert desk.get("/desk/known/").status_code == 200
    assert EmailAddress.objects.get(email="ines@example.org").verified


def test_an_invitation_works_once_and_until_a_newer_one(
    opened, newcomer, django_capture_on_commit_callbacks
):
    old = invited(opened, django_capture_on_commit_callbacks, newcomer)
    new = invited(opened, django_capture_on_commit_callbacks, newcomer)
    assert Client().get(old).status_code == 404
    Client().post(new, {"password": CHOSEN, "again": CHOSEN})
    assert Client().get(new).status_code == 404
    assert Client().post(new, {"password": CHOSEN, "again": CHOSEN}).status_code == 404


def test_an_invitation_lasts_a_week(opened, newcomer, system, django_capture_on_commit_callbacks):
    invited(opened, django_capture_on_commit_callbacks, newcomer)
    with system("access.staff.read"):
        link = Invitation.objects.select_related("link").get().link
        assert link.expires_at - link.created_at == timedelta(days=7)


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [("short", "short", "password"), ("123456789012", "123456789012", "password"),
     (CHOSEN, "another one entirely", "again")],
)  # fmt: skip
def test_a_poor_or_mistyped_password_is_refused_and_the_link_still_works(
    opened, newcomer, django_capture_on_commit_callbacks, password, again, field
):
    link = invited(opened, django_capture_on_commit_callbacks, newcomer)
    answer = Client().post(link, {"password": password, "again": again})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Client().get(link).status_code == 200


def test_nobody_is_invited_without_a_role_or_to_anothers_address(opened, newcomer):
    with opened("adam", "access.staff.write") as permit:
        with pytest.raises(Refused) as no:
            actions.invite(permit, newcomer, email="alice@example.org")
        assert no.value.field == "email"
        fresh = hiring.hire(
            permit, first_name="Lou", last_name="Po", joined_on=timezone.now().date()
        )
        with pytest.raises(Refused, match="has no role yet"):
            actions.invite(permit, fresh, email="lou@example.org")


def test_an_account_that_slept_wakes_with_a_new_password(
    opened, django_capture_on_commit_callbacks
):
    with opened("adam", "access.staff.write") as permit:
        actions.mark_left(permit, 2, left_on=permit.today("UTC"))
        actions.take_back(permit, 2)
        hiring.give_role(
            permit,
            2,
            clinic=1,
            role=Role.CLINICIAN,
            from_on=permit.today("UTC") + timedelta(days=1),
        )
    link = invited(opened, django_capture_on_commit_callbacks, 2, "bob@example.org")
    Client().post(link, {"password": CHOSEN, "again": CHOSEN})
    with opened("adam", "access.staff.read"):
        assert Staff.objects.get(pk=2).user_id == 2
    assert Client().login(username="bob@example.org", password=CHOSEN)


def test_an_invitation_of_a_stranger_is_not_found(network):
    assert Client().get("/invitation/nothing/").status_code == 404


def test_nobody_signs_up_without_an_invitation(network):
    page = Client().get("/accounts/signup/").content.decode()
    assert "Ask your administrator for an invitation." in page
    Client().post(
        "/accounts/signup/", {"email": "x@example.org", "password1": CHOSEN, "password2": CHOSEN}
    )
    assert not get_user_model().objects.filter(email="x@example.org").exists()


# --- a new password ----------------------------------------------------------------------------


def test_a_forgotten_password_is_chosen_anew_by_mail(network):
    Client().post("/accounts/password/reset/", {"email": "alice@example.org"})
    link = link_in_mail("/accounts/password/reset/key/")
    browser = Client()
    page = browser.get(link, follow=True)
    assert page.status_code == 200
    browser.post(page.request["PATH_INFO"], {"password1": CHOSEN, "password2": CHOSEN})
    assert Client().login(username="alice@example.org", password=CHOSEN)


def test_asking_for_an_unknown_address_tells_nothing(network):
    known = Client().post("/accounts/password/reset/", {"email": "alice@example.org"})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


# --- the second factor -------------------------------------------------------------------------


@pytest.fixture
def required():
    with override_settings(SECOND_FACTOR_REQUIRED=True):
        yield


def give_factor(user: int) -> str:
    secret: str = generate_totp_secret()
    TOTP.activate(get_user_model().objects.get(pk=user), secret)
    return secret


def test_without_a_second_factor_every_page_leads_to_making_one(signed_in, required):
    alice = signed_in("alice")
    answer = alice.get("/desk/known/")
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    answer = alice.get("/desk/known/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("mfa_index")
    assert alice.get(reverse("mfa_index")).status_code == 200
    assert alice.get("/healthz").status_code in (200, 503)


def test_with_one_the_desk_opens_and_is_asked_once_a_session(
    signed_in, required, django_assert_max_num_queries
):
    give_factor(1)
    alice = signed_in("alice")
    assert alice.get("/desk/known/").status_code == 200
    assert alice.session["second_factor"] is True


def test_recovery_codes_alone_are_no_second_factor(network):
    Authenticator.objects.create(user_id=1, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert not has_second_factor(1)
    give_factor(1)
    assert has_second_factor(1)


def test_the_last_second_factor_stays_where_one_is_required(network, required):
    give_factor(1)
    only = Authenticator.objects.get(user_id=1)
    assert not SecondFactor().can_delete_authenticator(only)
    Authenticator.objects.create(user_id=1, type=Authenticator.Type.WEBAUTHN, data={})
    assert SecondFactor().can_delete_authenticator(only)


def test_a_demo_lets_everybody_in_without(signed_in):
    assert signed_in("alice").get("/desk/known/").status_code == 200


def test_secrets_are_encrypted_where_they_are_kept(network):
    secret = give_factor(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert secret not in cursor.fetchone()[0]
    assert TOTP(Authenticator.objects.get(user_id=1)).validate_code(code_of(secret))


def code_of(secret: str) -> str:
    from allauth.mfa.totp.internal import auth

    counter = next(iter(yield_hotp_counters_from_time()))
    return str(auth.format_hotp_value(hotp_value(secret, counter)))


def test_signing_in_asks_for_the_code(network):
    secret = give_factor(1)
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert browser.get("/desk/known/").status_code == 302
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert browser.get("/desk/known/").status_code == 200


# --- sessions ----------------------------------------------------------------------------------


def later(client: Client, seconds: int) -> None:
    """As if the clock had gone on: the session's own marks go back."""
    session = client.session
    for mark in ("since", "seen"):
        session[mark] = session[mark] - seconds
    session.save()


def test_an_idle_session_ends_and_comes_back_to_the_page(signed_in, settings):
    alice = signed_in("alice")
    alice.get("/desk/known/")
    later(alice, settings.SESSION_IDLE_SECONDS + 1)
    answer = alice.get("/desk/known/")
    assert answer["Location"] == "/accounts/login/?next=/desk/known/"
    assert "_auth_user_id" not in alice.session


def test_htmx_is_sent_to_sign_in_as_a_whole_page_and_back_to_what_was_shown(signed_in, settings):
    alice = signed_in("alice")
    alice.get("/desk/known/")
    later(alice, settings.SESSION_IDLE_SECONDS + 1)
    shown = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/rules/?q=group"}
    answer = alice.get("/desk/known/", headers=shown)
    assert answer["HX-Redirect"] == "/accounts/login/?next=/desk/rules/%3Fq%3Dgroup"


def test_a_busy_session_ends_at_its_oldest(signed_in, settings):
    alice = signed_in("alice")
    alice.get("/desk/known/")
    later(alice, settings.SESSION_ABSOLUTE_SECONDS + 1)
    session = alice.session
    session["seen"] = int(time.time())
    session.save()
    assert alice.get("/desk/known/").status_code == 302


def test_the_idle_time_is_written_at_most_once_a_minute(signed_in):
    alice = signed_in("alice")
    alice.get("/desk/known/")
    first = alice.session["seen"]
    later(alice, 40)
    alice.get("/desk/known/")
    assert alice.session["seen"] == first - 40
    later(alice, 21)
    alice.get("/desk/known/")
    assert alice.session["seen"] >= first


def test_a_session_can_be_ended_from_another_device(network):
    phone, desk = Client(), Client()
    for device in (phone, desk):
        device.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD})
    page = desk.get(reverse("usersessions_list"))
    assert page.context["session_count"] == 2
    desk.post(reverse("usersessions_list"))
    assert phone.get("/desk/known/").status_code == 302
    assert desk.get("/desk/known/").status_code == 200


# --- guessing ----------------------------------------------------------------------------------


def test_the_sixth_wrong_password_is_not_even_looked_at(network):
    caches["default"].clear()
    browser = Client()
    for _ in range(5):
        browser.post("/accounts/login/", {"login": "alice@example.org", "password": "wrong"})
    answer = browser.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD})
    assert answer.status_code in (200, 429)
    assert "_auth_user_id" not in browser.session
    caches["default"].clear()


def test_the_table_of_the_limits_is_made_by_migrate_and_open_to_the_pages(
    own_database, cluster, settings
):
    from conftest import owning

    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache",
                    "LOCATION": "django_cache"},
    }  # fmt: skip
    with owning(own_database, cluster):
        make_cache_table()
        call_command("createcachetable", verbosity=0)
    caches["default"].set("guesses", 3)
    assert caches["default"].get("guesses") == 3


def test_a_refused_act_leaves_a_row_of_its_own(own_database, signed_in, network):
    assert signed_in("alice").get("/desk/privacy/records/").status_code == 403
    from openiop.access.door import opened_for_job

    with opened_for_job("access.audit.seal", 1):
        row = AuditEvent.objects.get(outcome="refused")
    assert (row.user, row.act, row.reason) == (1, "access.audit.read", "role")
