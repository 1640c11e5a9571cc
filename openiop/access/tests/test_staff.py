"""Staff files: list, alerts, changes, supervision, leaving; and who may not touch them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from openiop.access import actions, door, hiring
from openiop.access.models import (
    AuditEvent,
    Credential,
    RoleAssignment,
    Staff,
    Supervision,
    User,
)
from openiop.access.queries import colleagues, staff_at
from openiop.access.queries.staff_file import may, staff_file, supervisors, versions
from openiop.access.queries.staff_list import Filters, accounts, expiring, staff_list, staff_of
from openiop.kernel.acts import Role
from openiop.kernel.permits import NotPermitted, Refused

DAY = date(2026, 11, 23)


@pytest.fixture
def adam(opened):
    with opened("adam", "access.staff.write") as permit:
        yield permit


def names(permit, **wanted) -> list[str]:
    return [row.name for row in staff_list(permit, Filters(**wanted), DAY)]


def credential(permit, staff: int, days: int, **more) -> int:
    facts: dict[str, Any] = {"kind": "cadc", "state": "IL", "number": "9"} | more
    return hiring.add_credential(
        permit, staff, issued_on=date(2024, 1, 1), verified_on=DAY,
        expires_on=DAY + timedelta(days=days), **facts,
    )  # fmt: skip


# --- lists -------------------------------------------------------------------------------------


def test_the_list_is_by_last_name_and_narrowed_by_what_is_asked(adam):
    assert names(adam)[:3] == ["Adam Abbott", "Alice Adams", "Bob Brown"]
    assert names(adam, q="ALICE") == ["Alice Adams"]
    assert names(adam, q="brown b") == ["Bob Brown"]
    assert names(adam, q="nora@") == ["Nora Nash"]
    assert names(adam, clinic=3) == ["Adam Abbott", "Dana Diaz", "Iris Ito", "Paula Park",
                                     "Sam Stone", "Tess Tran"]  # fmt: skip
    assert names(adam, role="nurse") == ["Nora Nash"]
    assert names(adam, role="nurse", clinic=3) == []
    assert names(adam, left=True) == []


def test_a_supervisor_sees_the_staff_of_the_own_clinics_only(opened):
    with opened("sam", "access.staff.read") as permit:
        assert "Charlie Clark" not in names(permit)
        assert "Tess Tran" in names(permit)
        with pytest.raises(Http404):
            staff_of(permit, 3)


def test_another_organization_sees_none_of_ours(opened):
    with opened("riva", "access.staff.read") as permit:
        assert names(permit) == ["Riva Rossi"]


def test_the_list_names_the_roles_of_the_day_and_the_account(adam):
    row = next(row for row in staff_list(adam, Filters(), DAY) if row.id == 7)
    assert [(held.role, held.clinic_name) for held in row.roles] == [
        (Role.SUPERVISOR, "Gulf"), (Role.SUPERVISOR, "North"),
    ]  # fmt: skip
    assert row.email == "sam@example.org"


def test_the_list_takes_as_many_statements_for_one_as_for_all(adam, django_assert_num_queries):
    for wanted in (Filters(q="alice"), Filters()):
        with django_assert_num_queries(3):
            staff_list(adam, wanted, DAY)


def test_what_runs_out_is_told_90_60_and_30_days_before_and_when_it_has(adam):
    for staff, days in ((1, 89), (2, 59), (5, 29), (7, -1), (10, 91)):
        credential(adam, staff, days, number=str(staff), kind="peer")
    found = [
        (row.name, row.alert.stage, row.alert.days_left)
        for row in expiring(adam, [1, 3], DAY)
        if row.kind == "credential"
    ]
    assert found == [
        ("Sam Stone", 0, -1), ("Tess Tran", 30, 29), ("Bob Brown", 60, 59), ("Alice Adams", 90, 89),
    ]  # fmt: skip
    assert names(adam, stage=30) == ["Sam Stone", "Tess Tran"]


def test_trainings_and_exclusion_checks_run_out_too_until_they_are_renewed(adam):
    soon = DAY + timedelta(days=10)
    actions.add_training(adam, 1, name="CPR", completed_on=date(2024, 1, 1), expires_on=soon)
    actions.add_exclusion_check(
        adam, 1, source="OIG LEIE", checked_on=DAY, next_due_on=soon, excluded=False
    )
    assert [(row.kind, row.alert.label) for row in expiring(adam, [1], DAY)] == [
        ("training", "CPR"), ("exclusion check", "OIG LEIE"),
    ]  # fmt: skip
    actions.add_training(
        adam, 1, name="CPR", completed_on=DAY, expires_on=DAY + timedelta(days=700)
    )
    assert [row.kind for row in expiring(adam, [1], DAY)] == ["exclusion check"]


def test_expiring_asks_only_about_clinics_the_permit_holds(opened, adam):
    credential(adam, 3, 10)
    with opened("sam", "access.staff.read") as permit:
        assert expiring(permit, [2], DAY) == []


# --- one file ----------------------------------------------------------------------------------


def test_a_file_holds_everything_of_one_person(adam):
    actions.add_supervision(adam, 6, supervisor=7, from_on=date(2026, 1, 1))
    found = staff_file(adam, 6, DAY)
    assert found.staff.name == "Iris Ito"
    assert [held.role for held in found.roles] == [Role.INTERN]
    assert [fact.kind for _, fact, _ in found.credentials] == ["lcdc-intern"]
    assert [one.supervisor.name for one in found.supervisions] == ["Sam Stone"]
    assert {due.kind.value for due in found.due} == {"observation", "supervision"}
    assert not found.excluded


def test_an_intern_has_supervision_due_until_it_is_logged(opened, adam):
    with opened("sam", "access.supervision.write") as permit:
        for kind, minutes in (("observation", 60), ("supervision", 120), ("hours", 480)):
            for back in range(0, 21, 3):
                held = DAY - timedelta(days=back)
                actions.log_supervision(permit, 6, kind=kind, held_on=held, minutes=minutes)
        found = staff_file(permit, 6, DAY)
    assert found.minutes == {"supervision": 840, "observation": 420, "hours": 3360}
    assert [due.kind for due in found.due if due.overdue] == []
    assert found.entries[0].supervisor.name == "Sam Stone"


def test_nobody_logs_supervision_of_themself(opened):
    with opened("sam", "access.supervision.write") as permit, pytest.raises(Refused) as no:
        actions.log_supervision(permit, 7, kind="hours", held_on=DAY, minutes=60)
    assert no.value.sentence == "Nobody logs supervision of themself."


def test_a_new_supervisor_takes_over_from_the_day(adam):
    actions.add_supervision(adam, 6, supervisor=7, from_on=date(2026, 1, 1))
    actions.add_supervision(adam, 6, supervisor=4, from_on=date(2026, 6, 1))
    during = Supervision.objects.order_by("during").values_list("supervisor", "during")
    assert [(who, span.lower, span.upper) for who, span in during] == [
        (7, date(2026, 1, 1), date(2026, 6, 1)), (4, date(2026, 6, 1), None),
    ]  # fmt: skip
    with pytest.raises(Refused, match="Nobody supervises themself"):
        actions.add_supervision(adam, 6, supervisor=6, from_on=DAY)


def test_supervisors_and_directors_of_the_own_clinics_can_be_named(opened):
    with opened("sam", "access.staff.read") as permit:
        assert [one.name for one in supervisors(permit, DAY)] == ["Dana Diaz", "Sam Stone"]


def test_a_list_says_when_somebody_is_excluded_and_the_newest_look_up_counts(adam):
    def check(day: date, excluded: bool) -> bool:
        actions.add_exclusion_check(
            adam, 1, source="OIG LEIE", checked_on=day, next_due_on=DAY, excluded=excluded
        )
        return staff_file(adam, 1, DAY).excluded

    assert check(date(2026, 1, 1), True) is True
    assert check(date(2026, 2, 1), False) is False


def test_what_somebody_may_do_comes_with_reasons_and_a_source(adam):
    answers = {one.question: one.verdict for one in may(adam, 6, "TX", DAY)}
    assert list(answers) == [
        "counseling", "education", "family", "skills", "group note", "individual note",
        "assessment", "treatment plan", "discharge summary",
    ]  # fmt: skip
    assert answers["group note"].needs_cosign
    assert answers["group note"].citation != ""
    (fact,) = colleagues(adam, [6])[6].credentials
    elsewhere = {one.question: one.verdict for one in may(adam, 6, "IL", DAY)}
    assert not elsewhere["group note"].allowed
    assert elsewhere["group note"].reasons == (f"{fact.label} does not count in IL.",)


# --- changes -----------------------------------------------------------------------------------


def test_a_change_of_name_is_kept_and_sorts_anew(adam):
    actions.update_staff(adam, 1, first_name="Alicia", last_name="Zúñiga", phone="", joined_on=DAY)
    row = Staff.objects.get(pk=1)
    assert (row.name, row.sort_key) == ("Alicia Zúñiga", "zuniga alicia")
    kept = [dict(version.values) for version in versions(adam, 1)]
    assert [each["last_name"] if "last_name" in each else each.get("last name") for each in kept
            if "first name" in each] == ["Zúñiga", "Adams"]  # fmt: skip
    assert adam.trail[-1].fields == ("first_name", "last_name", "phone", "joined_on", "sort_key")


def test_a_credential_is_renewed_and_the_former_dates_are_kept(adam):
    key = Credential.objects.get(staff=2).id
    actions.update_credential(adam, key, expires_on=date(2040, 1, 1))
    assert colleagues(adam, [2])[2].credentials[0].expires_on == date(2040, 1, 1)
    ends = [dict(v.values).get("expires on") for v in versions(adam, 2) if "kind" in dict(v.values)]
    assert ends == ["2040-01-01", "2035-01-01"]
    with pytest.raises(Refused, match="ends before it begins"):
        actions.update_credential(adam, key, expires_on=date(2019, 1, 1))


def test_a_credential_of_another_clinics_staff_is_not_there(opened, adam):
    key = Credential.objects.get(staff=3).id
    with opened("riva", "access.staff.write") as permit, pytest.raises(Http404):
        actions.update_credential(permit, key, number="1")


def test_a_role_ends_on_a_day_and_one_that_never_began_is_taken_back(adam):
    actions.end_role(adam, RoleAssignment.objects.get(staff=2).id, DAY)
    assert RoleAssignment.objects.get(staff=2).during.upper == DAY
    assert [one.name for one in staff_at(adam, 1, DAY, [Role.CLINICIAN])] == ["Alice Adams"]
    later = hiring.give_role(adam, 2, clinic=1, role=Role.INTERN, from_on=DAY + timedelta(days=9))
    actions.end_role(adam, later, DAY)
    assert not RoleAssignment.objects.filter(pk=later).exists()


def test_nobody_gives_or_takes_their_own_roles(adam):
    with pytest.raises(Refused, match="Nobody gives a role to themself"):
        hiring.give_role(adam, 11, clinic=1, role=Role.PRIVACY_OFFICER, from_on=DAY)
    with pytest.raises(Refused, match="Nobody takes a role from themself"):
        actions.end_role(adam, RoleAssignment.objects.filter(staff=11)[0].id, DAY)


def test_a_role_is_given_only_where_one_leads(opened):
    with opened("riva", "access.staff.write") as permit, pytest.raises(Refused) as no:
        hiring.give_role(permit, 2, clinic=1, role=Role.NURSE, from_on=DAY)
    assert no.value.field == "clinic"


def test_a_clinician_cannot_open_or_change_staff_files(opened):
    for act in ("access.staff.read", "access.staff.write"):
        with pytest.raises(NotPermitted), opened("alice", act):
            pass


# --- leaving -----------------------------------------------------------------------------------


def test_a_leaver_is_out_at_once_on_every_device(network, adam):
    phone, desk = Client(), Client()
    for device in (phone, desk):
        assert device.login(
            request=None, username="bob@example.org", password="a long test password"
        )
    assert desk.get("/desk/known/").status_code == 200
    actions.mark_left(adam, 2, left_on=adam.today(adam.timezone))
    for device in (phone, desk):
        assert device.get("/desk/known/").status_code == 302
    with pytest.raises(NotPermitted), door.opened_for(2, "access.home"):
        pass
    assert not User.objects.get(pk=2).has_usable_password()
    assert 2 not in dict(accounts(adam))


def test_a_day_ahead_access_goes_on_until_it_comes(network, adam):
    day = adam.today("America/Chicago") + timedelta(days=3)
    actions.mark_left(adam, 2, left_on=day)
    with door.opened_for(2, "access.home") as permit:
        assert permit.clinics == frozenset({1})
    after = timezone.now() + timedelta(days=4)
    with pytest.raises(NotPermitted), door.opened_for(2, "access.home", now=after):
        pass
    assert RoleAssignment.objects.get(staff=2).during.upper == day


def test_somebody_who_left_can_be_taken_back_and_invited_again(adam):
    actions.mark_left(adam, 2, left_on=DAY - timedelta(days=30))
    with pytest.raises(Refused, match="Bob Brown has left"):
        actions.invite(adam, 2, email="bob@example.org")
    actions.take_back(adam, 2)
    assert Staff.objects.get(pk=2).left_on is None


def test_nobody_ends_their_own_access(adam):
    with pytest.raises(Refused, match="Nobody ends their own access"):
        actions.mark_left(adam, 11, left_on=DAY)


def test_each_change_leaves_an_audit_row_with_names_of_fields_only(own_database, network, opened):
    with opened("adam", "access.staff.write") as permit:
        actions.update_staff(permit, 1, phone="+13125559999")
    with door.opened_for_job("access.audit.seal", 1):
        row = AuditEvent.objects.get(act="access.staff.write")
    assert (row.user, row.table, row.row, row.fields) == (11, "access_staff", 1, ["phone"])
