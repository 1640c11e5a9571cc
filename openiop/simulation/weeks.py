"""One clinic's weeks, lived by the actions its pages call: people come, attend, leave or finish."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from openiop.access import door
from openiop.kernel.acts import Role
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.messaging import actions as messaging
from openiop.messaging.queries import open_tasks
from openiop.patients import actions as patients
from openiop.programs import actions as programs
from openiop.schedule.actions import enrollment, laying, marking, whole_session
from openiop.schedule.queries.sessions import SessionFacts, rosters, sessions_between
from openiop.schedule.rules.attendance import Status
from openiop.simulation import rules, topics
from openiop.simulation.network import DemoClinic, DemoTrack, Network
from openiop.simulation.notes import write_notes
from openiop.simulation.people import payer, person, safe_to

HORIZON = timedelta(weeks=6)
TARGET = 9  # people a track settles at
FULL = 11  # the house's own limit (group.house.max)
OPENING = 6  # people a track opens with
CALLED = 0.95  # follow-up calls of a week that reach somebody


@dataclass
class Living:
    """One person on their way through a track."""

    record: int
    course: rules.Course
    enrollment: int
    episode: int
    left: bool = False


@dataclass
class ClinicLife:
    """A clinic and who is in each of its tracks; counts of what was done."""

    network: Network
    clinic: DemoClinic
    random: Random
    now: datetime
    people: dict[int, list[Living]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, number: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + number

    def opened(self, act: str, at: datetime, role: Role = Role.FRONT_DESK) -> door.Opened:
        """The door, opened by a member of this clinic's team at a moment of the past."""
        user = self.clinic.team[role][0][1]
        return door.opened_for(user, act, now=min(at, self.now))


def live_clinic(life: ClinicLife, start_on: date, weeks: int) -> None:
    """Live `weeks` weeks from a Monday."""
    clinic = life.clinic
    life.people = {track.id: [] for track in clinic.tracks}
    opening = local(start_on, time(7), clinic.timezone)
    with life.opened("schedule.materialize", opening, Role.DIRECTOR) as permit:
        end = start_on + timedelta(weeks=weeks) + HORIZON
        life.add("sessions", laying.materialize(permit, clinic.id, start_on, end))
    with life.opened("schedule.rotation.follow", opening, Role.DIRECTOR) as permit:
        life.add("topics", topics.follow(permit, clinic.tracks, start_on))
    for week in range(weeks):
        monday = start_on + timedelta(weeks=week)
        _people_leave(life, monday)
        _people_start(life, monday, first=week == 0)
        _sessions_are_held(life, monday)
        _people_are_called(life, monday)


def _people_leave(life: ClinicLife, monday: date) -> None:
    """Those whose course ends this week give up their seat from that day on; the courses that
    ended before are closed."""
    day = timedelta(days=1)
    last = min(monday + 6 * day, life.now.date())
    here = [each for track in life.people.values() for each in track]
    leaving = [each for each in here if not each.left and each.course.end_on <= last]
    gone = [each for each in here if each.course.end_on < monday]
    if leaving or gone:
        at = local(monday - day, time(18), life.clinic.timezone)
        with life.opened("schedule.enroll", at) as permit:
            for each in leaving:
                course = each.course
                enrollment.leave_track(permit, each.enrollment, course.end_on, course.reason)
                each.left = True
            for each in gone:
                course = each.course
                programs.close_episode(permit, each.episode, course.end_on, course.reason)
    for track, people in life.people.items():
        life.people[track] = [each for each in people if each not in gone]
    life.add("left", len(leaving))


def _people_start(life: ClinicLife, monday: date, first: bool) -> None:
    """This week's new people are registered and take a seat in their track."""
    wanted: list[DemoTrack] = []
    for track in life.clinic.tracks:
        taken = len(life.people[track.id])
        number = OPENING if first else rules.arrivals(life.random, taken, TARGET, FULL)
        wanted += [track] * number
    if not wanted:
        return
    at = local(monday, time(7, 30), life.clinic.timezone)
    serial = sum(life.counts.values()) + life.clinic.id * 100_000
    drawn = [
        person(life.random, life.clinic.id, monday, serial + place) for place in range(len(wanted))
    ]
    with life.opened("patients.patient.write", at) as permit:
        registered = patients.register_many(permit, drawn)
        for each, facts in zip(registered, drawn, strict=True):
            contact = messaging.add_contact(
                permit, record=each.record, clinic=life.clinic.id, name="", relationship="self"
            )
            messaging.add_contact_point(
                permit, contact=contact, kind="phone", value=facts["phones"][0],
                **safe_to(life.random),
            )  # fmt: skip
    with life.opened("patients.coverage.write", at) as permit:
        for each in registered:
            patients.add_coverage(permit, record=each.record, payer_name=payer(life.random))
    with life.opened("schedule.enroll", at) as permit:
        for track, each in zip(wanted, registered, strict=True):
            _start(life, permit, track, each.record, monday)
    life.add("people", len(registered))


def _start(life: ClinicLife, permit: Permit, track: DemoTrack, record: int, monday: date) -> None:
    start_on = monday + timedelta(days=life.random.choice((0, 0, 1, 2)))
    course = rules.course(life.random, start_on)
    weeks = (course.planned_end_on - start_on).days // 7
    episode = programs.open_episode(
        permit, record=record, clinic=life.clinic.id, program=track.program, opened_on=start_on,
        counselor=track.lead, expected_weeks=weeks,
    )  # fmt: skip
    placed = enrollment.enroll(
        permit, record=record, track=track.id, start_on=start_on, episode=episode
    )
    life.people[track.id].append(Living(record, course, placed.enrollment, episode))


def _sessions_are_held(life: ClinicLife, monday: date) -> None:
    """Each session that is over by now: attendance in one action, its notes in another."""
    with life.opened("schedule.read", life.now, Role.DIRECTOR) as permit:
        held = [
            each
            for each in sessions_between(
                permit, [life.clinic.id], monday, monday + timedelta(days=7)
            )
            if each.held and each.ends_at < life.now
        ]
        expected = rosters(permit, [each.id for each in held])
    courses = {each.record: each.course for here in life.people.values() for each in here}
    tracks = {track.id: track for track in life.clinic.tracks}
    for session in held:
        marks = {
            seat.record: _mark(life.random, session, courses[seat.record])
            for seat in expected[session.id]
            if seat.record in courses
        }
        _hold(life, tracks[session.track], session, marks)


def _people_are_called(life: ClinicLife, monday: date) -> None:
    """The front desk works its follow-up calls off by Saturday; the newest ones still wait."""
    saturday = local(monday + timedelta(days=5), time(13), life.clinic.timezone)
    if saturday > life.now:
        return
    with life.opened("messaging.task.write", saturday) as permit:
        waiting = open_tasks(permit, clinic=life.clinic.id, kinds=[marking.NO_SHOW])
        done = [task.id for task in waiting if life.random.random() < CALLED]
        messaging.close_tasks(permit, done, "Reached; coming back next time.")
    life.add("calls", len(done))


def _mark(random: Random, session: SessionFacts, course: rules.Course) -> marking.Mark:
    length = int((session.ends_at - session.starts_at) / timedelta(minutes=1))
    drawn = rules.presence(random, course.attends, length)
    status = Status(drawn.status)
    if drawn.status != "present":
        reason = "Work" if drawn.status == "excused" else ""
        return marking.Mark(status, reason=reason)
    left = drawn.left_after_minutes
    return marking.Mark(
        status,
        arrived_at=session.starts_at + timedelta(minutes=drawn.late_minutes),
        left_at=session.starts_at + timedelta(minutes=left) if left else None,
    )


def _hold(
    life: ClinicLife, track: DemoTrack, session: SessionFacts,
    marks: dict[int, marking.Mark],
) -> None:  # fmt: skip
    after = session.ends_at + timedelta(minutes=5)
    try:
        with door.opened_for(track.user, "schedule.attendance.write", now=after) as permit:
            whole_session.record_all(permit, session.id, marks)
    except Refused:  # a closure or a cancellation: there was no session to record
        return
    life.add("attendances", len(marks))
    life.add("sessions held")
    life.add("notes", write_notes(life.random, track, session, marks, life.now))
