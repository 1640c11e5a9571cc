"""Say and check what a clinic's public page shows; count how often pages are looked at."""

import json
from collections.abc import Mapping
from datetime import date

from django.db import connection
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.publishing.models import ClinicFacts, ClinicPhoto
from openiop.publishing.pictures import for_the_web

WRITE, COUNT = "publishing.page.write", "publishing.count"
MOST = 8  # pictures of one clinic


@writes(WRITE)
def describe_clinic(
    permit: Permit, clinic: int, *, about: str, getting_here: str, verified_on: date | None
) -> None:
    """What is said of a clinic; with `verified_on` a person has checked all of its page that
    day."""
    _refuse_elsewhere(permit, clinic)
    checked = {} if verified_on is None else {
        "verified_on": verified_on, "verified_by_id": permit.staff,
    }  # fmt: skip
    facts = {"about": about.strip(), "getting_here": getting_here.strip(), **checked}
    row, _made = ClinicFacts.objects.update_or_create(
        clinic_id=clinic, defaults=facts,
        create_defaults=facts | {"organization_id": permit.organization},
    )  # fmt: skip
    permit.note(WRITE, table="publishing_clinicfacts", row=row.pk)


def _refuse_elsewhere(permit: Permit, clinic: int) -> None:
    if clinic not in permit.clinics:
        raise Http404("No such clinic.")


@writes(WRITE)
def add_photo(permit: Permit, clinic: int, *, data: bytes, alt: str) -> int:
    """A picture of a room; its id. Refused without words for who cannot see it, for what is no
    picture, and for one too many."""
    _refuse_elsewhere(permit, clinic)
    if not alt.strip():
        raise Refused("alt", _("Say what is seen, for people who cannot see it."), "", field="alt")
    if ClinicPhoto.objects.filter(clinic_id=clinic, removed_at__isnull=True).count() >= MOST:
        raise Refused("many", _("A clinic shows eight pictures at most."),
                      _("Remove one first."), field="picture")  # fmt: skip
    picture = for_the_web(data)
    row = ClinicPhoto.objects.create(
        organization_id=permit.organization, clinic_id=clinic, alt=alt.strip(),
        width=picture.width, height=picture.height, image=picture.data, added_at=permit.now,
    )  # fmt: skip
    permit.note(WRITE, table="publishing_clinicphoto", row=row.pk)
    return row.pk


@writes(WRITE)
def remove_photo(permit: Permit, photo: int, *, undo: bool = False) -> None:
    """Out of the page, or with `undo` back."""
    rows = ClinicPhoto.objects.filter(pk=photo, clinic_id__in=permit.clinics)
    if not rows.update(removed_at=None if undo else permit.now):
        raise Http404("No such picture.")
    permit.note(WRITE, table="publishing_clinicphoto", row=photo, fields=("removed_at",))


_COUNT = """
INSERT INTO publishing_pagecount (organization_id, "on", page, count)
SELECT %s, %s, seen.page, seen.count
  FROM jsonb_to_recordset(%s::jsonb) AS seen(page text, count int)
 ORDER BY seen.page
    ON CONFLICT (organization_id, "on", page)
    DO UPDATE SET count = publishing_pagecount.count + EXCLUDED.count
"""


@writes(COUNT)
def count_looks(permit: Permit, on: date, seen: Mapping[str, int]) -> None:
    """Add to the counts of a day, page by page; one statement."""
    rows = [{"page": page[:80], "count": count} for page, count in seen.items()]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [permit.organization, on, json.dumps(rows)])
    permit.note(COUNT, table="publishing_pagecount", count=sum(seen.values()))
