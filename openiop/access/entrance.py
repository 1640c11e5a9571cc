"""Sign-in: nobody opens an account here, people are invited."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's rules for this house: invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
