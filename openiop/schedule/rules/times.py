"""A time somebody wants to book, and the code by which an address or a form carries it."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

MODES = {"p": "in_person", "v": "virtual"}
_CODE = re.compile(r"(\d{1,18})-(\d{1,18})-(\d{1,18})-(\d{0,18})-(\d{9,10})-([pv])", re.ASCII)


class Time(NamedTuple):
    """A time somebody wants: what, where, with whom, when, how ("in_person", "virtual")."""

    type: int
    clinic: int
    staff: int
    room: int | None
    starts_at: datetime
    mode: str

    @property
    def code(self) -> str:
        """The time in letters and digits; to the second."""
        room = "" if self.room is None else str(self.room)
        at, mode = int(self.starts_at.timestamp()), "v" if self.mode == "virtual" else "p"
        return f"{self.type}-{self.clinic}-{self.staff}-{room}-{at}-{mode}"


def time_of(code: str) -> Time | None:
    """The time of a code; None where it is none. Whether it is free is another question."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    kind, clinic, staff = (int(found[part]) for part in (1, 2, 3))
    room = int(found[4]) if found[4] else None
    moment = datetime.fromtimestamp(int(found[5]), UTC)
    return Time(kind, clinic, staff, room, moment, MODES[found[6]])
