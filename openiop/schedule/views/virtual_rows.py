"""A person in a virtual room as its page shows them, with everything said in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from openiop.patients.queries import Person
from openiop.schedule.actions.join_confirm import mark_of
from openiop.schedule.queries.attendance import AttendanceFacts
from openiop.schedule.queries.joining import (
    Acceptance,
    JoinFacts,
    VideoRoom,
    by_record,
    proposals,
)  # fmt: skip
from openiop.schedule.rules.attendance import Status, on_the_minute
from openiop.schedule.rules.joining import SILENCE, Place, Proposal
from openiop.schedule.views.asking import person_url


@dataclass(frozen=True)
class Time:
    """One stretch in the room in words; `join`: where the facilitator may say "was here"."""

    text: str
    join: int = 0


@dataclass(frozen=True)
class Guest:
    """One person: their newest join, if any, what they answered, their times and what is marked."""

    record: int
    name: str
    url: str
    join: JoinFacts | None
    tags: tuple[tuple[str, str], ...]
    since: str
    quiet: str
    times: tuple[Time, ...]
    minutes: int
    marked: str
    is_new: bool

    def at(self, place: Place) -> bool:
        return self.join is not None and self.join.place is place

    @property
    def away(self) -> bool:
        """Expected, and neither waiting nor in."""
        return self.join is None or self.join.place is Place.LEFT

    @property
    def needs_help(self) -> bool:
        return self.join is not None and self.join.needs_help

    @property
    def shown(self) -> tuple[object, ...]:
        """What changes on the page when something happens, without what goes on by itself."""
        told = self.join and (self.join.id, self.join.place.value, self.join.street)
        return (
            self.name,
            told,
            self.tags,
            self.quiet,
            self.needs_help,
            self.marked,
            len(self.times),
        )


def guests(
    room: VideoRoom, joins: Sequence[JoinFacts], known: Mapping[int, Person],
    payers: Mapping[int, Acceptance], marked: Mapping[int, AttendanceFacts], now: datetime,
    *, hidden: bool,
) -> list[Guest]:  # fmt: skip
    """Everybody who is expected or came, open to this reader, in the order of their names."""
    theirs, proposed = by_record(joins), proposals(room, joins, now)
    zone = ZoneInfo(room.timezone)
    rows = []
    for record, person in known.items():
        mine, mark, each = theirs.get(record, []), marked.get(record), proposed.get(record)
        newest = mine[-1] if mine else None
        rows.append(Guest(
            record, person.number if hidden else person.name, person_url(person.number), newest,
            tuple(_tags(room, newest, record in room.records, payers.get(record))),
            _clock(newest.admitted_at or newest.asked_at, zone) if newest else "",
            _quiet(newest, now, zone), tuple(_times(mine, now, zone)),
            each.minutes(room.blocks, min(now, room.ends_at)) if each else 0, _word(mark),
            each is not None and bool(room.session) and _is_new(mark, each, room),
        ))  # fmt: skip
    return sorted(rows, key=lambda row: row.name)


def _tags(
    room: VideoRoom, join: JoinFacts | None, seated: bool, payer: Acceptance | None
) -> Iterable[tuple[str, str]]:
    """What the facilitator should know before letting somebody in, with its tone."""
    if not seated:
        yield _("No seat"), "act"
    if join and join.at_risk_at:
        yield _("At risk"), "act"
    if join and not join.alone:
        yield _("Not alone, wears headphones"), "watch"
    if join and join.state != room.state:
        yield _("In %(state)s") % {"state": join.state}, "watch"
    if payer and payer.accepted is not True:
        yield _payer_word(payer), "watch"
    elif payer and not payer.reviewed:
        yield _("Payer accepts video; not reviewed"), ""


def _payer_word(payer: Acceptance) -> str:
    if payer.accepted is None:
        return _("Payer and video: nothing is recorded")
    if not payer.reviewed:
        return _("Payer does not accept video; not reviewed")
    return _("Payer does not accept video")


def _quiet(join: JoinFacts | None, now: datetime, zone: ZoneInfo) -> str:
    """Since when there is no sign of somebody who waits or is in; "" while there is."""
    if join is None or not join.is_open or now - join.seen_at <= SILENCE:
        return ""
    return _clock(join.seen_at, zone)


def _times(joins: Sequence[JoinFacts], now: datetime, zone: ZoneInfo) -> Iterable[Time]:
    """Each stretch in the room; one that was followed by another may have been silence only."""
    came = [each for each in joins if each.admitted_at]
    for place, each in enumerate(came):
        assert each.admitted_at
        ended = each.left_at or (each.seen_at if now - each.seen_at > SILENCE else None)
        text = f"{_clock(each.admitted_at, zone)}–{_clock(ended, zone) if ended else ''}"
        later = (
            place + 1 < len(came)
            and each.left_at
            and (on_the_minute(each.left_at) < on_the_minute(_next(came, place)))
        )
        yield Time(text, each.id if later else 0)


def _next(came: Sequence[JoinFacts], place: int) -> datetime:
    return came[place + 1].admitted_at or came[place + 1].asked_at


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


def _word(mark: AttendanceFacts | None) -> str:
    if mark is None:
        return ""
    words = {
        Status.PRESENT.value: _("Here, %(n)d min") % {"n": mark.minutes},
        Status.UNABLE.value: _("Could not take part"), Status.ABSENT.value: _("Absent"),
        Status.EXCUSED.value: _("Excused"),
    }  # fmt: skip
    return words[mark.status]


def _is_new(mark: AttendanceFacts | None, each: Proposal, room: VideoRoom) -> bool:
    """Would confirming the times change what is marked?"""
    if mark is None:
        return True
    proposed = mark_of(each, room.starts_at)
    told = (mark.status, mark.method, mark.correction, mark.arrived_at, mark.left_at)
    wanted = (Status.PRESENT.value, "video", "", proposed.arrived_at, proposed.left_at)
    return told[:3] == wanted[:3] and told != wanted
