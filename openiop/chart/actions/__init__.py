"""Every write of the chart, a verb each."""

from openiop.chart.actions.amending import add_addendum, late_entry, strike
from openiop.chart.actions.cosigning import cosign, return_note
from openiop.chart.actions.escalating import escalate_unsigned
from openiop.chart.actions.leaving import HandedOver, hand_over
from openiop.chart.actions.opening import open_notes
from openiop.chart.actions.signing import Signed, sign
from openiop.chart.actions.writing import (
    Conflict,
    Saved,
    Typed,
    drop_kept_text,
    keep_text,
    override,
    save_part,
    save_shared,
    set_aside,
)

__all__ = [
    "Conflict",
    "HandedOver",
    "Saved",
    "Signed",
    "Typed",
    "add_addendum",
    "cosign",
    "drop_kept_text",
    "escalate_unsigned",
    "hand_over",
    "keep_text",
    "late_entry",
    "open_notes",
    "override",
    "return_note",
    "save_part",
    "save_shared",
    "set_aside",
    "sign",
    "strike",
]
