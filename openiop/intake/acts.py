"""What can be done in `intake`."""

from openiop.kernel.acts import CARE, DESK, LEADERS, read, write

ACTS = [
    read("intake.inquiry.read", CARE, "see inquiries"),
    write("intake.inquiry.write", CARE, "work on inquiries",
          entails=["intake.inquiry.read", "patients.search.elsewhere", "messaging.task.write",
                   "messaging.alert.raise", "messaging.oncall.read"]),
    write("intake.partner.write", DESK | LEADERS, "keep the directory of places outside",
          entails=["intake.inquiry.read"]),
]  # fmt: skip
