"""Contracts with payers at a clinic, and the prices of the house."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import current_clinic
from openiop.intake.actions.contracts import (
    WRITE,
    Bad,
    end_contract,
    import_contracts,
    set_contract,
    set_prices,
)
from openiop.intake.forms.contracts import ContractForm, FileForm, PriceForm
from openiop.intake.models.contracts import SERVICES
from openiop.intake.queries.contracts import grid, lines, price_lists
from openiop.intake.views.asking import took
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit

READ = "intake.contract.read"
TONES = {"in": "good", "out": "watch", "no": ""}
LARGEST = 1024 * 1024  # bytes: ten thousand contracts are less


@opens(READ)
def contracts(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What holds at this clinic today, company by company, and every contract below."""
    return _contracts(request, permit)


def _contracts(
    request: HttpRequest, permit: Permit, form: ContractForm | None = None,
    file: FileForm | None = None, bad: list[Bad] | None = None,
) -> HttpResponse:  # fmt: skip
    here = current_clinic(request, permit)
    clinic, zone = (here.id, here.timezone) if here else (0, permit.timezone)
    today = permit.today(zone)
    services = [name for _key, name in SERVICES]
    return render(request, "intake/contracts.html", {
        "title": _("Contracts with payers"), "clinic": here, "services": services,
        "rows": [
            (each, list(zip(services, held, strict=True)))
            for each, held in grid(permit, clinic, today)
        ],
        "all": lines(permit, clinic), "today": today, "tones": TONES,
        "form": form or ContractForm(initial={"from_on": today}),
        "file": file or FileForm(), "bad": bad or [], "may": permit.holds(*ACTS[WRITE].roles),
    }, status=422 if bad or (form and form.errors) else 200)  # fmt: skip


@require_POST
@opens(WRITE)
def change(request: HttpRequest, permit: Permit) -> HttpResponse:
    """A contract from a day on, or one that ends, at the clinic one works at."""
    here = current_clinic(request, permit)
    if "end" in request.POST:
        number = request.POST["end"]
        end_contract(permit, int(number) if number.isdecimal() and len(number) < 19 else 0,
                     permit.today(here.timezone if here else permit.timezone))  # fmt: skip
        messages.success(request, _("It ends today."))
        return redirect("intake:contracts")
    form = ContractForm(request.POST)
    if form.is_valid() and here and took(
        permit, form, lambda: set_contract(permit, clinic=here.id, **form.cleaned_data)
    ):  # fmt: skip
        messages.success(request, _("Set. The public site says so from that day on."))
        return redirect("intake:contracts")
    return _contracts(request, permit, form)


@require_POST
@opens(WRITE)
def take(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Contracts from a file; every bad line is told."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _contracts(request, permit, file=form, bad=[Bad(1, _("Choose a CSV file."))])
    given = form.cleaned_data["file"]
    if given.size > LARGEST:
        return _contracts(request, permit, bad=[Bad(1, _("The file is larger than 1 MB."))])
    text = given.read().decode("utf-8-sig", errors="replace")
    count, bad = import_contracts(permit, text, whole=form.cleaned_data["whole"])
    if count:
        messages.success(
            request, ngettext("%(n)s contract set.", "%(n)s contracts set.", count) % {"n": count}
        )
    return _contracts(request, permit, bad=bad) if bad else redirect("intake:contracts")


@opens(WRITE)
def prices(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The house's prices, the latest first, and new ones from a day on."""
    known = price_lists(permit)
    start = {"from_on": permit.today(permit.timezone)}
    if known:
        latest = known[0].prices
        for part in ("day", "talk"):
            price = getattr(latest, part)
            start |= {f"{part}_{name}": getattr(price, name)
                      for name in ("printed", "least", "usual", "most")}  # fmt: skip
    form = PriceForm(request.POST or None, initial=start)
    if form.is_bound and form.is_valid() and took(
        permit, form, lambda: set_prices(permit, **form.cleaned_data)
    ):  # fmt: skip
        messages.success(request, _("Set. The public site shows them from that day on."))
        return redirect("intake:prices")
    return render(request, "intake/prices.html", {
        "title": _("Prices"), "form": form, "known": known,
    }, status=422 if form.errors else 200)  # fmt: skip
