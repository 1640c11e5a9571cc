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
          entails=["publishing.read"]),
    write("publishing.due", (), "say which articles are due", entails=["publishing.read"]),
    write("publishing.page.write", LEADERS, "change the text of the site"),
    read("publishing.question.read", WRITERS, "see the questions people asked"),
    write("publishing.question.answer", WRITERS, "show and answer questions",
          entails=["publishing.question.read", "messaging.outbox.queue"]),
    write("publishing.question.close", (), "close threads that went quiet"),
    write("publishing.ask", (), "ask a question", public=True, everywhere=True,
          entails=["messaging.task.write"]),
    write("publishing.withdraw", (), "take back a question", public=True),
]  # fmt: skip
