"""How many questions we take, and how long a thread stays open."""

from datetime import datetime, timedelta

A_WHILE = timedelta(hours=1)
MOST_IN_A_WHILE = 30  # for the whole site: more than staff could look at
MOST_OF_ONE = 10  # from one address, which a clinic's or a carrier's people may share
QUICKEST = timedelta(seconds=3)  # nobody types a question faster
SLOWEST = timedelta(hours=12)
QUIET = timedelta(days=60)
FORGOTTEN = timedelta(days=90)  # what was not shown is not kept longer
ANSWER_DANGER_WITHIN = timedelta(minutes=15)


def is_typed(shown_at: datetime | None, sent_at: datetime, trap: str) -> bool:
    """Did a person fill in the form? `trap` is a field nobody sees."""
    return not trap and shown_at is not None and QUICKEST <= sent_at - shown_at <= SLOWEST
