"""What can be done in `patients`."""

from openiop.kernel.acts import CARE, LEADERS, Role, read, write

R = Role
SEES_NAMES = CARE | {R.REVIEWER, R.BILLER, R.PRIVACY_OFFICER}
ACTS = [
    read("patients.patient.read", SEES_NAMES, "open a patient"),
    read("patients.search", SEES_NAMES, "search for people"),
    read("patients.search.elsewhere", SEES_NAMES, "look for a person at other clinics",
         entails=["patients.search"], everywhere=True),
    write("patients.patient.write", CARE, "change who a person is",
          entails=["patients.patient.read", "access.record.issue", "messaging.contact.write",
                   "messaging.task.write", "patients.search.elsewhere"]),
    write("patients.coverage.write", CARE | {R.BILLER}, "change coverage",
          entails=["patients.patient.read"]),
    read("patients.apart.read", {R.SUPERVISOR, R.DIRECTOR, R.PRIVACY_OFFICER, R.CLINICIAN},
         "see who is kept apart"),
    write("patients.apart.write", {R.SUPERVISOR, R.DIRECTOR, R.PRIVACY_OFFICER},
          "keep people apart",
          entails=["patients.apart.read", "patients.patient.read", "messaging.task.write"]),
    write("patients.merge", LEADERS | {R.SUPERVISOR, R.FRONT_DESK}, "merge two records",
          entails=["patients.patient.read", "patients.search", "access.record.open_at"]),
    write("patients.import", LEADERS, "import people",
          entails=["patients.patient.write", "patients.coverage.write", "access.staff.write",
                   "access.network.write", "access.record.open_at", "chart.diagnosis.import"]),
]  # fmt: skip
