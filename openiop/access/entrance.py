"""Sign-in: nobody opens an account here, people are invited."""

from base64 import urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest

from openiop.access.keys import derived_key

FACTORS = ("totp", "webauthn")


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's rules for this house: invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's second factor: its secrets encrypted, and the last one stays where one is asked."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        others = _factors(authenticator.user_id).exclude(pk=authenticator.pk)
        return not settings.SECOND_FACTOR_REQUIRED or bool(others.exists())

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)


def has_second_factor(user: int) -> bool:
    """Has the person an authenticator app or a passkey? Recovery codes alone do not count."""
    return bool(_factors(user).exists())


def make_cache_table(using: str = "default", **_: Any) -> None:
    """The table that sign-in's rate limits are counted in; runs after `migrate`, as the owner."""
    call_command("createcachetable", database=using, verbosity=0)


def _factors(user: int) -> Any:
    from allauth.mfa.models import Authenticator  # needs the apps loaded

    return Authenticator.objects.filter(user_id=user, type__in=FACTORS)


def _fernet() -> Fernet:
    return Fernet(urlsafe_b64encode(derived_key("second factor 1")))
