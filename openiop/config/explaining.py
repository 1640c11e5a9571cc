"""`openiop explain`: which value of a rule governs at a clinic on a day."""

from datetime import date
from difflib import get_close_matches

from django.db import connection

from openiop.access import queries
from openiop.access.door import opened_for_job
from openiop.catalog import Answer, keys, resolve
from openiop.kernel.permits import Refused


def explained(key: str, code: str, on: date | None) -> Answer:
    """The rule `key` at the clinic `code` on a day, or today by the clinic's own clock.

    Raises Refused for a key or a clinic that nobody wrote down.
    """
    if key not in keys():
        near = ", ".join(get_close_matches(key, keys(), 3, 0.4))
        raise Refused("key", f"No rule is called {key}." + (f" Near it: {near}." if near else ""))
    with opened_for_job("access.rules.read", _organization(code), actor="command") as permit:
        clinic = queries.clinic(permit, code)
        day = on or permit.today(clinic.timezone)
        return resolve(
            key,
            state=clinic.state,
            on=day,
            house=queries.house_values(permit, clinic.pk, day),
        )


def _organization(code: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(organization_id) FROM access_clinic WHERE code = %s", [code])
        (organization,) = cursor.fetchone()
    if organization is None:
        raise Refused("clinic", f"No clinic has the code {code}.")
    return int(organization)
