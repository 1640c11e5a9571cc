"""Secret links into a virtual room: made, shown once, sent to where that is safe."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from openiop.access.door import make_link, writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import queue_message, queue_texts
from openiop.messaging.queries import contact_choices
from openiop.schedule.actions.joining import JOIN, JOIN_VISIT, WRITE
from openiop.schedule.queries.joining import VideoRoom
from openiop.schedule.rules.clashes import day_and_hour


@dataclass(frozen=True)
class Sent:
    """Whose link is on its way by text or e-mail, and who marked neither as safe."""

    sent: frozenset[int]
    to_call: frozenset[int]


@writes(WRITE)
def join_links(permit: Permit, room: VideoRoom, records: Iterable[int]) -> dict[int, str]:
    """A new secret token for each of these people who are expected, good until the end; it is
    shown once and kept as a hash only."""
    if not (room.held and room.virtual) or permit.now >= room.ends_at:
        raise Refused(
            "no_room", _("This appointment does not take place by video, or it is over."),
            _("Hold it by video first."),
        )  # fmt: skip
    made = {}
    for record in sorted(room.records.intersection(records)):
        made[record], link = make_link(
            permit, JOIN if room.session else JOIN_VISIT, clinic=room.clinic, record=record,
            target=room.table[1], expires_at=room.ends_at,
        )  # fmt: skip
        permit.note(WRITE, record=record, table="access_link", row=link.pk)
    return made


@writes(WRITE)
def send_links(
    permit: Permit, room: VideoRoom, records: Iterable[int], address: Callable[[str], str]
) -> Sent:
    """Send each of these people a link of their own: a text, else an e-mail, where they marked that
    as safe. `address` makes an address of a token. The words are neutral: no program, no clinic."""
    bodies = _bodies(permit, room, records, address)
    texted = queue_texts(permit, room.clinic, bodies)
    rest = {record: body for record, body in bodies.items() if record not in texted}
    choices = contact_choices(permit, rest)
    mailed = {record for record in rest if choices[record].email}
    for record in mailed:
        key, body = rest[record]
        queue_message(
            permit, key=key, channel="email", clinic=room.clinic, record=record, body=body,
            subject=_("Your appointment"),
        )  # fmt: skip
    sent = texted | mailed
    return Sent(sent, frozenset(bodies) - sent)


def _bodies(
    permit: Permit, room: VideoRoom, records: Iterable[int], address: Callable[[str], str]
) -> Mapping[int, tuple[str, str]]:
    """By record the key and the words of a message."""
    table, row = room.table
    words = _("Your appointment of %(when)s is by video: %(link)s Questions: %(phone)s.")
    when = day_and_hour(room.starts_at, room.timezone)
    return {
        record: (
            f"join:{table}:{row}:{record}:{permit.now:%Y%m%dT%H%M%S}",
            words % {"when": when, "link": address(token), "phone": room.phone},
        )
        for record, token in join_links(permit, room, records).items()
    }
