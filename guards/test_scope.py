"""Every table says who sees it, and the database keeps to what it says."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from guards.sources import modules, part, room, tree, where
from openiop.access import scope

OURS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model.__module__.startswith("openiop.")
]
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
KNOWN = {
    scope.ORGANIZATION, scope.CLINIC, scope.RECORD, scope.CARE, scope.SEAT, scope.TIMETABLE,
    scope.NONE,
}  # fmt: skip
ABOUT_PEOPLE = {scope.RECORD, scope.CARE}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_each_table_says_who_sees_it(model: type[models.Model]) -> None:
    assert scope.scope_of(model) in KNOWN


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_table_about_a_record_is_guarded(model: type[models.Model]) -> None:
    """Whatever points to a record, or to a row that does, is at least the organization's own."""
    targets = {
        field.related_model._meta.label
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
    }
    about_somebody = {"access.Record", "patients.Patient"} & targets
    assert not about_somebody or scope.scope_of(model) != scope.NONE


@pytest.mark.django_db
def test_each_guarded_table_has_its_policy_forced_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, p.polcmd::text,"
            " p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL, p.polpermissive"
            " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            " ORDER BY c.relname, p.polname DESC"
        )
        found: dict[str, list[tuple[object, ...]]] = {}
        for name, *rest in cursor.fetchall():
            found.setdefault(name, []).append(tuple(rest))
    whole, read = (True, True, "scope", "*", True, True), (True, True, "reading", "r", False, True)
    wanted = {
        table: [whole, read] if scope.also_read(table, said) else [whole]
        for table, said in scope.scoped_tables().items()
    }
    assert {table: found.get(table) for table in wanted} == wanted


def test_only_the_timetable_and_a_records_own_clinic_read_more_than_they_write() -> None:
    tables = {
        model._meta.db_table: model
        for model in OURS
        if scope.also_read(model._meta.db_table, str(scope.scope_of(model)))
    }
    timetable = {table for table, model in tables.items() if scope.scope_of(model) == "timetable"}
    assert timetable == {
        "programs_track", "programs_trackevent", "schedule_session", "schedule_sessionevent",
        "schedule_sessiontopic", "schedule_sessiontopicevent", "schedule_seatforecast",
        "intake_contract", "intake_contractevent",
    }  # fmt: skip
    names_nobody = [
        (table, field.name)
        for table in timetable
        for field in tables[table]._meta.concrete_fields
        if field.is_relation
        and field.related_model._meta.label in ("access.Record", "access.Staff")
    ]
    assert names_nobody == []
    assert "access_record" not in tables


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_row_of_one_record_is_guarded_as_one(model: type[models.Model]) -> None:
    """A table that always names a record says so, or says why the clinic is enough (a guest list,
    a seat that may be held for nobody, the doors' own books)."""
    own = {field.name: field for field in model._meta.concrete_fields}
    bound = "record" in own and not own["record"].null and "clinic" in own
    excepted = model._meta.label in ("access.RecordClinic", "schedule.GuestVisit")
    assert not bound or excepted or scope.scope_of(model) in ABOUT_PEOPLE


def test_history_tables_are_guarded_like_the_tables_they_keep() -> None:
    tables = scope.scoped_tables()
    pairs = [
        (model._meta.db_table, model.pgh_tracked_model._meta.db_table)
        for model in OURS
        if getattr(model, "pgh_tracked_model", None)
    ]
    assert [pair for pair in pairs if tables.get(pair[0]) != tables.get(pair[1])] == []


@pytest.mark.django_db
def test_the_role_that_runs_the_pages_owns_nothing_and_bypasses_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole, (SELECT count(*) FROM pg_class"
            " WHERE relowner = r.oid AND relkind = 'r' AND relnamespace = 'public'::regnamespace)"
            " FROM pg_roles r WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, 0)


def test_a_foreign_key_into_another_room_is_a_string() -> None:
    broken = [
        where(path, call)
        for path in modules()
        if part(path) == "models"
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in RELATIONS
        and call.args
        and isinstance(call.args[0], ast.Name)
        and call.args[0].id not in _defined_in_room(room(path))
    ]
    assert broken == []


def _defined_in_room(name: str) -> set[str]:
    files: list[Path] = [
        path for path in modules() if room(path) == name and part(path) == "models"
    ]
    return {
        node.name
        for path in files
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
    }


def test_a_foreign_key_points_to_a_room_at_the_left() -> None:
    order = [app.label for app in apps.get_app_configs() if app.name.startswith("openiop.")]
    rightward = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.concrete_fields
        if field.is_relation
        and field.related_model._meta.app_label in order
        and order.index(field.related_model._meta.app_label) > order.index(model._meta.app_label)
    ]
    assert rightward == []
