"""What the site says for the answers of the rules."""

from typing import Any

from django.utils.translation import gettext_lazy as _

STATUS: dict[str, Any] = {
    "in": _("In network"), "out": _("Out of network"), "no": _("Not accepted here"),
    "check": _("We must check"), "self": _("You pay yourself"),
}  # fmt: skip
WHY: dict[str, Any] = {
    "unknown": _("We do not know this name. Call us, or we call you: we find out together."),
    "self_pay": _("You pay the printed prices. See what it comes to."),
    "own": "", "administrator": _("Another company runs this part of your plan."),
    "some_plans": _("Some of its plans are run by another company. The card says which."),
    "no_contract": _("We have no agreement with it for this that we know of."),
    "medicaid": _("We cannot bill Medicaid. There is care near you that it pays for."),
    "medicare": _("Medicare decides by service and clinic. We check yours with you."),
}  # fmt: skip
SERVICE: dict[str, Any] = {
    "iop": _("Groups"), "individual": _("One-to-one talks"), "psychiatry": _("Psychiatry"),
    "medication": _("Medicine"), "testing": _("Tests"),
}  # fmt: skip
ASSUMED: dict[str, Any] = {
    "three_days": _("You come three days a week."),
    "one_talk": _("You have one talk one-to-one a week."),
    "allowed": _("Plans pay from a price of their own, which we know only roughly."),
    "copay_deductible": _("We do not know if the deductible counts for a visit with a copay: at"
                          " worst it does."),
    "tiers": _("At best you pay the share of the first tier, at worst that of the second."),
    "out": _("Out of network you may be billed more than your plan counts. The maximum of the"
             " plan may not hold."),
    "printed": _("These are our printed prices. A copy is yours to keep."),
}  # fmt: skip
UNKNOWN: dict[str, Any] = {
    "deductible": _("what is left of your deductible"),
    "share": _("your copay or coinsurance"),
    "maximum": _("your out-of-pocket maximum"),
    "balance": _("what your plan pays out of network"),
}  # fmt: skip
