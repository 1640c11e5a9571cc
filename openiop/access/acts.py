"""What can be done in `access`."""

from openiop.kernel.acts import CARE, EVERYONE, LEADERS, Role, read, write

R = Role
ACTS = [
    read("access.home", EVERYONE, "open the desk"),
    read("access.rules.read", EVERYONE, "read the rules in force"),
    read("access.network.read", EVERYONE, "look at clinics and rooms"),
    write("access.network.write", LEADERS, "change clinics, rooms and closures",
          entails=["access.network.read"]),
    write("access.house.write", {R.DIRECTOR, R.ADMINISTRATOR}, "set the house's own rules",
          entails=["access.rules.read"]),
    read("access.staff.read", LEADERS | {R.SUPERVISOR, R.PRIVACY_OFFICER}, "look at staff files"),
    write("access.staff.write", LEADERS, "change staff, roles and credentials",
          entails=["access.staff.read"]),
    write("access.invitation.accept", (), "accept an invitation"),
    write("access.supervision.write", {R.SUPERVISOR, R.DIRECTOR}, "log supervision",
          entails=["access.staff.read"]),
    write("access.record.issue", CARE, "issue a record number"),
    write("access.record.open_at", CARE | {R.DIRECTOR}, "open a record at another clinic"),
    write("access.record.block", {R.PRIVACY_OFFICER, R.ADMINISTRATOR},
          "keep a person out of a record"),
    write("access.record.restrict", {R.PRIVACY_OFFICER}, "restrict a record"),
    write("access.known.declare", EVERYONE, "declare that you know somebody"),
    write("access.glass.break", CARE | {R.DIRECTOR}, "open a record in an emergency",
          everywhere=True),
    read("access.audit.read", {R.PRIVACY_OFFICER}, "read who opened a record", everywhere=True),
    write("access.glass.review", {R.PRIVACY_OFFICER}, "review emergency access",
          entails=["access.audit.read"]),
    write("access.audit.seal", (), "seal the audit"),
    read("access.audit.verify", (), "verify the seals of the audit"),
    read("access.consent.read", CARE | {R.PRIVACY_OFFICER}, "see what somebody agreed to"),
    write("access.consent.sign", CARE, "have a consent signed", entails=["access.consent.read"]),
    write("access.consent.revoke", CARE | {R.PRIVACY_OFFICER}, "take a consent back",
          entails=["access.consent.read"]),
    write("access.link.revoke", CARE | LEADERS, "revoke a link"),
]  # fmt: skip
