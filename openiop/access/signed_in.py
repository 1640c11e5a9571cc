"""Who is signed in, read as each request reads it: each statement written out, since to compose
them takes several times as long as to run them."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.utils import timezone

from openiop.access.models import User

_COLUMNS = [field.attname for field in User._meta.concrete_fields]
_USER = f"SELECT {', '.join(_COLUMNS)} FROM access_user WHERE id = %s AND is_active"  # noqa: S608
_SAVED = """UPDATE django_session SET session_data = %s, expire_date = %s WHERE session_key = %s
 RETURNING session_key"""
_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def load(self) -> dict[str, Any]:
        row = _row(_SESSION, [self.session_key, timezone.now()])
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row[0]))

    def save(self, must_create: bool = False) -> None:
        """As Django's; UpdateError where the session was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        data = self.encode(dict(self.items()))
        if _row(_SAVED, [data, self.get_expiry_date(), self.session_key]) is None:
            raise UpdateError


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in by e-mail."""

    def get_user(self, user_id: int) -> User | None:
        row = _row(_USER, [user_id])
        return User.from_db(connection.alias, _COLUMNS, row) if row else None


def _row(statement: str, given: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()  # type: ignore[no-any-return]
