"""Row-level security: which tables are guarded, how, and the abstract bases that say so.

The policies are laid on by `migrate` for every table that declares a `scope`, history tables
included, so that no table can be forgotten (guards/test_scope.py checks the result).
"""

from importlib import resources
from typing import Any

import pghistory
from django.apps import apps
from django.db import connections, models
from django.db.models import F, Func, Value

ORGANIZATION, CLINIC, RECORD, NONE = "organization", "clinic", "record", "none"
CARE, SEAT, TIMETABLE = "care", "seat", "timetable"

_OWN = "((SELECT door.everything()) OR organization_id = (SELECT door.organization()))"
_CLINICS = "ANY ((SELECT door.clinics())::bigint[])"
_HERE = f"clinic_id = {_CLINICS}"
_AT_CLINIC = f"(SELECT door.everything()) OR ({_OWN} AND {_HERE})"


def _open_here(opened: str) -> str:
    """At its clinic, where the record is `opened`, in an emergency; never for who is blocked."""
    return (
        f"(SELECT door.everything()) OR ({_OWN}"  # noqa: S608
        " AND {record} <> ALL ((SELECT door.blocked())::bigint[])"
        f" AND ({_HERE} OR {{record}} = ANY ((SELECT door.emergency())::bigint[])"
        " OR EXISTS (SELECT 1 FROM access_recordclinic rc WHERE rc.record_id = {record}"
        f" AND rc.clinic_id = {_CLINICS}{opened})))"
    )


# Who reads and writes a table's rows.
_CONDITIONS = {
    ORGANIZATION: _OWN,
    CLINIC: _AT_CLINIC,
    SEAT: _AT_CLINIC,
    TIMETABLE: _AT_CLINIC,
    RECORD: _open_here(""),
    CARE: _open_here(" AND NOT rc.guest"),
}
# Who only reads them beside: a record's own clinic reads what others wrote about it. A function,
# since a subquery with policies of its own would double the time that every statement is planned.
_AT_HOME = "door.at_home({record})"
_READ = {RECORD: _AT_HOME, CARE: _AT_HOME, SEAT: _AT_HOME, TIMETABLE: _OWN}


class Int8Range(Func):
    """int8range(a, a, '[]'): lets an exclusion constraint compare ids without btree_gist."""

    function = "int8range"

    @classmethod
    def of(cls, name: str) -> "Int8Range":
        return cls(F(name), F(name), Value("[]"))


class OrganizationRow(models.Model):
    """A row of one organization; its staff see it wherever their act allows."""

    scope = ORGANIZATION
    organization = models.ForeignKey(
        "access.Organization", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class ClinicRow(OrganizationRow):
    """A row of one clinic: seen only where the permit's clinics include it."""

    scope = CLINIC
    clinic = models.ForeignKey("access.Clinic", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class TimetableRow(ClinicRow):
    """A row of one clinic that names nobody: when a group meets. All of the organization read it,
    since people make up sessions at other clinics; only its clinic writes it."""

    scope = TIMETABLE

    class Meta:
        abstract = True


class RecordRow(ClinicRow):
    """A row about one record: seen at its clinic, at the record's own, at clinics the record is
    open at, in emergency; never by a user blocked from the record."""

    scope = RECORD
    record = models.ForeignKey("access.Record", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class CareRow(RecordRow):
    """A row about what was done for a person. Where the record is open to a guest only (a make-up),
    staff see what was done there, and nothing of other clinics."""

    scope = CARE

    class Meta:
        abstract = True


def history(model: type[models.Model]) -> type[models.Model]:
    """Keep every version of a table that is edited in place, by triggers, append-only."""
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    tracked: type[models.Model] = pghistory.track(*events, append_only=True)(model)
    return tracked


def scope_of(model: type[models.Model]) -> str | None:
    """How a table is guarded, or None when it has not said."""
    tracked = getattr(model, "pgh_tracked_model", None)
    return getattr(tracked or model, "scope", None)


def scoped_tables() -> dict[str, str]:
    """Table name to scope, for each table row-level security must guard."""
    return {
        model._meta.db_table: scope
        for model in apps.get_models(include_auto_created=True)
        if (scope := scope_of(model)) in _CONDITIONS
    }


def policy_sql(table: str, scope: str) -> str:
    """The statements that guard one table; safe to run again."""
    record = f"{table}.id" if table == "access_record" else f"{table}.record_id"
    condition = _CONDITIONS[scope].replace("{record}", record)
    statements = [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS scope ON "{table}"',
        f'DROP POLICY IF EXISTS reading ON "{table}"',
        f'CREATE POLICY scope ON "{table}" USING ({condition}) WITH CHECK ({condition})',
    ]
    if also_read(table, scope):
        reading = _READ[scope].replace("{record}", record)
        statements.append(f'CREATE POLICY reading ON "{table}" FOR SELECT USING ({reading})')
    return ";".join(statements)


def also_read(table: str, scope: str) -> bool:
    """Do more people read a table's rows than write them? A record is at home where it is."""
    return scope in _READ and table != "access_record"


def protect_tables(using: str = "default", **_: Any) -> None:
    """Lay functions and policies on all scoped tables; runs after `migrate`, as the owner."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    functions = resources.files("openiop.access").joinpath("scope.sql").read_text()
    with connection.cursor() as cursor:
        cursor.execute(functions)
        for table, scope in scoped_tables().items():
            if table in existing:
                cursor.execute(policy_sql(table, scope))
