"""The network: organization, areas, clinics, rooms, closures, the house's own policies."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from openiop.access.scope import NONE, ORGANIZATION, OrganizationRow, history


class Organization(models.Model):
    """One provider of care. `site_host` is the host name its public site answers at."""

    scope = NONE
    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=20, blank=True)
    timezone = models.CharField(max_length=40, default="America/Chicago")
    site_host = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("site_host", condition=~Q(site_host=""), name="site_host_once"),
        ]


class Area(models.Model):
    """A city area the public recognizes: Chicago, Houston, Fort Worth."""

    scope = NONE
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="areas")
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "code", name="area_code_once"),
        ]


class Clinic(models.Model):
    """One licensed place. `hours` maps weekday number ("0" is Monday) to ["09:00", "21:00"]."""

    scope = NONE
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="clinics")
    area = models.ForeignKey(Area, models.PROTECT, related_name="clinics")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=2)
    timezone = models.CharField(max_length=40)
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=60)
    zip_code = models.CharField(max_length=10)
    phone = models.CharField(max_length=20)
    hours = models.JSONField(default=dict)
    capabilities = ArrayField(models.CharField(max_length=20), default=list)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "code", name="clinic_code_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ClinicLicense(models.Model):
    """A licence or certificate of a clinic: state facility licence, CLIA, DEA, tele-health."""

    scope = NONE
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="licenses")
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    issued_on = models.DateField()
    expires_on = models.DateField(null=True)


class Room(models.Model):
    scope = NONE
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    capacity = models.PositiveSmallIntegerField()
    accessible = models.BooleanField(default=True)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("clinic", "name", name="room_name_once"),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="room_holds_someone"),
        ]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """Days a clinic (or, without one, the whole organization) is closed: [start_on, end_on]."""

    scope = NONE
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="closures")
    clinic = models.ForeignKey(Clinic, models.PROTECT, null=True, related_name="closures")
    start_on = models.DateField()
    end_on = models.DateField()
    name = models.CharField(max_length=80)
    holiday = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="closure_in_order"),
        ]


@history
class HousePolicy(OrganizationRow):
    """The house's own value of a catalog rule, for one clinic or all, from a day, with a reason."""

    scope = ORGANIZATION
    clinic = models.ForeignKey(Clinic, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80)
    value = models.CharField(max_length=40)
    from_on = models.DateField()
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "clinic", "key", "from_on"],
                name="house_policy_once",
                nulls_distinct=False,
            ),
        ]


class OutsideOrganization(OrganizationRow):
    """A payer, lab, hospital or referrer outside; never one of our clinics."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, blank=True)
    identifiers = models.JSONField(default=list)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    source_key = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "source_key", name="outside_organization_once"),
        ]


class OutsidePerson(OrganizationRow):
    """A practitioner outside; never staff."""

    name = models.CharField(max_length=200)
    identifiers = models.JSONField(default=list)
    phone = models.CharField(max_length=40, blank=True)
    source_key = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "source_key", name="outside_person_once"),
        ]
