"""The notes of one session as the screen and the signing see them: a line a person."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from openiop.chart.models import GroupNote, KeptText, Note
from openiop.chart.rules.guards import Finding, Written, look_at, names_in, still_open
from openiop.chart.rules.names import Names, names_of
from openiop.chart.rules.parts import (
    PART_FIELDS,
    SHARED_FIELDS,
    Missing,
    NoteKind,
    Part,
    Shared,
    missing_in_part,
    missing_in_shared,
    next_to_write,
)
from openiop.kernel.permits import Permit
from openiop.patients.queries.names import OnFile, names_on_file
from openiop.patients.rules.search import fold
from openiop.schedule.queries.attendance import AttendanceFacts, attendance_of
from openiop.schedule.queries.sessions import SessionFacts, roster, session
from openiop.schedule.rules.attendance import Status

LAST_NOTE_DAYS = 90
M = TypeVar("M", bound=Model)
NO_NAMES = Names(frozenset(), frozenset())


@dataclass(frozen=True)
class SharedPart:
    """The session's shared part as it stands; `version` 0: nothing written."""

    text: Shared
    version: int
    page: str
    author: int | None
    signed_at: datetime | None
    overrides: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    missing: tuple[Missing, ...]

    @property
    def ready(self) -> bool:
        """Complete, and with nothing left to look at."""
        return not self.missing and not self.findings


@dataclass(frozen=True)
class Line:
    """One person on the notes screen. `note` is None until somebody writes; `findings` are those
    without a reason. `mine`: this reader writes and signs it."""

    record: int
    number: str
    name: str
    called: str
    pronouns: str
    attended: AttendanceFacts
    note: int | None
    kind: str
    part: Part
    version: int
    page: str
    author: int | None
    author_name: str
    mine: bool
    signed_at: datetime | None
    due_at: datetime | None
    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]
    overrides: tuple[dict[str, Any], ...]
    last: Part | None

    @property
    def came(self) -> bool:
        """A note is owed: took part, or somebody has begun one."""
        return self.attended.came or self.version > 0

    @property
    def state(self) -> str:
        """In one word: signed, look, ready, started or empty."""
        if self.signed_at:
            return "signed"
        if self.part.untouched:
            return "empty"
        if self.missing:
            return "started"
        return "look" if self.findings else "ready"


@dataclass(frozen=True)
class KeptWords:
    """What somebody typed against a newer version, by field, and when."""

    fields: dict[str, str]
    at: datetime


@dataclass(frozen=True)
class Sheet:
    """All notes of a session. `away` are the names of those who did not come: they get none.
    `holds`: this reader held it; `over`: it has ended, so that minutes are known.
    """

    session: SessionFacts
    shared: SharedPart
    lines: tuple[Line, ...]
    away: tuple[tuple[str, str], ...]
    holds: bool
    over: bool

    def count(self, *states: str) -> int:
        """How many owed notes stand in one of the states."""
        return sum(line.state in states for line in self.lines if line.came)

    @cached_property
    def owed(self) -> int:
        """How many notes the session asks for."""
        return sum(line.came for line in self.lines)

    @cached_property
    def left(self) -> int:
        """How many are still to write."""
        return self.count("empty", "started")

    @cached_property
    def ready(self) -> tuple[Line, ...]:
        """The lines this reader can sign now."""
        return tuple(
            line
            for line in self.lines
            if line.mine and line.state == "ready" and self._may_be_signed(line.kind)
        )

    def _may_be_signed(self, kind: str) -> bool:
        return not shares(kind) or (self.over and self.shared.ready)

    @property
    def written(self) -> int:
        """How many have all their words, signed or not."""
        return self.owed - self.left

    @property
    def look(self) -> int:
        """How many somebody should look at once more."""
        return self.count("look")

    @property
    def signed(self) -> int:
        return self.count("signed")

    @property
    def waiting(self) -> int:
        """How many of mine only the shared part, or a session still running, holds back."""
        return sum(line.mine and line.state == "ready" for line in self.lines) - len(self.ready)

    @property
    def held(self) -> tuple[Line, ...]:
        """My owed notes that cannot be signed yet."""
        return tuple(
            line
            for line in self.lines
            if line.mine and line.came and line.state in ("empty", "started", "look")
        )

    @property
    def head_count(self) -> int:
        """How many took part: the number that stands in a note instead of names."""
        return sum(line.attended.came for line in self.lines)

    def line(self, number: str) -> Line | None:
        """The line of a record number."""
        return next((line for line in self.lines if line.number == number), None)

    def line_of(self, record: int) -> Line:
        """The line of a record; KeyError for a stranger."""
        return {line.record: line for line in self.lines}[record]

    def next_after(self, record: int | None) -> Line | None:
        """Who is written about next: my own to write first, then what wants a look."""
        order = [line.record for line in self.lines]
        by_record = {line.record: line for line in self.lines}
        mine = [line for line in self.lines if line.mine and line.came]
        for states in (("empty", "started"), ("look",)):
            waiting = {line.record for line in mine if line.state in states} - {record}
            found = next_to_write(order, waiting, record)
            if found is not None:
                return by_record[found]
        return None


def shares(kind: str) -> bool:
    """Does a note of this kind carry the session's shared part?"""
    return kind == NoteKind.GROUP


def sheet(permit: Permit, session_id: int, *, lock: bool = False) -> Sheet:
    """The notes screen of a session, or Http404; five statements whatever the number of people.

    `lock` holds the shared part and the notes for the length of the caller's transaction.
    """
    facts = session(permit, session_id)
    attended = attendance_of(permit, [session_id])[session_id]
    seated = {seat.record for seat in roster(permit, session_id)}
    kept = _kept(facts, [r for r, a in attended.items() if a.came], lock)
    who = names_on_file(permit, {*seated, *attended, *kept.notes})
    return _laid_out(permit, facts, kept, attended, who)


def shared_of(row: GroupNote | None) -> Shared:
    """The shared texts of a row, empty without one."""
    return Shared(**{name: getattr(row, name) for name in SHARED_FIELDS}) if row else Shared()


def part_of(row: Note | None) -> Part:
    """The texts of a note row, empty without one."""
    return Part(**{name: getattr(row, name) for name in PART_FIELDS}) if row else Part()


def current_note(
    permit: Permit, session_id: int, record: int, *, lock: bool = False
) -> Note | None:
    """The note a person's page is about: the one still to sign, else the newest; one statement."""
    rows = of_session(session_id).filter(record_id=record)
    return _current(rows.select_for_update() if lock else rows).get(record)


def kept_rows(permit: Permit, session_id: int, record: int | None) -> QuerySet[KeptText]:
    """What this reader typed against a newer version; without a record, of the shared part."""
    rows = KeptText.objects.filter(session_id=session_id, staff_id=permit.staff or 0)
    return rows.filter(record__isnull=True) if record is None else rows.filter(record_id=record)


def kept_words(permit: Permit, session_id: int) -> dict[int | None, KeptWords]:
    """This reader's texts put aside in a session, by record; None is the shared part."""
    rows = KeptText.objects.filter(session_id=session_id, staff_id=permit.staff or 0)
    return {row.record_id: KeptWords(row.fields, row.kept_at) for row in rows}


def of_session(session_id: int) -> QuerySet[Note]:
    """The notes of a session, oldest first; what was set aside is history and left out."""
    rows = Note.objects.filter(session_id=session_id).exclude(kind=NoteKind.UNSIGNED_DRAFT)
    return rows.order_by("id")


def _current(rows: Iterable[Note]) -> dict[int, Note]:
    """One note a record: the one still to sign, else the newest."""
    found: dict[int, Note] = {}
    for row in rows:
        known = found.get(row.record_id)
        newer = known is None or (row.signed_at is None, row.id) > (
            known.signed_at is None, known.id,
        )  # fmt: skip
        if newer:
            found[row.record_id] = row
    return found


@dataclass(frozen=True)
class _Kept:
    """What the chart has of a session: the shared part, one note a record, everybody's part in
    their last note before, unless struck, and the names of authors."""

    group: GroupNote | None
    notes: Mapping[int, Note]
    last: Mapping[int, Part]
    authors: Mapping[int, str]


_KEPT = f"""
  WITH shared AS (SELECT * FROM chart_groupnote WHERE session_id = %(session)s {{lock}}),
       here AS (SELECT * FROM chart_note WHERE session_id = %(session)s AND kind <> %(history)s
                 ORDER BY id {{lock}}),
       last AS (SELECT DISTINCT ON (note.record_id) note.record_id, {", ".join(PART_FIELDS)}
                  FROM chart_note note
                 WHERE note.record_id = ANY(%(records)s) AND note.kind = %(group)s
                   AND note.signed_at IS NOT NULL
                   AND note.service_on >= %(since)s AND note.ended_at < %(until)s
                   AND NOT EXISTS (SELECT FROM chart_addendum
                                    WHERE note_id = note.id AND kind = 'strike')
                 ORDER BY note.record_id, note.ended_at DESC, note.id DESC)
  SELECT 'shared', to_jsonb(shared), '' FROM shared
   UNION ALL
  SELECT 'here', to_jsonb(here) - 'shared', concat(staff.first_name, ' ', staff.last_name)
    FROM here LEFT JOIN access_staff staff ON staff.id = here.author_id
   UNION ALL
  SELECT 'last', to_jsonb(last), '' FROM last"""  # noqa: S608


def _kept(facts: SessionFacts, records: list[int], lock: bool) -> _Kept:
    """Read, and with `lock` held, in one statement: the shared part before the notes."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT.format(lock="FOR UPDATE" if lock else ""), {
            "session": facts.id, "records": records, "group": NoteKind.GROUP.value,
            "history": NoteKind.UNSIGNED_DRAFT.value, "until": facts.ends_at,
            "since": facts.on - timedelta(days=LAST_NOTE_DAYS),
        })  # fmt: skip
        rows = [(what, json.loads(row), author) for what, row, author in cursor.fetchall()]
    here = [(_read(Note, row), author) for what, row, author in rows if what == "here"]
    return _Kept(
        group=next((_read(GroupNote, row) for what, row, _ in rows if what == "shared"), None),
        notes=_current(note for note, _ in here),
        last={row.pop("record_id"): Part(**row) for what, row, _ in rows if what == "last"},
        authors={note.author_id: author for note, author in here},
    )


def _read(model: type[M], row: Mapping[str, Any]) -> M:
    """A row as the database wrote it out."""
    fields = [each for each in model._meta.concrete_fields if each.attname in row]
    return model(**{each.attname: each.to_python(row[each.attname]) for each in fields})


def _laid_out(
    permit: Permit, facts: SessionFacts, kept: _Kept, attended: Mapping[int, AttendanceFacts],
    who: Mapping[int, OnFile],
) -> Sheet:  # fmt: skip
    group, notes, last = kept.group, kept.notes, kept.last
    names = {record: names_of(each.first, each.last) for record, each in who.items()}
    shared = _shared(group, names)
    there = [a for r, a in attended.items() if r in who and (_came_in(a) or _begun(notes.get(r)))]
    written = [Written(a.record, part_of(notes.get(a.record)), names[a.record]) for a in there]
    holds = any(holder.id == permit.staff for holder in facts.staff)
    done = {each["key"] for note in notes.values() for each in note.overrides}
    lines = [
        _line(permit, who[a.record], a, kept, shared.text,
              still_open(_looked(mine, written, names, last, notes.get(a.record)), done), holds)
        for a, mine in zip(there, written, strict=True)
    ]  # fmt: skip
    away = [
        (who[r].person.name, a.status) for r, a in attended.items() if r in who and not _came_in(a)
    ]
    return Sheet(
        facts, shared, tuple(sorted(lines, key=lambda line: (fold(line.name), line.record))),
        tuple(sorted(away)), holds, permit.now >= facts.ends_at,
    )  # fmt: skip


def _looked(
    mine: Written, all_written: list[Written], names: Mapping[int, Names],
    last: Mapping[int, Part], note: Note | None,
) -> tuple[Finding, ...]:  # fmt: skip
    if note is None or note.signed_at:
        return ()
    return look_at(mine, all_written, names, last.get(mine.record))


def _begun(note: Note | None) -> bool:
    return note is not None and note.version > 0


def _came_in(attended: AttendanceFacts) -> bool:
    return attended.status in (Status.PRESENT, Status.UNABLE)


def _shared(group: GroupNote | None, names: Mapping[int, Names]) -> SharedPart:
    text = shared_of(group)
    found = [hit for name in SHARED_FIELDS for hit in names_in(name, getattr(text, name), names)]
    overrides = tuple(group.overrides) if group else ()
    return SharedPart(
        text=text, version=group.version if group else 0, page=group.page if group else "",
        author=group.author_id if group else None, signed_at=group.signed_at if group else None,
        overrides=overrides, missing=missing_in_shared(text),
        findings=still_open(found, (each["key"] for each in overrides)),
    )  # fmt: skip


def _line(
    permit: Permit, on_file: OnFile, attended: AttendanceFacts, kept: _Kept, shared: Shared,
    findings: tuple[Finding, ...], holds: bool,
) -> Line:  # fmt: skip
    person, note = on_file.person, kept.notes.get(attended.record)
    part = part_of(note)
    kind = note.kind if note else NoteKind.GROUP if attended.came else NoteKind.OUTREACH
    overrides = tuple(note.overrides) if note else ()
    return Line(
        record=person.record, number=person.number, name=person.name, called=person.called,
        pronouns=person.pronouns, attended=attended, note=note.id if note else None, kind=kind,
        part=part, version=note.version if note else 0, page=note.page if note else "",
        author=note.author_id if note else None,
        author_name=kept.authors[note.author_id] if note else "",
        mine=writes_here(permit, note, holds), signed_at=note.signed_at if note else None,
        due_at=note.due_at if note else None,
        missing=missing_in_part(kind, part, shared, came=attended.came),
        findings=findings, overrides=overrides, last=kept.last.get(person.record),
    )  # fmt: skip


def writes_here(permit: Permit, note: Note | None, holds: bool) -> bool:
    """A note is its author's; one nobody has written in yet is anyone's who held the session."""
    if note is None or note.version == 0:
        return holds or (note is not None and note.author_id == permit.staff)
    return note.author_id == permit.staff
