"""Texts that come back: STOP and START at once, everything else to somebody who reads it."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from openiop.access.actions.records import revoke_link
from openiop.access.door import make_link, writes
from openiop.access.queries import clinics
from openiop.access.queries.links import live_links
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.messaging.actions.alerts import raise_alert
from openiop.messaging.actions.delivery import REPLY
from openiop.messaging.actions.jobs import defer
from openiop.messaging.actions.outbox import new_message, queue_each
from openiop.messaging.actions.tasks import open_task
from openiop.messaging.models import IncomingText, OutboxMessage, TextStop
from openiop.messaging.queries.stops import RECEIVE, is_stopped, whose_number
from openiop.messaging.rules import HELP_WORD, START, STOP, at_risk, dialed, word_of

LINK, SORT = "messaging.text.link", "messaging.text.sort"
TABLE, STOPS, SEND_NOW = "messaging_incomingtext", "messaging_textstop", "messaging.send_outbox"
LASTS = timedelta(days=3650)
LONGEST = 2000
READ_WITHIN = timedelta(minutes=30)
# In both languages: nobody knows yet whose number it is. They name no clinic and no care.
ANSWERS = {
    STOP: "You will get no more texts from this number. Text START to get them again.\n"
          "No recibirá más mensajes de este número. Escriba START para recibirlos de nuevo.",
    START: "You will get texts from this number again. Text STOP to end them.\n"
           "Recibirá de nuevo mensajes de este número. Escriba STOP para no recibirlos.",
    HELP_WORD: "Questions? Call {phone}. Text STOP to get no more texts.\n"
               "¿Preguntas? Llame al {phone}. Escriba STOP para no recibir mensajes.",
    "": "Thank you. Somebody reads this as soon as they can. To reach us now call {phone}; in an "
        "emergency call 911 or 988.\n"
        "Gracias. Lo leemos en cuanto podemos. Para hablar ahora llame al {phone}; en una "
        "emergencia llame al 911 o al 988.",
}  # fmt: skip


@writes(LINK)
def make_reply_address(permit: Permit, clinic: int) -> str:
    """The token of the address at which a clinic's gateway leaves replies; any earlier one stops
    working. It is shown once and kept as a hash."""
    end_reply_address(permit, clinic)
    token, link = make_link(permit, RECEIVE, clinic=clinic, expires_at=permit.now + LASTS)
    permit.note(LINK, table="access_link", row=link.pk)
    return token


@writes(LINK)
def end_reply_address(permit: Permit, clinic: int) -> None:
    """No reply is taken there any more. Safe to repeat."""
    for link in live_links(permit, RECEIVE, clinic):
        revoke_link(permit, link.id)


@writes(RECEIVE)
def take_text(permit: Permit, *, number: str, body: str, key: str) -> None:
    """A text that came back, once for each `key` of the gateway's. STOP and START count from this
    moment; whose it was and what follows is sorted out by a job that knows every clinic."""
    (clinic,) = permit.clinics
    full = dialed(number)
    word = word_of(body)
    if word == START and not is_stopped(permit, full):
        word = ""  # "yes" to a reminder starts nothing
    row = IncomingText(
        organization_id=permit.organization, clinic_id=clinic, key=key, number=full,
        body=body[:LONGEST], word=word, received_at=permit.now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # it came before, and may be another clinic's by now
        return
    permit.note(RECEIVE, table=TABLE, row=row.id)
    if word == STOP:
        _stop(permit, full)
    if word == START:
        TextStop.objects.filter(number=full, started_at__isnull=True).update(started_at=permit.now)
        permit.note(RECEIVE, table=STOPS, fields=("started_at",))
    queue_each(permit, [_answer(permit, row, clinics(permit).get(pk=clinic).phone)])
    defer(permit, SEND_NOW)
    defer(permit, "messaging.sort_texts")


def _stop(permit: Permit, number: str) -> None:
    row = TextStop(organization_id=permit.organization, number=number, stopped_at=permit.now)
    TextStop.objects.bulk_create([row], ignore_conflicts=True)
    permit.note(RECEIVE, table=STOPS, fields=("stopped_at",))


def _answer(permit: Permit, row: IncomingText, phone: str) -> OutboxMessage:
    """What goes back; to anything but a known word once a day."""
    once = str(row.id) if row.word else f"{row.number}:{permit.now:%Y%m%d}"
    return new_message(
        permit, key=f"{REPLY}:{once}", channel="text", clinic=row.clinic_id, to=row.number,
        body=ANSWERS[row.word].format(phone=phone),
    )  # fmt: skip


@writes(SORT)
def sort_text(permit: Permit, text: int) -> None:
    """Find whose a text is; one that is no known word becomes a task, and calls whoever is on call
    when its words say that somebody is at risk. Takes one `queries.unsorted_text` locked."""
    row = IncomingText.objects.get(pk=text)
    row.record_id, row.clinic_id = whose_number(permit, row.number) or (None, row.clinic_id)
    row.sorted_at = permit.now
    row.save(update_fields=["record", "clinic", "sorted_at"])
    permit.note(SORT, record=row.record_id, table=TABLE, row=text)
    if row.word:
        return
    open_task(
        permit, kind="text_reply", title=_("A text came back: read it under Texts and answer."),
        clinic=row.clinic_id, due_at=permit.now + READ_WITHIN, record=row.record_id,
        about=(TABLE, text), role=Role.FRONT_DESK.value,
    )  # fmt: skip
    if at_risk(row.body):
        raise_alert(
            permit, clinic=row.clinic_id, kind="text_at_risk", record=row.record_id,
            sentence=_("A text came back whose words sound like danger: read it under Texts now."),
        )  # fmt: skip
