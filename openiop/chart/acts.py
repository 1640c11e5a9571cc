"""What can be done in `chart`."""

from openiop.kernel.acts import CLINICAL, LEADERS, Role, read, write

R = Role
ACTS = [
    read("chart.note.read", CLINICAL | {R.REVIEWER}, "read the chart",
         entails=["patients.patient.read", "schedule.read"]),
    write("chart.note.write", CLINICAL, "write notes",
          entails=["chart.note.read", "schedule.attendance.write", "messaging.task.write"]),
    write("chart.note.sign", CLINICAL, "sign notes", entails=["chart.note.write"]),
    write("chart.note.cosign", {R.CLINICIAN, R.SUPERVISOR, R.DIRECTOR, R.PRESCRIBER},
          "co-sign notes", entails=["chart.note.read", "messaging.task.write"]),
    write("chart.note.amend", CLINICAL, "add to a signed note",
          entails=["chart.note.read", "messaging.task.write"]),
    write("chart.note.reassign", {R.SUPERVISOR, R.DIRECTOR}, "hand over notes owed",
          entails=["chart.note.read", "messaging.task.write"]),
    write("chart.note.escalate", (), "open owed notes and send unsigned ones up",
          entails=["chart.note.write"]),
    read("chart.lapse.read", {R.SUPERVISOR, R.DIRECTOR}, "see what was signed in a lapse",
         entails=["chart.note.read"]),
    read("chart.board", LEADERS | {R.SUPERVISOR}, "see unsigned notes by age",
         entails=["schedule.read"]),
    write("chart.diagnosis.import", LEADERS, "import diagnoses"),
]  # fmt: skip
