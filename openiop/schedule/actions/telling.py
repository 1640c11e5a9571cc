"""Telling people that their evening changed: a text where that is safe, else a call list.

Words are neutral: no program, no clinic, no reason; a message may be read by anybody.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.messaging.actions.outbox import queue_texts
from openiop.messaging.actions.tasks import NewTask, close_tasks, open_each
from openiop.messaging.queries import open_tasks
from openiop.schedule.actions.changes import SESSION, WRITE, State
from openiop.schedule.models import SessionChange
from openiop.schedule.queries.sessions import SessionFacts, by_ids, rosters
from openiop.schedule.rules.clashes import day_and_hour

CALL, MAKEUP = "session_call", "makeup_offer"


@dataclass(frozen=True)
class Told:
    """How many were texted, and how many are on the call list."""

    texted: int
    to_call: int


Words = Callable[[State, State, str], str]


def _when(state: State, timezone: str) -> str:
    return day_and_hour(state.starts_at, timezone)


def _moved(before: State, after: State, timezone: str) -> str:
    return _("Your appointment of %(was)s is now on %(now)s.") % {
        "was": _when(before, timezone), "now": _when(after, timezone)}  # fmt: skip


def _off(before: State, after: State, timezone: str) -> str:
    return _("Your appointment of %(was)s does not take place.") % {"was": _when(before, timezone)}


def _virtual(before: State, after: State, timezone: str) -> str:
    return _("Your appointment of %(was)s is by video.") % {"was": _when(before, timezone)}


def _room(before: State, after: State, timezone: str) -> str:
    return _("Your appointment of %(was)s is in another room: ask at the desk.") % {
        "was": _when(before, timezone)}  # fmt: skip


def _as_planned(before: State, after: State, timezone: str) -> str:
    return _("Your appointment of %(was)s takes place as first planned.") % {
        "was": _when(before, timezone)}  # fmt: skip


WORDS: Mapping[str, Words] = {
    "move": _moved, "cancel": _off, "closure": _off, "virtual": _virtual, "room": _room,
}  # fmt: skip


@writes(WRITE)
def tell(permit: Permit, batch: UUID) -> Told:
    """Tell everybody expected at the sessions of a change, once; those who cannot be texted safely
    become a call list, and whoever lost a session is to be offered another. The statements are as
    many for one person as for a hundred."""
    changes = list(
        SessionChange.objects.filter(batch=batch, clinic_id__in=permit.clinics).order_by("id")
    )
    kind = changes[0].kind
    if kind not in WORDS and kind != "merge":
        return Told(0, 0)
    told = _tell(permit, changes, str(batch), _merged if kind == "merge" else WORDS[kind])
    lost = [change for change in changes if change.after["status"] == "cancelled"]
    if kind != "merge" and lost:
        _offer_makeups(permit, by_ids(permit, [change.session_id for change in lost]))
    SessionChange.objects.filter(batch=batch).update(told_at=permit.now)
    return told


def _merged(before: State, after: State, timezone: str) -> str:
    return _moved(before, after, timezone)


@writes(WRITE)
def tell_undone(permit: Permit, batch: UUID) -> Told:
    """Tell those who were told of a change that it is undone; open calls about it are closed."""
    rows = SessionChange.objects.filter(batch=batch, clinic_id__in=permit.clinics)
    changes = list(rows.filter(told_at__isnull=False).order_by("id"))
    if not changes:
        return Told(0, 0)
    ids = {change.session_id for change in changes}
    open_ones = open_tasks(permit, clinic=changes[0].clinic_id, kinds=[CALL, MAKEUP])
    about = [task.id for task in open_ones if task.about and task.about[1] in ids]
    close_tasks(permit, about, _("The change is undone."))
    return _tell(permit, changes, f"{batch}-undone", _as_planned)


def _tell(permit: Permit, changes: list[SessionChange], key: str, words: Words) -> Told:
    """One message a person, about the first of the sessions they are expected at."""
    sessions = by_ids(permit, _all_ids(changes))
    people = rosters(permit, [change.session_id for change in changes])
    place = clinics(permit).get(pk=changes[0].clinic_id)
    bodies: dict[int, tuple[str, str]] = {}
    about: dict[int, int] = {}
    for change in changes:
        sentence = words(State.from_json(change.before), _after(change, sessions), place.timezone)
        body = _("%(sentence)s Questions: %(phone)s.") % {
            "sentence": sentence, "phone": place.phone}  # fmt: skip
        for seated in people[change.session_id]:
            bodies.setdefault(seated.record, (f"{key}-{seated.record}", body))
            about.setdefault(seated.record, change.session_id)
    texted = queue_texts(permit, place.id, bodies)
    others = [record for record in bodies if record not in texted]
    _call_list(permit, place.id, sessions, {record: about[record] for record in others}, bodies)
    return Told(len(texted), len(others))


def _all_ids(changes: Iterable[SessionChange]) -> list[int]:
    rows = list(changes)
    hosts = [row.after["merged_into"] for row in rows if row.after["merged_into"]]
    return [*(row.session_id for row in rows), *hosts]


def _after(change: SessionChange, sessions: Mapping[int, SessionFacts]) -> State:
    """What became of the session; of a merged one, the session people go to now."""
    host = sessions.get(change.after["merged_into"] or 0)
    return State.of(host) if host else State.from_json(change.after)


def _call_list(
    permit: Permit, clinic: int, sessions: Mapping[int, SessionFacts], about: Mapping[int, int],
    bodies: Mapping[int, tuple[str, str]],
) -> None:  # fmt: skip
    open_each(permit, [
        NewTask(
            kind=CALL, title=_("Call: %(words)s") % {"words": bodies[record][1]}, clinic=clinic,
            due_at=max(permit.now, sessions[session].starts_at), about=(SESSION, session),
            record=record, role=Role.FRONT_DESK.value,
        )
        for record, session in about.items()
    ])  # fmt: skip


def _offer_makeups(permit: Permit, sessions: Mapping[int, SessionFacts]) -> None:
    people = rosters(permit, sessions)
    title = _("Offer another session instead of %(track)s on %(when)s.")
    open_each(permit, [
        NewTask(
            kind=MAKEUP, clinic=session.clinic, about=(SESSION, session.id), record=seated.record,
            title=title % {
                "track": session.track_name,
                "when": day_and_hour(session.starts_at, session.timezone)},
            due_at=max(permit.now, session.ends_at), role=Role.FRONT_DESK.value,
        )
        for session in sessions.values()
        for seated in people[session.id]
    ])  # fmt: skip
