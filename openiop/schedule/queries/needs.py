"""What people need to take part, who provides it, and who of them is free then."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from openiop.kernel.permits import Permit
from openiop.patients.queries.languages import language_name
from openiop.schedule.models import Need, Provider

KINDS = [
    ("spoken", _("Interpreter")), ("asl", _("Sign language interpreter")), ("ride", _("Ride")),
    ("childcare", _("Childcare")),
]  # fmt: skip
INTERPRETING = ("spoken", "asl")  # kinds whose provider is in one place at a time


class ProviderFacts(NamedTuple):
    """An interpreter, ride service or childcare place: what for, which languages by code."""

    id: int
    name: str
    kinds: frozenset[str]
    languages: frozenset[str]
    phone: str
    retired: bool

    def fits(self, kind: str, language: str) -> bool:
        """Whether they do it, and in that language if any."""
        return kind in self.kinds and (not language or language in self.languages)


class NeedFacts(NamedTuple):
    """One need for one visit (`appointment`) or one group (`session`), called `title`; `off`: what
    it was for is cancelled."""

    id: int
    record: int
    clinic: int
    kind: str
    language: str
    state: str
    appointment: int | None
    session: int | None
    title: str
    starts_at: datetime
    ends_at: datetime
    off: bool
    provider: int | None
    provider_name: str
    phone: str
    reference: str


def need_words(each: NeedFacts) -> str:
    """ "Interpreter, Spanish"."""
    spoken = language_name(each.language) if each.kind == "spoken" else ""
    return ", ".join(filter(None, [str(dict(KINDS)[each.kind]), spoken]))


def providers(permit: Permit, *, retired: bool = False) -> list[ProviderFacts]:
    """The organization's in use, by name, with `retired` the others too; one statement."""
    rows = Provider.objects.order_by("name", "id")
    if not retired:
        rows = rows.filter(retired_on__isnull=True)
    return [
        ProviderFacts(row.id, row.name, frozenset(row.kinds), frozenset(row.languages), row.phone,
                      row.retired_on is not None)
        for row in rows
    ]  # fmt: skip


def provider(permit: Permit, provider_id: int) -> ProviderFacts:
    """One of them, in use or not, or Http404; one statement."""
    for each in providers(permit, retired=True):
        if each.id == provider_id:
            return each
    raise Http404("No such provider.")


def needs_of(permit: Permit, record: int, since: datetime) -> list[NeedFacts]:
    """A person's needs for what ends after `since`, called-off ones left out, in order of time; one
    statement."""
    ahead = Q(appointment__ends_at__gt=since) | Q(session__ends_at__gt=since)
    return _facts(Need.objects.filter(ahead, record_id=record).exclude(state="cancelled"))


def needs_between(permit: Permit, clinic: int, start: datetime, end: datetime) -> list[NeedFacts]:
    """Needs for what begins in [start, end) at a clinic, in order of time; those of what is
    cancelled only while somebody is booked. One statement."""
    rows = Need.objects.filter(
        Q(appointment__starts_at__gte=start, appointment__starts_at__lt=end)
        | Q(session__starts_at__gte=start, session__starts_at__lt=end),
        clinic_id__in=permit.clinics.intersection([clinic]),
    ).exclude(state="cancelled")  # fmt: skip
    return [each for each in _facts(rows) if not each.off or each.state == "booked"]


def need_of(permit: Permit, record: int, need: int) -> NeedFacts:
    """One need of a person, called off or not, or Http404; one statement."""
    found = _facts(Need.objects.filter(pk=need, record_id=record))
    if not found:
        raise Http404("No such need.")
    return found[0]


def _facts(rows: QuerySet[Need]) -> list[NeedFacts]:
    joined = rows.select_related("appointment__type", "session__track", "provider")
    return sorted((_fact(row) for row in joined), key=lambda each: (each.starts_at, each.id))


def _fact(row: Need) -> NeedFacts:
    held: Any = row.appointment or row.session
    if row.appointment:
        off = row.appointment.cancelled_at is not None
        title = held.type.name if held.type else held.get_kind_display()
    else:
        off, title = held.status != "scheduled", held.track.name
    return NeedFacts(
        row.id, row.record_id, row.clinic_id, row.kind, row.language, row.state,
        row.appointment_id, row.session_id, title, held.starts_at, held.ends_at, off,
        row.provider_id, row.provider.name if row.provider else "",
        row.provider.phone if row.provider else "", row.reference,
    )  # fmt: skip


_TAKEN = """
SELECT DISTINCT wanted.need, o.resource
  FROM unnest(%(needs)s::bigint[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
       AS wanted(need, starts_at, ends_at)
  JOIN schedule_occupancy o ON o.kind = 'provider' AND o.ends_at > wanted.starts_at
   AND o.during && tstzrange(wanted.starts_at, wanted.ends_at)
  JOIN schedule_need n ON n.id = wanted.need
 WHERE o.session_id IS DISTINCT FROM n.session_id
    OR o.appointment_id IS DISTINCT FROM n.appointment_id
"""


def fitting(permit: Permit, needs: Collection[NeedFacts]) -> dict[int, list[ProviderFacts]]:
    """For each need who could be booked: of that kind and language, and for interpreters free for
    all of its time; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, {
            "needs": [each.id for each in needs],
            "starts": [each.starts_at for each in needs], "ends": [each.ends_at for each in needs],
        })  # fmt: skip
        taken: set[tuple[int, int]] = set(cursor.fetchall())
    every = providers(permit)
    return {
        need.id: [
            each for each in every
            if each.fits(need.kind, need.language)
            and (need.kind not in INTERPRETING or (need.id, each.id) not in taken)
        ]
        for need in needs
    }  # fmt: skip


def interpreters_of_visits(permit: Permit, visits: Iterable[int]) -> list[tuple[int, int]]:
    """(visit, interpreter) of all that are booked for these visits; one statement."""
    return _booked(Need.objects.filter(appointment_id__in=list(visits)), "appointment_id")


def interpreters_of_sessions(permit: Permit, sessions: Iterable[int]) -> list[tuple[int, int]]:
    """(session, interpreter) of all that are booked for these sessions; one statement."""
    return _booked(Need.objects.filter(session_id__in=list(sessions)), "session_id")


def _booked(rows: QuerySet[Need], what: str) -> list[tuple[int, int]]:
    booked = rows.filter(state="booked", kind__in=INTERPRETING).order_by(what, "provider_id")
    return list(booked.values_list(what, "provider_id").distinct())
