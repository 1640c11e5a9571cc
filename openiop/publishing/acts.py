"""What can be done in `publishing`."""

from openiop.kernel.acts import CLINICAL, EVERYONE, LEADERS, Role, read, write

R = Role
WRITERS = CLINICAL | LEADERS | {R.INTAKE}
ACTS = [
    read("publishing.read", EVERYONE, "see articles that are not published"),
    write("publishing.write", WRITERS, "write an article", entails=["publishing.read"]),
    write("publishing.review", CLINICAL - {R.INTERN}, "review an article",
          entails=["publishing.read"]),
    write("publishing.publish", LEADERS | {R.SUPERVISOR}, "publish an article",
          entails=["publishing.read", "messaging.task.write"]),
    write("publishing.due", (), "say which articles are due",
          entails=["publishing.read", "messaging.task.write"]),
    write("publishing.page.write", LEADERS, "change the text of the site"),
    write("publishing.count", (), "count how often pages are looked at"),
    read("publishing.question.read", WRITERS, "see the questions people asked"),
    write("publishing.question.answer", WRITERS, "show and answer questions",
          entails=["publishing.question.read", "messaging.outbox.queue"]),
    write("publishing.question.close", (), "close quiet threads and forget what was not shown"),
    write("publishing.ask", (), "ask a question", public=True, everywhere=True,
          entails=["messaging.task.write"]),
    write("publishing.withdraw", (), "take back a question", public=True),
]  # fmt: skip
