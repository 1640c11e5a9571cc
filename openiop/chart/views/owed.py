"""Notes owed, handed over, co-signed, signed in a lapse: the lists around the note screen."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from openiop.access.door import opens
from openiop.access.queries import clinics, staff_at
from openiop.chart import actions
from openiop.chart.forms import HandOverForm, ReturnForm
from openiop.chart.queries import (
    cosign_asked,
    cosign_queue,
    notes_by_id,
    owed,
    owed_by_session,
    owing,
    returned_to,
    signed_in_lapse,
    waiting_notes,
)
from openiop.chart.views.looks import card_of, clock_of
from openiop.kernel.acts import CLINICAL
from openiop.kernel.permits import NotPermitted, Permit, Refused
from openiop.patients.queries import people
from openiop.schedule.queries import sessions


@require_GET
@opens("chart.note.write")
def mine(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Notes I owe, the nearest clock first, and those that came back to me."""
    found = owed_by_session(owed(permit, permit.staff or 0))
    return render(request, "chart/owed.html", {
        "rows": [(row, clock_of(row.urgency)) for row in found],
        "count": sum(row.count for row in found),
        "returned": returned_to(permit, permit.staff or 0),
    })  # fmt: skip


@require_GET
@opens("chart.note.cosign")
def queue(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What waits for a second signature, by session and author."""
    found = cosign_queue(permit)
    return render(request, "chart/cosign.html", {
        "rows": [(row, clock_of(row.urgency)) for row in found],
        "count": sum(row.count for row in found),
    })  # fmt: skip


@opens("chart.note.cosign")
def review(request: HttpRequest, permit: Permit, session: int, author: int) -> HttpResponse:
    """One author's notes of a session, read whole; a button signs them all."""
    waiting = waiting_notes(permit, session, author)
    if request.method == "POST":
        sessions.session(permit, session)
        count = actions.cosign(permit, waiting, author)
        said = ngettext("Co-signed %(n)d note.", "Co-signed %(n)d notes.", count) % {"n": count}
        messages.success(request, said)
        return redirect("chart:cosign")
    if not waiting:
        raise Http404("Nothing of theirs waits here.")
    found = notes_by_id(permit, waiting)
    who = people(permit, [each.record for each in found])
    state = next(row for row in cosign_queue(permit) if (row.session, row.author) ==
                 (session, author))  # fmt: skip
    return render(request, "chart/review.html", {
        "state": state, "count": len(found),
        "rows": [
            (card_of(each), who[each.record], ReturnForm(auto_id=f"{each.id}-%s"))
            for each in found if each.record in who
        ],
    })  # fmt: skip


@require_POST
@opens("chart.note.cosign")
def send_back(request: HttpRequest, permit: Permit, note: int) -> HttpResponse:
    """Return a note to its author with a comment."""
    if not cosign_asked(permit, note):
        raise Http404("Nobody asked for a second signature here.")
    form = ReturnForm(request.POST)
    if form.is_valid():
        actions.return_note(permit, note, form.cleaned_data["comment"])
        messages.success(request, _("Sent back with your comment."))
    else:
        messages.error(request, _("Say what the author should add."))
    return redirect("chart:cosign")


@opens("chart.note.reassign")
def hand_over(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Who owes notes, leavers first, and a form to hand theirs over."""
    found = owing(permit)
    form = HandOverForm(
        request.POST or None, owing=[(each.staff, each.name) for each in found],
        writers=_writers(permit), initial={"staff_from": found[0].staff if found else None},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.hand_over(
                permit, form.cleaned_data["staff_from"], form.cleaned_data["to"],
                form.cleaned_data["reason"],
            )  # fmt: skip
        except NotPermitted:
            raise
        except Refused as no:
            form.add_error(no.field, f"{no.sentence} {no.next_step}".strip())
        else:
            messages.success(request, _(
                "Handed over: %(accounts)d to write as a witness, %(closings)d to close."
            ) % {"accounts": done.accounts, "closings": done.closings})  # fmt: skip
            return redirect("chart:hand_over")
    return render(request, "chart/hand_over.html", {"rows": found, "form": form},
                  status=422 if form.errors else 200)  # fmt: skip


@require_GET
@opens("chart.lapse.read")
def lapses(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What was signed while the signer's credential had lapsed."""
    return render(request, "chart/lapses.html", {"rows": signed_in_lapse(permit)})


def _writers(permit: Permit) -> list[tuple[int, str]]:
    """Whoever writes notes at one of the permit's clinics, by name."""
    found = {
        each.id: each.name
        for place in clinics(permit)
        for each in staff_at(permit, place.id, permit.today(place.timezone), CLINICAL)
    }  # fmt: skip
    return sorted(found.items(), key=lambda each: each[1])
