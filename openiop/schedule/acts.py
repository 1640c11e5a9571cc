"""What can be done in `schedule`."""

from openiop.kernel.acts import CARE, CLINICAL, COUNSELING, LEADERS, Role, read, write

R = Role
ACTS = [
    read("schedule.read", CARE | LEADERS | {R.REVIEWER, R.BILLER}, "look at the schedule",
         entails=["programs.read", "patients.patient.read"]),
    write("schedule.materialize", LEADERS | {R.SUPERVISOR}, "lay out sessions",
          entails=["schedule.read", "messaging.task.write"]),
    write("schedule.track.build", LEADERS | {R.SUPERVISOR}, "build tracks",
          entails=["programs.track.write", "schedule.materialize"]),
    write("schedule.session.write", LEADERS | COUNSELING | {R.FRONT_DESK}, "change sessions",
          entails=["schedule.materialize", "programs.track.write", "messaging.task.write",
                   "messaging.outbox.queue"]),
    write("schedule.enroll", CARE, "enroll somebody in a track",
          entails=["schedule.read", "programs.episode.write", "programs.waiting.write",
                   "schedule.offer", "messaging.task.write", "access.record.open_at"]),
    write("schedule.offer", CARE, "offer a seat to the next in line",
          entails=["schedule.read", "programs.waiting.write"]),
    write("schedule.offer.expire", (), "take back offers whose time is over",
          entails=["schedule.offer"]),
    write("schedule.over_house", {R.DIRECTOR, R.SUPERVISOR}, "seat somebody over the house cap",
          entails=["schedule.enroll"]),
    write("schedule.attendance.write", CLINICAL | {R.FRONT_DESK}, "record attendance",
          entails=["schedule.read", "messaging.task.write", "schedule.makeup.write"]),
    write("schedule.attendance.correct", CLINICAL | {R.FRONT_DESK}, "correct attendance",
          entails=["schedule.attendance.write"]),
    write("schedule.arrive", (), "mark one's own arrival by code",
          entails=["schedule.read", "messaging.task.write"]),
    write("schedule.makeup.write", CARE, "book a make-up session",
          entails=["schedule.read", "access.record.open_at", "messaging.task.write"]),
    write("schedule.appointment.write", CARE, "book a visit",
          entails=["schedule.read", "messaging.task.write"]),
    write("schedule.week.decide", COUNSELING | {R.DIRECTOR, R.REVIEWER}, "decide on a short week",
          entails=["schedule.read", "messaging.task.write"]),
    read("schedule.board", CARE | LEADERS, "see the boards", entails=["schedule.read"]),
]  # fmt: skip
