"""Weekly hours: of the people I hold groups for, of a clinic, of the network."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from openiop.desk.queries.today import holds
from openiop.kernel.permits import Permit
from openiop.schedule.queries import sessions
from openiop.schedule.queries.weeks import WeekFacts, all_weeks, short_weeks, week_of
from openiop.schedule.rules.weeks import WeekState

MET = (WeekState.ON_TRACK, WeekState.DOCUMENTED)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Compliance:
    """How many people's weeks reach their hours, of those a payer or rule asks hours of."""

    clinic: int
    met: int
    people: int

    @property
    def percent(self) -> int:
        return round(100 * self.met / self.people) if self.people else 0


def of_mine(permit: Permit, day: date) -> list[WeekFacts]:
    """Weeks in danger of the people in the groups I hold this week; ten statements."""
    near = sessions.sessions_between(permit, permit.clinics, day - 6 * A_DAY, day + 7 * A_DAY)
    rosters = sessions.rosters(permit, [each.id for each in near if holds(permit, each)])
    records = {seat.record for roster in rosters.values() for seat in roster}
    return in_danger(week_of(permit, records, day, makeups=False).values())


def of_clinic(permit: Permit, clinic: int, day: date) -> list[WeekFacts]:
    """Weeks in danger at a clinic; eight statements."""
    return in_danger(short_weeks(permit, [clinic], day, makeups=False))


def in_danger(weeks: Iterable[WeekFacts]) -> list[WeekFacts]:
    """Weeks that can still be mended, those that lack most first; people one may not see are left
    out."""
    found = [week for week in weeks if week.state == WeekState.AT_RISK and week.person]
    return sorted(found, key=lambda week: (-week.missing_minutes, week.record))


def compliance(permit: Permit, clinics: Iterable[int], day: date) -> list[Compliance]:
    """By clinic, how many weeks that hold `day` reach their hours; a short week with a documented
    reason counts as reached. Eight statements."""
    wanted = list(clinics)
    counted: dict[int, list[bool]] = {clinic: [] for clinic in wanted}
    for week in all_weeks(permit, wanted, day):
        if week.marks.minutes and week.place.clinic in counted:
            counted[week.place.clinic].append(week.state in MET)
    return [Compliance(clinic, sum(weeks), len(weeks)) for clinic, weeks in counted.items()]
