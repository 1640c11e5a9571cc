"""The door: who gets through, what the database shows them, what is written down."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.http import Http404
from django.utils import timezone

from openiop.access import door
from openiop.access.backend.base import WriteOutsideAction, writing
from openiop.access.models import (
    AuditEvent,
    EmergencyAccess,
    Record,
    RecordBlock,
    RecordClinic,
    Staff,
)  # fmt: skip
from openiop.kernel.permits import NotPermitted, Refused


def issue(system, clinic: int, number: str, **fields) -> int:
    with system("access.record.issue") as permit, writing():
        return Record.objects.create(
            organization_id=permit.organization, clinic_id=clinic, number=number,
            issued_at=permit.now, **fields,
        ).id  # fmt: skip


def test_a_query_without_an_open_door_raises(network):
    with pytest.raises(ProgrammingError, match="no organization is bound"), transaction.atomic():
        list(Staff.objects.all())


def test_a_permit_names_the_clinics_where_the_role_is_held(opened, network):
    with opened("dana", "access.home") as permit:
        assert permit.clinics == frozenset({1, 2, 3})
        assert permit.organization == 1
    with opened("charlie", "access.home") as permit:
        assert permit.clinics == frozenset({2})


def test_a_role_without_the_act_is_refused_with_whom_to_ask(opened, network):
    with pytest.raises(NotPermitted) as no, opened("fred", "access.audit.read"):
        pass
    assert no.value.sentence == "You cannot read who opened a record."
    assert no.value.next_step == "Ask your administrator: it takes the role privacy officer."


def test_another_clinics_record_is_not_there(opened, system, network):
    issue(system, 1, "10000017")
    with opened("alice", "access.home") as permit:
        assert door.admit(permit, "10000017").clinic == 1
    with opened("charlie", "access.home") as permit, pytest.raises(Http404):
        door.admit(permit, "10000017")


def test_another_organization_sees_nothing_of_ours(opened, system, network):
    issue(system, 1, "10000017")
    with opened("riva", "access.home"):
        assert list(Record.objects.values_list("number", flat=True)) == []
        assert set(Staff.objects.values_list("organization_id", flat=True)) == {2}


def test_a_blocked_user_does_not_see_the_record_but_a_colleague_does(opened, system, network):
    record = issue(system, 1, "10000017")
    with system("access.record.block") as permit, writing():
        RecordBlock.objects.create(
            organization_id=1, record_id=record, user_id=network.users["bob"], reason="kin",
            set_by_id=network.staff["paula"], set_at=permit.now,
        )  # fmt: skip
    with opened("bob", "access.home") as permit, pytest.raises(Http404):
        door.admit(permit, "10000017")
    with opened("alice", "access.home") as permit:
        assert door.admit(permit, "10000017").id == record


def test_a_restricted_record_opens_only_to_granted_users(opened, system, network):
    issue(system, 1, "10000017", restricted=True)
    with opened("alice", "access.home") as permit, pytest.raises(Http404):
        door.admit(permit, "10000017")


def test_a_record_open_at_a_second_clinic_is_seen_there(opened, system, network):
    record = issue(system, 1, "10000017")
    with system("access.record.open_at") as permit, writing():
        RecordClinic.objects.create(
            organization_id=1, record_id=record, clinic_id=2, since=permit.now, reason="make-up"
        )
    with opened("charlie", "access.home") as permit:
        assert door.admit(permit, "10000017").id == record


def test_a_broken_glass_opens_one_record_until_it_ends_and_says_so(opened, system, network):
    record = issue(system, 1, "10000017")
    now = timezone.now()
    with system("access.glass.break"), writing():
        EmergencyAccess.objects.create(
            organization_id=1, user_id=network.users["charlie"], record_id=record,
            reason="collapsed in the lobby", started_at=now, ends_at=now + timedelta(hours=1),
        )  # fmt: skip
    with opened("charlie", "access.home", now=now + timedelta(minutes=59)) as permit:
        door.admit(permit, "10000017")
        assert permit.trail[-1].reason == "emergency"
    with (
        opened("charlie", "access.home", now=now + timedelta(minutes=61)) as permit,
        pytest.raises(Http404),
    ):
        door.admit(permit, "10000017")


def test_writing_outside_an_action_is_refused(opened, network):
    with (
        opened("alice", "access.home"),
        pytest.raises(WriteOutsideAction),
        transaction.atomic(),
    ):
        Staff.objects.filter(pk=1).update(phone="1")


def test_a_write_into_another_clinic_is_refused_by_the_database(opened, network):
    with (
        opened("alice", "access.record.issue") as permit,
        writing(),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Record.objects.create(
            organization_id=1, clinic_id=2, number="10000017", issued_at=permit.now
        )


def test_each_opened_door_leaves_one_audit_row_at_least(opened, system, network):
    with opened("alice", "access.home"):
        pass
    with system("access.audit.seal"):
        row = AuditEvent.objects.order_by("-id").values("user", "act", "kind", "outcome").first()
    assert row == {"user": 1, "act": "access.home", "kind": "read", "outcome": "done"}


def test_the_audit_only_grows(system, network, opened):
    with opened("alice", "access.home"):
        pass
    for statement in ("UPDATE access_auditevent SET act='x'", "DELETE FROM access_auditevent"):
        with (
            system("access.audit.seal"),
            writing(),
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_refused_action_undoes_its_writes_and_its_audit(opened, network):
    @door.writes("access.staff.write")
    def rename_and_stop(permit):
        Staff.objects.filter(pk=1).update(phone="555")
        permit.note("access.staff.write", table="access_staff", row=1, fields=("phone",))
        raise Refused("stop", "Stop.", "Go on.")

    with opened("adam", "access.staff.write") as permit:
        with pytest.raises(Refused):
            rename_and_stop(permit)
        assert Staff.objects.get(pk=1).phone == "+13125550110"
        assert permit.trail == []


@pytest.mark.parametrize("inside", [False, True])
def test_a_refusal_is_explained_by_what_is_read_after_all_is_undone(opened, network, inside):
    def in_words(no, permit, staff):
        return Refused(no.code, f"{Staff.objects.get(pk=staff).phone} stays.", no.next_step)

    @door.writes("access.staff.write", explain=in_words)
    def violate(permit, staff):
        Staff.objects.filter(pk=staff).update(phone="555")
        told = {"access_staff_pkey": Refused("twice", "There.", "Go on.")}
        with door.refusing(told), connection.cursor() as cursor:
            cursor.execute("UPDATE access_staff SET id = 1 WHERE id = 2")

    @door.writes("access.staff.write")
    def outer(permit):
        violate(permit, 1)

    with opened("adam", "access.staff.write") as permit:
        with pytest.raises(Refused) as refused:
            outer(permit) if inside else violate(permit, 1)
        assert (refused.value.code, refused.value.sentence) == ("twice", "+13125550110 stays.")
        assert isinstance(refused.value.__cause__, IntegrityError)
        assert Staff.objects.get(pk=1).phone == "+13125550110"


def test_a_permit_covers_only_what_its_act_entails(opened, network):
    with opened("adam", "access.staff.write") as permit:
        assert permit.covers("access.staff.read")
        with pytest.raises(NotPermitted):
            permit.require("access.audit.read")


def test_an_inner_door_gives_the_outer_permit_its_scope_back(opened, network):
    with opened("alice", "access.home"):
        with opened("riva", "access.home"):
            pass
        assert Staff.objects.filter(pk=1).exists()
