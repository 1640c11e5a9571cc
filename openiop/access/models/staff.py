"""People who work here: sign-in accounts, roles by clinic, dated credentials, supervision."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from openiop.access.scope import NONE, Int8Range, OrganizationRow, history
from openiop.kernel.acts import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A sign-in account. Staff, patients and proxies sign in by e-mail; rights come from roles."""

    scope = NONE
    organization = models.ForeignKey("access.Organization", models.PROTECT, related_name="+")
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UserManager()


@history
class Staff(OrganizationRow):
    """A person who works here. `left_on` is the first day without access; `languages` besides
    English that they hold sessions in; `caseload_max` people they are the counselor of."""

    user = models.OneToOneField(User, models.PROTECT, null=True, related_name="staff")
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=130, db_collation="C")
    phone = models.CharField(max_length=20, blank=True)
    joined_on = models.DateField()
    left_on = models.DateField(null=True)
    languages = ArrayField(models.CharField(max_length=20), default=list)
    caseload_max = models.PositiveSmallIntegerField(null=True)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    def __str__(self) -> str:
        return self.name


class RoleAssignment(models.Model):
    """A role at a clinic during [from, to) days; different clinics may hold different roles."""

    scope = NONE
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="role_assignments")
    clinic = models.ForeignKey("access.Clinic", models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="role_held_once",
                expressions=[
                    (Int8Range.of("staff_id"), RangeOperators.OVERLAPS),
                    (Int8Range.of("clinic_id"), RangeOperators.OVERLAPS),
                    (
                        Func(Func(F("role"), function="hashtext"),
                             Func(F("role"), function="hashtext"), Value("[]"),
                             function="int4range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]  # fmt: skip


@history
class Credential(OrganizationRow):
    """A licence or certificate with state and dates; `level` only for counselor interns (1-3)."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    number = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(null=True)
    issued_on = models.DateField()
    expires_on = models.DateField(null=True)
    verified_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("issued_on")),
                name="credential_in_order",
            ),
        ]


class Supervision(OrganizationRow):
    """Who supervises an intern or associate, during [from, to) days."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="supervisions")
    supervisor = models.ForeignKey(Staff, models.PROTECT, related_name="supervises")
    during = DateRangeField()


class SupervisionEntry(OrganizationRow):
    """One supervision hour or observation, or supervised hours worked, as logged."""

    KINDS = [("supervision", "Supervision"), ("observation", "Observation"), ("hours", "Hours")]
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="supervision_entries")
    supervisor = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    held_on = models.DateField()
    minutes = models.PositiveIntegerField()
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()


class Training(OrganizationRow):
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="trainings")
    name = models.CharField(max_length=120)
    completed_on = models.DateField()
    expires_on = models.DateField(null=True)


class ExclusionCheck(OrganizationRow):
    """A look-up in an exclusion list (OIG LEIE, state list): nobody excluded may bill or treat."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="exclusion_checks")
    source = models.CharField(max_length=60)
    checked_on = models.DateField()
    next_due_on = models.DateField()
    excluded = models.BooleanField(default=False)
    checked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")


class KnownPerson(OrganizationRow):
    """A staff member declares they know the person behind a record (kin, friend, neighbor).

    `block_wanted` asks the privacy officer to keep them out; `answered_at` is the answer's time.
    """

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="known_people")
    record = models.ForeignKey("access.Record", models.PROTECT, related_name="+")
    relationship = models.CharField(max_length=120)
    declared_at = models.DateTimeField()
    block_wanted = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("staff", "record", name="known_person_once")]


class Invitation(OrganizationRow):
    """An e-mailed invitation to make a sign-in account; the token is kept only as a hash."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    link = models.ForeignKey("access.Link", models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
