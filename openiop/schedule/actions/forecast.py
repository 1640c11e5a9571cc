"""Write down how many seats each track will have free."""

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.programs.queries import tracks
from openiop.schedule.models import SeatForecast
from openiop.schedule.queries.forecast import Outlook, outlooks
from openiop.schedule.rules.forecast import coming_mondays, forecast

MAKE = "schedule.forecast.make"


@writes(MAKE)
def make(permit: Permit) -> int:
    """Forecast every running track at the permit's clinics; how many. Made again on the same day,
    it replaces the day's. Seven statements whatever the number."""
    clinic_of = {}
    running = tracks(permit, running_on=permit.now.date())
    for track in running:
        clinic_of[track.id] = track.clinic
    rows = [
        SeatForecast(
            organization_id=permit.organization, clinic_id=clinic_of[each.track],
            track_id=each.track, made_on=each.on, weeks=_weeks(each),
        )
        for each in outlooks(permit, running)
    ]  # fmt: skip
    SeatForecast.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["track", "made_on"], update_fields=["weeks"]
    )
    permit.note(MAKE, table="schedule_seatforecast", count=len(rows))
    return len(rows)


def _weeks(known: Outlook) -> list[dict[str, object]]:
    made = forecast(known.stays, known.cap, known.on, coming_mondays(known.on), known.rates)
    return [week._asdict() | {"week_on": week.week_on.isoformat()} for week in made]
