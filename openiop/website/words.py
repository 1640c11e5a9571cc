"""What the site says for the answers of the rules."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ASSUMED: dict[str, Any] = {
    "three_days": _("You come three days a week."),
    "one_talk": _("You have one talk one-to-one a week."),
    "allowed": _("Plans pay from a price of their own, which we know only roughly."),
    "one_year": _("The whole course lies in one year of your plan. When a new year begins, often on"
                  " January 1, deductible and maximum begin anew."),
    "copay_or_share": _("You named a copay and a coinsurance. Most likely the copay holds; at worst"
                        " it is whichever costs more."),
    "family": _("Others in your family pay toward the same numbers. At best they have reached"
                " them, at worst not."),
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
