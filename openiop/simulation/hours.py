"""When the demo's colleagues work, the types of one-to-ones they hold, and who is on leave."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from openiop.access import door
from openiop.kernel.acts import Role
from openiop.kernel.days import local, local_day, week_start
from openiop.schedule.actions.types import found_types
from openiop.schedule.actions.working import Week, add_away, set_hours
from openiop.simulation.network import AREA_WIDE, NETWORK_WIDE, DemoClinic, Network, words

R = Role
WORKDAYS = range(5)
KEPT_DAYS = (1, 3)  # Tuesday and Thursday afternoons are kept for one-to-ones


def begin(network: Network, start_on: date, now: datetime) -> None:
    """The shipped types of one-to-ones, and everybody's week from the first day on."""
    with door.opened_for_job("schedule.type.write", network.organization, now=now) as permit:
        found_types(permit)
    with door.opened_for_job("schedule.hours.write", network.organization, now=now) as permit:
        for staff, weeks in _everybody(network):
            set_hours(permit, staff, weeks, start_on)


def _everybody(network: Network) -> Iterator[tuple[int, list[Week]]]:
    areas: dict[str, list[DemoClinic]] = {}
    for clinic in network.clinics:
        areas.setdefault(clinic.area, []).append(clinic)
        late = _late(clinic)
        for role, team in clinic.team.items():
            if role not in (*AREA_WIDE, *NETWORK_WIDE):
                yield from ((staff, _week(clinic, late=staff in late)) for staff, _user in team)
    for group in areas.values():
        for role in AREA_WIDE:
            yield group[0].team[role][0][0], _touring(group, by_video=role is R.PRESCRIBER)
    for role in NETWORK_WIDE:
        yield network.clinics[0].team[role][0][0], _week(network.clinics[0], late=False)


def _late(clinic: DemoClinic) -> set[int]:
    """Who holds an evening group, and the front desk: nobody is alone with patients."""
    plan = words("network")
    codes = next(each["tracks"] for each in plan["clinics"] if each["code"] == clinic.code)
    return {
        track.lead for code, track in zip(codes, clinic.tracks, strict=True)
        if plan["patterns"][code]["starts"] >= "17:00"
    } | {staff for staff, _user in clinic.team[R.FRONT_DESK]}  # fmt: skip


def _week(clinic: DemoClinic, *, late: bool) -> list[Week]:
    """Eight hours on weekdays: from half past eight, or from noon to nine."""
    found = []
    for day in WORKDAYS:
        first, last = (time(12), time(21)) if late and day < 4 else (time(8, 30), time(17))
        if day in KEPT_DAYS:
            found += [
                Week(clinic.id, day, first, time(13)),
                Week(clinic.id, day, time(13), time(16), use="visits"),
                Week(clinic.id, day, time(16), last),
            ]
        else:
            found.append(Week(clinic.id, day, first, last))
    return found


def _touring(clinics: list[DemoClinic], *, by_video: bool) -> list[Week]:
    """Each weekday at another clinic of the area; Wednesdays late, and one evening by video."""
    found = [
        Week(clinics[day % len(clinics)].id, day, time(9), time(20) if day == 2 else time(17))
        for day in WORKDAYS
    ]
    video = [Week(clinics[0].id, 1, time(17), time(20), virtual=True)] if by_video else []
    return [*found, *video]


def leave(clinic: DemoClinic, now: datetime) -> None:
    """One counselor is away at the end of next week, the nurse for a training; the nurse was ill a
    month ago."""
    monday = week_start(local_day(now, clinic.timezone), first=0)
    counselor, nurse = clinic.team[R.CLINICIAN][-1], clinic.team[R.NURSE][0]
    ill_on = monday - timedelta(weeks=4)
    _away(clinic, nurse, "sick", ill_on, 0, 24, now - timedelta(weeks=5), "")
    _away(clinic, nurse, "training", monday + timedelta(days=10), 13, 17, now, "First aid course")
    for day in (10, 11):
        _away(clinic, counselor, "leave", monday + timedelta(days=day), 0, 24, now, "")


def _away(
    clinic: DemoClinic, who: tuple[int, int], kind: str, on: date, first: int, last: int,
    now: datetime, reason: str,
) -> None:  # fmt: skip
    staff, user = who
    starts = local(on, time(first), clinic.timezone)
    ends = local(on + timedelta(days=last // 24), time(last % 24), clinic.timezone)
    with door.opened_for(user, "schedule.away.write", now=now) as permit:
        add_away(permit, staff, kind, starts, ends, reason)
