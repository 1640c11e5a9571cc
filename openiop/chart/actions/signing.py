"""Sign: every complete note of a session by its author, in one act."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openiop.access.credential_rules import Verdict, may_sign
from openiop.access.door import writes
from openiop.access.queries import Colleague, colleagues, house_values
from openiop.catalog import HouseValue
from openiop.chart.actions.cosigning import ask
from openiop.chart.actions.opening import SESSION, TABLE, writer
from openiop.chart.queries.sheet import Line, Sheet, shares, sheet
from openiop.chart.rules.deadlines import due_at, hours_in_force, steps_taken
from openiop.chart.rules.initials import initials
from openiop.chart.rules.parts import document_of
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import close_tasks_about

SIGN = "chart.note.sign"


@dataclass(frozen=True)
class Signed:
    """What one act of signing came to; `held` are my notes with something left to write or to look
    at, `before` how many of mine were signed already."""

    signed: tuple[int, ...]
    held: tuple[Line, ...]
    before: int
    cosign_due_at: datetime | None


@dataclass(frozen=True)
class _Desk:
    """What signing needs to know beside the sheet."""

    staff: Mapping[int, Colleague]
    house: Mapping[str, HouseValue]
    me: Colleague
    verdicts: Mapping[str, Verdict]
    credentials: str


@writes(SIGN)
def sign(permit: Permit, session_id: int) -> Signed:
    """Sign every complete note of mine in the session; the rest is told. Safe to repeat.

    Refused when my credentials do not allow it that day (the sentence names the lapse) or the
    shared part has something left. The first signature freezes the shared part; each note keeps a
    copy of it with the head-count, never names.
    """
    page = sheet(permit, session_id, lock=True)
    mine = [line for line in page.lines if line.mine and line.came]
    ready = page.ready
    desk = _desk(permit, page, ready)
    held = tuple(line for line in mine if not line.signed_at and line not in ready)
    if not ready:
        _say_why_not(page, held)
        return Signed((), held, _signed(mine), None)
    cosign_due = _cosign_due(permit, page, desk)
    _freeze(permit, page, ready, desk, cosign_due)
    if cosign_due:
        _ask_for_cosignature(permit, page, desk, cosign_due)
    _close_tasks(permit, page, ready, desk)
    for line in ready:
        permit.note(SIGN, record=line.record, table=TABLE, row=line.note, fields=("signed_at",))
    return Signed(tuple(line.record for line in ready), held, _signed(mine), cosign_due)


def _signed(lines: Sequence[Line]) -> int:
    return sum(line.signed_at is not None for line in lines)


def _desk(permit: Permit, page: Sheet, ready: Sequence[Line]) -> _Desk:
    """Who signs and as what; raises the refusal of a lapsed credential."""
    facts = page.session
    today = permit.today(facts.timezone)
    staff = colleagues(permit, {writer(permit), *(holder.id for holder in facts.staff)})
    me = staff[writer(permit)]
    house = house_values(permit, facts.clinic, today)
    verdicts = {
        kind: may_sign(me.credentials, document=document_of(kind), state=facts.state, on=today,
                       house=house)
        for kind in {line.kind for line in ready}
    }  # fmt: skip
    for verdict in verdicts.values():
        refuse_without_credential(verdict)
    return _Desk(staff, house, me, verdicts, initials(me.credentials, facts.state, today))


def refuse_without_credential(verdict: Verdict) -> None:
    """Raise the refusal that names the lapse."""
    if not verdict.allowed:
        raise Refused(
            "credential",
            _("You cannot sign today. %(reasons)s") % {"reasons": " ".join(verdict.reasons)},
            _("What you wrote is kept. Ask your supervisor, or bring the credential up to date."),
        )


def _say_why_not(page: Sheet, held: Sequence[Line]) -> None:
    if all(line.state != "ready" for line in held):
        return
    if not page.over:
        raise Refused("not_over", _("This session is not over, so nobody's minutes are known yet."),
                      _("Sign when it has ended; what you wrote is kept."))  # fmt: skip
    if not page.shared.ready:
        raise Refused(
            "shared", _("The shared part is not ready."),
            _("Look at the names in it.") if page.shared.findings
            else " ".join(_(each.sentence) for each in page.shared.missing),
        )  # fmt: skip


_FREEZE = """
  WITH line AS (
         SELECT * FROM jsonb_to_recordset(%(lines)s::jsonb) AS each(
           note bigint, record bigint, minutes smallint, attendance bigint, shared jsonb,
           cosign boolean)),
       frozen AS (
         UPDATE chart_groupnote SET signed_at = %(now)s
          WHERE session_id = %(session)s AND signed_at IS NULL AND %(freezes)s),
       signed AS (
         UPDATE chart_note SET signed_at = %(now)s, updated_at = %(now)s, author_id = %(staff)s,
                minutes = line.minutes, attendance_id = line.attendance, shared = line.shared
           FROM line WHERE chart_note.id = line.note),
       asked AS (
         INSERT INTO chart_cosignrequest (organization_id, clinic_id, record_id, note_id, author_id,
                opened_at, due_at, waits_for, comment)
         SELECT %(organization)s, %(clinic)s, record, note, %(staff)s, %(now)s, %(cosign_due)s,
                'cosigner', '' FROM line WHERE cosign)
  INSERT INTO chart_signature (organization_id, clinic_id, record_id, note_id, staff_id, part,
         credentials, signed_at)
  SELECT %(organization)s, %(clinic)s, record, note, %(staff)s, 'author', %(credentials)s, %(now)s
    FROM line"""


def _freeze(
    permit: Permit, page: Sheet, ready: Sequence[Line], desk: _Desk, cosign_due: datetime | None
) -> None:
    """The shared part, all notes, their signatures and requests for a second one: one statement."""
    common = snapshot(permit, page, desk.staff)
    lines = [
        {"note": line.note, "record": line.record, "minutes": line.attended.minutes,
         "attendance": line.attended.id, "shared": common | personal(line, page),
         "cosign": desk.verdicts[line.kind].needs_cosign}
        for line in ready
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, {
            "lines": json.dumps(lines), "now": permit.now, "session": page.session.id,
            "freezes": any(shares(line.kind) for line in ready), "staff": desk.me.id,
            "organization": permit.organization, "clinic": page.session.clinic,
            "credentials": desk.credentials, "cosign_due": cosign_due,
        })  # fmt: skip


def snapshot(permit: Permit, page: Sheet, staff: Mapping[int, Colleague]) -> dict[str, Any]:
    """The session as every note keeps it: what was shared, who held it as what, when and where,
    and how many took part. No name of anyone in the group."""
    facts, text = page.session, page.shared.text
    return {
        "topic": text.topic, "interventions": text.interventions, "narrative": text.narrative,
        "facilitators": [
            {"name": holder.name, "part": holder.part,
             "credentials": initials(staff[holder.id].credentials, facts.state, facts.on)}
            for holder in facts.staff if holder.id in staff
        ],
        "head_count": page.head_count, "group": facts.track_name, "program": facts.program_kind,
        "clinic": facts.clinic_name, "room": facts.room_name, "mode": facts.mode,
        "starts_at": facts.starts_at.isoformat(), "ends_at": facts.ends_at.isoformat(),
        "timezone": facts.timezone,
    }  # fmt: skip


def personal(line: Line, page: Sheet) -> dict[str, Any]:
    """What of attendance and of the step for everyone belongs in one person's note."""
    came = line.attended
    return {
        "arrived_at": came.arrived_at and came.arrived_at.isoformat(),
        "left_at": came.left_at and came.left_at.isoformat(),
        "minutes": came.minutes, "virtual": came.virtual, "makeup": came.makeup,
        "next_step": line.part.next_step or page.shared.text.next_step,
    }  # fmt: skip


def _cosign_due(permit: Permit, page: Sheet, desk: _Desk) -> datetime | None:
    """Until when somebody signs too; None when nobody has to."""
    if not any(verdict.needs_cosign for verdict in desk.verdicts.values()):
        return None
    hours = hours_in_force(page.session.state, permit.today(page.session.timezone), desk.house)
    return due_at(permit.now, hours.cosign)


def _ask_for_cosignature(permit: Permit, page: Sheet, desk: _Desk, due: datetime) -> None:
    facts = page.session
    title = _("Co-sign notes of %(track)s by %(author)s") % {
        "track": facts.track_name, "author": desk.me.name,
    }  # fmt: skip
    ask(permit, clinic=facts.clinic, session=facts.id, due=due, title=title)


def _close_tasks(permit: Permit, page: Sheet, ready: Sequence[Line], desk: _Desk) -> None:
    """Who was told about unsigned notes is told no more once the session has none."""
    open_ones = [line for line in page.lines if line.came and not line.signed_at]
    facts = page.session
    hours = hours_in_force(facts.state, facts.on, desk.house)
    told = steps_taken(facts.ends_at, permit.now, hours)
    if told and len(open_ones) <= len(ready):
        kinds = [f"note.unsigned.{step}" for step in told]
        close_tasks_about(permit, kinds, (SESSION, facts.id), _("Signed."))


def outcome_sentence(result: Signed) -> str:
    """What signing came to, for the page: "Signed 11 notes." """
    count = len(result.signed)
    if not count:
        return _("Nothing was left to sign.") if not result.held else _("Nothing was signed yet.")
    return ngettext("Signed %(n)d note.", "Signed %(n)d notes.", count) % {"n": count}
