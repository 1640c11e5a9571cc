"""What can be done in `messaging`."""

from openiop.kernel.acts import CARE, EVERYONE, LEADERS, Role, read, write

R = Role
ACTS = [
    read("messaging.contact.read", CARE, "see how a person is reached"),
    write("messaging.contact.write", CARE, "change how a person is reached",
          entails=["messaging.contact.read"]),
    read("messaging.task.read", EVERYONE, "see the worklist"),
    write("messaging.task.write", EVERYONE, "open and close tasks",
          entails=["messaging.task.read"]),
    write("messaging.outbox.queue", CARE, "send a message", entails=["messaging.contact.read"]),
    read("messaging.outbox.read", LEADERS | {R.FRONT_DESK, R.SUPERVISOR}, "see the outbox"),
    write("messaging.outbox.retry", LEADERS | {R.FRONT_DESK, R.SUPERVISOR},
          "send a message again", entails=["messaging.outbox.read"]),
    write("messaging.outbox.send", (), "deliver the outbox"),
    read("messaging.jobs.read", {R.ADMINISTRATOR}, "see failed jobs"),
    write("messaging.jobs.retry", {R.ADMINISTRATOR}, "run a failed job again",
          entails=["messaging.jobs.read"]),
    write("messaging.jobs.note", (), "write down a failed job"),
    read("messaging.oncall.read", EVERYONE, "see who is on call"),
    write("messaging.oncall.write", LEADERS | {R.SUPERVISOR}, "change the on-call rota",
          entails=["messaging.oncall.read"]),
    write("messaging.alert.raise", EVERYONE, "call for help",
          entails=["messaging.task.write", "messaging.outbox.queue"]),
    write("messaging.alert.acknowledge", EVERYONE, "answer a call for help",
          entails=["messaging.task.write"]),
    write("messaging.alert.escalate", (), "send an unanswered alert up",
          entails=["messaging.task.write", "messaging.outbox.queue"]),
    read("messaging.incident.read", LEADERS | {R.SUPERVISOR, R.PRIVACY_OFFICER},
         "read the incident register"),
    write("messaging.incident.write", EVERYONE, "report an incident",
          entails=["messaging.alert.raise"]),
    write("messaging.incident.manage", LEADERS | {R.SUPERVISOR, R.PRIVACY_OFFICER},
          "work on an incident", entails=["messaging.incident.read", "messaging.incident.write"]),
]  # fmt: skip
