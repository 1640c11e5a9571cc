"""A topic that somebody takes up one to one and not in a group: set, and ended."""

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import person
from openiop.schedule.actions.moving import WRITE
from openiop.schedule.models import TopicOptOut
from openiop.schedule.queries.optouts import newest_curricula

TABLE = "schedule_topicoptout"


@writes(WRITE)
def opt_out(permit: Permit, record: int, curriculum: str, topic: str, reason: str = "") -> int:
    """From now on no group shall meet this person with the topic, as far as that can be helped;
    the row's id. Refused for a topic nobody knows, and where it holds already."""
    known = newest_curricula().get(curriculum)
    if known is None or topic not in {each.code for each in known.topics}:
        raise Refused("topic", _("Choose a topic."), "", field="topic")
    row = TopicOptOut(
        organization_id=permit.organization, clinic_id=person(permit, record).clinic,
        record_id=record, curriculum=curriculum, topic=topic, reason=reason.strip(),
        set_at=permit.now, set_by_id=permit.staff,
    )  # fmt: skip
    twice = Refused(
        "twice", _("This topic is taken up one to one already."), _("Choose another topic."),
        field="topic",
    )  # fmt: skip
    with refusing({"opted_out_once": twice}):
        row.save(force_insert=True)
    permit.note(WRITE, record=record, table=TABLE, row=row.pk)
    return row.pk


@writes(WRITE)
def end_opt_out(permit: Permit, record: int, opt_out_id: int) -> None:
    """Groups may take the topic up with this person again. Http404; safe to repeat."""
    rows = TopicOptOut.objects.filter(pk=opt_out_id, record_id=record)
    if not rows.exists():
        raise Http404("No such topic.")
    rows.filter(ended_at__isnull=True).update(ended_at=permit.now)
    permit.note(WRITE, record=record, table=TABLE, row=opt_out_id, fields=("ended_at",))
