"""A good-faith estimate: until when it must be given, and the paper itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from openiop.access.queries.places import holidays_of
from openiop.intake.rules.cost import Prices
from openiop.intake.rules.estimate import DISPUTE, due_on, lines, total
from openiop.ui.pdf import typeset

SOURCE = """
#let d = data
#set page(paper: "us-letter", margin: 1in)
#set text(size: 11pt)
= #d.title
#for line in d.about [#line \\ ]
#v(1em)
#table(columns: (1fr, auto, auto, auto, auto), align: (left, left, right, right, right),
  ..d.head, ..d.cells.flatten())
#align(right)[*#d.total*]
#for line in d.words [#par(line)]
"""
FEDERAL = ""  # no state: its own holidays could only make the paper late


@dataclass(frozen=True)
class About:
    """Whom an estimate is for and who gives it; without a name it is anybody's."""

    given_on: date
    giver: Sequence[str]
    name: str = ""
    born_on: date | None = None
    first_on: date | None = None


def due(asked_on: date, first_on: date | None) -> date | None:
    """Until when an estimate must be given, by business days without federal holidays; None where
    the law asks for none. See `rules.estimate.due_on`."""
    years = range(asked_on.year, (first_on or asked_on).year + 2)
    free = {day for year in years for day, _name in holidays_of(FEDERAL, year)}
    return due_on(asked_on, first_on, free)


def paper(about: About, prices: Prices, weeks: int) -> bytes:
    """The estimate of a course at the printed prices, as PDF."""
    rows = lines(prices, weeks)
    return typeset(SOURCE, {
        "title": _("Estimate of costs without insurance, %(n)s weeks") % {"n": weeks},
        "about": [*about.giver, *_about(about)],
        "head": [_("Service"), _("Code"), _("Count"), _("Price"), _("Total")],
        "cells": [[line.name, line.code, str(line.count), f"${line.price:,.2f}",
                   f"${line.total:,.2f}"] for line in rows],
        "total": _("Together: $%(sum)s") % {"sum": f"{total(rows):,.2f}"},
        "words": _words(about),
    })  # fmt: skip


def _about(about: About) -> list[str]:
    told = [_("Given on %(day)s") % {"day": _long(about.given_on)}]
    if about.name:
        told.append(_("For %(name)s") % {"name": about.name})
    if about.born_on:
        told.append(_("Born on %(day)s") % {"day": _long(about.born_on)})
    if about.first_on:
        told.append(_("First visit on %(day)s") % {"day": _long(about.first_on)})
    return told


def _words(about: About) -> list[str]:
    dispute = _(
        "If a bill is $%(much)s or more above this estimate, you may have the bill looked at: start"
        " within 120 days of the bill at www.cms.gov/nosurprises or 1-800-985-3059. Keep a copy."
    ) % {"much": DISPUTE}
    needs = _("This is an estimate and no contract. What you really need may differ, and others"
              " may bill for what we do not do: your plan of care says.")  # fmt: skip
    if about.name:
        return [needs, dispute]
    by_name = _("With your name and your first visit you get a good-faith estimate in writing:"
                " within one business day where the visit is three to nine business days away,"
                " else within three.")  # fmt: skip
    return [needs, by_name, dispute]


def _long(day: date) -> str:
    return date_format(day, "F j, Y")
