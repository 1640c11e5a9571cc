"""What can be done on the staff face: pages that join several rooms."""

from openiop.kernel.acts import CARE, EVERYONE, LEADERS, Role, read

R = Role
ACTS = [
    read("desk.home", EVERYONE, "open the desk", entails=["messaging.task.read"]),
    read("desk.today", CARE | {R.DIRECTOR}, "see today",
         entails=["schedule.read", "messaging.task.read"]),
    read("desk.patient", CARE | {R.REVIEWER, R.BILLER, R.PRIVACY_OFFICER}, "open a patient",
         entails=["patients.patient.read", "schedule.read", "messaging.task.read"]),
    read("desk.reach", CARE | {R.PRIVACY_OFFICER}, "see how a person is reached",
         entails=["patients.patient.read", "messaging.contact.read"]),
    read("desk.one_to_ones", CARE | {R.REVIEWER}, "see one-to-ones", entails=["schedule.read"]),
    read("desk.topics", CARE | {R.REVIEWER}, "see a person's topics", entails=["schedule.read"]),
    read("desk.hours", CARE | {R.REVIEWER}, "see weekly hours", entails=["schedule.read"]),
    read("desk.frontdesk", CARE, "see the front desk",
         entails=["schedule.read", "messaging.contact.read", "messaging.task.read"]),
    read("desk.director", LEADERS | {R.SUPERVISOR}, "see the director's board",
         entails=["schedule.board", "chart.board", "messaging.incident.read"]),
    read("desk.director.hours", LEADERS | {R.SUPERVISOR}, "see weekly hours of clinics",
         entails=["schedule.board"]),
    read("desk.director.staff", LEADERS | {R.SUPERVISOR}, "see what of the staff's runs out",
         entails=["access.staff.read"]),
    read("desk.preview", EVERYONE, "see the components"),
]  # fmt: skip
