"""`{% load ui %}`: the atoms of the design system, fast enough for every row of a long table."""

import json
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.ui import bands, charts, moments
from openiop.ui.icons import ICONS
from openiop.ui.kept import kept
from openiop.ui.markup import markup, markup_join
from openiop.ui.remembered import remembered

register = template.Library()
register.tag("kept", kept)

TONES = ("", "good", "watch", "act", "info")
TONE_ICONS = {"good": "check", "watch": "clock", "act": "alert", "info": "info"}


@register.simple_tag
@lru_cache(256)
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the set; silent beside text, or a picture with a name when `label` is given."""
    voice = (
        markup('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    )
    return markup(
        '<svg class="icon" viewBox="0 0 24 24" {}><path d="{}"/></svg>', voice, ICONS[name]
    )


@register.simple_tag
def tag(text: str, tone: str = "") -> SafeString:
    """A word in a pill; `tone` (good, watch, act, info or none) adds a shape and a color."""
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"Unknown tone {tone!r}; use one of {TONES[1:]}.")
    return markup('<span class="tag {}">{}</span>', tone, text)


@register.simple_tag
def count(number: int, label: str = "") -> SafeString:
    """A small number in a pill; nothing for zero. `label` says of what, for screen readers."""
    if not number:
        return SafeString("")
    said = markup('<span class="hide"> {}</span>', label) if label else ""
    return markup('<span class="count">{}{}</span>', number, said)


@register.simple_tag
def when(value: datetime | None, zone: tzinfo | None = None) -> SafeString:
    """A moment, "Tue 24 Nov, 18:00", in `zone`, which is named if it is not the page's own."""
    if value is None:
        return SafeString('<span class="soft">—</span>')
    text = moments.when_text(value, zone)
    return markup('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag
def day(value: date | None) -> SafeString:
    """A day, "Tue 24 Nov"; with its year when that is not this one."""
    if value is None:
        return SafeString('<span class="soft">—</span>')
    text = moments.day_text(value)
    return markup('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag
def minutes(value: int | None) -> str:
    """Minutes as "3 h 05" or "45 min"."""
    return "—" if value is None else moments.minutes_text(value)


@register.simple_tag(takes_context=True)
def person(
    context: Context, name: str, url: str = "", pronouns: str = "", record: str = ""
) -> SafeString:
    """A person by name, linked if `url` is given, with pronouns and record number behind it.

    Where others can see the screen (`shared_screen`), the record number or initials alone.
    """
    if context.get("shared_screen"):
        return named(record or initials(name), url)
    return named(name, url, pronouns, record)


def named(name: str, url: str = "", pronouns: str = "", record: str = "") -> SafeString:
    """`person` for rows made in Python, whatever the screen."""
    known = [word for word in (pronouns, record) if word]
    shown = (
        markup('<a class="person" href="{}">{}</a>', url, name)
        if url
        else markup('<span class="person">{}</span>', name)
    )
    rest = markup(' <span class="soft">{}</span>', " · ".join(known)) if known else ""
    return markup("{}{}", shown, rest)


def initials(name: str) -> str:
    """The first letters of a name's words: "Maria de la Cruz" is "M. d. l. C."."""
    return " ".join(f"{word[0]}." for word in name.split())


@register.simple_tag
def button(
    label: str, url: str = "", tone: str = "", icon_name: str = "", **attributes: Any
) -> SafeString:
    """A link that looks like a button when `url` is given, else a submit button.

    `tone` is primary, danger, "danger primary" or quiet. Other attributes by keyword with `_` for
    `-`: `name="go" value="next" data_confirm="…"`; true gives a bare attribute, false leaves it.
    """
    picture = icon(icon_name) if icon_name else ""
    extra = attribute_text(attributes)
    if url:
        return markup('<a class="button {}" href="{}"{}>{}{}</a>', tone, url, extra, picture, label)
    kind = "" if "type" in attributes else SafeString(' type="submit"')
    return markup('<button class="button {}"{}{}>{}{}</button>', tone, kind, extra, picture, label)


def attribute_text(attributes: dict[str, Any]) -> SafeString:
    """Attributes as HTML, each with a leading space; `data_x` becomes `data-x`."""
    named = {key.strip("_").replace("_", "-"): value for key, value in attributes.items()}
    bare = markup_join(" {}", ((key,) for key, value in named.items() if value is True))
    pairs = ((k, v) for k, v in named.items() if v is not True and v is not False and v is not None)
    return bare + markup_join(' {}="{}"', pairs)


@register.simple_tag
def sparkline(values: list[float | None], label: str, unit: str = "") -> SafeString:
    """A trend line with its last value; see `charts.sparkline`."""
    return charts.sparkline(values, label, unit)


@register.simple_tag
def seat_strip(
    filled: int, cap: int, leaving: int = 0, waiting: int = 0, label: str = ""
) -> SafeString:
    """Seats as cells with the numbers in words; see `charts.seat_strip`."""
    return charts.seat_strip(filled, cap, leaving, waiting, label)


@register.simple_tag
def band(steps: tuple[bands.Step, ...], label: str, top: float, shown: int = 4) -> SafeString:
    """What is expected over weeks, and from where to where; see `bands.band`."""
    return bands.band(steps, label, top, shown)


@register.simple_tag
def chances(points: list[bands.Chance], label: str, said: str, happened: str) -> SafeString:
    """Chances against how often they came true; see `bands.chances`."""
    return bands.chances(points, label, said, happened)


@register.simple_tag
def week_strip(weeks: list[charts.Week], label: str) -> SafeString:
    """Attendance over the weeks; see `charts.week_strip`."""
    return charts.week_strip(weeks, label)


@register.simple_tag
def bars(
    rows: list[tuple[str, float]],
    label: str,
    target: float | None = None,
    unit: str = "",
    limit: float | None = None,
) -> SafeString:
    """Horizontal bars with a line at the target; see `charts.bars`."""
    return charts.bars(rows, label, target, unit, limit)


@register.simple_tag
def stacked(parts: list[charts.Part], label: str) -> SafeString:
    """One bar in parts with its legend; see `charts.stacked`."""
    return charts.stacked(parts, label)


@register.simple_tag
def field(bound_field: BoundField) -> SafeString:
    """One form field with label, hint and error, wherever a page wants it."""
    return bound_field.as_field_group()


@register.filter
def at(items: Sequence[Any], index: int) -> Any:
    """The item at `index` of a list, counted from 0."""
    return items[index]


@register.filter
def anchor(bound_field: BoundField) -> str:
    """The id an error summary should jump to: the control, or the first choice of a group."""
    if bound_field.field.widget.use_fieldset and bound_field.subwidgets:
        return str(bound_field.subwidgets[0].id_for_label or bound_field.auto_id)
    return bound_field.id_for_label


@register.filter
def is_check(bound_field: BoundField) -> bool:
    """True for a single checkbox, whose label stands behind it."""
    return getattr(bound_field.field.widget, "input_type", "") == "checkbox" and (
        not bound_field.field.widget.use_fieldset
    )


@register.filter
def tone_icon(tone: str) -> str:
    """The icon that goes with a tone; an unknown tone gets the quiet one."""
    return TONE_ICONS.get(tone, "info")


MESSAGE_TONES = {"success": "good", "warning": "watch", "error": "act"}


@register.filter
def message_tone(level_tag: str) -> str:
    """Django's message level as a tone."""
    return MESSAGE_TONES.get(level_tag, "info")


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """This page's address query with `changes`; None or "" drops a key, and any change drops
    `page` unless it sets it, so filters never lead to an empty page."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    if "page" not in changes:
        query.pop("page", None)
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def th(context: Context, label: str, sort: str = "", numeric: bool = False) -> SafeString:
    """A column header; with `sort` a link that sorts by it and, when pressed again, reverses."""
    css = "num" if numeric else ""
    if not sort:
        return markup('<th scope="col" class="{}">{}</th>', css, label)
    request = context.get("request")
    now = request.GET.get("sort", "") if request else ""
    state = {sort: "ascending", f"-{sort}": "descending"}.get(now, "")
    href = query_with(context, sort=f"-{sort}" if now == sort else sort)
    said = markup(' aria-sort="{}"', state) if state else ""
    return markup('<th scope="col" class="{}"{}><a href="{}">{}</a></th>', css, said, href, label)


@register.simple_block_tag(name="card")
def card(
    content: str, title: str = "", link: str = "", url: str = "", level: int = 2
) -> SafeString:
    """A bordered box with an optional heading and, at its right, one link."""
    head = ""
    if title:
        more = markup('<a href="{}">{}</a>', url, link) if url else ""
        head = markup("<header><h{0}>{1}</h{0}>{2}</header>", level, title, more)
    return markup('<section class="card">{}{}</section>', head, content)


@register.simple_block_tag(name="region")
def region(content: str, label: str, wide: bool = False) -> SafeString:
    """The scrolling frame every table stands in: named, and reachable by keyboard."""
    return markup(
        '<div class="region{}" role="region" aria-label="{}" tabindex="0">{}</div>',
        " wide" if wide else "", label, content,
    )  # fmt: skip


@register.simple_block_tag(name="notice")
def notice(content: str, tone: str = "info", title: str = "", dismiss: bool = False) -> SafeString:
    """A message in the page; `act` ones are announced at once, the others politely."""
    head = markup("<strong>{}</strong>", title) if title else ""
    return markup(
        '<div class="notice {}" role="{}"{}>{}<div>{}{}</div></div>',
        tone, "alert" if tone == "act" else "status",
        SafeString(" data-dismissable") if dismiss else "", icon(tone_icon(tone)), head, content,
    )  # fmt: skip


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file, even when the manifest is missing: error pages use it."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag(takes_context=True)
def theme(context: Context) -> SafeString:
    """`data-theme` for `<html>` when the person chose light or dark."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    if chosen not in ("light", "dark"):
        return SafeString("")
    return markup(' data-theme="{}"', chosen)


@register.simple_tag
@remembered
def script_words() -> str:
    """The sentences that the script shows, translated, as JSON for a data attribute."""
    words = {
        "saved": _("Saved %s"),
        "saving": _("Saving…"),
        "failed": _("Not saved, trying again"),
        "refused": _("Not saved. Check what you typed; it is kept in this tab."),
        "signedout": _("You are signed out. Your text is kept in this tab: sign in again to save."),
        "conflict": _("Changed in another window. Your text is kept here; reload to see theirs."),
        "restored": _("Text that was not saved before is back in this form."),
        "newer": _("This was changed since. Your unsaved text is below to copy from."),
        "dismiss": _("Dismiss"),
        "offline": _("That did not reach the server. Check the connection and try again."),
    }
    return json.dumps(words, ensure_ascii=False)


@register.simple_tag(takes_context=True)
def example(context: Context, name: str, shown: dict[str, Any]) -> SafeString:
    """The template `name` rendered with one example, for the preview page."""
    return SafeString(get_template(name).render(shown, context.get("request")))
