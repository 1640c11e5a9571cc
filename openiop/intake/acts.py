"""What can be done in `intake`."""

from openiop.kernel.acts import CARE, DESK, LEADERS, Role, read, write

ACTS = [
    write("intake.start.book", (), "book a first visit", public=True, everywhere=True,
          entails=["schedule.hold.write", "patients.patient.write", "messaging.contact.write",
                   "messaging.outbox.queue", "intake.inquiry.write", "access.record.issue"]),
    write("intake.start.phone", CARE, "book a first visit for somebody on the phone",
          entails=["intake.start.book"]),
    write("intake.call.ask", (), "ask for a call", public=True, everywhere=True,
          entails=["intake.inquiry.write"]),
    write("intake.visit.own", (), "change one's own first visit",
          entails=["schedule.hold.write", "messaging.outbox.queue", "messaging.task.write"]),
    read("intake.contract.read", CARE | LEADERS | {Role.BILLER, Role.REVIEWER},
         "see contracts with payers and prices"),
    write("intake.contract.write", LEADERS | {Role.BILLER}, "change contracts and prices",
          entails=["intake.contract.read"]),
    read("intake.inquiry.read", CARE, "see inquiries"),
    write("intake.inquiry.write", CARE, "work on inquiries",
          entails=["intake.inquiry.read", "access.consent.read",
                   "patients.search.elsewhere", "messaging.task.write",
                   "messaging.alert.raise", "messaging.oncall.read"]),
    write("intake.admit", CARE, "admit people",
          entails=["intake.inquiry.write", "patients.patient.write", "patients.coverage.write",
                   "schedule.enroll"]),
    write("intake.authorization.write", CARE | {Role.REVIEWER, Role.BILLER},
          "work on authorizations", entails=["intake.inquiry.read", "messaging.task.write"]),
    write("intake.consent.remind", (), "ask whether a consent that ends goes on",
          entails=["access.consent.read", "messaging.task.write"]),
    write("intake.partner.write", DESK | LEADERS, "keep the directory of places outside",
          entails=["intake.inquiry.read"]),
]  # fmt: skip
