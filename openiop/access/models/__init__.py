"""Tables of `access`, one file a subject."""

from openiop.access.models.audit import AuditEvent, Seal
from openiop.access.models.consents import Consent
from openiop.access.models.places import (
    Area,
    Clinic,
    ClinicLicense,
    Closure,
    HousePolicy,
    Organization,
    OutsideOrganization,
    OutsidePerson,
    Room,
)
from openiop.access.models.records import (
    EmergencyAccess,
    Link,
    Record,
    RecordBlock,
    RecordClinic,
    RecordGrant,
)
from openiop.access.models.staff import (
    Credential,
    ExclusionCheck,
    Invitation,
    KnownPerson,
    RoleAssignment,
    Staff,
    Supervision,
    SupervisionEntry,
    Training,
    User,
)

__all__ = [
    "Area",
    "AuditEvent",
    "Clinic",
    "ClinicLicense",
    "Closure",
    "Consent",
    "Credential",
    "EmergencyAccess",
    "ExclusionCheck",
    "HousePolicy",
    "Invitation",
    "KnownPerson",
    "Link",
    "Organization",
    "OutsideOrganization",
    "OutsidePerson",
    "Record",
    "RecordBlock",
    "RecordClinic",
    "RecordGrant",
    "RoleAssignment",
    "Room",
    "Seal",
    "Staff",
    "Supervision",
    "SupervisionEntry",
    "Training",
    "User",
]  # fmt: skip
