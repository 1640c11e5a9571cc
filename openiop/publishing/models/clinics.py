"""What a clinic's public page says beside the live schedule, and how often pages are looked at."""

from django.db import models
from django.db.models import Q

from openiop.access.scope import OrganizationRow, history


@history
class ClinicFacts(OrganizationRow):
    """What the schedule does not know of a clinic, and when a person last checked all of its
    page."""

    clinic = models.OneToOneField("access.Clinic", models.PROTECT, related_name="+")
    about = models.CharField(max_length=600, blank=True)
    getting_here = models.CharField(max_length=400, blank=True)
    verified_on = models.DateField(null=True)
    verified_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")


@history
class ClinicPhoto(OrganizationRow):
    """A picture of a room, without people in it. Small enough for a phone; the database keeps it,
    so that backup takes it along. `alt` says what is seen."""

    clinic = models.ForeignKey("access.Clinic", models.PROTECT, related_name="+")
    alt = models.CharField(max_length=200)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    image = models.BinaryField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(alt=""), name="photo_says_what_is_seen"),
        ]
        indexes = [models.Index(fields=["clinic", "id"], name="clinic_photo")]


class PageCount(OrganizationRow):
    """How often a page was shown on a day: no time, no address, no browser, nobody."""

    page = models.CharField(max_length=80)
    on = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "on", "page", name="page_counted_once_a_day"),
        ]
