"""Sessions, who holds and attends them, seats, occupancy, appointments, topics, plans."""

from openiop.schedule.models.appointments import (
    Appointment,
    AppointmentChange,
    AppointmentType,
    Cadence,
    Commitment,
    EarlierWish,
    Need,
    Provider,
    Series,
    TopicOptOut,
)
from openiop.schedule.models.attendance import Attendance, GuestVisit, WeekDecision, WeeksClosed
from openiop.schedule.models.groups import Session, SessionChange, SessionStaff
from openiop.schedule.models.holds import Hold
from openiop.schedule.models.places import Occupancy, Seat
from openiop.schedule.models.planning import SeatForecast, TimetablePlan
from openiop.schedule.models.topics import RotationRun, SessionTopic, TrackCurriculum
from openiop.schedule.models.virtual import Join
from openiop.schedule.models.working import Away, WorkingHours

__all__ = [
    "Appointment", "AppointmentChange", "AppointmentType", "Attendance", "Away", "Cadence",
    "Commitment", "EarlierWish", "GuestVisit", "Hold", "Join", "Need", "Occupancy", "Provider",
    "RotationRun", "Seat", "SeatForecast", "Series", "Session", "SessionChange", "SessionStaff",
    "SessionTopic", "TimetablePlan", "TopicOptOut", "TrackCurriculum", "WeekDecision",
    "WeeksClosed", "WorkingHours",
]  # fmt: skip
