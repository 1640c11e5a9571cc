"""The house's own values of rules: set from a day on with a reason, never looser than the law."""

from datetime import date

from django.http import Http404

from openiop.access.door import refusing, writes
from openiop.access.models import Clinic, HousePolicy
from openiop.access.queries.policies import house_number, kind_of_value
from openiop.catalog import Regulation, law_loosened_by
from openiop.kernel.permits import Permit, Refused

TWICE = Refused(
    "from_on", "A value of this rule begins on that day already.",
    "Choose another day, or take that value back first.", field="from_on",
)  # fmt: skip


@writes("access.house.write")
def set_policy(
    permit: Permit, *, clinic: int | None, key: str, value: str, from_on: date, reason: str
) -> int:
    """A value of one clinic, or (None) of the whole network, from a day on; its id.

    Raises Refused for a value of another kind than the rule's, and for one looser than the law of
    any clinic it would hold at, quoting that law.
    """
    places = Clinic.objects.filter(organization_id=permit.organization)
    places = places.filter(pk=clinic) if clinic else places
    found = list(places)
    if not found or not {place.id for place in found} <= permit.clinics:
        raise Refused("clinic", "You do not lead that clinic.", "Ask who does.", field="clinic")
    typed = _typed(key, value)
    for state in sorted({place.state for place in found}):
        law = law_loosened_by(key, typed, state=state, on=from_on)
        if law:
            raise Refused("looser", _quoted(law, state), "Choose a stricter value.", field="value")
    with refusing({"house_policy_once": TWICE}):
        row = HousePolicy.objects.create(
            organization_id=permit.organization, clinic_id=clinic, key=key, value=str(typed),
            from_on=from_on, reason=reason, set_by_id=permit.staff,
        )  # fmt: skip
    permit.note("access.house.write", table="access_housepolicy", row=row.id, fields=(key,))
    return row.id


@writes("access.house.write")
def withdraw_policy(permit: Permit, policy: int) -> None:
    """The value before it, or the law's, holds again; the history keeps this one."""
    row = HousePolicy.objects.filter(pk=policy).first()
    if row is None or (row.clinic_id and row.clinic_id not in permit.clinics):
        raise Http404("No such value.")
    row.delete()
    permit.note("access.house.write", table="access_housepolicy", row=policy, fields=(row.key,))


def _typed(key: str, value: str) -> int | str:
    kind = kind_of_value(key)
    if kind is None:
        raise Refused("key", "This rule is not one the house may set.", "Choose another rule.")
    if kind is str:
        return value.strip()
    number = house_number(value)
    if number is None:
        raise Refused("value", "This rule takes a whole number.", "Type digits.", field="value")
    return number


def _quoted(law: Regulation, state: str) -> str:
    value = ", ".join(law.value) if isinstance(law.value, tuple) else law.value
    return (
        f"{law.title}: {law.jurisdiction} sets {value} {law.unit} ({law.citation}), "
        f"and a clinic in {state} may only be stricter."
    )
