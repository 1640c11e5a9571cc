"""Clinics that fit what somebody looks for, near before far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from openiop.access.queries import PublicClinic
from openiop.kernel.zips import Spot, miles_between, spot
from openiop.schedule.queries.starts import Start

TIMES = ("morning", "evening", "video")


@dataclass(frozen=True)
class Looked:
    """What is looked for; "" or nothing: no matter."""

    zip_code: str = ""
    area: str = ""
    time: str = ""
    service: str = ""

    @property
    def here(self) -> Spot | None:
        return spot(self.zip_code) if self.zip_code else None


@dataclass(frozen=True)
class Found:
    """A clinic with the tracks that fit, those that begin soonest first, and how far it is."""

    clinic: PublicClinic
    starts: list[Start]
    miles: float | None = None

    @property
    def soonest(self) -> Start | None:
        return next((each for each in self.starts if each.first_at), None)


def daypart(start: Start) -> str:
    """morning, evening or video."""
    if start.track.mode == "virtual":
        return "video"
    return "morning" if start.track.starts.hour < 12 else "evening"


def found(clinics: Iterable[PublicClinic], starts: Iterable[Start], looked: Looked) -> list[Found]:
    """Clinics with at least one track that fits: near before far where a ZIP code is known, else
    those where one can begin soonest first."""
    fitting: dict[int, list[Start]] = {}
    for each in starts:
        if not looked.time or daypart(each) == looked.time:
            fitting.setdefault(each.track.clinic, []).append(each)
    here = looked.here
    rows = [
        Found(clinic, sorted(fitting[clinic.id], key=_soonest), _miles(here, clinic))
        for clinic in clinics
        if clinic.id in fitting
        and (not looked.area or clinic.area_code == looked.area)
        and (not looked.service or looked.service in clinic.capabilities)
    ]
    return sorted(rows, key=_near if here else _early)


def _miles(here: Spot | None, clinic: PublicClinic) -> float | None:
    there = spot(clinic.zip_code) if here else None
    return miles_between(here, there) if here and there else None


def _soonest(start: Start) -> tuple[bool, float]:
    return (start.first_at is None, _seconds(start.first_at))


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _early(row: Found) -> tuple[bool, float, str]:
    return (row.soonest is None, _seconds(row.soonest and row.soonest.first_at), row.clinic.name)


def _near(row: Found) -> tuple[bool, float, str]:
    return (row.miles is None, row.miles or 0.0, row.clinic.name)
