"""What can be done in `programs`."""

from openiop.kernel.acts import CARE, CLINICAL, LEADERS, Role, read, write

R = Role
ACTS = [
    read("programs.read", CARE | LEADERS | {R.REVIEWER, R.BILLER}, "look at programs and tracks"),
    write("programs.track.write", LEADERS | {R.SUPERVISOR}, "build tracks",
          entails=["programs.read"]),
    write("programs.episode.write", CLINICAL | {R.INTAKE, R.FRONT_DESK}, "open and close episodes",
          entails=["programs.read"]),
    write("programs.waiting.write", CARE, "keep the waiting list",
          entails=["programs.read", "messaging.task.write", "messaging.outbox.queue"]),
]  # fmt: skip
