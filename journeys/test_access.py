"""The account pages, as people use them; each is looked at by axe."""

import pytest

ACCOUNT = [
    "/accounts/password/change/", "/accounts/email/", "/accounts/sessions/", "/accounts/2fa/",
]  # fmt: skip


@pytest.fixture
def verified(network, own_database):
    """Staff whose addresses count as verified, as an invitation leaves them."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model

    for user in get_user_model().objects.all():
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def look(page, accessible, addresses) -> None:
    for address in addresses:
        answer = page.goto(address)
        assert (address, answer.status) == (address, 200)
        accessible(page)


def test_the_account_pages_are_open_to_everybodys_senses(phone, sign_in, accessible, verified):
    look(phone, accessible, ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
    sign_in(phone, "alice")
    look(phone, accessible, ACCOUNT)


def code_of(secret: str) -> str:
    from allauth.mfa.totp.internal import auth

    counter = next(iter(auth.yield_hotp_counters_from_time()))
    return auth.format_hotp_value(auth.hotp_value(secret, counter))


def confirm(page, accessible) -> None:
    """Type the password once more, as asked before anything of one's sign-in is changed."""
    accessible(page)
    page.get_by_label("Password").fill("a long test password")
    page.get_by_role("button", name="Confirm").click()


def test_an_authenticator_app_and_its_recovery_codes(
    desktop, sign_in_by_form, accessible, verified
):
    page = desktop
    sign_in_by_form(page, "alice")
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Activate").click()
    confirm(page, accessible)
    page.wait_for_url("**/totp/activate/")
    accessible(page)
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url("**/recovery-codes/**")
    accessible(page)
    page.goto("/accounts/2fa/")
    accessible(page)
    page.goto("/accounts/logout/")
    accessible(page)
    page.get_by_role("button", name="Sign out").last.click()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill("a long test password")
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url("**/2fa/authenticate/**")
    accessible(page)
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign in").first.click()
    arrived(page)


def arrived(page) -> None:
    """On the desk, signed in."""
    page.wait_for_url("**/desk/**")
    page.goto("/desk/known/")
    assert page.get_by_role("heading", level=1).inner_text() == "People I know"


def test_a_passkey_is_added_and_signs_in_alone(desktop, sign_in_by_form, accessible, verified):
    page = desktop
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    sign_in_by_form(page, "bob")
    page.goto("/accounts/2fa/webauthn/add/")
    confirm(page, accessible)
    page.wait_for_url("**/webauthn/add/")
    accessible(page)
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda address: not address.endswith("/add/"))
    accessible(page)
    page.goto("/accounts/2fa/webauthn/")
    accessible(page)
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").last.click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    arrived(page)


def test_an_invitation_becomes_an_account(phone, accessible, network, own_database):
    import re

    from django.core import mail

    from openiop.access import actions, door

    with door.opened_for(network.users["adam"], "access.staff.write") as permit:
        actions.invite(permit, 10, email="nora.nash@example.org")
    phone.goto(re.search(r"(/invitation/\S+)", mail.outbox[-1].body)[1])
    accessible(phone)
    phone.get_by_label("Password", exact=True).fill("seven green lanterns 41")
    phone.get_by_label("The same password again").fill("seven green lanterns 41")
    phone.get_by_role("button", name="Open my account").click()
    phone.wait_for_url("**/accounts/login/")
    phone.get_by_label("Email").fill("nora.nash@example.org")
    phone.get_by_label("Password").fill("seven green lanterns 41")
    phone.get_by_role("button", name="Sign in").first.click()
    arrived(phone)
