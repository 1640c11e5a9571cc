"""Begin a track: build it and lay its first weeks."""

from datetime import timedelta

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.programs.actions import build_track
from openiop.programs.rules import TrackPlan
from openiop.schedule.actions.laying import materialize
from openiop.schedule.rules.pattern import HORIZON

BUILD = "schedule.track.build"


@writes(BUILD)
def begin_track(permit: Permit, plan: TrackPlan, timezone: str) -> int:
    """A track with the sessions of the coming weeks; its id. `timezone` is the clinic's."""
    track = build_track(permit, plan)
    today = permit.today(timezone)
    materialize(permit, plan.clinic, today, today + HORIZON + timedelta(days=1))
    return track
