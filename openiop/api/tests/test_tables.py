"""Tables: how they are read, what becomes of their lines, what is said of the bad ones."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openiop.access.models import Credential, RoleAssignment, Staff
from openiop.api.imports import Report, cells, import_csv
from openiop.api.imports.cells import Bad
from openiop.kernel.permits import Refused
from openiop.messaging import queries as reach
from openiop.patients import queries
from openiop.patients.actions import keep_apart, register
from openiop.patients.models import Patient
from openiop.programs.queries import episodes
from openiop.schedule.tests.world import make_track

TODAY = date(2026, 11, 23)
HEAD = "last_name,first_name,birth_date\n"


def load(path: Path, kind: str = "patients", **options: Any) -> Report:
    return import_csv(kind, path, **{"clinic": "NORTH", **options})


def problems(report: Report) -> list[tuple[int | None, str, str]]:
    return [(each.line, each.path, each.message) for each in report.errors]


@pytest.fixture
def people(system):
    """`people()` are the names and birth dates on file, by name."""

    def read() -> list[tuple[str, str, str]]:
        with system("patients.import"):
            rows = Patient.objects.order_by("sort_key")
            return [(row.legal_last, row.legal_first, str(row.birth_on or "")) for row in rows]

    return read


# --- cells -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["1988-03-04", "03/04/1988", "3/4/88", "3-4-1988", "3.4.1988", "Mar 4, 1988", "4 March 1988",
     "19880304", "32206", "32206.0", "1988-03-04 00:00:00", "1988-03-04T00:00:00",
     "3/4/1988 12:00 AM"],
)  # fmt: skip
def test_a_day_is_read_as_people_and_spreadsheets_write_it(cell):
    assert cells.day(cell, TODAY) == date(1988, 3, 4)


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)))
def test_every_day_is_read_from_the_common_forms(day):
    serial = str((day - cells.EPOCH).days)
    for written in (day.isoformat(), f"{day:%m/%d/%Y}", f"{day:%b %d, %Y}", serial):
        assert cells.day(written, TODAY) == day


@pytest.mark.parametrize("cell", ["soon", "1988-02-30", "13/13/1988", "1988", "March", "1/2/3/4"])
def test_what_is_no_day_is_said(cell):
    with pytest.raises(Bad, match="is no day: write 1988-03-04 or 03/04/1988"):
        cells.day(cell, TODAY)


def test_a_birth_date_to_come_is_refused_and_an_empty_one_is_none():
    with pytest.raises(Bad, match="is still to come"):
        cells.birth_day("2030-01-01", TODAY)
    assert cells.birth_day("", TODAY) is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [("'00123", "00123"), ('="00123"', "00123"), ("'-5", "-5"), ("'Brien", "'Brien"),
     ("  x ", "x"), ("''", "''"), ("O'Brien", "O'Brien")],
)  # fmt: skip
def test_marks_that_spreadsheets_put_before_text_are_taken_off(cell, value):
    assert cells.plain(cell) == value


@pytest.mark.parametrize(("cell", "value"), [("Yes", True), ("x", True), ("", False), ("N", False)])
def test_yes_and_no(cell, value):
    assert cells.yes(cell, TODAY) is value


def test_neither_yes_nor_no_is_refused():
    with pytest.raises(Bad, match="'maybe' is neither yes nor no"):
        cells.yes("maybe", TODAY)


# --- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "last_name,first_name,birth_date\nGarcía,María,1988-03-04\n",
        "\ufefflast_name,first_name,birth_date\r\nGarcía,María,1988-03-04\r\n",
        "Last name;First name;DOB\nGarcía;María;03/04/1988",
        "Surname\tGiven name\tDate of birth\nGarcía\tMaría\t32206\n",
        '"Last","First","Birthdate"\n"García","María","Mar 4, 1988"\n',
        "last_name,first_name,birth_date\rGarcía,María,1988-03-04\r",
        "last_name,first_name,birth_date\n\n\n García , María ,1988-03-04,,\n".replace(",,", ""),
        "last_name,first_name,birth_date\nGarcía,María,1988-03-04\n".encode("utf-16"),
        "last_name,first_name,birth_date\nGarcía,María,1988-03-04\n".encode("cp1252"),
    ],
)
def test_tables_are_read_as_others_save_them(network, written, people, content):
    assert load(written("t.csv", content)).as_json() == {
        "created": {"Patient": 1}, "matched": {}, "left": {}, "errors": [],
    }  # fmt: skip
    assert people() == [("García", "María", "1988-03-04")]


def test_a_cell_may_hold_lines_and_delimiters(network, written, system):
    content = (
        'last_name,first_name,birth_date,street\nDay,Ana,1990-01-01,"1 Main St\nApt 2, rear"\n'
    )
    load(written("t.csv", content + "Bell,Bo,1991-02-02,\n"))
    with system("messaging.contact.read") as permit:
        day = Patient.objects.get(legal_last="Day").record_id
        points = reach.contacts_of(permit, day)[0].points
    assert [point.value for point in points] == ["1 Main St\nApt 2, rear"]


def test_every_bad_line_is_named_with_its_column_and_the_others_are_loaded(
    network, written, people
):
    content = (
        "last_name,first_name,birth_date,sex,phone,safe_to_text,email,clinic\n"
        "Good,One,1988-03-04,f,,yes,,\n"
        "Bad,Day,soon,,,,,\n"
        ",Nobody,1988-03-04,,,,,\n"
        "Two,Wrong,1988-13-40,q,,maybe,nomail,\n"
        '"Lines\nin it",Cell,1990-01-01,,,,,\n'
        "No,Clinic,1990-01-01,,,,,NOWHERE\n"
        "Un,Known,,,,,,\n"
        "Too,Many,1990-01-01,,,,,,,,x\n"
        f"{'x' * 81},Long,1990-01-01,,,,,\n"
        "Good,Two,1988-03-05,,,,,SOUTH\n"
    )
    report = load(written("t.csv", content))
    assert problems(report) == [
        (3, "birth_date", "'soon' is no day: write 1988-03-04 or 03/04/1988."),
        (4, "last_name", "Something must stand here."),
        (5, "birth_date", "'1988-13-40' is no day: write 1988-03-04 or 03/04/1988."),
        (5, "sex", "'q' is none of f, female, m, male, u, unknown, x."),
        (5, "safe_to_text", "'maybe' is neither yes nor no."),
        (5, "email", "'nomail' is no e-mail address."),
        (10, "", "This line has 11 cells and the first line 8."),
        (11, "last_name", "This is longer than 80 characters."),
        (8, "clinic", "No clinic has the code NOWHERE."),
        (9, "birth_date", "Without a birth date or an identifier this person could not be"
         " recognized again: add one of them."),
    ]  # fmt: skip
    assert report.exit_code == 1
    assert people() == [
        ("Good", "One", "1988-03-04"), ("Good", "Two", "1988-03-05"),
        ("Lines\nin it", "Cell", "1990-01-01"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", [(1, "", "This table is empty.")]),
        ("last_name,first_name\n", []),
        ("last_name,birth_date\nX,1990-01-01\n",
         [(1, "first_name", "The column first_name is missing: see the first line.")]),
        ("last_name,first_name,surname\n",
         [(1, "surname", "The column last_name stands here twice.")]),
        (b"\x81\x8d\x8f", [(1, "", "This is not UTF-8 text (byte 0).")]),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_said(network, written, content, found):
    assert problems(load(written("t.csv", content))) == found


def test_a_file_that_is_not_there_is_said(network, tmp_path):
    report = load(tmp_path / "none.csv")
    assert [each.message for each in report.errors] == [
        "This cannot be read: No such file or directory."
    ]


def test_a_quotation_mark_gone_astray_costs_its_own_line_only(network, written, people):
    content = HEAD + '"Stray,Mark,1990-01-01\nGood,One,1990-01-02\n"Good",Two,1990-01-03\n'
    report = load(written("t.csv", content))
    assert [(line, path) for line, path, _message in problems(report)] == [(2, "")]
    assert people() == [("Good", "One", "1990-01-02"), ("Good", "Two", "1990-01-03")]


def test_columns_nobody_asked_for_are_counted_as_left(network, written):
    content = "last_name,first_name,birth_date,Shoe size\nDay,Ana,1990-01-01,38\n"
    assert load(written("t.csv", content)).as_json()["left"] == {"column Shoe size": 1}


def test_a_control_character_is_refused_and_breaks_nothing(network, written):
    report = load(written("t.csv", HEAD + "A\x00b,Ana,1990-01-01\n"))
    assert problems(report) == [(2, "last_name", "This holds a character that cannot be kept.")]


# --- patients ----------------------------------------------------------------------------------

FULL = """last_name,first_name,dob,preferred_name,other_names,languages,living,phone,safe_to_text,\
email,emergency_name,emergency_phone,mrn,payer,member_id,coverage_start
García,María,1988-03-04,Mari,Lopez; Luz,es|en,Sober living,312-555-0123,yes,m@example.org,Rosa,\
312-555-0142,'0077,Blue Plan,A1,2026-01-01
"""


def test_a_whole_line_becomes_a_person_contacts_and_coverage_once(network, written, opened):
    path = written("t.csv", FULL)
    assert load(path).as_json()["created"] == {"Coverage": 1, "Patient": 1}
    assert load(path).as_json() == {
        "created": {}, "matched": {"Coverage": 1, "Patient": 1}, "left": {}, "errors": [],
    }  # fmt: skip
    with opened("fred", "patients.patient.write") as permit:
        found = queries.search(permit, "555-0123")[0]
        facts = queries.identity(permit, found.record)
        assert (found.name, facts["other_names"], facts["languages"], facts["living"]) == (
            "Mari García", ["Lopez", "Luz"], ["es", "en"], "sober_living",
        )  # fmt: skip
        choice = reach.contact_choices(permit, [found.record])[found.record]
        assert (choice.text, choice.call, choice.email) == ("312-555-0123", None, None)
        assert reach.emergency_contacts(permit, [found.record])[found.record] == [
            reach.EmergencyContact("Rosa", "contact", False, "312-555-0142")
        ]
        assert queries.records_by_identifier(permit, [("table", "0077")]) == {
            ("table", "0077"): (found.record, 1)
        }
        covered = queries.coverages(permit, found.record)
        assert [(c.payer_name, c.member_number, c.start_on) for c in covered] == [
            ("Blue Plan", "A1", date(2026, 1, 1))
        ]


def test_a_dry_run_keeps_nothing_and_an_unknown_clinic_starts_nothing(network, written, people):
    path = written("t.csv", FULL)
    assert load(path, dry_run=True).as_json()["created"] == {"Coverage": 1, "Patient": 1}
    assert people() == []
    with pytest.raises(Refused, match="No clinic has the code NOWHERE"):
        load(path, clinic="NOWHERE")


def test_a_chunk_of_lines_takes_the_same_statements_for_one_and_for_forty(network, written):
    def table(first, count):
        lines = [
            f"Name{n},Ana,1990-01-01,312-555-{n:04},Rosa,Blue Plan\n"
            for n in range(first, first + count)
        ]
        head = "last_name,first_name,dob,phone,emergency_name,payer\n"
        return written(f"{first}.csv", head + "".join(lines))

    counts = []
    for first, count in ((0, 1), (1, 1), (2, 40)):
        path = table(first, count)
        with CaptureQueriesContext(connection) as ran:
            load(path)
        counts.append(len(ran))
    assert counts[1] == counts[2]


# --- staff -------------------------------------------------------------------------------------

STAFF = """last_name,first_name,email,joined_on,role,clinic,credential,credential_state,\
credential_number,credential_issued,credential_expires
Okafor,Will,Will.Okafor@example.org,2026-01-05,clinician; supervisor,NORTH;SOUTH,LCPC,IL,180.1,\
2020-01-01,2027-01-01
Okafor,Will,will.okafor@example.org,2026-01-05,,,CADC,IL,C-9,2021-01-01,
Nolan,Ida,,1/5/2026,front desk,GULF,,,,,
"""


def test_staff_come_with_roles_and_credentials_and_not_twice(network, written, system):
    path = written("s.csv", STAFF)
    report = load(path, "staff").as_json()
    assert report == {
        "created": {"Staff": 2}, "matched": {"Staff": 1}, "left": {}, "errors": [],
    }  # fmt: skip
    assert load(path, "staff").as_json()["matched"] == {"Staff": 3}
    with system("access.staff.read"):
        will = Staff.objects.get(last_name="Okafor")
        assert will.user is not None
        assert (will.user.email, will.user.has_usable_password()) == (
            "will.okafor@example.org", False,
        )  # fmt: skip
        roles = RoleAssignment.objects.filter(staff=will).values_list("role", "clinic_id")
        assert set(roles) == {("clinician", 1), ("clinician", 2), ("supervisor", 1),
                              ("supervisor", 2)}  # fmt: skip
        held = Credential.objects.filter(staff=will).values_list("kind", "number")
        assert set(held) == {("lcpc", "180.1"), ("cadc", "C-9")}
        ida = Staff.objects.get(last_name="Nolan")
        assert (ida.user, ida.joined_on) == (None, date(2026, 1, 5))


def test_staff_already_here_gain_what_is_missing(network, written, system):
    content = (
        "last_name,first_name,email,joined_on,role,clinic\n"
        "Adams,Alice,alice@example.org,2026-01-05,clinician;supervisor,NORTH\n"
        "Nolan,Ida,,2026-01-05,nurse,NORTH\n"
    )
    assert load(written("s.csv", content), "staff").as_json()["matched"] == {"Staff": 1}
    later = content.replace("Nolan,Ida,,", "Nolan,Ida,ida@example.org,")
    assert load(written("s2.csv", later), "staff").as_json()["matched"] == {"Staff": 2}
    with system("access.staff.read"):
        roles = RoleAssignment.objects.filter(staff_id=1).values_list("role", flat=True)
        assert sorted(roles) == ["clinician", "supervisor"]
        assert Staff.objects.get(last_name="Nolan", user__email="ida@example.org")


def test_bad_lines_of_staff_are_named(network, written):
    get_user_model().objects.create_user("taken@example.org", None, organization_id=2)
    content = (
        "last_name,first_name,email,joined_on,role,clinic,credential,credential_state,number_of\n"
        "A,A,,2026-01-05,wizard,NORTH,,,\n"
        "B,B,,2026-01-05,nurse,NOWHERE,,,\n"
        "C,C,,,nurse,NORTH,,,\n"
        "D,D,,2026-01-05,nurse,NORTH,ABC,IL,\n"
        "E,E,,2026-01-05,nurse,NORTH,LCPC,IL,\n"
        "F,F,taken@example.org,2026-01-05,,,,,\n"
        "G,G,,2026-01-05,intern,GULF,lcdc-intern,TX,\n"
    )
    assert problems(load(written("s.csv", content), "staff")) == [
        (4, "joined_on", "Something must stand here."),
        (2, "roles", "No role is called wizard."),
        (3, "clinics", "No clinic has the code NOWHERE."),
        (5, "credential", "No credential ABC is known in IL."),
        (6, "credential", "A credential has a number and a day it was issued."),
        (8, "credential", "The credential lcdc-intern needs its level."),
        (7, "email", "Somebody else signs in with this address already."),
    ]


# --- rosters -----------------------------------------------------------------------------------


@pytest.fixture
def evening(network):
    """A track at North."""
    return make_track(name="Evening", code="EVE")


def test_a_roster_seats_people_by_number_identifier_or_name_and_not_twice(
    network, written, system, evening
):
    with system("patients.patient.write") as permit:
        by_number = register(permit, clinic=1, legal_first="Ana", legal_last="One", birth_on=None)
        register(permit, clinic=1, legal_first="Bo", legal_last="Two", birth_on=None,
                 identifiers=[("table", "B2")])  # fmt: skip
        register(permit, clinic=1, legal_first="Cy", legal_last="Three",
                 birth_on=date(1990, 1, 2))  # fmt: skip
    start = timezone.now().date()
    content = (
        "record_number,mrn,first_name,last_name,dob,track,start_on\n"
        f"{by_number.number},,,,,Evening,{start}\n"
        f",B2,,,,EVE,{start}\n"
        f",,Cy,Three,1/2/1990,evening,{start}\n"
        f",,No,Body,1/2/1990,Evening,{start}\n"
        f",,,,,Evening,{start}\n"
        f"{by_number.number},,,,,Morning,{start}\n"
    )
    path = written("r.csv", content)
    report = load(path, "rosters")
    assert report.created == {"Enrollment": 3}
    assert problems(report) == [
        (5, "last_name", "Nobody here fits."),
        (6, "record_number", "Whom? Give a record number, an identifier, or a first name, a last"
         " name and a birth date."),
        (7, "track", "This clinic has no track Morning."),
    ]  # fmt: skip
    again = load(path, "rosters")
    assert (again.created, again.matched) == ({}, {"Enrollment": 3})


def test_a_refused_enrollment_is_said_and_opens_no_episode(network, written, system, evening):
    with system("patients.patient.write") as permit:
        ana, bo = (
            register(permit, clinic=1, legal_first=first, legal_last="Row", birth_on=None)
            for first in ("Ana", "Bo")
        )
    with system("patients.apart.write") as permit:
        keep_apart(permit, ana.record, bo.record, "violence")
    lines = "".join(f"{each.number},Evening,{timezone.now():%Y-%m-%d}\n" for each in (ana, bo))
    report = load(written("r.csv", f"record,track,start\n{lines}"), "rosters")
    assert report.created == {"Enrollment": 1}
    assert [(each.line, each.path) for each in report.errors] == [(3, "track")]
    assert "violence" not in report.errors[0].message
    with system("programs.read") as permit:
        open_ones = episodes(permit, [ana.record, bo.record], timezone.now().date())
    assert set(open_ones) == {ana.record}
