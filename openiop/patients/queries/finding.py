"""Find people: by what was typed, beyond the own clinics, and people entered twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from openiop.access.door import everywhere
from openiop.kernel.permits import Permit
from openiop.patients.models import Patient, SearchKey
from openiop.patients.rules import search as rules
from openiop.patients.rules.likeness import ASK, Identity, Likeness, likeness

ENOUGH = 0.9  # a find that fits this well ends the search for slips
# One statement whatever was typed: each span of keys is an index range, cut off after `most` rows.
# Beside the clinics' own people it finds those whose record is open there from elsewhere.
_FIND = """
SELECT p.record_id, r.number, p.clinic_id, p.merged_into_id, p.birth_on, p.died_on, p.pronouns,
       p.legal_first, p.legal_middle, p.legal_last, p.chosen_first, p.chosen_last,
       p.preferred_name, p.other_names, p.queue
  FROM (
    SELECT own.record_id
      FROM unnest(%(low)s::text[], %(high)s::text[]) span(low, high) CROSS JOIN LATERAL (
           SELECT k.record_id FROM patients_searchkey k
            WHERE k.clinic_id = ANY (%(clinics)s::bigint[])
              AND k.key >= span.low AND k.key < span.high LIMIT %(most)s) own
     UNION
    SELECT k.record_id
      FROM access_recordclinic rc
      CROSS JOIN unnest(%(guest_low)s::text[], %(guest_high)s::text[]) span(low, high)
      JOIN patients_searchkey k
        ON k.record_id = rc.record_id AND k.key >= span.low AND k.key < span.high
     WHERE rc.clinic_id = ANY (%(clinics)s::bigint[])
  ) found
  JOIN patients_patient p ON p.record_id = found.record_id
  JOIN access_record r ON r.id = found.record_id
"""
_BY_RECORD = """
SELECT p.record_id, r.number, p.clinic_id, p.merged_into_id, p.birth_on, p.died_on, p.pronouns,
       p.legal_first, p.legal_middle, p.legal_last, p.chosen_first, p.chosen_last,
       p.preferred_name, p.other_names, p.queue
  FROM patients_patient p JOIN access_record r ON r.id = p.record_id
 WHERE p.record_id = ANY (%(records)s)
"""
_LIKELY_TWICE = """
SELECT DISTINCT one.record_id, other.record_id
  FROM patients_patient one
  JOIN patients_patient other
    ON other.organization_id = one.organization_id AND other.birth_on = one.birth_on
   AND other.record_id > one.record_id
  JOIN patients_searchkey a ON a.record_id = one.record_id AND a.key >= 's:' AND a.key < 's;'
  JOIN patients_searchkey b ON b.record_id = other.record_id AND b.key = a.key
 WHERE one.clinic_id = ANY (%(clinics)s::bigint[])
   AND one.merged_into_id IS NULL AND other.merged_into_id IS NULL
   AND NOT EXISTS (SELECT 1 FROM patients_toldapart t
                    WHERE t.one_id = one.record_id AND t.other_id = other.record_id)
 LIMIT %(most)s
"""


@dataclass(frozen=True)
class Found:
    """A person in a list of finds. `legal` is the legal name where another is shown; `found_as`
    the name of a merged record the find came from; `score` how well it fits; `words` the folded
    words of all names; `merged_into` is set only inside this file."""

    record: int
    number: str
    clinic: int
    name: str
    legal: str
    pronouns: str
    birth_on: date | None
    died_on: date | None
    found_as: str
    queue: str
    score: float
    words: tuple[str, ...] = ()
    merged_into: int | None = None


@dataclass(frozen=True)
class Alike:
    """Somebody who may be the same person, how likely, and why (reasons of `rules.likeness`)."""

    found: Found
    likeness: Likeness


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person."""

    one: Found
    other: Found
    likeness: Likeness


@dataclass(frozen=True)
class Elsewhere:
    """All one learns of a person at a clinic one does not work at."""

    number: str
    clinic: str
    phone: str


def search(permit: Permit, q: str, limit: int = 20) -> list[Found]:
    """People of the permit's clinics who fit a typed line, best first; at most `limit`.

    Merged records lead to the kept one. Two statements; one more where nothing fits well, one more
    where a merged record is found.
    """
    sought = rules.read(q, _today(permit))
    found = _fitting(permit, sought, rules.probes(sought), rules.probes(sought), 60)
    if not any(each.score >= ENOUGH for each in found):
        near = _fitting(permit, sought, rules.near_probes(sought), [], 20)
        known = {each.record for each in found}
        found += [each for each in near if each.record not in known]
    found = _kept(permit, found)
    found.sort(key=lambda each: (-each.score, rules.fold(each.name), each.number))
    permit.note("patients.search", count=len(found[:limit]))
    return found[:limit]


def _today(permit: Permit) -> date:
    return permit.now.date()  # only the century of two-digit years hangs on it


def _fitting(
    permit: Permit, sought: rules.Sought, own: Sequence[rules.Span],
    guests: Sequence[rules.Span], most: int,
) -> list[Found]:  # fmt: skip
    """What lies in the spans and fits all that was given."""
    if not own:
        return []
    rows = _rows(_FIND, _spans(permit, own, guests, most * 5 if sought.births else most))
    found = [_found(row, sought.words) for row in rows]
    return [
        each
        for each in found
        if each.score >= rules.FITS and (not sought.births or each.birth_on in sought.births)
    ]


def _spans(
    permit: Permit, own: Sequence[rules.Span], guests: Sequence[rules.Span], most: int
) -> dict[str, Any]:
    return {
        "clinics": list(permit.clinics), "most": most,
        "low": [low for low, _ in own], "high": [high for _, high in own],
        "guest_low": [low for low, _ in guests], "guest_high": [high for _, high in guests],
    }  # fmt: skip


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _found(row: tuple[Any, ...], sought: Iterable[str]) -> Found:
    (record, number, clinic, merged, birth, died, pronouns,
     first, middle, last, chosen, chosen_last, preferred, others, queue) = row  # fmt: skip
    shown = f"{preferred or chosen or first} {chosen_last or last}".strip()
    legal = " ".join(filter(None, (first, middle, last)))
    named = tuple(rules.words(shown, legal, chosen, *others))
    return Found(
        record=record, number=number, clinic=clinic, name=shown,
        legal="" if rules.fold(shown) in (rules.fold(legal), rules.fold(f"{first} {last}"))
        else legal,
        pronouns=pronouns, birth_on=birth, died_on=died, found_as="", queue=queue,
        score=rules.fit(sought, named), words=named, merged_into=merged,
    )  # fmt: skip


def _kept(permit: Permit, found: list[Found]) -> list[Found]:
    """Each person once: merged records replaced by the kept one, the better find wins."""
    best: dict[int, Found] = {}
    merged = [each for each in found if each.merged_into]
    kept = _kept_records({each.merged_into for each in merged if each.merged_into})
    rows = {row.record: row for row in _found_by_record(permit, kept.values())} if merged else {}
    for each in found:
        if each.merged_into:
            record = kept.get(each.merged_into)
            if record not in rows:
                continue  # kept at a clinic this person does not work at
            each = replace(rows[record], score=each.score, found_as=each.name)
        if each.record not in best or best[each.record].score < each.score:
            best[each.record] = each
    return list(best.values())


def _kept_records(patients: set[int]) -> dict[int, int]:
    """The record finally kept, by the id of a patient row somebody was merged into."""
    final: dict[int, int] = {}
    steps = {start: start for start in patients}
    while steps:
        rows = Patient.objects.filter(pk__in=set(steps.values())).values_list(
            "pk", "record_id", "merged_into_id"
        )
        known = {pk: (record, after) for pk, record, after in rows}
        final |= {a: known[b][0] for a, b in steps.items() if b in known and not known[b][1]}
        steps = {a: known[b][1] for a, b in steps.items() if b in known and known[b][1]}
    return final


def _found_by_record(
    permit: Permit, records: Iterable[int], sought: Iterable[str] = ()
) -> list[Found]:
    rows = _rows(_BY_RECORD, {"records": list(records)})
    return [_found(row, sought) for row in rows]


def elsewhere(permit: Permit, first: str, last: str, birth_on: date) -> list[Elsewhere]:
    """Who has exactly this full name and birth date at other clinics of the organization: their
    record number and clinic, nothing else. Kept records answer for merged ones."""
    wanted = (set(rules.words(first)), set(rules.words(last)))
    if not all(wanted):
        return []
    with everywhere(permit, "patients.search.elsewhere"):
        rows = Patient.objects.filter(
            organization_id=permit.organization, birth_on=birth_on, merged_into__isnull=True
        ).exclude(clinic_id__in=permit.clinics).select_related("record", "clinic")  # fmt: skip
        found = [
            Elsewhere(row.record.number, row.clinic.name, row.clinic.phone)
            for row in rows
            if _is_named(row, *wanted)
        ]
    permit.note("patients.search.elsewhere", count=len(found))
    return found


def _is_named(row: Patient, first: set[str], last: set[str]) -> bool:
    firsts = rules.words(row.legal_first, row.legal_middle, row.chosen_first, row.preferred_name)
    lasts = rules.words(row.legal_last, row.chosen_last)
    others = rules.words(*row.other_names)
    return first <= {*firsts, *others} and last <= {*lasts, *others}


def newest(permit: Permit, limit: int = 10) -> list[Found]:
    """The people registered last at the permit's clinics, newest first."""
    rows = Patient.objects.filter(clinic_id__in=permit.clinics, merged_into__isnull=True)
    records = list(rows.order_by("-created_at").values_list("record_id", flat=True)[:limit])
    by_record = {each.record: each for each in _found_by_record(permit, records)}
    permit.note("patients.search", count=len(records))
    return [by_record[record] for record in records if record in by_record]


def in_queue(permit: Permit, queue: str = "imported", limit: int = 200) -> list[Found]:
    """People who wait for a clinic of their own, by name."""
    rows = Patient.objects.filter(queue=queue, clinic_id__in=permit.clinics)
    records = rows.order_by("sort_key").values_list("record_id", flat=True)[:limit]
    found = _found_by_record(permit, records)
    permit.note("patients.search", count=len(found))
    return sorted(found, key=lambda each: rules.fold(each.name))


# --- the same person twice ---------------------------------------------------------------------


def alike(
    permit: Permit, *, names: Iterable[str], birth_on: date | None, phones: Iterable[str] = (),
    besides: int | None = None,
) -> list[Alike]:  # fmt: skip
    """Who at the permit's clinics may be this very person, likeliest first; two statements."""
    digits = frozenset(digits for digits in map(rules.phone_digits, phones) if len(digits) >= 7)
    me = Identity(tuple(rules.words(*names)), birth_on, digits)
    days = frozenset(() if birth_on is None else (birth_on,))
    spans = [*rules.probes(rules.Sought(words=me.words[: rules.MOST_WORDS]))] if me.words else []
    spans += rules.probes(rules.Sought(births=days))
    spans += [span for each in digits for span in rules.probes(rules.Sought(phone=each))]
    rows = _rows(_FIND, _spans(permit, spans, [], 60)) if spans else []
    found = _kept(permit, [_found(row, ()) for row in rows])
    theirs = _phones(each.record for each in found)
    scored = [
        Alike(each, likeness(me, _identity(each, theirs)))
        for each in found
        if each.record != besides
    ]
    likely = [each for each in scored if each.likeness.score >= ASK]
    return sorted(likely, key=lambda each: (-each.likeness.score, each.found.number))


def likely_twice(permit: Permit, limit: int = 50) -> list[Pair]:
    """Pairs at the permit's clinics with one birth date and like-sounding names, likeliest first;
    pairs told apart by somebody are left out."""
    pairs = _rows(_LIKELY_TWICE, {"clinics": list(permit.clinics), "most": limit * 2})
    found = {
        e.record: e for e in _found_by_record(permit, {each for pair in pairs for each in pair})
    }
    theirs = _phones(found)
    made = [
        Pair(found[a], found[b], likeness(_identity(found[a], theirs), _identity(found[b], theirs)))
        for a, b in pairs
        if a in found and b in found
    ]
    permit.note("patients.search", count=len(made))
    likely = [pair for pair in made if pair.likeness.score >= ASK]
    return sorted(likely, key=lambda pair: (-pair.likeness.score, pair.one.number))[:limit]


def _identity(found: Found, phones: dict[int, set[str]]) -> Identity:
    return Identity(found.words, found.birth_on, frozenset(phones.get(found.record, ())))


def _phones(records: Iterable[int]) -> dict[int, set[str]]:
    """Phone digits people are found by."""
    kept: dict[int, set[str]] = {}
    rows = SearchKey.objects.filter(record_id__in=list(records), key__gte="p:", key__lt="p;")
    for record, key in rows.values_list("record_id", "key"):
        kept.setdefault(record, set()).add(key[:1:-1])
    return kept
