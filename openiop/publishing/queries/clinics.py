"""What a clinic's public page says beside the schedule; how often pages are looked at."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404

from openiop.access.queries import staff_names
from openiop.kernel.permits import Permit
from openiop.publishing.models import ClinicFacts, ClinicPhoto, PageCount


@dataclass(frozen=True)
class Photo:
    """A picture by its id, what is seen, and its size in pixels."""

    id: int
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Facts:
    """What staff say of a clinic; `verified_on` None: nobody has checked the page yet."""

    about: str = ""
    getting_here: str = ""
    verified_on: date | None = None
    verified_by: str = ""
    photos: tuple[Photo, ...] = ()


def clinic_facts(permit: Permit, clinic: int, *, by: bool = False) -> Facts:
    """Facts and pictures of a clinic; two statements, one more with `by` whom it was checked."""
    row = ClinicFacts.objects.filter(clinic_id=clinic).first()
    shown = ClinicPhoto.objects.filter(clinic_id=clinic, removed_at__isnull=True).order_by("id")
    photos = tuple(Photo(*each) for each in shown.values_list("id", "alt", "width", "height"))
    if row is None:
        return Facts(photos=photos)
    who = row.verified_by_id if by else None
    name = staff_names(permit, [who])[who] if who else ""
    return Facts(row.about, row.getting_here, row.verified_on, name, photos)


def photo_data(permit: Permit, photo: int) -> bytes:
    """The WebP of a picture that is shown, or Http404."""
    row = ClinicPhoto.objects.filter(pk=photo, removed_at__isnull=True).values_list("image").first()
    if row is None:
        raise Http404("No such picture.")
    return bytes(row[0])


@dataclass(frozen=True)
class Looks:
    """How often a page was shown in some days, and on each of them."""

    page: str
    total: int
    by_day: tuple[int, ...]


def looks(permit: Permit, until: date, days: int = 28) -> list[Looks]:
    """Pages with their counts of the days up to and including `until`, most looked at first; one
    statement."""
    first = until - timedelta(days=days - 1)
    found: dict[str, dict[date, int]] = defaultdict(dict)
    rows: Iterable[tuple[str, date, int]] = PageCount.objects.filter(
        on__gte=first, on__lte=until
    ).values_list("page", "on", "count")
    for page, on, count in rows:
        found[page][on] = count
    span = [first + timedelta(days=each) for each in range(days)]
    pages = [
        Looks(page, sum(by_day.values()), tuple(by_day.get(day, 0) for day in span))
        for page, by_day in found.items()
    ]
    return sorted(pages, key=lambda each: (-each.total, each.page))
