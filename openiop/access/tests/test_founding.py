"""An organization begins with one row; the audit begins with it."""

from datetime import date
from typing import Any

import pytest

from openiop.access import founding
from openiop.access.door import opened_for_job
from openiop.access.models import AuditEvent, Clinic
from openiop.config.network_for_tests import NOW
from openiop.kernel.permits import Refused

PLACE: dict[str, Any] = {
    "state": "TX", "timezone": "America/Chicago", "street": "1 Wren St", "city": "Houston",
    "zip_code": "77002", "phone": "+17135550100", "hours": {"0": ["09:00", "21:00"]},
    "capabilities": ["telehealth"], "opened_on": date(2020, 1, 1),
}  # fmt: skip


def begun() -> int:
    return founding.found(code="new", name="New", phone="", timezone="America/Chicago", now=NOW)


def test_founding_writes_the_first_line_of_the_audit(network):
    organization = begun()
    with opened_for_job("access.audit.read", organization):
        rows = AuditEvent.objects.values_list("act", "table", "row")
        assert list(rows) == [("access.network.write", "access_organization", organization)]


def test_a_taken_code_is_refused_with_a_sentence(network):
    begun()
    with pytest.raises(Refused, match="This code is taken in the network"):
        begun()


def test_clinics_of_a_new_organization_are_in_its_permits(network):
    organization = begun()
    with opened_for_job("access.network.write", organization, now=NOW) as permit:
        area = founding.add_area(permit, code="houston", name="Houston")
        clinic = founding.add_clinic(permit, area=area, code="HOU", name="Houston", **PLACE)
        founding.add_room(permit, clinic=clinic, name="Cedar", capacity=12)
        with pytest.raises(Refused, match="The clinic has a room of this name"):
            founding.add_room(permit, clinic=clinic, name="Cedar", capacity=12)
    with opened_for_job("access.network.read", organization, now=NOW) as permit:
        assert permit.clinics == frozenset({clinic})
        assert Clinic.objects.get(pk=clinic).capabilities == ["telehealth"]
