"""Form fields that render the design system: `FORM_RENDERER = "openiop.ui.forms.Renderer"`.

Any Django form then looks right; `DeskForm` also gives days and times the browser's own controls.
"""

from functools import cached_property
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.utils.translation import gettext_lazy as _


class Renderer(TemplatesSetting):
    """Label, hint, control and error as one field; an error summary with links on top.

    Controls come from Django itself, so `django.forms` need not be an installed app.
    """

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"

    @cached_property
    def stock(self) -> DjangoTemplates:
        return DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        """The project's template of that name, else Django's own."""
        if template_name.startswith("django/forms/"):
            return self.stock.get_template(template_name)
        return super().get_template(template_name)


NATIVE: dict[type[forms.Widget], tuple[str, str]] = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.TimeInput: ("time", "%H:%M"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
}


def use_native_dates(form: forms.BaseForm) -> None:
    """Gives the form's day and time fields the browser's own controls."""
    for field in form.fields.values():
        widget: Any = field.widget
        if type(widget) in NATIVE:
            widget.input_type, widget.format = NATIVE[type(widget)]


def say_what_to_do(form: forms.BaseForm) -> None:
    """Replaces Django's "This field is required." by what to do; a field's own words stay."""
    for field in form.fields.values():
        if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
            chosen = isinstance(field, (forms.ChoiceField, forms.FileField))
            field.error_messages["required"] = _("Choose one.") if chosen else _("Fill this in.")


class DeskForm(forms.Form):
    """The base of every form in the product."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_native_dates(self)
        say_what_to_do(self)
