"""One person's page: what matters now, and the facts beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter

from django.utils.formats import date_format

from openiop.kernel.days import SUNDAY, week_start
from openiop.kernel.permits import Permit
from openiop.messaging.queries.tasks import TaskRow, open_tasks
from openiop.patients.queries import Person, person
from openiop.patients.queries.records import MergeNotice, merged_into
from openiop.programs.queries import EnrollmentFacts, EpisodeFacts, enrollments_of, episodes_of
from openiop.schedule.queries.attendance import AttendanceFacts, history_of
from openiop.schedule.queries.sessions import SessionFacts, track_sessions
from openiop.ui.charts import Week
from openiop.ui.moments import minutes_text

__all__ = ["MergeNotice", "Overview", "merged_into", "overview", "timeline", "weeks"]
WEEKS = 12
NEARLY = 0.9  # a few minutes late do not change the picture; the hours under it are exact
A_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Happening:
    """A line of the timeline; `kind` says which sentence, `what` fills it."""

    on: date
    kind: str
    what: str
    session: int | None = None
    minutes: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Overview:
    """All that the page shows of one record. `until` is the first day after its timeline, `older`
    says whether anything lies before it, `here` are the reader's clinics."""

    person: Person
    episodes: tuple[EpisodeFacts, ...]
    enrollments: tuple[EnrollmentFacts, ...]
    attended: tuple[AttendanceFacts, ...]
    coming: tuple[SessionFacts, ...]
    tasks: tuple[TaskRow, ...]
    start: date
    until: date
    today: date
    now: datetime
    here: frozenset[int]

    @property
    def enrollment(self) -> EnrollmentFacts | None:
        """The place they hold today, or the next one."""
        held = [e for e in self.enrollments if e.end_on is None or e.end_on > self.today]
        return min(held, key=attrgetter("start_on"), default=None)

    @property
    def episode(self) -> EpisodeFacts | None:
        """The open course of care."""
        return next((each for each in self.episodes if each.closed_on is None), None)

    @property
    def next(self) -> SessionFacts | None:
        """The session now or next."""
        return next((s for s in self.coming if s.held and s.ends_at > self.now), None)

    @property
    def older(self) -> bool:
        """Is there anything before the timeline's first day?"""
        days = [e.start_on for e in self.enrollments] + [e.opened_on for e in self.episodes]
        return any(day < self.start for day in days)


def overview(permit: Permit, record: int, today: date, until: date) -> Overview:
    """The page of a record, its timeline being the twelve weeks before the day `until`. Seven
    statements, whatever the number of visits."""
    who = person(permit, record)
    episodes = tuple(episodes_of(permit, record, today))
    enrollments = tuple(enrollments_of(permit, record))
    last = week_start(until - timedelta(days=1), SUNDAY)
    start = last - (WEEKS - 1) * A_WEEK
    held = [e for e in enrollments if e.end_on is None or e.end_on > today]
    coming = _coming(permit, held, week_start(today, SUNDAY), today)
    return Overview(
        who, episodes, enrollments, tuple(history_of(permit, record, start, until)), coming,
        tuple(open_tasks(permit, record=record)), start, until, today, permit.now, permit.clinics,
    )  # fmt: skip


def _coming(
    permit: Permit, held: Sequence[EnrollmentFacts], week: date, today: date
) -> tuple[SessionFacts, ...]:
    """This week's sessions of the current track, and those of the two weeks after."""
    if not held:
        return ()
    first = min(held, key=attrgetter("start_on"))
    end = max(today, first.start_on) + 3 * A_WEEK
    if first.end_on:
        end = min(end, first.end_on)
    return tuple(track_sessions(permit, first.track, max(week, first.start_on), end))


def weeks(page: Overview, needed: int | None) -> list[Week]:
    """Attendance by week from the first week with a session on: a mark a session, and the hours
    that count. `needed` minutes make a whole week; only a week that is over can be short."""
    marks: dict[date, list[tuple[date, str]]] = {}
    minutes: dict[date, int] = {}
    recorded = {each.session for each in page.attended}
    for each in page.attended:
        week = week_start(each.on, SUNDAY)
        marks.setdefault(week, []).append((each.on, mark(each)))
        minutes[week] = minutes.get(week, 0) + each.program_minutes
    for session in page.coming:
        week = week_start(session.on, SUNDAY)
        if session.id not in recorded and session.held and session.on < page.until:
            marks.setdefault(week, []).append((session.on, "expected"))
    first = min(marks, default=None)
    this_week = week_start(page.today, SUNDAY)
    last = min(max(marks, default=this_week), this_week)
    found, start = [], first
    while start and start <= last:
        done = minutes.get(start, 0)
        short = needed is not None and start < this_week and done < needed
        found.append(_week(start, done, sorted(marks.get(start, ())), short))
        start += A_WEEK
    return found


def _week(start: date, done: int, marks: list[tuple[date, str]], short: bool) -> Week:
    label = f"{start.day} {date_format(start, 'M')}"
    return Week(label, minutes_text(done), [kind for _day, kind in marks], short)


def mark(attended: AttendanceFacts) -> str:
    """The mark of one attendance in the strip: attended (nearly all of it), part, excused or
    absent."""
    if attended.came:
        whole = attended.program_minutes >= NEARLY * attended.worth
        return "attended" if whole else "part"
    return "absent" if attended.status == "absent" else "excused"


def timeline(page: Overview) -> list[Happening]:
    """Visits, places and episodes in the page's weeks, newest first."""
    found = [_visit(each, each.clinic in page.here) for each in page.attended]
    found += [
        Happening(day, kind, what)
        for day, kind, what in _days(page)
        if day and page.start <= day < page.until
    ]
    return sorted(found, key=attrgetter("on"), reverse=True)


def _visit(each: AttendanceFacts, here: bool) -> Happening:
    """A make-up at another clinic says where it was, and leads nowhere."""
    return Happening(
        each.on, each.status, each.track_name if here else f"{each.track_name}, {each.clinic_name}",
        each.session if here else None, each.program_minutes, each.reason,
    )  # fmt: skip


def _days(page: Overview) -> Iterable[tuple[date | None, str, str]]:
    for place in page.enrollments:
        yield place.start_on, "enrolled", place.track_name
        yield place.end_on, "left", place.track_name
    for episode in page.episodes:
        yield episode.opened_on, "opened", episode.program_name
        yield episode.closed_on, "closed", episode.program_name
